//! Decimal numbers, exactly: they are never floating-point numbers on their way.

use airs_runtime::Amount;

/// Digits of an amount or a sum, as the message's schema has it.
const DIGITS_MAX: usize = 18;
/// Decimal places of an amount.
pub(crate) const AMOUNT_SCALE_MAX: u8 = 5;
/// Decimal places of a control sum.
pub(crate) const SUM_SCALE_MAX: u8 = 17;

/// Reads `12.50`: digits, and after a point at most `scale_max` more. There is no sign and no exponent.
pub(crate) fn read(text: &str, scale_max: u8) -> Option<Amount> {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let amount: Amount = without_zeros(text).parse().ok()?;
    (digits <= DIGITS_MAX && amount.scale <= scale_max).then_some(amount)
}

/// XML has decimals that begin with zeros, where amounts have none but the one before a point.
fn without_zeros(text: &str) -> &str {
    let rest = text.trim_start_matches('0');
    let zeros = text.len() - rest.len();
    let needless = if rest.starts_with(|first: char| first.is_ascii_digit()) {
        zeros
    } else {
        zeros.saturating_sub(1)
    };
    text.get(needless..).unwrap_or(text)
}

/// The sum of amounts, with as many decimal places as the one that has most.
pub(crate) fn sum(amounts: impl IntoIterator<Item = Amount>) -> Option<Amount> {
    amounts
        .into_iter()
        .try_fold(Amount { units: 0, scale: 0 }, |left, right| {
            let scale = left.scale.max(right.scale);
            let units = scaled(left, scale)?.checked_add(scaled(right, scale)?)?;
            Some(Amount { units, scale })
        })
}

/// Whether two amounts are the same number: `1.5` is `1.50`.
pub(crate) fn equal(left: Amount, right: Amount) -> bool {
    let scale = left.scale.max(right.scale);
    scaled(left, scale).is_some_and(|units| scaled(right, scale) == Some(units))
}

fn scaled(amount: Amount, scale: u8) -> Option<u128> {
    let places = scale.checked_sub(amount.scale)?;
    amount.units.checked_mul(10_u128.checked_pow(places.into())?)
}

#[cfg(test)]
mod tests {
    use super::{AMOUNT_SCALE_MAX, SUM_SCALE_MAX, equal, read, sum};

    fn amount(text: &str) -> airs_runtime::Amount {
        read(text, SUM_SCALE_MAX).unwrap()
    }

    #[test]
    fn an_amount_is_what_the_schema_has() {
        for text in [
            "0",
            "12.50",
            "0.00001",
            "999999999999999999",
            "9999999999999.99999",
        ] {
            assert_eq!(read(text, AMOUNT_SCALE_MAX).unwrap().to_string(), text);
        }
        // Too many places, too many digits, and what is no amount anywhere.
        for text in [
            "0.000001",
            "1234567890123456789",
            "0000000000000000001",
            "",
            "1.",
            ".5",
            "-1",
        ] {
            assert!(read(text, AMOUNT_SCALE_MAX).is_none(), "{text}");
        }
    }

    #[test]
    fn zeros_may_come_first() {
        for (text, shown) in [("007", "7"), ("00.50", "0.50"), ("01.5", "1.5"), ("000", "0")] {
            assert_eq!(read(text, AMOUNT_SCALE_MAX).unwrap().to_string(), shown);
        }
        for text in ["0.", "00.", "0-1", "0 1", "0٣"] {
            assert!(read(text, AMOUNT_SCALE_MAX).is_none(), "{text}");
        }
    }

    #[test]
    fn a_sum_is_exact_where_floating_point_is_not() {
        assert_eq!(sum(["0.1", "0.2"].map(amount)).unwrap().to_string(), "0.3");
        let cents = sum(std::iter::repeat_n(amount("0.01"), 1_000)).unwrap();
        assert!(equal(cents, amount("10")) && !equal(cents, amount("10.00001")));
        let largest = sum(std::iter::repeat_n(amount("999999999999999999"), 1_000)).unwrap();
        assert_eq!(largest.to_string(), "999999999999999999000");
    }
}
