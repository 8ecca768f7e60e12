//! How source text names parts of a variable: fields, elements, bits.

use super::types::Ty;
use crate::frontend::keywords::identifier;
use crate::netlist::BitNaming;

/// The name of a part behind that of its variable.
pub(super) struct Part {
    /// `.field[3]`, `[7:4]`; empty for the whole.
    pub select: String,
    pub bits: BitNaming,
    /// The part is an enum.
    pub enumerated: bool,
}

impl Ty {
    /// The bits of an element at which a register ends: fields of structures
    /// are registers by themselves, since an unpacked one has no name that bits
    /// can be assigned to, and a state machine may be a field. Elements of an
    /// array of packed structures stay whole: Icarus 11 cannot name their fields.
    pub fn cuts(&self) -> Vec<u32> {
        let mut cuts = Vec::new();
        let mut element = self.clone();
        element.unpacked.clear();
        if self.unpacked.is_empty() || self.aggregate {
            element.add_cuts(0, &mut cuts);
            cuts.sort_unstable();
            cuts.dedup();
        }
        cuts
    }

    fn add_cuts(&self, low: u32, cuts: &mut Vec<u32>) {
        if self.loose > 0 {
            let element = self.packed_element();
            for at in 0..self.packed[0].len() as u32 {
                cuts.push(low + at * element.width);
                element.add_cuts(low + at * element.width, cuts);
            }
        } else if let Some(fields) = self.fields.as_ref().filter(|_| self.is_structure())
            && !self.union
        {
            for field in fields.iter() {
                cuts.push(low + field.low);
                field.ty.add_cuts(low + field.low, cuts);
            }
        }
    }

    /// The name of some bits of an element.
    pub fn part_text(&self, low: u32, width: u32) -> Part {
        let mut select = String::new();
        let mut ty = self.clone();
        ty.unpacked.clear();
        let mut low = low;
        loop {
            if low == 0 && width == ty.width && !ty.is_aggregate() && !ty.holds_cuts() {
                break;
            }
            if let Some(fields) = ty.fields.as_ref().filter(|_| ty.is_structure()) {
                let holds = |low_: u32, of: u32| low_ <= low && low + width <= low_ + of;
                let field = fields.iter().find(|f| holds(f.low, f.ty.width));
                if let Some(field) = field.filter(|_| !ty.union) {
                    select.push_str(&format!(".{}", identifier(&field.name)));
                    low -= field.low;
                    ty = field.ty.clone();
                    continue;
                }
            } else if ty.packed.len() > 1 || ty.fields.is_some() || ty.loose > 0 {
                let element = ty.packed_element();
                let at = low / element.width;
                if (low + width - 1) / element.width == at {
                    let index = ty.packed[0].at(i64::from(at));
                    select.push_str(&format!("[{index}]"));
                    low -= at * element.width;
                    ty = element;
                    continue;
                }
            }
            break;
        }
        ty.bits_text(select, low, width)
    }

    /// Whether it is a structure whose fields are registers by themselves.
    fn holds_cuts(&self) -> bool {
        self.is_structure() && !self.union
    }

    /// The name of some bits of a vector that is named by `select`.
    fn bits_text(&self, mut select: String, low: u32, width: u32) -> Part {
        let whole = low == 0 && width == self.width;
        let bits = match self.packed[..] {
            [] if self.fields.is_none() => BitNaming::Scalar,
            [range] if self.fields.is_none() => BitNaming::Vector {
                lsb: range.at(i64::from(low)),
                descending: range.descending(),
            },
            _ => BitNaming::Whole,
        };
        if !whole {
            let (right, left) = match (bits, &self.packed[..]) {
                (BitNaming::Vector { .. }, [range]) => (
                    range.at(i64::from(low)),
                    range.at(i64::from(low + width - 1)),
                ),
                _ => (i64::from(low), i64::from(low + width - 1)),
            };
            select.push_str(&match left == right {
                true => format!("[{right}]"),
                false => format!("[{left}:{right}]"),
            });
        }
        Part {
            select,
            bits,
            enumerated: whole && self.enumeration().is_some(),
        }
    }
}
