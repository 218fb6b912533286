//! What a run may use up.

/// One limit: what it is unless stated, and the most that anybody may set.
///
/// ```
/// use airs_core::{Limit, Limits};
///
/// for (name, Limit { default, max }) in Limits::ALL {
///     println!("{name}: {default} unless stated, {max} at most");
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The value unless stated.
    pub default: u64,
    /// The most that may be set.
    pub max: u64,
}

/// What a limit is counted for.
///
/// ```
/// use airs_core::{LimitScope, Limits};
///
/// assert_eq!(Limits::scope("deadline_ms"), Some(LimitScope::Run));
/// assert_eq!(Limits::scope("memory_bytes"), Some(LimitScope::Component));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitScope {
    /// The run as a whole: its program's counts, whatever its drivers say.
    Run,
    /// Each component by itself.
    Component,
    /// All runs of a context, together. Not for a component to say.
    Context,
    /// All runs of a runtime, together. Not for a component to say.
    Node,
}

impl LimitScope {
    /// Whether it is for a component's manifest to narrow such a limit, and not only for who operates the runtime.
    pub const fn is_for_manifests(self) -> bool {
        matches!(self, Self::Run | Self::Component)
    }
}

macro_rules! limits {
    ($($(#[doc = $doc:literal])+ $name:ident: $default:expr, max $max:expr, for a $scope:ident;)+) => {
        /// What a run may use up, each limit with its unit in its name.
        ///
        /// ```
        /// use airs_core::Limits;
        ///
        /// let stated = Limits { deadline_ms: 500, ..Limits::UNRESTRICTED };
        /// assert_eq!(Limits::default().min(&stated).deadline_ms, 500);
        /// ```
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct Limits {
            $($(#[doc = $doc])+ pub $name: u64,)+
        }

        impl Limits {
            /// Every limit by name.
            pub const ALL: &'static [(&'static str, Limit)] =
                &[$((stringify!($name), Limit { default: $default, max: $max }),)+];

            /// No restriction: every limit at its maximum.
            pub const UNRESTRICTED: Self = Self { $($name: $max,)+ };

            /// What a limit is counted for, by its name.
            pub fn scope(name: &str) -> Option<LimitScope> {
                match name {
                    $(stringify!($name) => Some(LimitScope::$scope),)+
                    _ => None,
                }
            }

            /// These limits with `other`'s wherever it is smaller.
            #[must_use]
            pub fn min(&self, other: &Self) -> Self {
                Self { $($name: self.$name.min(other.$name),)+ }
            }

            /// A limit by name, to set it.
            pub fn by_name_mut(&mut self, name: &str) -> Option<&mut u64> {
                match name {
                    $(stringify!($name) => Some(&mut self.$name),)+
                    _ => None,
                }
            }

            /// Every limit by name, with its value.
            pub fn iter(&self) -> impl Iterator<Item = (&'static str, u64)> {
                [$((stringify!($name), self.$name),)+].into_iter()
            }

            /// The limits that restrict anything, by name, with their values.
            pub fn stated(&self) -> impl Iterator<Item = (&'static str, u64)> {
                let maxima = Self::ALL.iter().map(|(_, limit)| limit.max);
                self.iter()
                    .zip(maxima)
                    .filter(|((_, value), max)| value < max)
                    .map(|(stated, _)| stated)
            }
        }

        impl Default for Limits {
            fn default() -> Self {
                Self { $($name: $default,)+ }
            }
        }
    };
}

const MIB: u64 = 1 << 20;

limits! {
    /// Wall-clock time of a run, over all its attempts. Five seconds are long for a transaction that others
    /// may conflict with.
    deadline_ms: 5_000, max 300_000, for a Run;
    /// Time that all guests of a run compute, over all its attempts. As long as the deadline, unless said: time that
    /// guests wait for the host is then the only difference.
    cpu_ms: 5_000, max 300_000, for a Run;
    /// Linear memory of one component, all its memories and tables together. A plain std guest starts with
    /// less than 1 MiB.
    memory_bytes: 64 * MIB, max 1024 * MIB, for a Component;
    /// What one host call may copy out of a guest, and what storage hands to one at once. Bounds the host memory
    /// that lists and strings can cost.
    host_call_bytes: 8 * MIB, max 64 * MIB, for a Component;
    /// Resource handles alive in one component.
    handles: 4_096, max 65_536, for a Component;
    /// Descriptors open at once in a run.
    descriptors: 1_024, max 16_384, for a Run;
    /// Bytes of keys and values that a run may write to storage, and 128 for each write.
    storage_write_bytes: 16 * MIB, max 64 * MIB, for a Run;
    /// Bytes of keys and values that a run may read from storage, and 128 for each entry and each search.
    storage_read_bytes: 64 * MIB, max 1024 * MIB, for a Run;
    /// Bytes that one component may log in a run; what is over is counted and dropped.
    log_bytes: 64 * 1024, max 4 * MIB, for a Component;
    /// Memory that all guests alive in a context have together, each counted in whole mebibytes. Room for as many
    /// plain guests as the engine has places for, twice over.
    context_memory_bytes: 1024 * MIB, max 1024 * 1024 * MIB, for a Context;
    /// The same of all contexts, with the components that are called outside of any.
    node_memory_bytes: 2048 * MIB, max 1024 * 1024 * MIB, for a Node;
    /// Native stack of each guest, which bounds how deep its functions call each other: some 4,000 calls, unless stated.
    /// What was once used of a stack stays in memory for the next guest, hence no more than twice as much.
    stack_bytes: MIB / 2, max MIB, for a Node;
}

#[cfg(test)]
mod tests {
    use super::Limits;

    #[test]
    fn no_default_is_above_its_maximum() {
        for (name, limit) in Limits::ALL {
            assert!(limit.default <= limit.max, "{name}");
        }
    }

    #[test]
    fn who_restricts_nothing_changes_nothing() {
        assert_eq!(Limits::default().min(&Limits::UNRESTRICTED), Limits::default());
        let maxima = Limits::ALL.iter().map(|(name, limit)| (*name, limit.max));
        assert!(Limits::UNRESTRICTED.iter().eq(maxima));
    }

    #[test]
    fn what_restricts_nothing_is_not_stated() {
        assert_eq!(Limits::UNRESTRICTED.stated().count(), 0);
        let one = Limits {
            handles: 7,
            ..Limits::UNRESTRICTED
        };
        assert_eq!(one.stated().collect::<Vec<_>>(), [("handles", 7)]);
    }

    #[test]
    fn the_smaller_limit_wins() {
        let mut small = Limits::default();
        *small.by_name_mut("memory_bytes").unwrap() = 1;
        assert_eq!(small.min(&Limits::default()).memory_bytes, 1);
        assert_eq!(
            Limits::default().min(&small).deadline_ms,
            Limits::default().deadline_ms
        );
    }
}
