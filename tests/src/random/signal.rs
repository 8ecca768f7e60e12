//! Named values of a module and how text selects their bits.

/// A net or variable.
#[derive(Debug, Clone)]
pub struct Signal {
    /// Identifier.
    pub name: String,
    /// Width in bits; under a parameter, the least one that occurs.
    pub width: u32,
    /// Width in bits; under a parameter, the greatest one that occurs.
    pub width_max: u32,
    /// Declared bounds as text, empty for a scalar.
    pub range: String,
    /// Index of the least significant bit.
    pub lsb: u32,
    /// Declared with the larger bound left.
    pub descending: bool,
    /// Declared signed.
    pub signed: bool,
    /// Never unknown once the reset has been active for a clock. Only such
    /// values decide what is executed: an unknown condition would make the
    /// simulated source surer of its outputs than the hardware is.
    pub clean: bool,
    /// Declared with this type instead of a keyword and a range.
    pub type_name: Option<String>,
}

impl Signal {
    /// A plain vector `[width-1:0]`, or a scalar for one bit.
    pub fn plain(name: impl Into<String>, width: u32, clean: bool) -> Signal {
        Signal {
            name: name.into(),
            width,
            width_max: width,
            range: match width {
                1 => String::new(),
                _ => format!("[{}:0]", width - 1),
            },
            lsb: 0,
            descending: true,
            signed: false,
            clean,
            type_name: None,
        }
    }

    /// The same with other declared bounds: `[lsb+width-1:lsb]` or, ascending, `[first:first+width-1]`.
    pub fn with_bounds(mut self, low: u32, descending: bool) -> Signal {
        let high = low + self.width - 1;
        self.descending = descending;
        (self.range, self.lsb) = match descending {
            true => (format!("[{high}:{low}]"), low),
            false => (format!("[{low}:{high}]"), high),
        };
        self
    }

    /// Whether bits can be selected.
    pub fn is_vector(&self) -> bool {
        !self.range.is_empty()
    }

    /// `reg signed [7:0] name` for the keyword `reg`.
    pub fn declaration(&self, keyword: &str) -> String {
        if let Some(name) = &self.type_name {
            return format!("{name} {}", self.name);
        }
        let mut text = keyword.to_owned();
        if self.signed {
            text.push_str(" signed");
        }
        if self.is_vector() {
            text.push(' ');
            text.push_str(&self.range);
        }
        format!("{text} {}", self.name)
    }

    /// The smallest index that may be selected.
    pub fn low_index(&self) -> u32 {
        match self.descending {
            true => self.lsb,
            false => self.lsb + 1 - self.width,
        }
    }

    /// One bit, counted from the least significant one.
    pub fn bit(&self, bit: u32) -> String {
        match (self.is_vector(), self.descending) {
            (false, _) => self.name.clone(),
            (true, true) => format!("{}[{}]", self.name, self.lsb + bit),
            (true, false) => format!("{}[{}]", self.name, self.lsb - bit),
        }
    }

    /// `count` bits from bit `low` on, counted from the least significant one.
    pub fn part(&self, low: u32, count: u32) -> String {
        let high = low + count - 1;
        match (self.is_vector(), self.descending) {
            (false, _) => self.name.clone(),
            (true, true) => format!("{}[{}:{}]", self.name, self.lsb + high, self.lsb + low),
            (true, false) => format!("{}[{}:{}]", self.name, self.lsb - high, self.lsb - low),
        }
    }
}

/// An array of registers.
#[derive(Debug, Clone)]
pub struct Array {
    /// Identifier, with the shape of one element.
    pub element: Signal,
    /// How many elements, indexed from 0.
    pub depth: u32,
}

/// A function of the module.
#[derive(Debug, Clone)]
pub struct Function {
    /// Identifier.
    pub name: String,
    /// Width of the result in bits.
    pub width: u32,
    /// Number of arguments.
    pub arguments: u32,
    /// Branches on its arguments, which therefore must be known.
    pub decides: bool,
}
