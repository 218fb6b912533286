//! What a turn has made, on its way into service.

use std::collections::BTreeMap;
use std::time::Duration;

use airs_runtime::{Component, Digest, Grants, Kind, Name};

use super::ahead::Preparing;
use crate::error::Failure;

/// What came of the build of a turn.
#[derive(Debug, Default)]
pub(super) struct Made {
    /// What is other than what serves: drivers first, since programs use them.
    pub(super) components: Vec<One>,
    /// Those of them that are being got ready already.
    pub(super) preparing: BTreeMap<Name, Preparing>,
    /// What serves and is no longer one of the project.
    pub(super) removed: Vec<Name>,
    /// What was changed, as people see it.
    pub(super) files: Vec<String>,
    /// What the compiler warns of.
    pub(super) diagnostics: String,
    /// How long Cargo took.
    pub(super) cargo: Duration,
}

/// Why a turn has not come to all that was due.
#[derive(Debug)]
pub(super) struct Trouble {
    pub(super) failure: Failure,
    /// What the compiler says.
    pub(super) diagnostics: String,
    /// What was changed, as people see it.
    pub(super) files: Vec<String>,
    pub(super) cargo: Duration,
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self {
            failure,
            diagnostics: String::new(),
            files: Vec::new(),
            cargo: Duration::ZERO,
        }
    }
}

/// A component that is to be put into service.
#[derive(Clone, Debug)]
pub(super) struct One {
    pub(super) name: Name,
    pub(super) kind: Kind,
    pub(super) component: Component,
    /// What the compiler has made, as a digest.
    pub(super) compiled: Digest,
    /// The manifest in it.
    pub(super) manifest: airs_runtime::Manifest,
    pub(super) grants: Grants,
    /// How long it took after the build to make a component of it, and to check it.
    pub(super) making: Duration,
}

impl One {
    /// What the compiler has made, when the component with this manifest is this one.
    pub(super) fn made_of(&self, manifest: &airs_runtime::Manifest) -> Option<Digest> {
        (self.manifest == *manifest).then_some(self.compiled)
    }

    pub(super) fn size_bytes(&self) -> u64 {
        self.component.bytes().len() as u64
    }
}
