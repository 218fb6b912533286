//! Decimal numbers, exactly: they are never floating-point numbers on their way.

use airs_runtime::Amount;

/// Digits of an amount or a sum, as the message's schema has it.
const DIGITS_MAX: usize = 18;
/// Decimal places of an amount.
pub(crate) const AMOUNT_SCALE_MAX: usize = 5;
/// Decimal places of a control sum.
pub(crate) const SUM_SCALE_MAX: usize = 17;

/// Reads `12.50`: digits, and after a point at most `scale_max` more. There is no sign and no exponent.
pub(crate) fn read(text: &str, scale_max: usize) -> Option<Amount> {
    let (whole, fraction) = match text.split_once('.') {
        Some((_, "")) => return None,
        Some((whole, fraction)) => (whole, fraction),
        None => (text, ""),
    };
    let digits = format!("{whole}{fraction}");
    let fits = !whole.is_empty()
        && digits.len() <= DIGITS_MAX
        && fraction.len() <= scale_max
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    let units = digits.parse().ok().filter(|_| fits)?;
    let scale = u8::try_from(fraction.len()).ok()?;
    Some(Amount { units, scale })
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
    fn an_amount_is_what_is_written_and_nothing_else_is_one() {
        for text in [
            "0",
            "1",
            "12.50",
            "0.00001",
            "999999999999999999",
            "9999999999999.99999",
        ] {
            assert_eq!(read(text, AMOUNT_SCALE_MAX).unwrap().to_string(), text);
        }
        let faults = [
            "",
            ".",
            "1.",
            ".5",
            "-1",
            "+1",
            "1e3",
            "1,5",
            " 1",
            "1.5.5",
            "0.000001",
            "1234567890123456789",
            "٣",
        ];
        for text in faults {
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
