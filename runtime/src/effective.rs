//! What a component is granted of what it declares.

use std::sync::Arc;

use airs_core::{Capabilities, Capability, Code, Error, Grants, Kind, Name, Result};
use airs_driver::{Allowed, Effective, Ungranted};
use airs_engine::World;
use airs_package::Manifest;

use crate::runtime::Inner;

/// What a component may use in each context. What is granted and not declared is not there either.
///
/// # Errors
/// [`Code::Unsupported`] for files;
/// [`Code::UngrantedCapability`] when it would work in none.
pub(crate) fn effective(runtime: &Inner, manifest: &Manifest, granted: &Grants) -> Result<Effective> {
    check_offered(&manifest.capabilities)?;
    let decide =
        |context: &Name| decide(manifest, granted, context).map(|capabilities| runtime.allowed(capabilities));
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

/// Whether there is what is declared.
pub(crate) fn check_offered(declared: &Capabilities) -> Result<()> {
    if declared.contains(Capability::Files) {
        return Err(Error::new(
            Code::Unsupported,
            "it declares files, and this runtime offers it none",
        ));
    }
    Ok(())
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
            error: ungranted(
                manifest.kind,
                &lacking,
                here,
                &granted.table(context, &manifest.name),
            ),
        }),
    }
}

fn ungranted(kind: Kind, lacking: &Capabilities, granted: &Capabilities, table: &str) -> Error {
    let each =
        |show: &dyn Fn(Capability) -> String| lacking.kinds().map(show).collect::<Vec<_>>().join(" and ");
    let needs = each(&|kind| lacking.needed(kind));
    let enough = granted.union(lacking);
    let lines = each(&|kind| format!("`{kind} = {}`", enough.value(kind)));
    let verb = if lacking.kinds().any(|kind| granted.contains(kind)) {
        "write"
    } else {
        "add"
    };
    Error::new(
        Code::UngrantedCapability,
        format!("it needs {needs}, which is not granted to it"),
    )
    .hint(format!(
        "{verb} {lines} under {table} in airs.toml, or drop it from the {kind}'s capabilities"
    ))
}

impl Inner {
    pub(crate) fn allowed(&self, capabilities: Capabilities) -> Allowed {
        let variable = |name| {
            let (name, value) = self.variables.get_key_value(name)?;
            Some((name.to_string(), value.clone()))
        };
        Allowed {
            world: Arc::new(World {
                clock: capabilities.clock,
                random: capabilities.random,
                log: capabilities.log,
                variables: capabilities.environment.iter().filter_map(variable).collect(),
                interfaces: capabilities.interfaces.clone(),
            }),
            capabilities: Arc::new(capabilities),
        }
    }
}
