//! A new component joins a project: `airs.toml`, the workspace and its lock file, edited in place.

use std::path::{Path, PathBuf};

use airs_runtime::{Name, Project};
use toml_edit::{Array, DocumentMut, Item, Table, TableLike, Value};

use super::lock::Lock;
use super::scaffold::{self, Scaffold};
use crate::error::{Failure, Reason, Result};
use crate::files;

/// A file, what it is to hold, and what it held.
#[derive(Debug)]
pub(crate) struct Edit {
    path: PathBuf,
    text: String,
    before: Option<String>,
}

/// Where the folder of a new component goes: beside the others.
pub(crate) fn folder(project: &Project, name: &Name) -> PathBuf {
    let mut parents = project
        .components
        .values()
        .map(|component| component.path.parent());
    let shared = match parents.next() {
        Some(Some(first)) if parents.all(|parent| parent == Some(first)) => first,
        _ => Path::new(""),
    };
    project.root().join(shared).join(name.as_str())
}

/// What has to change for the component in `folder` to belong to the project.
pub(crate) fn edits(project: &Project, name: &Name, folder: &Path, scaffold: &Scaffold) -> Result<Vec<Edit>> {
    let mut edits = vec![list(project, name, folder, scaffold.is_granted_storage())?];
    let workspace = workspace_root(project)?;
    edits.extend(add_member(&workspace, folder)?);
    let path = workspace.join("Cargo.lock");
    let before = files::text(&path)?;
    let merged = match (&before, scaffold.lock()?) {
        (_, None) => None,
        (None, lock) => lock,
        (Some(text), Some(lock)) => Lock::parse(text).with(&lock),
    };
    if let Some(merged) = merged {
        edits.push(Edit {
            path,
            text: merged.to_string(),
            before,
        });
    }
    Ok(edits)
}

/// Makes every edit, or none.
pub(crate) fn apply(edits: &[Edit]) -> Result<()> {
    for (done, edit) in edits.iter().enumerate() {
        if let Err(failure) = files::write(&edit.path, edit.text.as_bytes()) {
            edits.iter().take(done).for_each(Edit::undo);
            return Err(failure);
        }
    }
    Ok(())
}

impl Edit {
    fn undo(&self) {
        match &self.before {
            // The failure that led here is the one to report.
            Some(text) => drop(std::fs::write(&self.path, text)),
            None => files::remove(&self.path),
        }
    }
}

/// The entry in `airs.toml`.
fn list(project: &Project, name: &Name, folder: &Path, with_storage: bool) -> Result<Edit> {
    let path = &project.path;
    let before = files::text(path)?.unwrap_or_default();
    let mut document = parse(path, &before)?;
    let place = files::relative(folder, project.root());
    entry(&mut document, "components", name, "path", place.into())?;
    if with_storage {
        entry(&mut document, "grants", name, "storage", true.into())?;
    }
    let text = document.to_string();
    Project::parse(path, &text)?;
    Ok(Edit {
        path: path.clone(),
        text,
        before: Some(before),
    })
}

/// Adds `[section.name] key = value`, in the way in which the section is written.
fn entry(document: &mut DocumentMut, section: &str, name: &Name, key: &str, value: Value) -> Result<()> {
    let implicit = || {
        let mut table = Table::new();
        table.set_implicit(true);
        Item::Table(table)
    };
    let section = document.entry(section).or_insert_with(implicit);
    let in_lines = section.as_table().is_some_and(|table| !table.is_dotted());
    let Some(table) = section.as_table_like_mut() else {
        return Err(Failure::new(
            Reason::Airs(airs_runtime::Code::InvalidConfig),
            "airs.toml has another form",
        ));
    };
    let mut keys = Table::new();
    keys.insert(key, Item::Value(value));
    let item = if in_lines {
        Item::Table(keys)
    } else {
        let mut inline = keys.into_inline_table();
        inline.fmt();
        Item::Value(inline.into())
    };
    match table.get_mut(name.as_str()).and_then(Item::as_table_like_mut) {
        Some(there) => add_missing(there, &item),
        None => drop(table.insert(name.as_str(), item)),
    }
    Ok(())
}

/// A grant that somebody wrote beforehand stays as it is.
fn add_missing(there: &mut dyn TableLike, item: &Item) {
    for (key, value) in item.as_table_like().into_iter().flat_map(|table| table.iter()) {
        if !there.contains_key(key) {
            there.insert(key, value.clone());
        }
    }
}

/// The folder whose `Cargo.toml` is, or is to be, the root of the project's workspace.
fn workspace_root(project: &Project) -> Result<PathBuf> {
    let root = project.root();
    // A project that is only beginning makes a workspace of its own: one above is somebody else's.
    if project.components.is_empty() && !root.join("Cargo.toml").is_file() {
        return Ok(root.to_owned());
    }
    for folder in root.ancestors() {
        let path = folder.join("Cargo.toml");
        if let Some(text) = files::text(&path)?
            && parse(&path, &text)?.contains_key("workspace")
        {
            return Ok(folder.to_owned());
        }
    }
    Ok(root.to_owned())
}

/// The workspace with the folder among its members, unless it is already.
fn add_member(root: &Path, folder: &Path) -> Result<Option<Edit>> {
    let path = root.join("Cargo.toml");
    let before = files::text(&path)?;
    let mut document = parse(&path, &before.clone().unwrap_or_else(scaffold::workspace))?;
    let place = files::relative(folder, root);
    let malformed = || {
        Failure::new(
            Reason::Airs(airs_runtime::Code::InvalidConfig),
            format!("{}: workspace.members is not a list", path.display()),
        )
    };
    let workspace = document.entry("workspace").or_insert(Item::Table(Table::new()));
    let workspace = workspace.as_table_like_mut().ok_or_else(malformed)?;
    let members = workspace
        .entry("members")
        .or_insert(Item::Value(Array::new().into()));
    let members = members.as_array_mut().ok_or_else(malformed)?;
    if members
        .iter()
        .filter_map(Value::as_str)
        .any(|pattern| covers(pattern, &place))
    {
        return Ok(None);
    }
    push(members, &place);
    Ok(Some(Edit {
        path,
        text: document.to_string(),
        before,
    }))
}

/// Whether a member's pattern, such as `crates/*`, covers a folder.
fn covers(pattern: &str, folder: &str) -> bool {
    let (mut pattern, mut folder) = (pattern.trim_end_matches('/').split('/'), folder.split('/'));
    loop {
        match (pattern.next(), folder.next()) {
            (None, None) => return true,
            (Some("*"), Some(_)) => {}
            (Some(part), Some(name)) if part == name => {}
            _ => return false,
        }
    }
}

/// Adds to a list in the way in which the list is written: in one line, or a line each.
fn push(members: &mut Array, member: &str) {
    let prefix = members
        .iter()
        .last()
        .and_then(|last| last.decor().prefix()?.as_str().map(str::to_owned));
    match prefix {
        Some(prefix) if prefix.contains('\n') => {
            let line = prefix.rsplit('\n').next().unwrap_or_default();
            let mut value = Value::from(member);
            value.decor_mut().set_prefix(format!("\n{line}"));
            members.push_formatted(value);
            members.set_trailing_comma(true);
        }
        _ => members.push(member),
    }
}

fn parse(path: &Path, text: &str) -> Result<DocumentMut> {
    text.parse().map_err(|cause| {
        Failure::new(
            Reason::Airs(airs_runtime::Code::InvalidConfig),
            format!("{} is malformed", path.display()),
        )
        .caused_by(cause)
    })
}

#[cfg(test)]
mod tests;
