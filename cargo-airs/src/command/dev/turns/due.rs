//! What a turn is to do.

use std::collections::BTreeSet;
use std::path::PathBuf;

use airs_runtime::Name;

/// What has to be built, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::command::dev) struct Due {
    /// These, because of their own inputs.
    pub(in crate::command::dev) components: BTreeSet<Name>,
    /// All, and the project has to be read anew: what it says of itself was changed.
    pub(in crate::command::dev) project: bool,
    /// What was changed.
    pub(in crate::command::dev) files: BTreeSet<PathBuf>,
    /// A build that goes on need not be begun anew for it: the build may have changed it itself, and if it was
    /// somebody else, the next turn will do.
    pub(in crate::command::dev) can_wait: bool,
}

impl Due {
    /// Everything.
    pub(in crate::command::dev) fn all() -> Self {
        Self {
            project: true,
            ..Self::default()
        }
    }

    pub(in crate::command::dev) fn is_empty(&self) -> bool {
        self.components.is_empty() && !self.project
    }

    /// Whether a build of it can be given up without a trace. Taking in a project has effects, such as what is said of it.
    pub(super) fn may_be_built_ahead(&self) -> bool {
        !self.project && !self.is_empty()
    }

    pub(super) fn and(mut self, more: Self) -> Self {
        self.components.extend(more.components);
        self.project |= more.project;
        self.files.extend(more.files);
        self
    }
}
