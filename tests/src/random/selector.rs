//! Selectors of `case`, `casez` and `casex` with their labels: bits of a signal, often with constant bits beside
//! them, which make some labels impossible, or the list complete without a `default`.

use super::expr::Scope;
use super::rng::Rng;

/// A `case` without its arms' statements.
#[derive(Debug, Clone)]
pub struct Selector {
    /// Keyword and selector: `casez ({2'b00, s[1:0]})`.
    pub head: String,
    /// Labels of the arms in their order; `default` last, where there is one.
    pub labels: Vec<String>,
}

impl Scope {
    /// A selector of known bits; `None` where no known signal is a vector.
    pub fn selector(&mut self, rng: &mut Rng) -> Option<Selector> {
        let signal = self.signal(rng, true).filter(|s| s.width > 1)?;
        let count = rng.range(1, signal.width.min(3));
        let bits = signal.part(rng.below(signal.width - count + 1), count);
        // What each bit of the selector is, the highest first; `None` for a bit of the signal.
        let mut known: Vec<Option<char>> = vec![None; count as usize];
        let mut parts = vec![bits];
        if rng.chance(50) {
            for _ in 0..rng.range(1, 2) {
                let digits = digits(rng, "01", 2);
                let constant = format!("{}'b{digits}", digits.len());
                let at = if rng.chance(70) { 0 } else { parts.len() };
                parts.insert(at, constant);
                let place = if at == 0 { 0 } else { known.len() };
                known.splice(place..place, digits.chars().map(Some));
            }
        }
        let text = match parts.as_slice() {
            [only] => only.clone(),
            _ => format!("{{{}}}", parts.join(", ")),
        };
        let (keyword, wild) = *rng.pick(&[("case", ""), ("casez", "?"), ("casex", "x")]);
        let mut labels: Vec<String> = (0..rng.range(1, 5))
            .map(|_| label(rng, &known, wild))
            .collect();
        if rng.chance(20) {
            let more = label(rng, &known, wild);
            labels[0].push_str(&format!(", {more}"));
        }
        if rng.chance(70) {
            labels.push("default".to_owned());
        }
        Some(Selector {
            head: format!("{keyword} ({text})"),
            labels,
        })
    }
}

/// A label; most fit the constant bits, so that the arm can be taken.
fn label(rng: &mut Rng, known: &[Option<char>], wild: &str) -> String {
    let (fits, any) = (rng.chance(75), format!("0101{wild}"));
    let bits: String = known
        .iter()
        .map(|bit| match bit {
            Some(bit) if fits && (wild.is_empty() || rng.chance(70)) => *bit,
            Some(_) if fits => wild.chars().next().expect("not empty"),
            _ => digit(rng, &any),
        })
        .collect();
    match u32::from_str_radix(&bits, 2) {
        // Without a width, or with another: both sides are extended.
        Ok(value) if rng.chance(8) => value.to_string(),
        Ok(value) if rng.chance(8) => format!("8'd{value}"),
        _ => format!("{}'b{bits}", bits.len()),
    }
}

/// One to `most` digits.
fn digits(rng: &mut Rng, of: &str, most: u32) -> String {
    (0..rng.range(1, most)).map(|_| digit(rng, of)).collect()
}

fn digit(rng: &mut Rng, of: &str) -> char {
    let digits: Vec<char> = of.chars().collect();
    *rng.pick(&digits)
}
