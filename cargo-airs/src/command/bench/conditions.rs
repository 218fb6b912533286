//! What a measurement depends on beside the code that is measured.

use std::collections::BTreeMap;

use airs_runtime::{Digest, Loaded, State};
use serde::{Deserialize, Serialize};

use crate::settings::Bench;

/// Under which conditions runs were measured.
#[derive(Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(super) struct Conditions {
    program: String,
    /// The digest of the program's input.
    input: String,
    caller: String,
    context: String,
    profile: String,
    /// In memory, or in a folder: a commit costs what the disk does.
    state: String,
    at_once: u32,
    /// The digests of the components in service, by name.
    components: BTreeMap<String, String>,
}

impl Conditions {
    pub(super) fn of(settings: &Bench, input: &str, state: &State, serving: Vec<Loaded>) -> Self {
        Self {
            program: settings.program.clone(),
            input: Digest::of(input.as_bytes()).to_string(),
            caller: settings.node.caller.to_string(),
            context: settings.node.context.to_string(),
            profile: settings.node.profile.clone(),
            state: match state {
                State::Memory => "memory".to_owned(),
                State::Folder(_) => "folder".to_owned(),
            },
            at_once: settings.at_once,
            components: serving
                .into_iter()
                .map(|one| (one.name.to_string(), one.digest))
                .collect(),
        }
    }

    /// What differs beside the components; a ratio says little where something does.
    pub(super) fn differing(&self, other: &Self) -> Vec<&'static str> {
        [
            ("program", self.program == other.program),
            ("input", self.input == other.input),
            ("caller", self.caller == other.caller),
            ("context", self.context == other.context),
            ("profile", self.profile == other.profile),
            ("state", self.state == other.state),
            ("number of runs at once", self.at_once == other.at_once),
        ]
        .into_iter()
        .filter_map(|(name, is_same)| (!is_same).then_some(name))
        .collect()
    }

    pub(super) fn has_same_components(&self, other: &Self) -> bool {
        self.components == other.components
    }
}
