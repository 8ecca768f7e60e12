//! Constant expressions in the emitted text, over names that the text has: the
//! genvars of a loop, or the parameters of a module.

/// Names and their values in one case: the genvars of an iteration, or the
/// parameters of an instance.
pub type Given = [(String, i64)];

/// A constant expression that has the given value in each case. All cases give the same names.
pub fn table(values: &[(&Given, i64)]) -> String {
    let Some(&(names, first)) = values.first() else {
        return "0".to_string();
    };
    if values.iter().all(|&(_, value)| value == first) {
        return first.to_string();
    }
    for (at, (name, from)) in names.iter().enumerate() {
        let name = super::names::identifier(name);
        let of: Vec<(i64, i64)> = (values.iter())
            .map(|&(case, value)| (case[at].1, value))
            .collect();
        if let Some(step) = stride(&of) {
            let base = first - step * from;
            return match (step, base) {
                (1, 0) => name,
                (1, base) if base > 0 => format!("{name} + {base}"),
                (1, base) => format!("{name} - {}", -base),
                (step, 0) if step > 0 => format!("{step} * {name}"),
                (step, base) if step > 0 && base > 0 => format!("{step} * {name} + {base}"),
                (step, base) if step > 0 => format!("{step} * {name} - {}", -base),
                (-1, base) => format!("{base} - {name}"),
                (step, base) => format!("{base} - {} * {name}", -step),
            };
        }
    }
    // The value of the last cases is that of all others.
    let last = values[values.len() - 1].1;
    let tested = values.iter().rposition(|&(_, value)| value != last);
    let tested = tested.map_or(0, |at| at + 1);
    let mut out = String::new();
    for (at, &(case, value)) in values[..=tested].iter().enumerate() {
        if at < tested {
            let tests = case.iter().map(|(name, is)| {
                let name = super::names::identifier(name);
                format!("{name} == {is}")
            });
            let tests: Vec<String> = tests.collect();
            out.push_str(&format!("({}) ? {value} : ", tests.join(" && ")));
        } else {
            out.push_str(&value.to_string());
        }
    }
    out
}

/// The slope of the line on which all points lie.
fn stride(points: &[(i64, i64)]) -> Option<i64> {
    let &(x, y) = points.first()?;
    let &(other, value) = points.iter().find(|point| point.0 != x)?;
    let (rise, run) = (value - y, other - x);
    if rise % run != 0 {
        return None;
    }
    let step = rise / run;
    let fits = |&(px, py): &(i64, i64)| py - y == step * (px - x);
    points.iter().all(fits).then_some(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(list: &[(&[i64], i64)]) -> String {
        let owned: Vec<(Vec<(String, i64)>, i64)> = list
            .iter()
            .map(|(loops, value)| {
                let names = ["i", "j"].iter();
                let loops = names.zip(*loops).map(|(name, at)| (name.to_string(), *at));
                (loops.collect(), *value)
            })
            .collect();
        let borrowed: Vec<(&Given, i64)> = owned.iter().map(|(l, v)| (&**l, *v)).collect();
        table(&borrowed)
    }

    #[test]
    fn a_table_is_as_short_as_it_can_be() {
        assert_eq!(values(&[(&[0], 5), (&[1], 5)]), "5");
        assert_eq!(values(&[(&[0], 0), (&[1], 1)]), "i");
        assert_eq!(values(&[(&[0], 3), (&[1], 11), (&[2], 19)]), "8 * i + 3");
        assert_eq!(values(&[(&[2], 0), (&[4], 8)]), "4 * i - 8");
        assert_eq!(values(&[(&[2], 1), (&[3], 2)]), "i - 1");
        assert_eq!(values(&[(&[0], 9), (&[1], 6)]), "9 - 3 * i");
        assert_eq!(
            values(&[(&[0, 0], 1), (&[0, 1], 3), (&[1, 0], 1), (&[1, 1], 3)]),
            "2 * j + 1"
        );
    }

    #[test]
    fn an_irregular_table_tests_its_genvars() {
        assert_eq!(
            values(&[(&[0], 0), (&[1], 4), (&[2], 5)]),
            "(i == 0) ? 0 : (i == 1) ? 4 : 5"
        );
        assert_eq!(
            values(&[(&[0], 4), (&[1], 32), (&[2], 32)]),
            "(i == 0) ? 4 : 32"
        );
        assert_eq!(
            values(&[(&[0, 0], 0), (&[0, 1], 1), (&[1, 0], 2)]),
            "(i == 0 && j == 0) ? 0 : (i == 0 && j == 1) ? 1 : 2"
        );
    }
}
