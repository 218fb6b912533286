//! The text form of amounts: a decimal string.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::Amount;
use crate::{Error, Result};

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = usize::from(self.scale);
        let mut text = format!("{:0>width$}", self.units, width = scale + 1);
        if scale > 0 {
            text.insert(text.len() - scale, '.');
        }
        f.pad(&text)
    }
}

/// Reads `12`, `12.50`: digits, and perhaps a point with more digits. The scale is the number of digits
/// after the point.
impl FromStr for Amount {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let fault = |why: &str| {
            let shown: String = text.chars().take(80).collect();
            Error::invalid_input(format!("{shown:?} is no amount: {why}"))
                .hint("an amount is a decimal number, such as 12.50")
        };
        let (whole, fraction) = match text.split_once('.') {
            Some((_, "")) => return Err(fault("no digit follows the point")),
            Some((whole, fraction)) => (whole, fraction),
            None => (text, ""),
        };
        if whole.is_empty() {
            return Err(fault("no digit comes first"));
        }
        if whole.len() > 1 && whole.starts_with('0') {
            return Err(fault("it begins with a needless zero"));
        }
        let mut units: u128 = 0;
        for digit in whole.bytes().chain(fraction.bytes()) {
            if !digit.is_ascii_digit() {
                return Err(fault("it holds something else than digits and one point"));
            }
            units = units
                .checked_mul(10)
                .and_then(|units| units.checked_add(u128::from(digit - b'0')))
                .ok_or_else(|| fault("it is too large"))?;
        }
        let scale = u8::try_from(fraction.len())
            .ok()
            .filter(|scale| *scale <= Self::SCALE_MAX);
        let scale = scale.ok_or_else(|| fault("it has more than 38 decimal places"))?;
        Ok(Self { units, scale })
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(DecimalString)
    }
}

struct DecimalString;

impl de::Visitor<'_> for DecimalString {
    type Value = Amount;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an amount as a decimal string, such as \"12.50\"")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Amount, E> {
        text.parse().map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::Amount;

    #[test]
    fn an_amount_is_read_back_from_its_text() {
        for text in [
            "0",
            "7",
            "12.50",
            "0.05",
            "0.00",
            "3.40282366920938463463374607431768211455",
        ] {
            assert_eq!(text.parse::<Amount>().unwrap().to_string(), text);
        }
        assert_eq!(format!("{:>8}", Amount::new(1250, 2).unwrap()), "   12.50");
    }

    #[test]
    fn what_is_not_a_plain_decimal_number_is_refused() {
        let long = format!("0.{}", "0".repeat(39));
        for text in [
            "",
            ".",
            "1.",
            ".5",
            "-1",
            "+1",
            "1e3",
            "1_000",
            "1,5",
            " 1",
            "1.2.3",
            "007",
            "١",
            &long,
            "340282366920938463463374607431768211456",
        ] {
            assert!(text.parse::<Amount>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn in_json_an_amount_is_a_string_and_never_a_number() {
        let amount: Amount = serde_json::from_str(r#""12.50""#).unwrap();
        assert_eq!(serde_json::to_string(&amount).unwrap(), r#""12.50""#);
        let error = serde_json::from_str::<Amount>("12.5").unwrap_err().to_string();
        assert!(
            error.contains("expected an amount as a decimal string"),
            "{error}"
        );
    }
}
