//! The worlds of airs, and what a component has in common with them.

mod compare;
mod render;

use std::fmt;
use std::sync::LazyLock;

use airs_core::Kind;
use wit_parser::{Interface, PackageId, Resolve, SourceMap, World, WorldId, WorldItem, WorldKey};

use crate::PackageError;
use crate::component::{Decoded, Extern};
use compare::Comparison;
pub(crate) use render::{function_name, signature};

/// One thing in which a component differs from the world of its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// What it is about, such as `export airs:driver/driver@0.1.0`.
    pub item: String,
    /// What is wrong with it.
    pub problem: String,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.item, self.problem)
    }
}

/// The WIT of airs, one group: the packages refer to each other, and only `worlds.wit` has a plain header.
const WIT: [(&str, &str); 6] = [
    ("worlds.wit", include_str!("../../../wit/worlds.wit")),
    ("types.wit", include_str!("../../../wit/types.wit")),
    ("val.wit", include_str!("../../../wit/val.wit")),
    ("driver.wit", include_str!("../../../wit/driver.wit")),
    ("storage.wit", include_str!("../../../wit/storage.wit")),
    ("http.wit", include_str!("../../../wit/http.wit")),
];

struct Expected {
    resolve: Resolve,
    package: PackageId,
}

static EXPECTED: LazyLock<Result<Expected, String>> = LazyLock::new(|| {
    let mut sources = SourceMap::new();
    for (name, text) in WIT {
        sources.push_str(name, text);
    }
    let group = sources
        .parse()
        .map_err(|(sources, error)| error.render(&sources))?;
    let mut resolve = Resolve::new();
    let package = resolve.push_group(group).map_err(|error| error.to_string())?;
    Ok(Expected { resolve, package })
});

impl Expected {
    fn get() -> Result<&'static Self, PackageError> {
        EXPECTED.as_ref().map_err(|message| PackageError::OwnWit {
            message: message.clone(),
        })
    }

    fn world(&self, kind: Kind) -> Result<&World, PackageError> {
        self.world_id(kind)
            .and_then(|id| self.resolve.worlds.get(id))
            .ok_or_else(|| PackageError::OwnWit {
                message: format!("there is no world {kind}"),
            })
    }

    fn world_id(&self, kind: Kind) -> Option<WorldId> {
        let package = self.resolve.packages.get(self.package)?;
        package.worlds.get(kind.as_str()).copied()
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

/// Everything in which the component differs from the world of `kind`.
pub(crate) fn check(component: &Decoded, kind: Kind) -> Result<Vec<Mismatch>, PackageError> {
    let expected = Expected::get()?;
    let mut check = Check {
        kind,
        expected: &expected.resolve,
        world: expected.world(kind)?,
        component: &component.resolve,
        mismatches: Vec::new(),
    };
    let Some(found) = component.resolve.worlds.get(component.world) else {
        return Ok(Vec::new());
    };
    check.exports(found);
    check.foreign_exports(found, expected)?;
    check.imports(found);
    Ok(check.mismatches)
}

struct Check<'c> {
    kind: Kind,
    expected: &'c Resolve,
    world: &'c World,
    component: &'c Resolve,
    mismatches: Vec<Mismatch>,
}

impl<'c> Check<'c> {
    fn report(&mut self, item: impl Into<String>, problem: impl Into<String>) {
        self.mismatches.push(Mismatch {
            item: item.into(),
            problem: problem.into(),
        });
    }

    /// Everything that the world exports must be there.
    fn exports(&mut self, found: &'c World) {
        for (key, item) in &self.world.exports {
            let name = self.expected.name_world_key(key);
            let label = format!("export {name}");
            let same = find(self.component, &found.exports, &name);
            match (item, same) {
                (WorldItem::Function(wanted), Some(WorldItem::Function(function))) => {
                    if let Err(difference) = self.comparison().function(wanted, function) {
                        self.report(label, difference);
                    }
                }
                (WorldItem::Interface { id: wanted, .. }, Some(WorldItem::Interface { id, .. })) => {
                    let (wanted, interface) = (
                        self.expected.interfaces.get(*wanted),
                        self.component.interfaces.get(*id),
                    );
                    if let (Some(wanted), Some(interface)) = (wanted, interface) {
                        self.exported_interface(&label, wanted, interface);
                    }
                }
                (_, Some(_)) => self.report(label, "it is something else, not what this kind exports"),
                (WorldItem::Function(wanted), None) => {
                    let signature = signature(self.expected, wanted);
                    self.report(label, format!("missing, it is {signature}"));
                }
                (_, None) => {
                    let problem = self.missing_interface(found, &name);
                    self.report(label, problem);
                }
            }
        }
    }

    fn exported_interface(&mut self, label: &str, wanted: &Interface, found: &Interface) {
        let mut differences = Differences::default();
        for (name, wanted) in &wanted.functions {
            match found.functions.get(name) {
                None => self.report(
                    label,
                    format!(
                        "{} is missing, it is {}",
                        function_name(wanted),
                        signature(self.expected, wanted)
                    ),
                ),
                Some(function) => differences.note(wanted, self.comparison().function(wanted, function)),
            }
        }
        differences.report(self, label);
    }

    fn missing_interface(&self, found: &World, name: &str) -> String {
        let (plain, wanted) = name.split_once('@').unwrap_or((name, ""));
        let others = found.exports.keys().map(|key| self.component.name_world_key(key));
        let version = others.into_iter().find_map(|other| {
            let version = other.strip_prefix(plain)?.strip_prefix('@')?;
            Some(version.to_owned())
        });
        match version {
            Some(version) => format!("exported in version {version}, this airs has version {wanted}"),
            None => "missing".to_owned(),
        }
    }

    /// What the other kind exports must not be there: one component is of one kind.
    fn foreign_exports(&mut self, found: &World, expected: &Expected) -> Result<(), PackageError> {
        let other = match self.kind {
            Kind::Driver => Kind::Program,
            Kind::Program => Kind::Driver,
        };
        for key in expected.world(other)?.exports.keys() {
            let name = self.expected.name_world_key(key);
            if find(self.component, &found.exports, &name).is_some() {
                self.report(
                    format!("export {name}"),
                    format!("it makes a {other}, which a {} is not", self.kind),
                );
            }
        }
        Ok(())
    }

    /// Everything that is imported must be possible for this kind.
    fn imports(&mut self, found: &'c World) {
        for (key, item) in &found.imports {
            let name = self.component.name_world_key(key);
            let label = format!("import {name}");
            match item {
                WorldItem::Interface { .. } if name.starts_with("wasi:") => {}
                WorldItem::Interface { id, .. } => {
                    let possible = self.possible_import(&name);
                    match (possible, self.component.interfaces.get(*id)) {
                        (Ok(wanted), Some(interface)) => self.imported_interface(&label, wanted, interface),
                        (Err(problem), _) => self.report(label, problem),
                        (Ok(_), None) => {}
                    }
                }
                WorldItem::Function(_) => {
                    self.report(
                        label,
                        "a function outside of an interface, which no world of airs imports",
                    );
                }
                WorldItem::Type { id, .. } => {
                    let kind = self.component.types.get(*id).map(|definition| &definition.kind);
                    if let Some(wit_parser::TypeDefKind::Resource) = kind {
                        self.report(
                            label,
                            "a resource outside of an interface, which no world of airs imports",
                        );
                    }
                }
            }
        }
    }

    /// The interface of that name, if this kind may import it.
    fn possible_import(&self, name: &str) -> Result<&'c Interface, String> {
        let of_world = self.world.imports.iter();
        let known = of_world.filter_map(|(key, item)| match item {
            WorldItem::Interface { id, .. } => {
                let interface = self.expected.interfaces.get(*id)?;
                Some((self.expected.name_world_key(key), interface))
            }
            _ => None,
        });
        let plain = |name: &str| name.split('@').next().unwrap_or_default().to_owned();
        let mut names = Vec::new();
        for (known, interface) in known {
            if known == name {
                return Ok(interface);
            }
            if plain(&known) == plain(name) {
                return Err(format!("this airs has {known}"));
            }
            names.push(known);
        }
        names.retain(|name| !name.starts_with("airs:types/"));
        let beyond = match self.kind {
            Kind::Program if name.starts_with("airs:") => "; it reaches the world through drivers",
            _ => "",
        };
        let (kind, names) = (self.kind, names.join(", "));
        Err(format!("a {kind} imports {names} and wasi only{beyond}"))
    }

    fn imported_interface(&mut self, label: &str, wanted: &Interface, found: &Interface) {
        let mut differences = Differences::default();
        for (name, function) in &found.functions {
            match wanted.functions.get(name) {
                None => {
                    let name = function_name(function);
                    self.report(label, format!("{name} is not known to this airs"));
                }
                Some(wanted) => differences.note(wanted, self.comparison().function(wanted, function)),
            }
        }
        differences.report(self, label);
    }

    fn comparison(&self) -> Comparison<'c> {
        Comparison {
            expected: self.expected,
            found: self.component,
        }
    }
}

/// The functions of an interface by what is wrong with them: a type that differs concerns many functions,
/// and is worth one line.
#[derive(Default)]
struct Differences(Vec<(String, Vec<String>)>);

impl Differences {
    fn note(&mut self, function: &wit_parser::Function, compared: Result<(), String>) {
        let Err(difference) = compared else { return };
        let name = function_name(function);
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

fn find<'w>(
    resolve: &Resolve,
    items: impl IntoIterator<Item = (&'w WorldKey, &'w WorldItem)>,
    name: &str,
) -> Option<&'w WorldItem> {
    items
        .into_iter()
        .find(|(key, _)| resolve.name_world_key(key) == name)
        .map(|(_, item)| item)
}
