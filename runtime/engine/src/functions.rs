//! The functions that a component exports, found by what a person calls them.

use std::collections::HashMap;

use airs_core::{Code, Error, Result, WitPackage};
use wasmtime::component::types::{Component as ComponentType, ComponentItem};
use wasmtime::component::{Component, ComponentExportIndex};

use crate::dynamic::Signature;

/// Names that a message lists.
const NAMES_SHOWN_MAX: usize = 8;
/// How alike a name has to be to be suggested.
const LIKENESS_MIN: f64 = 0.7;

/// An exported function.
pub(crate) struct Function {
    /// The interface that it is in, with its version; none for a function of the world itself.
    interface: Option<String>,
    name: String,
    pub(crate) index: ComponentExportIndex,
    pub(crate) signature: Signature,
}

/// Every exported function.
pub(crate) struct Functions {
    /// In the component's order.
    all: Vec<Function>,
    /// Where each of them is, by its full name: what programs call it.
    exact: HashMap<String, usize>,
}

/// How exactly a name matches: the best kind of match counts, if it is the only one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Match {
    InSomeInterface,
    ByShortInterface,
    WithoutVersion,
    Exact,
}

impl Functions {
    pub(crate) fn of(engine: &wasmtime::Engine, component: &Component) -> Self {
        let ty: ComponentType = component.component_type();
        let mut all = Vec::new();
        for (name, export) in ty.exports(engine) {
            match export.ty {
                ComponentItem::ComponentFunc(function) => {
                    let index = component.get_export_index(None, name);
                    all.extend(index.map(|index| Function::new(None, name, index, &function)));
                }
                ComponentItem::ComponentInstance(instance) => {
                    let Some(parent) = component.get_export_index(None, name) else {
                        continue;
                    };
                    for (function, export) in instance.exports(engine) {
                        if let ComponentItem::ComponentFunc(ty) = export.ty {
                            let index = component.get_export_index(Some(&parent), function);
                            let interface = Some(name.to_owned());
                            all.extend(index.map(|index| Function::new(interface, function, index, &ty)));
                        }
                    }
                }
                _ => {}
            }
        }
        let exact = all
            .iter()
            .enumerate()
            .map(|(at, one)| (one.full_name(), at))
            .collect();
        Self { all, exact }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Function> {
        self.all.iter()
    }

    /// The function that a person means by `function`, `interface.function`, or
    /// `namespace:package/interface@version.function` with or without the version.
    ///
    /// # Errors
    /// [`Code::NotFound`] with the nearest names, and [`Code::InvalidInput`] when several are meant.
    pub(crate) fn find(&self, name: &str) -> Result<&Function> {
        if let Some(found) = self.exact.get(name).and_then(|at| self.all.get(*at)) {
            return Ok(found);
        }
        let matches = self.all.iter().filter_map(|one| Some((one.matches(name)?, one)));
        let mut best: Vec<(Match, &Function)> = Vec::new();
        for found in matches {
            match best.first() {
                Some((rank, _)) if *rank > found.0 => {}
                Some((rank, _)) if *rank == found.0 => best.push(found),
                _ => best = vec![found],
            }
        }
        match best.as_slice() {
            [] => Err(self.unknown(name)),
            [(_, only)] => Ok(only),
            several => {
                let names: Vec<String> = several.iter().map(|(_, one)| one.full_name()).collect();
                Err(Error::new(
                    Code::InvalidInput,
                    format!("{name:?} may be one of several functions"),
                )
                .hint(format!("name its interface: {}", listed(&names))))
            }
        }
    }

    fn unknown(&self, name: &str) -> Error {
        let error = Error::new(
            Code::NotFound,
            format!("the component exports no function {name:?}"),
        );
        let all = || self.all.iter().map(Function::full_name);
        let short = name.rsplit('.').next().unwrap_or(name);
        let mut near: Vec<(f64, String)> = self
            .all
            .iter()
            .map(|one| (strsim::jaro_winkler(short, &one.name), one.full_name()))
            .filter(|(likeness, _)| *likeness >= LIKENESS_MIN)
            .collect();
        near.sort_by(|a, b| b.0.total_cmp(&a.0));
        let near: Vec<String> = near.into_iter().map(|(_, name)| name).collect();
        match (near.as_slice(), self.all.len()) {
            (_, 0) => error.hint("it exports no function at all"),
            ([], _) => error.hint(format!("it exports {}", listed(&all().collect::<Vec<_>>()))),
            (near, _) => error.hint(format!("the nearest is {}", listed(near))),
        }
    }
}

impl Function {
    fn new(
        interface: Option<String>,
        name: &str,
        index: ComponentExportIndex,
        ty: &wasmtime::component::types::ComponentFunc,
    ) -> Self {
        let (name, signature) = (name.to_owned(), Signature::of(name, ty));
        Self {
            interface,
            name,
            index,
            signature,
        }
    }

    /// `interface.function`, the interface with its version.
    pub(crate) fn full_name(&self) -> String {
        match &self.interface {
            Some(interface) => format!("{interface}.{}", self.name),
            None => self.name.clone(),
        }
    }

    fn matches(&self, name: &str) -> Option<Match> {
        let within = name.strip_suffix(self.name.as_str())?;
        let Some(interface) = &self.interface else {
            return within.is_empty().then_some(Match::Exact);
        };
        if within.is_empty() {
            return Some(Match::InSomeInterface);
        }
        let within = within.strip_suffix('.')?;
        let unversioned = WitPackage::unversioned(interface);
        let short = unversioned.rsplit('/').next().unwrap_or(unversioned);
        match within {
            within if within == interface => Some(Match::Exact),
            within if within == unversioned => Some(Match::WithoutVersion),
            within if within == short => Some(Match::ByShortInterface),
            _ => None,
        }
    }
}

fn listed(names: &[String]) -> String {
    let mut text = names
        .iter()
        .take(NAMES_SHOWN_MAX)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    if names.len() > NAMES_SHOWN_MAX {
        text.push_str(&format!(" and {} more", names.len() - NAMES_SHOWN_MAX));
    }
    text
}
