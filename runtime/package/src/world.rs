//! The worlds of airs, and what a component has in common with them.

mod compare;
mod expected;
mod found;
mod render;
mod shape;

use std::fmt;

use airs_core::{Kind, WitPackage};

use crate::PackageError;
use crate::component::Extern;
use expected::world_of;
pub(crate) use found::world as read_world;
pub(crate) use render::{function_name, signature};
use shape::{Function, find};
pub(crate) use shape::{Item, World};

/// How the problem of what is not there begins.
const MISSING: &str = "missing";

/// One thing in which a component differs from the world of its kind.
///
/// ```
/// use airs_core::Kind;
/// use airs_package::{Component, Mismatch, PackageError};
///
/// let empty_component = b"\0asm\x0d\0\x01\0";
/// let error = Component::read(*empty_component)?.check_world(Kind::Program).unwrap_err();
/// let PackageError::WrongWorld { mismatches, .. } = error else { return Err(error) };
/// let Mismatch { item, problem } = &mismatches[0];
/// assert_eq!(item, "export run");
/// assert!(problem.starts_with("missing, it is func("));
/// # Ok::<(), PackageError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// What it is about, such as `export airs:driver/driver@0.1.0`.
    pub item: String,
    /// What is wrong with it.
    pub problem: String,
}

impl Mismatch {
    /// Whether it is that something is not there.
    pub(crate) fn is_missing(&self) -> bool {
        self.problem.starts_with(MISSING)
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.item, self.problem)
    }
}

/// What a component is by its exports; none when it is neither kind, or both.
pub(crate) fn kind(exports: &[Extern]) -> Option<Kind> {
    let driver = exports
        .iter()
        .any(|export| export.name().starts_with("airs:driver/driver@"));
    let program = exports
        .iter()
        .any(|export| matches!(export, Extern::Function { name, .. } if name == "run"));
    match (driver, program) {
        (true, false) => Some(Kind::Driver),
        (false, true) => Some(Kind::Program),
        _ => None,
    }
}

/// Everything in which a component's world differs from the one of `kind`.
pub(crate) fn check(found: &World, kind: Kind) -> Result<Vec<Mismatch>, PackageError> {
    let mut check = Check {
        kind,
        wanted: world_of(kind)?,
        found,
        mismatches: Vec::new(),
    };
    check.exports();
    check.foreign_exports()?;
    check.imports();
    Ok(check.mismatches)
}

struct Check<'c> {
    kind: Kind,
    wanted: &'c World,
    found: &'c World,
    mismatches: Vec<Mismatch>,
}

impl Check<'_> {
    fn report(&mut self, item: impl Into<String>, problem: impl Into<String>) {
        self.mismatches.push(Mismatch {
            item: item.into(),
            problem: problem.into(),
        });
    }

    /// Everything that the world exports must be there.
    fn exports(&mut self) {
        for (name, wanted) in &self.wanted.exports {
            let label = format!("export {name}");
            match (wanted, find(&self.found.exports, name)) {
                (Item::Function(wanted), Some(Item::Function(function))) => {
                    if let Err(difference) = compare::functions(wanted, function) {
                        self.report(label, difference);
                    }
                }
                (Item::Interface(wanted), Some(Item::Interface(found))) => {
                    self.exported_interface(&label, wanted, found);
                }
                (_, Some(_)) => self.report(label, "it is something else than this kind exports"),
                (Item::Function(wanted), None) => {
                    self.report(label, format!("{MISSING}, it is {}", signature(wanted)));
                }
                (_, None) => self.report(label, self.missing_interface(name)),
            }
        }
    }

    fn exported_interface(&mut self, label: &str, wanted: &[Function], found: &[Function]) {
        let mut differences = Differences::default();
        for wanted in wanted {
            match found.iter().find(|function| function.name == wanted.name) {
                None => {
                    let name = function_name(&wanted.name);
                    self.report(label, format!("{name} is missing, it is {}", signature(wanted)));
                }
                Some(function) => differences.note(wanted, compare::functions(wanted, function)),
            }
        }
        differences.report(self, label);
    }

    fn missing_interface(&self, name: &str) -> String {
        let (plain, wanted) = name.split_once('@').unwrap_or((name, ""));
        let version = self.found.exports.iter().find_map(|(other, _)| {
            let version = other.strip_prefix(plain)?;
            version.strip_prefix('@')
        });
        match version {
            Some(version) => format!("exported in version {version}, this airs has version {wanted}"),
            None => MISSING.to_owned(),
        }
    }

    /// What the other kind exports must not be there: one component is of one kind.
    fn foreign_exports(&mut self) -> Result<(), PackageError> {
        let other = match self.kind {
            Kind::Driver => Kind::Program,
            Kind::Program => Kind::Driver,
        };
        for (name, _) in &world_of(other)?.exports {
            if find(&self.found.exports, name).is_some() {
                let problem = format!("it makes a {other}, which a {} is not", self.kind);
                self.report(format!("export {name}"), problem);
            }
        }
        Ok(())
    }

    /// Everything that is imported must be possible for this kind.
    fn imports(&mut self) {
        for (name, item) in &self.found.imports {
            let label = format!("import {name}");
            let outside = match item {
                Item::Interface(_) if name.starts_with("wasi:") => continue,
                // What an embedder may give: whether it is declared and granted, its capabilities say.
                Item::Interface(_)
                    if self.kind == Kind::Driver && WitPackage::of_interface(name).is_some() =>
                {
                    continue;
                }
                Item::Interface(found) => {
                    match self.possible_import(name) {
                        Ok(wanted) => self.imported_interface(&label, wanted, found),
                        Err(problem) => self.report(label, problem),
                    }
                    continue;
                }
                Item::Type => continue,
                Item::Function(_) => "function",
                Item::Resource => "resource",
                Item::Other(what) => what,
            };
            self.report(
                label,
                format!("a {outside} outside of an interface, which no world of airs imports"),
            );
        }
    }

    fn imported_interface(&mut self, label: &str, wanted: &[Function], found: &[Function]) {
        let mut differences = Differences::default();
        for function in found {
            match wanted.iter().find(|wanted| wanted.name == function.name) {
                None => {
                    let name = function_name(&function.name);
                    self.report(label, format!("{name} is not known to this airs"));
                }
                Some(wanted) => differences.note(wanted, compare::functions(wanted, function)),
            }
        }
        differences.report(self, label);
    }
}

impl<'c> Check<'c> {
    /// The functions of the interface of that name, if this kind may import it.
    fn possible_import(&self, name: &str) -> Result<&'c [Function], String> {
        let plain = WitPackage::unversioned;
        let mut names = Vec::new();
        for (known, item) in &self.wanted.imports {
            match item {
                Item::Interface(functions) if known == name => return Ok(functions),
                Item::Interface(_) if plain(known) == plain(name) => {
                    return Err(format!("this airs has {known}"));
                }
                // It has types and nothing to call; nobody imports it for itself.
                Item::Interface(functions) if functions.is_empty() => {}
                Item::Interface(_) => names.push(known.as_str()),
                _ => {}
            }
        }
        let beyond = match self.kind {
            Kind::Program if name.starts_with("airs:") => "; it reaches the world through drivers",
            _ => "",
        };
        let (kind, names) = (self.kind, names.join(", "));
        Err(format!("a {kind} imports {names} and wasi only{beyond}"))
    }
}

/// The functions of an interface by what is wrong with them: a type that differs concerns many functions,
/// and is worth one line.
#[derive(Default)]
struct Differences(Vec<(String, Vec<String>)>);

impl Differences {
    fn note(&mut self, function: &Function, compared: Result<(), String>) {
        let Err(difference) = compared else { return };
        let name = function_name(&function.name);
        match self.0.iter_mut().find(|(known, _)| *known == difference) {
            Some((_, functions)) => functions.push(name),
            None => self.0.push((difference, vec![name])),
        }
    }

    fn report(self, check: &mut Check<'_>, label: &str) {
        for (difference, functions) in self.0 {
            check.report(label, format!("{}: {difference}", functions.join(", ")));
        }
    }
}
