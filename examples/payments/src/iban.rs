//! Account numbers.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

/// An International Bank Account Number (ISO 13616), as machines write it: without spaces. Its check digits fit.
///
/// ```
/// use payments::Iban;
///
/// let iban: Iban = "DE89370400440532013000".parse()?;
/// assert_eq!(iban.as_str(), "DE89370400440532013000");
/// // Two digits changed places.
/// assert!("DE89370400440532010300".parse::<Iban>().is_err());
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct Iban(String);

impl Iban {
    /// Country, check digits, and at least something: no country's are shorter than 15.
    const CHARACTERS_MIN: usize = 15;
    /// The longest that there may be.
    const CHARACTERS_MAX: usize = 34;

    /// The number as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Iban {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (country, check) = (text.get(..2), text.get(2..4));
        let is_upper = |part: &str| part.bytes().all(|byte| byte.is_ascii_uppercase());
        let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let is_plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
        let formed = (Self::CHARACTERS_MIN..=Self::CHARACTERS_MAX).contains(&text.len())
            && country.is_some_and(is_upper)
            && check.is_some_and(is_digits)
            && text.bytes().all(is_plain);
        if !formed {
            let shown: String = text.chars().take(40).collect();
            return Err(format!("{shown:?} is no IBAN"));
        }
        if remainder(text) != 1 {
            return Err(format!("the check digits of {text} do not fit"));
        }
        Ok(Self(text.to_owned()))
    }
}

/// The number modulo 97: its first four characters go to its end, and letters are numbers from 10 to 35.
fn remainder(text: &str) -> u32 {
    let (head, tail) = text.split_at_checked(4).unwrap_or((text, ""));
    let values = tail.chars().chain(head.chars()).filter_map(|c| c.to_digit(36));
    values.fold(0, |rest, value| {
        let shift = if value < 10 { 10 } else { 100 };
        (rest * shift + value) % 97
    })
}

impl TryFrom<String> for Iban {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl fmt::Display for Iban {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Iban;

    /// From the registry of ISO 13616.
    const GOOD: [&str; 6] = [
        "DE89370400440532013000",
        "GB29NWBK60161331926819",
        "FR1420041010050500013M02606",
        "NL91ABNA0417164300",
        "NO9386011117947",
        "MT84MALT011000012345MTLCAST001S",
    ];

    #[test]
    fn numbers_of_many_countries_are_read() {
        for number in GOOD {
            assert!(number.parse::<Iban>().is_ok(), "{number}");
        }
    }

    #[test]
    fn no_single_digit_can_be_mistaken() {
        for number in GOOD {
            for (at, digit) in number
                .bytes()
                .enumerate()
                .filter(|(_, byte)| byte.is_ascii_digit())
            {
                let other = b'0' + (digit - b'0' + 1) % 10;
                let mut bytes = number.as_bytes().to_vec();
                bytes[at] = other;
                let wrong = String::from_utf8(bytes).unwrap();
                assert!(wrong.parse::<Iban>().is_err(), "{wrong}");
            }
        }
    }

    #[test]
    fn what_has_another_form_is_none() {
        for text in [
            "",
            "DE",
            "DE89 3704 0044 0532 0130 00",
            "de89370400440532013000",
            "8989370400440532013000",
            "DEXX370400440532013000",
            "DE8937040044053201300é",
            "DE8937040044053201300037040044053201300",
        ] {
            assert!(text.parse::<Iban>().is_err(), "{text}");
        }
    }
}
