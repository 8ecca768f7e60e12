//! The energy that a power cycle begins with.

/// Energies in plans are whole attojoules, needs rounded up and budgets down,
/// so that sums are exact and no rounding error can make a plan that does not fit.
pub type Attojoules = i64;

/// Largest energy in a plan: 4 J. A larger supply counts as this one.
pub const MOST: Attojoules = 4_000_000_000_000_000_000;

/// What an amount of energy needs, rounded up.
pub fn need(joules: f64) -> Attojoules {
    // The conversion saturates; a need above the largest budget fits nowhere.
    ((joules * 1e18).ceil().max(0.0) as Attojoules).min(MOST + 1)
}

/// A capacitor between two voltages.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Supply {
    /// Capacitance.
    pub capacitor_farads: f64,
    /// Voltage at which a power cycle begins.
    pub on_volts: f64,
    /// Voltage below which the logic does not work; less than `on_volts`.
    pub off_volts: f64,
    /// Part of the energy that the converter passes on, above 0, at most 1.
    pub efficiency: f64,
}

impl Supply {
    /// Joules that a power cycle can use, without harvest:
    /// `½ · C · (V_on² − V_off²) · η`.
    pub fn usable_joules(&self) -> f64 {
        let squares = self.on_volts.powi(2) - self.off_volts.powi(2);
        0.5 * self.capacitor_farads * squares * self.efficiency
    }

    /// The same as a budget.
    pub fn budget(&self) -> Attojoules {
        ((self.usable_joules() * 1e18).floor() as Attojoules).min(MOST)
    }

    /// The supply level, of 255 for the whole budget, above which at least `takes` is left.
    /// A level of *n* says that at least *n*/255 of the budget is left.
    pub fn level(&self, takes: Attojoules) -> u8 {
        level(takes, self.budget())
    }

    /// The capacitor whose usable energy is `joules`, other figures unchanged.
    pub fn capacitor_for(&self, joules: f64) -> f64 {
        let squares = self.on_volts.powi(2) - self.off_volts.powi(2);
        2.0 * joules / (squares * self.efficiency)
    }
}

fn level(takes: Attojoules, budget: Attojoules) -> u8 {
    let levels = (i128::from(takes) * 255 + i128::from(budget) - 1) / i128::from(budget.max(1));
    u8::try_from((levels - 1).max(0)).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn above_a_level_enough_is_left() {
        for takes in [0, 1, 3, 4, 5, 509, 510, 1019, 1020] {
            let own = i64::from(level(takes, 1020));
            // A level stands for a 255th of the budget, which is 4.
            assert!((own + 1) * 4 >= takes, "{takes}");
            assert!(own == 0 || own * 4 < takes, "{takes}");
        }
        assert_eq!(level(1021, 1020), 255);
    }

    fn micro(farads: f64, on: f64, off: f64) -> f64 {
        let supply = Supply {
            capacitor_farads: farads * 1e-6,
            on_volts: on,
            off_volts: off,
            efficiency: 1.0,
        };
        let joules = supply.usable_joules();
        assert!((supply.capacitor_for(joules) - supply.capacitor_farads).abs() < 1e-18);
        joules * 1e6
    }

    #[test]
    fn usable_energies_of_known_supplies() {
        // 135 µJ, 45 µJ and 9.5 µJ, to the digits given.
        assert!((micro(47.0, 3.0, 1.8) - 135.0).abs() < 0.5);
        assert!((micro(10.0, 3.5, 1.8) - 45.0).abs() < 0.5);
        assert!((micro(3.3, 3.0, 1.8) - 9.5).abs() < 0.05);
    }

    #[test]
    fn needs_are_rounded_up_and_budgets_down() {
        assert_eq!(need(1.2e-18), 2);
        assert_eq!(need(1e9), MOST + 1);
        let supply = Supply {
            capacitor_farads: 1.5e-18,
            on_volts: 2f64.sqrt(),
            off_volts: 0.0,
            efficiency: 1.0,
        };
        assert_eq!(supply.budget(), 1);
        let half = Supply {
            capacitor_farads: 1e-6,
            on_volts: 2.0,
            efficiency: 0.5,
            ..supply
        };
        assert_eq!(half.usable_joules(), 1e-6);
    }
}
