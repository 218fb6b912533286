//! Functions of WASI that exist and refuse.

use std::hash::{DefaultHasher, Hash, Hasher};

use airs_core::{Code, Error};
use wasmtime::component::{LinkerInstance, ResourceType, Type, Val};

use crate::guest::GuestState;

/// What WASI's interfaces call a refusal, the most fitting first.
const REFUSALS: [&str; 5] = [
    "access-denied",
    "access",
    "not-supported",
    "unsupported",
    "not-permitted",
];

/// A resource type that nothing here ever makes one of; the same for the same name.
pub(super) fn resource(name: &str) -> ResourceType {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    #[expect(clippy::cast_possible_truncation, reason = "any 32 bits will do")]
    ResourceType::host_dynamic(hasher.finish() as u32)
}

/// Defines a function that answers with a refusal where its type has room for one, and traps with its name
/// where not.
pub(super) fn define<T: GuestState>(
    instance: &mut LinkerInstance<'_, T>,
    interface: &str,
    name: &str,
) -> wasmtime::Result<()> {
    let absent = format!("{interface}.{name} is not there for components");
    instance.func_new(name, move |_, ty, _, results| {
        let refusal = ty.results().next().and_then(|result| refusal(&result));
        match (results, refusal) {
            ([], _) => Ok(()),
            ([result], Some(value)) => {
                *result = value;
                Ok(())
            }
            _ => Err(wasmtime::Error::new(Error::new(Code::Denied, absent.clone()))),
        }
    })
}

fn refusal(ty: &Type) -> Option<Val> {
    match ty {
        Type::Option(_) => Some(Val::Option(None)),
        Type::Result(result) => {
            let Some(Type::Enum(codes)) = result.err() else {
                return None;
            };
            let code = REFUSALS
                .into_iter()
                .find(|code| codes.names().any(|name| name == *code))?;
            Some(Val::Result(Err(Some(Box::new(Val::Enum(code.to_owned()))))))
        }
        _ => None,
    }
}
