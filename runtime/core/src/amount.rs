//! Exact quantities.

use std::fmt;

/// A quantity: unsigned base units, with a scale that says where the decimal point stands when a person
/// reads it. The host carries amounts and shows them; arithmetic is the drivers' business.
///
/// ```
/// use airs_core::Amount;
///
/// assert_eq!(Amount { units: 1250, scale: 2 }.to_string(), "12.50");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Amount {
    /// The number of base units.
    pub units: u128,
    /// Decimal places, 0 to [`Amount::SCALE_MAX`].
    pub scale: u8,
}

impl Amount {
    /// The largest scale: 10^38 is the largest power of ten that a `u128` holds.
    pub const SCALE_MAX: u8 = 38;
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = usize::from(self.scale);
        let digits = format!("{:0>width$}", self.units, width = scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        if fraction.is_empty() {
            f.write_str(whole)
        } else {
            write!(f, "{whole}.{fraction}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Amount;

    #[test]
    fn an_amount_is_shown_as_a_decimal_number() {
        let shown = |units, scale| Amount { units, scale }.to_string();
        assert_eq!(shown(1250, 2), "12.50");
        assert_eq!(shown(5, 2), "0.05");
        assert_eq!(shown(0, 2), "0.00");
        assert_eq!(shown(7, 0), "7");
        assert_eq!(shown(u128::MAX, 38), "3.40282366920938463463374607431768211455");
    }
}
