//! One change of a name at a time.

use std::collections::BTreeSet;
use std::sync::{Condvar, Mutex, PoisonError};

use airs_core::Name;

/// The names that are being changed. A change may take a minute, when data is migrated, and keeps only those waiting
/// who change the same name.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    taken: Mutex<BTreeSet<Name>>,
    given_back: Condvar,
}

/// The right to change what is in service under a name, until it is dropped.
#[derive(Debug)]
pub(crate) struct Turn<'a> {
    turns: &'a Turns,
    name: Name,
}

impl Turns {
    /// Waits until nobody else changes the name.
    pub(crate) fn take(&self, name: &Name) -> Turn<'_> {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let free = self.given_back.wait_while(taken, |taken| taken.contains(name));
        let mut taken = free.unwrap_or_else(PoisonError::into_inner);
        taken.insert(name.clone());
        Turn {
            turns: self,
            name: name.clone(),
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut taken = self.turns.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.remove(&self.name);
        self.turns.given_back.notify_all();
    }
}
