//! What a component is granted of what it declares.

use std::path::PathBuf;
use std::sync::Arc;

use airs_core::{Access, Capabilities, Capability, Code, Error, Folder, Grants, Name, Result};
use airs_driver::{Allowed, Effective, Ungranted};
use airs_engine::World;
use airs_package::Manifest;
use airs_platform::LocalFolder;

use crate::runtime::Inner;

/// What a component may use in each context. What is granted and not declared is not there either.
///
/// # Errors
/// [`Code::Unsupported`] for files that this runtime cannot give, or not in that way;
/// [`Code::UngrantedCapability`] when it would work in none.
pub(crate) fn effective(runtime: &Inner, manifest: &Manifest, granted: &Grants) -> Result<Effective> {
    check_offered(&manifest.capabilities)?;
    if manifest.capabilities.contains(Capability::Files) && runtime.files.is_none() {
        let message = "it declares files, and this runtime has no folders for contexts";
        return Err(
            Error::new(Code::Unsupported, message).hint("`RuntimeBuilder::files` says where they are")
        );
    }
    let decide = |context: &Name| {
        let decided = decide(manifest, granted, context);
        decided.map(|capabilities| runtime.allowed(Some(context), capabilities))
    };
    let decided: Vec<_> = runtime
        .contexts
        .names()
        .map(|context| (context.clone(), decide(context)))
        .collect();
    match decided
        .iter()
        .find(|(_, decision)| decision.is_ok())
        .or_else(|| decided.first())
    {
        Some((_, Err(ungranted))) => Err(ungranted.error.clone()),
        _ => Ok(Effective::new(
            manifest.capabilities.clone(),
            granted.clone(),
            decided,
        )),
    }
}

/// Whether what is declared is something that there is.
pub(crate) fn check_offered(declared: &Capabilities) -> Result<()> {
    let mut writable = declared
        .files
        .iter()
        .filter(|(_, access)| **access > Access::Read);
    let Some((name, _)) = writable.next() else {
        return Ok(());
    };
    let message = format!("it declares to write to the files of {name}, and files can only be read");
    Err(Error::new(Code::Unsupported, message)
        .hint("a write to a file could not be undone with its run; what has to be kept goes into storage"))
}

/// What a component may use in a context, or what it lacks there.
pub(crate) fn decide(
    manifest: &Manifest,
    granted: &Grants,
    context: &Name,
) -> Result<Capabilities, Ungranted> {
    let here = granted.of(context);
    let lacking = manifest.capabilities.without(here);
    match lacking.kinds().next() {
        None => Ok(manifest.capabilities.intersection(here)),
        Some(capability) => Err(Ungranted {
            capability: Some(capability),
            error: ungranted(manifest, &lacking, granted, context),
        }),
    }
}

fn ungranted(manifest: &Manifest, lacking: &Capabilities, granted: &Grants, context: &Name) -> Error {
    let each =
        |show: &dyn Fn(Capability) -> String| lacking.kinds().map(show).collect::<Vec<_>>().join(" and ");
    let needs = each(&|kind| lacking.needed(kind));
    let enough = granted.of(context).union(lacking);
    let lines = each(&|kind| format!("`{kind} = {}`", enough.value(kind)));
    let is_stated = lacking.kinds().any(|kind| granted.states(Some(context), kind));
    let verb = if is_stated { "write" } else { "add" };
    let (table, kind) = (granted.table(context, &manifest.name), manifest.kind);
    Error::new(
        Code::UngrantedCapability,
        format!("it needs {needs}, which is not granted to it"),
    )
    .hint(format!(
        "{verb} {lines} under {table} in airs.toml, or drop it from the {kind}'s capabilities"
    ))
}

impl Inner {
    /// What comes of capabilities, in a context or outside of any.
    pub(crate) fn allowed(&self, context: Option<&Name>, capabilities: Capabilities) -> Allowed {
        let variable = |name| {
            let (name, value) = self.variables.get_key_value(name)?;
            Some((name.to_string(), value.clone()))
        };
        let folder = |name: &Name| {
            let folder: Arc<dyn Folder> = Arc::new(LocalFolder::new(self.folder(context?, name)?));
            Some((name.clone(), folder))
        };
        Allowed {
            world: Arc::new(World {
                clock: capabilities.clock,
                random: capabilities.random,
                log: capabilities.log,
                variables: capabilities.environment.iter().filter_map(variable).collect(),
                folders: capabilities.files.keys().filter_map(folder).collect(),
                file_places: self.engine.file_places(),
                interfaces: capabilities.interfaces.clone(),
            }),
            capabilities: Arc::new(capabilities),
        }
    }

    /// Where a folder of a context is. Both names are safe in a path: lower-case letters, digits and hyphens.
    pub(crate) fn folder(&self, context: &Name, name: &Name) -> Option<PathBuf> {
        let files = self.files.as_ref()?;
        Some(files.join(context.as_str()).join(name.as_str()))
    }
}
