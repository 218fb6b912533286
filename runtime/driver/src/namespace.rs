//! Who owns which keys of a context's storage.
//!
//! Every key begins with a byte that says what it is. A driver's keys carry its name with the length before
//! it, so that no driver's space is the beginning of another's, whatever the driver puts into its keys.

use airs_core::{Name, RunId};

const HOST: u8 = 0;
const DRIVER: u8 = 1;
const BINDING: u8 = b'b';
const ANSWER: u8 = b'a';

/// What the keys of kept answers begin with.
pub(crate) const ANSWERS: [u8; 2] = [HOST, ANSWER];
/// The key of the time before which answers were forgotten.
pub(crate) const FORGOTTEN: [u8; 2] = [HOST, b'f'];

/// The key of the binding at a path.
pub(crate) fn binding(path: &str) -> Vec<u8> {
    key(&[HOST, BINDING], path.as_bytes())
}

/// The path in a binding's key.
pub(crate) fn binding_path(key: &[u8]) -> Option<&str> {
    std::str::from_utf8(key.strip_prefix(&[HOST, BINDING])?).ok()
}

/// The key of the answer to a caller's run. The id has one length, so that nothing needs to part the two.
pub(crate) fn answer(id: RunId, caller: &str) -> Vec<u8> {
    key(&key(&ANSWERS, &id.to_bytes()), caller.as_bytes())
}

/// When the id in an answer's key was made.
pub(crate) fn answer_time_ms(key: &[u8]) -> Option<u64> {
    let id = key.strip_prefix(&ANSWERS)?.first_chunk::<16>()?;
    Some(RunId::from_bytes(*id).time_ms())
}

/// The key of the schema version of what a driver has stored.
pub(crate) fn version(driver: &Name) -> Vec<u8> {
    key(&[HOST, b'v'], driver.as_str().as_bytes())
}

/// What the keys of a driver begin with.
pub(crate) fn driver(name: &Name) -> Vec<u8> {
    // A name has at most 64 bytes.
    let length = u8::try_from(name.as_str().len()).unwrap_or(u8::MAX);
    key(&[DRIVER, length], name.as_str().as_bytes())
}

/// The driver that a key belongs to, or the beginning of its keys. The others are the host's own.
///
/// ```
/// // What a storage is asked for.
/// let key = b"\x01\x06ledger/accounts/alice";
/// assert_eq!(airs_driver::driver_of_key(key), Some("ledger"));
/// assert_eq!(airs_driver::driver_of_key(b"\x00b/accounts"), None);
/// ```
pub fn driver_of_key(key: &[u8]) -> Option<&str> {
    let (&length, rest) = key.strip_prefix(&[DRIVER])?.split_first()?;
    std::str::from_utf8(rest.get(..usize::from(length))?).ok()
}

/// A key in the space that begins with `space`.
pub(crate) fn key(space: &[u8], rest: &[u8]) -> Vec<u8> {
    let mut key = Vec::with_capacity(space.len() + rest.len());
    key.extend_from_slice(space);
    key.extend_from_slice(rest);
    key
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use airs_core::RunId;

    use super::{answer, answer_time_ms, binding, driver, driver_of_key, key};

    proptest! {
        #[test]
        fn the_keys_of_two_drivers_never_meet(
            one in "[a-z]{1,8}", other in "[a-z]{1,8}",
            left in prop::collection::vec(any::<u8>(), 0..12), right in prop::collection::vec(any::<u8>(), 0..12),
        ) {
            prop_assume!(one != other);
            let space = |name: &str| driver(&name.parse().unwrap());
            prop_assert_ne!(key(&space(&one), &left), key(&space(&other), &right));
            prop_assert!(!space(&one).starts_with(&space(&other)));
            prop_assert!(!key(&space(&one), &left).starts_with(&binding("")));
            let kept = key(&space(&one), &left);
            prop_assert_eq!(driver_of_key(&kept), Some(one.as_str()));
        }
    }

    #[test]
    fn answers_are_in_the_order_of_their_age_whoever_got_them() {
        let keys = [
            (1, "zoe"),
            (2, "alice"),
            (2, "bob"),
            (256, "a/alice"),
            (u64::MAX >> 16, "a"),
        ];
        let keys = keys.map(|(time_ms, caller)| (time_ms, answer(RunId::new(time_ms, 7), caller)));
        assert!(keys.is_sorted_by_key(|(_, key)| key.clone()));
        for (time_ms, key) in keys {
            assert_eq!(answer_time_ms(&key), Some(time_ms));
        }
        assert_eq!(answer_time_ms(&binding("/a/b/c/d/e/f/g/h/i/j")), None);
    }
}
