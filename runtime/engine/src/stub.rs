//! Functions that exist and refuse.

use airs_core::{Capability, Code, Error};
use wasmtime::component::types::{ComponentItem, Record};
use wasmtime::component::{Linker, LinkerInstance, Type, Val};

use crate::guest::GuestState;
use crate::resources::Resources;
use crate::wasi;

/// What interfaces call a refusal, the most fitting first.
const REFUSALS: [&str; 6] = [
    "denied",
    "access-denied",
    "access",
    "not-supported",
    "unsupported",
    "not-permitted",
];

/// The package of WASI by which a standard library reaches servers.
const NETWORK: &str = "wasi:sockets/";

/// Defines an import, whatever it is, so that everything in it refuses.
pub(crate) fn deny<T: GuestState>(
    linker: &mut Linker<T>,
    engine: &wasmtime::Engine,
    import: &str,
    ty: &ComponentItem,
    resources: &mut Resources,
) -> wasmtime::Result<()> {
    match ty {
        ComponentItem::ComponentInstance(ty) => {
            let mut instance = linker.instance(import)?;
            for (name, export) in ty.exports(engine) {
                match export.ty {
                    ComponentItem::Resource(ty) => {
                        instance.resource(name, resources.of(ty, None)?, |_, _| Ok(()))?;
                    }
                    ComponentItem::ComponentFunc(_) => define_denied(&mut instance, import, name)?,
                    _ => {}
                }
            }
            Ok(())
        }
        ComponentItem::ComponentFunc(_) => define_denied(&mut linker.root(), "the world", import),
        ComponentItem::Resource(ty) => {
            linker
                .root()
                .resource(import, resources.of(*ty, None)?, |_, _| Ok(()))
        }
        // Anything else that is missing is named when the component is linked.
        _ => Ok(()),
    }
}

/// Defines a function of WASI that answers with a refusal, or with nothing, where its type has room for one, and
/// traps with its name where not. Who reaches for the network that way is denied it.
pub(crate) fn define<T: GuestState>(
    instance: &mut LinkerInstance<'_, T>,
    interface: &str,
    name: &str,
) -> wasmtime::Result<()> {
    let absent = absent(interface, name);
    let is_network = interface.starts_with(NETWORK);
    instance.func_new(name, move |mut store, ty, params, results| {
        wasi::give_back(&mut store, params)?;
        if is_network {
            store.data_mut().guest().denied(Capability::Http, absent.as_str());
        }
        let result = ty.results().next();
        match (results, result) {
            ([], _) => Ok(()),
            ([answer], Some(Type::Option(_))) => {
                *answer = Val::Option(None);
                Ok(())
            }
            (results, result) => refuse(results, result.as_ref(), &absent),
        }
    })
}

/// Defines a function that was not granted. It never answers as if it had done something.
fn define_denied<T: GuestState>(
    instance: &mut LinkerInstance<'_, T>,
    interface: &str,
    name: &str,
) -> wasmtime::Result<()> {
    let (absent, capability) = (absent(interface, name), Capability::of_import(interface));
    instance.func_new(name, move |mut store, ty, params, results| {
        wasi::give_back(&mut store, params)?;
        if let Some(capability) = capability {
            store.data_mut().guest().denied(capability, absent.as_str());
        }
        refuse(results, ty.results().next().as_ref(), &absent)
    })
}

fn absent(interface: &str, name: &str) -> String {
    format!("{interface}.{name} is not there for this component")
}

fn refuse(results: &mut [Val], ty: Option<&Type>, absent: &str) -> wasmtime::Result<()> {
    if let ([answer], Some(value)) = (results, ty.and_then(|ty| refusal(ty, absent))) {
        *answer = value;
        return Ok(());
    }
    Err(wasmtime::Error::new(Error::new(Code::Denied, absent)))
}

fn refusal(ty: &Type, absent: &str) -> Option<Val> {
    match ty {
        Type::Result(result) => {
            let error = match result.err()? {
                Type::Enum(codes) => code(codes.names().collect::<Vec<_>>().into_iter())?,
                Type::Record(record) => error_record(&record, absent)?,
                _ => return None,
            };
            Some(Val::Result(Err(Some(Box::new(error)))))
        }
        _ => None,
    }
}

fn code<'a>(names: impl Iterator<Item = &'a str> + Clone) -> Option<Val> {
    let code = REFUSALS
        .into_iter()
        .find(|code| names.clone().any(|name| name == *code))?;
    Some(Val::Enum(code.to_owned()))
}

/// An error that is a record of a code, texts, and nothing else that would have to be made up: that of
/// `airs:types` is one.
fn error_record(record: &Record, absent: &str) -> Option<Val> {
    let fields = record.fields().map(|field| {
        let value = match field.ty {
            Type::Enum(codes) => code(codes.names().collect::<Vec<_>>().into_iter())?,
            Type::String => Val::String(absent.to_owned()),
            Type::Option(_) => Val::Option(None),
            _ => return None,
        };
        Some((field.name.to_owned(), value))
    });
    Some(Val::Record(fields.collect::<Option<_>>()?))
}
