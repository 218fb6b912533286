//! Values of all sizes, for guests that call with whatever comes to mind.

use crate::chance::Chance;

/// So many pieces, one after the other.
pub(crate) fn text(chance: &mut Chance, pieces: &[&str], count: usize) -> String {
    (0..count).map(|_| chance.pick(pieces)).collect()
}

/// Mostly few, sometimes many.
pub(crate) fn bytes(chance: &mut Chance) -> Vec<u8> {
    let count = match chance.below(20) {
        0 => chance.below(100_000),
        _ => chance.below(40),
    };
    (0..count).map(|_| chance.draw() as u8).collect()
}
