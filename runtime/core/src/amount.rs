//! Exact quantities.

use std::fmt;
use std::str::FromStr;

use crate::{Code, Error};

/// A quantity: unsigned base units, with a scale that says where the decimal point stands when a person
/// reads it. The host carries amounts, shows and reads them; arithmetic is the drivers' business.
///
/// ```
/// use airs_core::Amount;
///
/// assert_eq!(Amount { units: 1250, scale: 2 }.to_string(), "12.50");
/// assert_eq!("12.50".parse::<Amount>()?, Amount { units: 1250, scale: 2 });
/// # Ok::<(), airs_core::Error>(())
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

/// Reads `12`, `12.50`: digits, and perhaps a point with more digits. The scale is the number of digits after the
/// point. What is no amount is [`Code::InvalidInput`].
impl FromStr for Amount {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let fault = |why: &str| {
            let shown: String = text.chars().take(80).collect();
            Error::new(Code::InvalidInput, format!("{shown:?} is no amount: {why}"))
                .hint("an amount is a decimal number, such as 12.50")
        };
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if !plain(whole) || !plain(fraction) {
            return Err(fault("it holds something else than digits and one point"));
        }
        if whole.is_empty() {
            return Err(fault("no digit comes first"));
        }
        if text.ends_with('.') {
            return Err(fault("no digit follows the point"));
        }
        if whole.len() > 1 && whole.starts_with('0') {
            return Err(fault("it begins with a needless zero"));
        }
        let scale = u8::try_from(fraction.len()).ok();
        let scale = scale.filter(|scale| *scale <= Self::SCALE_MAX);
        let scale = scale.ok_or_else(|| fault("it has more than 38 decimal places"))?;
        let units = format!("{whole}{fraction}").parse();
        let units = units.map_err(|_| fault("it is too large"))?;
        Ok(Self { units, scale })
    }
}

#[cfg(test)]
mod tests {
    use super::Amount;
    use crate::Code;

    #[test]
    fn an_amount_is_shown_as_a_decimal_number() {
        let shown = |units, scale| Amount { units, scale }.to_string();
        assert_eq!(shown(1250, 2), "12.50");
        assert_eq!(shown(5, 2), "0.05");
        assert_eq!(shown(0, 2), "0.00");
        assert_eq!(shown(7, 0), "7");
        assert_eq!(shown(u128::MAX, 38), "3.40282366920938463463374607431768211455");
    }

    #[test]
    fn an_amount_is_read_back_from_its_text() {
        let largest = Amount {
            units: u128::MAX,
            scale: 38,
        };
        for text in ["0", "7", "12.50", "0.05", "0.00", &largest.to_string()] {
            assert_eq!(text.parse::<Amount>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_not_a_plain_decimal_number_is_refused() {
        let long = format!("0.{}", "0".repeat(39));
        for (text, why) in [
            ("", "no digit comes first"),
            (".", "no digit comes first"),
            (".5", "no digit comes first"),
            ("1.", "no digit follows"),
            ("-1", "something else"),
            ("+1", "something else"),
            ("1e3", "something else"),
            ("1_000", "something else"),
            ("1,5", "something else"),
            (" 1", "something else"),
            ("1.2.3", "something else"),
            ("1.+2", "something else"),
            ("١", "something else"),
            ("007", "needless zero"),
            (&long, "38 decimal places"),
            ("340282366920938463463374607431768211456", "too large"),
        ] {
            let error = text.parse::<Amount>().unwrap_err();
            assert_eq!(error.code(), Code::InvalidInput);
            assert!(error.message().contains(why), "{error}");
        }
    }
}
