//! Capabilities as people say and write them.

use std::collections::BTreeSet;
use std::fmt;

use super::{Access, Capabilities, StorageAccess};
use crate::Capability;

impl Capabilities {
    /// What there is of one kind, as a person would say what a component needs: `http to https://api.example.com`.
    pub fn needed(&self, kind: Capability) -> String {
        let what: Vec<String> = match kind {
            Capability::Http => self.http.iter().map(ToString::to_string).collect(),
            Capability::Environment => self.environment.iter().map(ToString::to_string).collect(),
            Capability::Files => {
                let folders = self.files.iter();
                folders
                    .map(|(name, access)| format!("{name} to {access}"))
                    .collect()
            }
            Capability::Interfaces => self.interfaces.iter().map(ToString::to_string).collect(),
            Capability::Storage if self.storage.is_some_and(|storage| storage.access == Access::Read) => {
                vec!["to read".to_owned()]
            }
            _ => Vec::new(),
        };
        let joint = match kind {
            Capability::Http => "http to ",
            Capability::Environment => "the environment's ",
            Capability::Files => "the files of ",
            Capability::Interfaces => "the interfaces of ",
            _ if what.is_empty() => kind.as_str(),
            _ => "storage ",
        };
        format!("{joint}{}", what.join(", "))
    }

    /// The value of one kind as it is written in manifests and grants, such as `["https://api.example.com"]`.
    pub fn value(&self, kind: Capability) -> String {
        match kind {
            Capability::Storage => self.storage.map_or_else(|| "false".to_owned(), storage_value),
            Capability::Http => list(&self.http),
            Capability::Clock => self.clock.to_string(),
            Capability::Random => self.random.to_string(),
            Capability::Log => self.log.to_string(),
            Capability::Environment => list(&self.environment),
            Capability::Interfaces => list(&self.interfaces),
            Capability::Files => {
                let folders = self.files.iter();
                let each: Vec<_> = folders
                    .map(|(name, access)| format!("{name} = \"{access}\""))
                    .collect();
                format!("{{ {} }}", each.join(", "))
            }
        }
    }
}

/// A quota is written when it is not what is there unless another one is stated.
fn storage_value(StorageAccess { access, quota_bytes }: StorageAccess) -> String {
    let quota = [
        StorageAccess::QUOTA_BYTES.default,
        StorageAccess::UNRESTRICTED_BYTES,
    ];
    match (access, quota.contains(&quota_bytes)) {
        (Access::ReadWrite, true) => "true".to_owned(),
        (Access::Read, true) => "\"read\"".to_owned(),
        (_, false) => format!("{{ access = \"{access}\", quota_bytes = {quota_bytes} }}"),
    }
}

/// None of what is listed has a character that would have to be escaped.
fn list<T: fmt::Display>(items: &BTreeSet<T>) -> String {
    let each: Vec<_> = items.iter().map(|item| format!("\"{item}\"")).collect();
    format!("[{}]", each.join(", "))
}
