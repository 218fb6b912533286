//! Exact quantities.

mod text;

use std::{cmp::Ordering, hash};

use crate::{Error, Result};

/// A quantity of something countable, exact: a number of base units, and a scale that says where the
/// decimal point stands when a person reads it.
///
/// Arithmetic is checked and never rounds. Its text form, also in JSON, is a decimal string; a float
/// never occurs. Two amounts are equal when they are the same number, whatever their scales.
///
/// ```
/// use airs::Amount;
///
/// # fn main() -> airs::Result<()> {
/// let price: Amount = "12.50".parse()?;
/// assert_eq!((price.units(), price.scale()), (1250, 2));
/// assert_eq!(price.plus("0.005".parse()?)?.to_string(), "12.505");
/// assert_eq!(price, "12.5".parse()?);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Amount {
    units: u128,
    scale: u8,
}

impl Amount {
    /// The largest scale: 10^38 is the largest power of ten that a `u128` holds.
    pub const SCALE_MAX: u8 = 38;

    /// Nothing, with no decimal places.
    pub const ZERO: Self = Self { units: 0, scale: 0 };

    /// An amount of `units` base units, `10^scale` of which make one.
    ///
    /// # Errors
    /// [`Code::InvalidInput`](crate::Code::InvalidInput) for a scale of more than [`Amount::SCALE_MAX`].
    ///
    /// ```
    /// let amount = airs::Amount::new(1250, 2)?;
    /// assert_eq!(amount.to_string(), "12.50");
    /// # Ok::<(), airs::Error>(())
    /// ```
    pub fn new(units: u128, scale: u8) -> Result<Self> {
        if scale > Self::SCALE_MAX {
            return Err(Error::invalid_input(format!(
                "an amount has at most 38 decimal places, not {scale}"
            )));
        }
        Ok(Self { units, scale })
    }

    /// The number of base units.
    pub const fn units(self) -> u128 {
        self.units
    }

    /// Decimal places, 0 to [`Amount::SCALE_MAX`].
    pub const fn scale(self) -> u8 {
        self.scale
    }

    /// Whether the amount is nothing.
    pub const fn is_zero(self) -> bool {
        self.units == 0
    }

    /// The same amount with `scale` decimal places.
    ///
    /// # Errors
    /// [`Code::InvalidInput`](crate::Code::InvalidInput) when digits would be lost, or when the scale is
    /// more than [`Amount::SCALE_MAX`]; [`Code::Overflow`](crate::Code::Overflow) when the base units
    /// would not fit 128 bits.
    ///
    /// ```
    /// # fn main() -> airs::Result<()> {
    /// let amount: airs::Amount = "12.50".parse()?;
    /// assert_eq!(amount.rescale(4)?.to_string(), "12.5000");
    /// assert_eq!(amount.rescale(1)?.to_string(), "12.5");
    /// assert!(amount.rescale(0).is_err());
    /// # Ok(())
    /// # }
    /// ```
    pub fn rescale(self, scale: u8) -> Result<Self> {
        let to = Self::new(0, scale)?;
        let units = if scale >= self.scale {
            self.units
                .checked_mul(ten_to(scale - self.scale))
                .ok_or_else(|| Error::overflow(format!("{self} with {scale} decimal places is too large")))?
        } else {
            let divisor = ten_to(self.scale - scale);
            if !self.units.is_multiple_of(divisor) {
                let places = if scale == 1 { "place" } else { "places" };
                return Err(Error::invalid_input(format!(
                    "{self} does not fit {scale} decimal {places}"
                )));
            }
            self.units / divisor
        };
        Ok(Self { units, ..to })
    }

    /// The sum, with the larger of the two scales.
    ///
    /// # Errors
    /// [`Code::Overflow`](crate::Code::Overflow) when the sum does not fit.
    ///
    /// ```
    /// # fn main() -> airs::Result<()> {
    /// let sum = "1.5".parse::<airs::Amount>()?.plus("0.25".parse()?)?;
    /// assert_eq!(sum.to_string(), "1.75");
    /// # Ok(())
    /// # }
    /// ```
    pub fn plus(self, other: Self) -> Result<Self> {
        let scale = self.scale.max(other.scale);
        self.rescale(scale)?
            .units
            .checked_add(other.rescale(scale)?.units)
            .map(|units| Self { units, scale })
            .ok_or_else(|| Error::overflow(format!("{self} and {other} together are too large")))
    }

    /// The difference, with the larger of the two scales.
    ///
    /// # Errors
    /// [`Code::InsufficientFunds`](crate::Code::InsufficientFunds) when `other` is more: an amount is
    /// never negative. [`Code::Overflow`](crate::Code::Overflow) when the larger scale does not fit.
    ///
    /// ```
    /// # fn main() -> airs::Result<()> {
    /// let balance: airs::Amount = "20".parse()?;
    /// assert_eq!(balance.minus("12.50".parse()?)?.to_string(), "7.50");
    /// let error = balance.minus("20.01".parse()?).unwrap_err();
    /// assert_eq!(error.code, airs::Code::InsufficientFunds);
    /// # Ok(())
    /// # }
    /// ```
    pub fn minus(self, other: Self) -> Result<Self> {
        let scale = self.scale.max(other.scale);
        if other > self {
            return Err(Error::insufficient_funds(format!("{self} is less than {other}")));
        }
        let units = self.rescale(scale)?.units - other.rescale(scale)?.units;
        Ok(Self { units, scale })
    }

    /// The amount `count` times.
    ///
    /// # Errors
    /// [`Code::Overflow`](crate::Code::Overflow) when the product does not fit.
    ///
    /// ```
    /// # fn main() -> airs::Result<()> {
    /// assert_eq!("12.50".parse::<airs::Amount>()?.times(3)?.to_string(), "37.50");
    /// # Ok(())
    /// # }
    /// ```
    pub fn times(self, count: u128) -> Result<Self> {
        self.units
            .checked_mul(count)
            .map(|units| Self { units, ..self })
            .ok_or_else(|| Error::overflow(format!("{self} times {count} is too large")))
    }

    /// The whole part, and the decimal places as a number of 10^-38: what stays the same in every scale.
    const fn parts(self) -> (u128, u128) {
        let one = ten_to(self.scale);
        (
            self.units / one,
            self.units % one * ten_to(Self::SCALE_MAX - self.scale),
        )
    }
}

/// 10 to the power of `exponent`, which is at most [`Amount::SCALE_MAX`].
const fn ten_to(exponent: u8) -> u128 {
    10_u128.pow(exponent as u32)
}

impl Default for Amount {
    fn default() -> Self {
        Self::ZERO
    }
}

impl PartialEq for Amount {
    fn eq(&self, other: &Self) -> bool {
        self.parts() == other.parts()
    }
}

impl Eq for Amount {}

impl PartialOrd for Amount {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Amount {
    fn cmp(&self, other: &Self) -> Ordering {
        self.parts().cmp(&other.parts())
    }
}

impl hash::Hash for Amount {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.parts().hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::Amount;
    use crate::Code;

    fn amount(text: &str) -> Amount {
        text.parse().unwrap()
    }

    #[test]
    fn amounts_are_compared_as_numbers() {
        assert_eq!(amount("12.5"), amount("12.500"));
        assert!(amount("12.5") < amount("12.501"));
        assert!(amount("9") < amount("10.0"));
        let smallest = Amount::new(1, 38).unwrap();
        let largest = Amount::new(u128::MAX, 0).unwrap();
        assert!(smallest < largest);
        assert!(Amount::ZERO < smallest);
    }

    #[test]
    fn equal_amounts_are_one_key_of_a_map() {
        let set = std::collections::HashSet::from([amount("1"), amount("1.0"), amount("1.00")]);
        assert_eq!(set.len(), 1);
    }

    #[test]
    fn arithmetic_that_does_not_fit_is_an_overflow() {
        let largest = Amount::new(u128::MAX, 0).unwrap();
        assert_eq!(largest.plus(amount("1")).unwrap_err().code, Code::Overflow);
        assert_eq!(largest.times(2).unwrap_err().code, Code::Overflow);
        assert_eq!(largest.rescale(1).unwrap_err().code, Code::Overflow);
        assert_eq!(
            largest.plus(Amount::new(1, 38).unwrap()).unwrap_err().code,
            Code::Overflow
        );
    }

    #[test]
    fn an_amount_never_goes_below_zero() {
        assert_eq!(
            amount("1").minus(amount("1.01")).unwrap_err().code,
            Code::InsufficientFunds
        );
        assert_eq!(amount("1").minus(amount("1.00")).unwrap(), Amount::ZERO);
    }

    #[test]
    fn rescaling_never_loses_digits() {
        assert_eq!(amount("12.50").rescale(0).unwrap_err().code, Code::InvalidInput);
        assert_eq!(amount("12.00").rescale(0).unwrap().to_string(), "12");
        assert_eq!(amount("0.00").rescale(38).unwrap().scale(), 38);
        assert_eq!(amount("1").rescale(39).unwrap_err().code, Code::InvalidInput);
    }
}
