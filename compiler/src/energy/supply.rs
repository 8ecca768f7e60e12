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

    /// The capacitor whose usable energy is `joules`, other figures unchanged.
    pub fn capacitor_for(&self, joules: f64) -> f64 {
        let squares = self.on_volts.powi(2) - self.off_volts.powi(2);
        2.0 * joules / (squares * self.efficiency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
