//! Capabilities as people write them, in manifests and in grants alike.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::str::FromStr;

use airs_core::{
    Access, Capabilities, Capability, HttpPattern, HttpUrlError, Name, StorageAccess, WitPackage,
};

use crate::PackageError;
use crate::document::{Entry, Table, nearest};

/// The most items of one list: each is compared with the URL of a request.
pub(crate) const ITEMS_MAX: usize = 256;

/// Which quota counts when none is stated.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stated {
    /// By a component, which leaves it to the operator.
    Declared,
    /// By an operator.
    Granted,
}

impl Stated {
    fn unstated_quota(self) -> u64 {
        match self {
            Self::Declared => StorageAccess::UNRESTRICTED_BYTES,
            Self::Granted => StorageAccess::QUOTA_BYTES.default,
        }
    }
}

/// `{ storage = true, http = ["api.example.com"] }`; `false` is the same as nothing.
pub(crate) fn read(table: &Table<'_>, stated: Stated) -> Result<Capabilities, PackageError> {
    let known = Capability::ALL.map(Capability::as_str);
    let mut all = Capabilities::default();
    for entry in table.iter() {
        let Ok(kind) = entry.key().parse::<Capability>() else {
            return Err(entry.unknown("as a capability", &known));
        };
        match kind {
            Capability::Storage => all.storage = storage(&entry, stated)?,
            Capability::Http => all.http = items(&entry, "[\"api.example.com\"]", pattern)?,
            Capability::Clock => all.clock = entry.boolean()?,
            Capability::Random => all.random = entry.boolean()?,
            Capability::Log => all.log = entry.boolean()?,
            Capability::Environment => all.environment = items(&entry, "[\"NAME\"]", variable)?,
            Capability::Files => all.files = files(&entry)?,
            Capability::Interfaces => all.interfaces = items(&entry, "[\"example:database\"]", package)?,
        }
    }
    Ok(all)
}

/// The kinds that a table names to say that there is nothing of them.
pub(crate) fn refused(table: &Table<'_>, read: &Capabilities) -> Vec<Capability> {
    let named = table.iter().filter_map(|entry| entry.key().parse().ok());
    named.filter(|kind| !read.contains(*kind)).collect()
}

/// `true`, `"read"`, or `{ access = "read", quota_bytes = 1048576 }`.
fn storage(entry: &Entry<'_>, stated: Stated) -> Result<Option<StorageAccess>, PackageError> {
    let with = |access| StorageAccess {
        access,
        quota_bytes: stated.unstated_quota(),
    };
    if let Ok(is_there) = entry.boolean() {
        return Ok(is_there.then(|| with(Access::ReadWrite)));
    }
    if entry.string().is_ok() {
        return access(entry).map(with).map(Some);
    }
    if !entry.is_table() {
        return Err(entry
            .not_a("true, false, \"read\", \"read-write\" or a table")
            .with_hint("write storage = true, or storage = { access = \"read\", quota_bytes = 1048576 }"));
    }
    let table = entry.table()?;
    table.only(&["access", "quota_bytes"])?;
    let mut storage = with(Access::ReadWrite);
    if let Some(stated) = table.get("access") {
        storage.access = access(&stated)?;
    }
    if let Some(quota) = table.get("quota_bytes") {
        storage.quota_bytes = quota.natural(StorageAccess::QUOTA_BYTES.max)?;
    }
    Ok(Some(storage))
}

fn access(entry: &Entry<'_>) -> Result<Access, PackageError> {
    let text = entry.string()?;
    text.parse().map_err(|()| {
        let error = entry.error(format!("{text:?} is no access"));
        match nearest(text, &Access::ALL.map(Access::as_str)) {
            Some(near) => error.with_hint(format!("write \"{near}\"")),
            None => error.with_hint("write \"read\" or \"read-write\""),
        }
    })
}

/// The items of a list; `false` is an empty one.
fn items<T: Ord>(
    entry: &Entry<'_>,
    example: &str,
    read: impl Fn(&Entry<'_>) -> Result<T, PackageError>,
) -> Result<BTreeSet<T>, PackageError> {
    if let Ok(false) = entry.boolean() {
        return Ok(BTreeSet::new());
    }
    let example = || format!("write {} = {example}", entry.key());
    let items = entry.list().map_err(|error| error.with_hint(example()))?;
    let all = items
        .map(|item| read(&item))
        .collect::<Result<BTreeSet<T>, _>>()?;
    check_count(entry, all.len())?;
    Ok(all)
}

fn check_count(entry: &Entry<'_>, items: usize) -> Result<(), PackageError> {
    if items <= ITEMS_MAX {
        return Ok(());
    }
    Err(entry.error(format!("{} has more than {ITEMS_MAX} items", entry.place())))
}

fn pattern(entry: &Entry<'_>) -> Result<HttpPattern, PackageError> {
    let text = entry.string()?;
    text.parse().map_err(|why: HttpUrlError| {
        let error = entry.error(format!("{text:?} is no pattern of URLs: {why}"));
        let hint = why.hint_text();
        error.with_hint(
            hint.unwrap_or("a pattern is [SCHEME://]HOST[:PORT][PATH], such as *.example.com/data/*"),
        )
    })
}

fn variable<T: FromStr<Err: Display>>(entry: &Entry<'_>) -> Result<T, PackageError> {
    let text = entry.string()?;
    text.parse()
        .map_err(|why| entry.error(format!("{text:?} is no name of a variable: {why}")))
}

fn package(entry: &Entry<'_>) -> Result<WitPackage, PackageError> {
    let text = entry.string()?;
    text.parse()
        .map_err(|why| entry.error(format!("{text:?} is no WIT package: {why}")))
}

/// `{ rates = "read" }`.
fn files(entry: &Entry<'_>) -> Result<BTreeMap<Name, Access>, PackageError> {
    if let Ok(false) = entry.boolean() {
        return Ok(BTreeMap::new());
    }
    let folders = entry
        .table()
        .map_err(|error| error.with_hint("write files = { NAME = \"read\" }, by folder"))?;
    let folder = |folder: Entry<'_>| {
        let name = folder.key().parse::<Name>();
        let name = name
            .map_err(|why| folder.key_error(format!("{:?} is no name of a folder: {why}", folder.key())))?;
        Ok((name, access(&folder)?))
    };
    let all: BTreeMap<_, _> = folders.iter().map(folder).collect::<Result<_, _>>()?;
    check_count(entry, all.len())?;
    Ok(all)
}

/// The line of a manifest that declares these capabilities, and has an example of each kind that is missing.
pub(crate) fn line(declared: &Capabilities, missing: &BTreeSet<Capability>) -> String {
    let of_grants = Stated::Granted.unstated_quota();
    let asked_for = |kind: Capability| !kind.is_for_programs() && declared.contains(kind);
    let each = Capability::ALL.into_iter().filter_map(|kind| {
        let value = match kind {
            _ if asked_for(kind) => match declared.storage {
                // What grants have that state no quota. Here it was stated, and there would be none without it.
                Some(storage) if kind == Capability::Storage && storage.quota_bytes == of_grants => {
                    format!("{{ access = \"{}\", quota_bytes = {of_grants} }}", storage.access)
                }
                _ => declared.value(kind),
            },
            Capability::Http if missing.contains(&kind) => "[\"api.example.com\"]".to_owned(),
            _ if missing.contains(&kind) => "true".to_owned(),
            // It is there unless it was taken away.
            _ if kind.is_for_programs() && !declared.contains(kind) => "false".to_owned(),
            _ => return None,
        };
        Some(format!("{kind} = {value}"))
    });
    format!("capabilities = {{ {} }}", each.collect::<Vec<_>>().join(", "))
}
