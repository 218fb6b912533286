//! What a descriptor may do.

use std::fmt;
use std::ops::{BitAnd, BitOr};

/// A set of rights of a descriptor.
///
/// ```
/// use airs_core::Rights;
///
/// let rights = Rights::VIEW | Rights::DEBIT;
/// assert!(rights.contains(Rights::DEBIT));
/// assert_eq!(rights.to_string(), "view, debit");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Rights(u8);

impl Rights {
    /// None at all.
    pub const NONE: Self = Self(0);
    /// Read the asset's value.
    pub const VIEW: Self = Self(1);
    /// Take value out of the asset.
    pub const DEBIT: Self = Self(1 << 1);
    /// Put value into the asset.
    pub const CREDIT: Self = Self(1 << 2);
    /// Call the driver's operations on the asset.
    pub const CONTROL: Self = Self(1 << 3);

    /// Each of them alone.
    pub const EACH: [Self; 4] = [Self::VIEW, Self::DEBIT, Self::CREDIT, Self::CONTROL];

    const NAMES: [(Self, &'static str); 4] = [
        (Self::VIEW, "view"),
        (Self::DEBIT, "debit"),
        (Self::CREDIT, "credit"),
        (Self::CONTROL, "control"),
    ];

    /// Whether all of `other` is in this set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether the set is empty.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// This set without `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

impl BitOr for Rights {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitAnd for Rights {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl fmt::Display for Rights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = Self::NAMES
            .iter()
            .filter(|(right, _)| self.contains(*right))
            .map(|(_, name)| *name);
        f.write_str(&names.collect::<Vec<_>>().join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::Rights;

    #[test]
    fn rights_are_listed_by_name() {
        assert_eq!((Rights::CONTROL | Rights::VIEW).to_string(), "view, control");
        assert_eq!(
            (Rights::VIEW | Rights::DEBIT).without(Rights::VIEW),
            Rights::DEBIT
        );
    }
}
