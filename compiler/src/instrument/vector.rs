//! Concatenations of parts of named vectors, that can be cut up again.
//!
//! Verilog cannot select from a concatenation; a [`Vector`] can, because it is
//! put together before it is written.

use super::text;

/// Consecutive bits of a vector declared `[width-1:0]`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Part {
    name: String,
    width: u32,
    low: u32,
    len: u32,
}

/// Parts, least significant first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vector {
    parts: Vec<Part>,
}

impl Vector {
    /// The whole of a vector; nothing if `width` is 0.
    pub fn new(name: &str, width: u32) -> Vector {
        let part = Part {
            name: name.to_string(),
            width,
            low: 0,
            len: width,
        };
        Vector {
            parts: Vec::from_iter((width > 0).then_some(part)),
        }
    }

    /// `self` with `upper` above it.
    pub fn then(mut self, upper: Vector) -> Vector {
        self.parts.extend(upper.parts);
        self
    }

    /// Bits.
    pub fn len(&self) -> u32 {
        self.parts.iter().map(|part| part.len).sum()
    }

    /// Bits `low..low + len`, as far as they exist.
    pub fn slice(&self, low: u32, len: u32) -> Vector {
        let end = low + len;
        let mut at = 0;
        let mut parts = Vec::new();
        for part in &self.parts {
            let from = low.max(at);
            let to = end.min(at + part.len);
            if from < to {
                parts.push(Part {
                    low: part.low + from - at,
                    len: to - from,
                    ..part.clone()
                });
            }
            at += part.len;
        }
        Vector { parts }
    }

    /// As an expression, which may be long.
    pub fn text(&self) -> String {
        let items: Vec<String> = self
            .parts
            .iter()
            .rev()
            .map(|part| {
                if part.len == part.width {
                    part.name.clone()
                } else {
                    text::bits(&part.name, part.low, part.len)
                }
            })
            .collect();
        text::concat(&items)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_go_through_concatenations() {
        let vector = Vector::new("a", 3).then(Vector::new("b", 8));
        assert_eq!(vector.len(), 11);
        assert_eq!(vector.text(), "{b, a}");
        assert_eq!(vector.slice(2, 4).text(), "{b[2:0], a[2]}");
        assert_eq!(vector.slice(3, 8).text(), "b");
        assert_eq!(vector.slice(9, 9).text(), "b[7:6]");
    }
}
