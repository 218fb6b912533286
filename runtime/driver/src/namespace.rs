//! Who owns which keys of a context's storage.
//!
//! Every key begins with a byte that says what it is. A driver's keys carry its name with the length before
//! it, so that no driver's space is the beginning of another's, whatever the driver puts into its keys.

use airs_core::Name;

const HOST: u8 = 0;
const DRIVER: u8 = 1;
const BINDING: u8 = b'b';

/// The key of the binding at a path.
pub(crate) fn binding(path: &str) -> Vec<u8> {
    key(&[HOST, BINDING], path.as_bytes())
}

/// The path in a binding's key.
pub(crate) fn binding_path(key: &[u8]) -> Option<&str> {
    std::str::from_utf8(key.strip_prefix(&[HOST, BINDING])?).ok()
}

/// What the keys of a driver begin with.
pub(crate) fn driver(name: &Name) -> Vec<u8> {
    // A name has at most 64 bytes.
    let length = u8::try_from(name.as_str().len()).unwrap_or(u8::MAX);
    key(&[DRIVER, length], name.as_str().as_bytes())
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

    use super::{binding, driver, key};

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
        }
    }
}
