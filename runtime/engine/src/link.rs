//! Which import is satisfied by what.

use airs_core::{Capability, Code, Error, Result};
use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, ComponentExportIndex, InstancePre, Linker};

use crate::compile::Compiled;
use crate::guest::GuestState;
use crate::resources::Resources;
use crate::{Engine, stub, wasi};

/// What becomes of an import that is not there for a component.
///
/// An example is at [`CallableCode`](crate::CallableCode).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Absent {
    /// The component is refused when it is linked, with the name of what is missing.
    #[default]
    Refused,
    /// The component is linked. Calling what is missing is denied: with an error of the function's own where
    /// its type has one, and otherwise by ending the call.
    Denied,
}

/// The imports of a component.
pub(crate) struct Imports<'a> {
    engine: &'a Engine,
    component: &'a Component,
    absent: Absent,
}

impl<'a> Imports<'a> {
    pub(crate) fn of(engine: &'a Engine, compiled: &'a Compiled) -> Self {
        Self {
            engine,
            component: &compiled.component,
            absent: Absent::Refused,
        }
    }

    /// What becomes of those that are offered by nobody.
    pub(crate) fn absent(self, absent: Absent) -> Self {
        Self { absent, ..self }
    }

    /// Whether there is nothing in an import to define: it has names for types.
    fn is_names_only(&self, import: &ComponentItem) -> bool {
        let ComponentItem::ComponentInstance(instance) = import else {
            return false;
        };
        let mut exports = instance.exports(self.engine.wasmtime());
        exports.all(|(_, export)| matches!(export.ty, ComponentItem::Type(_)))
    }

    /// Defines each import: the virtual WASI's here, the others by `offer`, which answers none for what
    /// this kind of component is not offered.
    pub(crate) fn link<T: GuestState>(
        &self,
        linker: &mut Linker<T>,
        mut offer: impl FnMut(&str, &mut Linker<T>) -> Option<wasmtime::Result<()>>,
    ) -> Result<InstancePre<T>> {
        let ty = self.component.component_type();
        let mut resources = Resources::default();
        for (name, import) in ty.imports(self.engine.wasmtime()) {
            if self.is_names_only(&import.ty) {
                continue;
            }
            let defined = match import.ty {
                ComponentItem::ComponentInstance(instance) if name.starts_with("wasi:") => {
                    wasi::link(linker, self.engine.wasmtime(), name, &instance, &mut resources)
                }
                ty => match (offer(name, linker), self.absent) {
                    (Some(defined), _) => defined,
                    (None, Absent::Refused) => return Err(not_offered(name)),
                    (None, Absent::Denied) => {
                        stub::deny(linker, self.engine.wasmtime(), name, &ty, &mut resources)
                    }
                },
            };
            defined.map_err(|error| mismatch(&error))?;
        }
        linker
            .instantiate_pre(self.component)
            .map_err(|error| mismatch(&error))
    }
}

/// The index of an exported function, within an interface or of the world itself.
pub(crate) fn export(
    compiled: &Compiled,
    interface: Option<&str>,
    function: &str,
) -> Result<ComponentExportIndex> {
    let missing = |what: &str| {
        Error::new(
            Code::WrongWorld,
            format!("the component does not export {what:?}"),
        )
    };
    let parent = match interface {
        Some(name) => Some(
            compiled
                .component
                .get_export_index(None, name)
                .ok_or_else(|| missing(name))?,
        ),
        None => None,
    };
    compiled
        .component
        .get_export_index(parent.as_ref(), function)
        .ok_or_else(|| missing(function))
}

fn not_offered(name: &str) -> Error {
    match Capability::of_import(name) {
        Some(Capability::Interfaces) => {
            let message = format!("the component imports {name:?}, which this host does not give");
            Error::new(Code::Unsupported, message)
        }
        Some(capability) => {
            let message = format!("the component imports {name:?}, and this host offers it no {capability}");
            Error::new(Code::Unsupported, message)
        }
        None => Error::new(
            Code::WrongWorld,
            format!("the component imports {name:?}, which is not offered to it"),
        ),
    }
}

fn mismatch(error: &wasmtime::Error) -> Error {
    if let Some(ours) = error.downcast_ref::<Error>() {
        return ours.clone();
    }
    Error::new(
        Code::WrongWorld,
        format!("the component does not fit this host: {error:#}"),
    )
}
