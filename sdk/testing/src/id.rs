//! Ids of runs.

/// The digits of a ULID.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// How many digits a ULID has, of 5 bits each.
const LENGTH: u32 = 26;
/// The bits behind those of the time.
const CHANCE_BITS: u32 = 80;

/// The ULID of a time, in milliseconds since 1970, with a number in place of chance.
pub(crate) fn of(time_ms: u64, number: u64) -> String {
    let bits = u128::from(time_ms) << CHANCE_BITS | u128::from(number);
    let digit = |place: u32| {
        let index = usize::try_from((bits >> (5 * place)) & 31).unwrap_or_default();
        DIGITS.get(index).map_or('0', |&digit| char::from(digit))
    };
    (0..LENGTH).rev().map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn an_id_is_a_ulid_of_its_time() {
        assert_eq!(of(0, 0), "00000000000000000000000000");
        assert_eq!(of(0, 33), "00000000000000000000000011");
        // The one that the specification of ULIDs shows.
        assert_eq!(&of(1_469_918_176_385, 7)[..10], "01ARYZ6S41");
        assert_eq!(of((1 << 48) - 1, u64::MAX), "7ZZZZZZZZZ000FZZZZZZZZZZZZ");
        assert!(of(1, 0) > of(0, u64::MAX));
    }
}
