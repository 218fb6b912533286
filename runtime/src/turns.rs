//! One change of a name at a time.

use std::collections::BTreeSet;
use std::sync::{Condvar, Mutex, PoisonError};

use airs_core::Name;

/// The names that are being changed. A change may take a minute, when data is migrated, and keeps only those waiting
/// who change one of the same names.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    taken: Mutex<BTreeSet<Name>>,
    given_back: Condvar,
}

/// The right to change what is in service under some names, until it is dropped.
#[derive(Debug)]
pub(crate) struct Turn<'a> {
    turns: &'a Turns,
    names: BTreeSet<Name>,
}

impl Turns {
    /// Waits until nobody else changes any of the names. They are taken all at once, so that nobody holds one and waits
    /// for another.
    pub(crate) fn take(&self, names: BTreeSet<Name>) -> Turn<'_> {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let is_taken = |taken: &mut BTreeSet<Name>| !taken.is_disjoint(&names);
        let free = self.given_back.wait_while(taken, is_taken);
        let mut taken = free.unwrap_or_else(PoisonError::into_inner);
        taken.extend(names.iter().cloned());
        Turn { turns: self, names }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut taken = self.turns.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.retain(|name| !self.names.contains(name));
        self.turns.given_back.notify_all();
    }
}
