//! What is told of a swap.

use airs_core::Event;

use super::{Prepared, Refused, Swapped};
use crate::load::Loaded;
use crate::runtime::Inner;

impl Inner {
    pub(super) fn tell(&self, swapped: &Swapped) {
        for Loaded {
            kind,
            name,
            generation,
            ..
        } in &swapped.unloaded
        {
            self.emit(&Event::Unloaded {
                kind: *kind,
                name,
                generation: *generation,
            });
        }
        for loaded in &swapped.loaded {
            self.emit(&Event::Loaded {
                kind: loaded.kind,
                name: &loaded.name,
                generation: loaded.generation,
                digest: &loaded.digest,
            });
        }
    }

    /// Tells of who is to blame that nothing was swapped, unless it was to be taken out.
    pub(super) fn tell_refused(&self, refused: &Refused, prepared: &[&Prepared]) {
        let mut blamed = prepared.iter().filter(|one| one.name == refused.component);
        if let Some(one) = blamed.next() {
            self.emit(&Event::Refused {
                kind: one.kind,
                name: &one.name,
                digest: &one.digest,
                failure: refused.error.code(),
                message: refused.error.message(),
            });
        }
    }
}
