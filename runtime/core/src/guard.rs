//! Guards that a test may drop, to see that they are missed.

/// Something that stands between a fault and the state, or between a guest and the host.
///
/// Each is looked after by a proof, and a proof that does not miss the guard which it looks after proves
/// nothing. An example is at [`Guards`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Guard {
    /// At commit the keys that were read are compared with what they are by then.
    KeyCheck,
    /// And so are the ranges that were scanned.
    RangeCheck,
    /// A VAL call that answers with an error leaves nothing of what it wrote.
    Savepoint,
    /// A run with an id looks whether it was committed before.
    IdRow,
    /// A commit is answered after it was synced to the disk.
    Sync,
    /// A caller is granted rights as far as the binding gives them.
    RightsCheck,
    /// A descriptor is used as far as its rights go.
    DescriptorCheck,
    /// A guest that computes is stopped at the deadline of its run.
    Deadline,
}

/// Which guards are in place: all of them. With the cargo feature `sabotage`, which is for tests, some can be
/// dropped; without it this takes no room, and asking it no time.
///
/// ```
/// use airs_core::{Guard, Guards};
///
/// assert!(Guards::default().has(Guard::Savepoint));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Guards {
    #[cfg(feature = "sabotage")]
    dropped: Option<Guard>,
}

impl Guards {
    /// Whether a guard is in place.
    #[inline]
    pub fn has(self, guard: Guard) -> bool {
        #[cfg(feature = "sabotage")]
        let dropped = self.dropped;
        #[cfg(not(feature = "sabotage"))]
        let dropped = None;
        dropped != Some(guard)
    }

    /// All guards but one.
    #[cfg(feature = "sabotage")]
    pub fn without(guard: Guard) -> Self {
        Self { dropped: Some(guard) }
    }
}
