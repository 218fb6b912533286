//! Which components belong together, and what they may do.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Component as PathPart, Path, PathBuf};

use airs_core::{Grants, Limits, Name};

use crate::PackageError;
use crate::capabilities::{self, Stated};
use crate::document::{Document, Entry, Table, nearest};

/// The tables that other versions of airs give a meaning.
const RESERVED: [&str; 4] = ["server", "driver", "process", "platform"];

/// Far more than anybody types; it bounds what is read when the file is something else.
const BYTES_MAX: u64 = 1 << 20;

/// A project: the content of its `airs.toml`.
///
/// ```
/// use std::path::Path;
/// use airs_package::{ComponentEntry, Project};
///
/// let project = Project::parse(
///     Path::new("airs.toml"),
///     r#"
///     version = 1
///
///     [components.ledger]
///     path = "ledger"
///
///     [grants.ledger]
///     storage = true
///
///     [runtime.limits]
///     deadline_ms = 10000
///     "#,
/// )?;
/// let ComponentEntry { path } = &project.components["ledger"];
/// assert_eq!(path, Path::new("ledger"));
/// assert_eq!(project.limits.deadline_ms, 10_000);
/// # Ok::<(), airs_package::PackageError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// The file, `airs.toml` at the project's root.
    pub path: PathBuf,
    /// The components that the project builds, by name.
    pub components: BTreeMap<Name, ComponentEntry>,
    /// What each component is allowed to use, context by context; no platform service when it is not here.
    pub grants: BTreeMap<Name, Grants>,
    /// What a run may use up in this project; a limit that is not stated has its default.
    pub limits: Limits,
}

/// One component of a project.
///
/// An example is at [`Project`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComponentEntry {
    /// The folder of its crate, relative to the project's root.
    pub path: PathBuf,
}

impl Project {
    /// The name of the file.
    pub const FILE_NAME: &str = "airs.toml";

    /// The JSON schema of the file, for editors.
    pub const SCHEMA: &str = include_str!("../schemas/project.json");

    /// Reads the text of an `airs.toml`; `path` is where it stands.
    ///
    /// # Errors
    /// [`PackageError::Config`], with the position of what is wrong.
    pub fn parse(path: &Path, text: &str) -> Result<Self, PackageError> {
        let document = Document::new(path, text);
        let parsed = document.parse()?;
        let root = document.root(&parsed);
        if let Some(reserved) = root.iter().find(|entry| RESERVED.contains(&entry.key())) {
            return Err(reserved
                .key_error(format!("[{}] is reserved and not used yet", reserved.key()))
                .with_hint("remove it"));
        }
        if let Some(bindings) = root.get("bindings") {
            return Err(bindings
                .key_error("bindings are not made in this file")
                .with_hint("remove them, and bind with `cargo airs bind`"));
        }
        root.only(&["version", "components", "grants", "contexts", "runtime"])?;
        check_version(&root)?;
        let components = components(&root)?;
        Ok(Self {
            path: path.to_owned(),
            grants: grants(&root, &components)?,
            limits: limits(&root)?,
            components,
        })
    }

    /// Looks for an `airs.toml` in the folder `from` and in the folders above it, and reads the first one.
    ///
    /// # Errors
    /// [`PackageError::Read`] when there is one that cannot be read; [`PackageError::Config`] when it is
    /// malformed.
    pub fn find(from: &Path) -> Result<Option<Self>, PackageError> {
        let unreadable = |path: &Path| {
            let path = path.to_owned();
            |source| PackageError::Read { path, source }
        };
        let from = std::path::absolute(from).map_err(unreadable(from))?;
        for folder in from.ancestors() {
            let path = folder.join(Self::FILE_NAME);
            let file = match std::fs::File::open(&path) {
                Ok(file) => file,
                Err(error) if absent(&error) => continue,
                Err(error) => return Err(unreadable(&path)(error)),
            };
            let mut text = String::new();
            // What is cut off could be a grant that is narrower than those before it.
            file.take(BYTES_MAX + 1)
                .read_to_string(&mut text)
                .map_err(unreadable(&path))?;
            if text.len() as u64 > BYTES_MAX {
                let source = std::io::Error::other(format!("it has more than {BYTES_MAX} bytes"));
                return Err(unreadable(&path)(source));
            }
            return Self::parse(&path, &text).map(Some);
        }
        Ok(None)
    }

    /// The folder that the project lives in.
    pub fn root(&self) -> &Path {
        self.path.parent().unwrap_or_else(|| Path::new(""))
    }
}

/// Whether there is no such file: also when a part of its path is a file.
fn absent(error: &std::io::Error) -> bool {
    matches!(
        error.kind(),
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory
    )
}

fn check_version(root: &Table<'_>) -> Result<(), PackageError> {
    let entry = root.required("version", "version = 1 at the beginning")?;
    match entry.natural(u64::from(u32::MAX))? {
        1 => Ok(()),
        newer => Err(entry
            .error(format!(
                "the file has version {newer}, and this version of airs reads 1"
            ))
            .with_hint("update airs")),
    }
}

fn components(root: &Table<'_>) -> Result<BTreeMap<Name, ComponentEntry>, PackageError> {
    let mut components: BTreeMap<Name, ComponentEntry> = BTreeMap::new();
    let Some(all) = root.get("components") else {
        return Ok(components);
    };
    for entry in all.table()?.iter() {
        let name = name(&entry)?;
        let table = entry.table()?;
        table.only(&["path"])?;
        let path_entry = table.required("path", "path = \"…\", the folder of the component's crate")?;
        let path = folder(&path_entry)?;
        if let Some((other, _)) = components.iter().find(|(_, known)| known.path == path) {
            return Err(path_entry.error(format!("the components {other} and {name} have the same path")));
        }
        components.insert(name, ComponentEntry { path });
    }
    Ok(components)
}

fn name(entry: &Entry<'_>) -> Result<Name, PackageError> {
    entry
        .key()
        .parse()
        .map_err(|why| entry.key_error(format!("{:?} is no name of a component: {why}", entry.key())))
}

/// A folder inside the project, without `.` in it, so that one folder has one path.
fn folder(entry: &Entry<'_>) -> Result<PathBuf, PackageError> {
    let text = entry.string()?;
    let parts = || Path::new(text).components();
    let inside = parts().all(|part| matches!(part, PathPart::Normal(_) | PathPart::CurDir));
    if text.is_empty() || text.contains(['\\', '\0']) || !inside {
        return Err(entry
            .error(format!(
                "{} is no folder inside the project: {text:?}",
                entry.place()
            ))
            .with_hint(
                "write a relative path with / and without .., or \".\" for the project's own folder",
            ));
    }
    let folder: PathBuf = parts().filter(|part| *part != PathPart::CurDir).collect();
    Ok(if folder.as_os_str().is_empty() {
        ".".into()
    } else {
        folder
    })
}

/// `[grants.NAME]`, and `[contexts.CONTEXT.grants.NAME]`, which counts alone in its context.
fn grants(
    root: &Table<'_>,
    components: &BTreeMap<Name, ComponentEntry>,
) -> Result<BTreeMap<Name, Grants>, PackageError> {
    let mut grants = BTreeMap::new();
    if let Some(all) = root.get("grants") {
        for entry in all.table()?.iter() {
            let name = granted(&entry, components)?;
            let table = entry.table()?;
            let granted = capabilities::read(&table, Stated::Granted)?;
            let refused = capabilities::refused(&table, &granted);
            grants.insert(name, Grants::from(granted).refusing(None, refused));
        }
    }
    let Some(contexts) = root.get("contexts") else {
        return Ok(grants);
    };
    for entry in contexts.table()?.iter() {
        let context = entry
            .key()
            .parse::<Name>()
            .map_err(|why| entry.key_error(format!("{:?} is no name of a context: {why}", entry.key())))?;
        let table = entry.table()?;
        table.only(&["grants"])?;
        let Some(all) = table.get("grants") else { continue };
        for entry in all.table()?.iter() {
            let name = granted(&entry, components)?;
            let table = entry.table()?;
            let granted = capabilities::read(&table, Stated::Granted)?;
            let refused = capabilities::refused(&table, &granted);
            let before = grants.remove(&name).unwrap_or_default();
            let all = before.in_context(context.clone(), granted);
            grants.insert(name, all.refusing(Some(context.clone()), refused));
        }
    }
    Ok(grants)
}

/// The component that a grant is for.
fn granted(entry: &Entry<'_>, components: &BTreeMap<Name, ComponentEntry>) -> Result<Name, PackageError> {
    let name = name(entry)?;
    if components.contains_key(&name) {
        return Ok(name);
    }
    let known: Vec<_> = components.keys().map(Name::as_str).collect();
    let error = entry.key_error(format!("the project has no component {name}"));
    let table = |name: &str| match entry.place().rsplit_once('.') {
        Some((before, _)) => format!("[{before}.{name}]"),
        None => format!("[{name}]"),
    };
    Err(match nearest(name.as_str(), &known) {
        Some(near) => error.with_hint(format!("write {}", table(near))),
        None => error.with_hint(format!("add [components.{name}], or remove the grant")),
    })
}

fn limits(root: &Table<'_>) -> Result<Limits, PackageError> {
    let Some(runtime) = root.get("runtime") else {
        return Ok(Limits::default());
    };
    let runtime = runtime.table()?;
    runtime.only(&["limits"])?;
    match runtime.get("limits") {
        Some(stated) => stated.table()?.limits(Limits::default(), |_| true),
        None => Ok(Limits::default()),
    }
}
