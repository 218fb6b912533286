//! Functions and types as a person reads them in a message.

use wit_parser::{Function, Handle, Resolve, Result_, Type, TypeDefKind, TypeId};

/// Deeper than any type of airs without a name; a stranger's type does not fill the screen.
const DEPTH_MAX: usize = 4;

/// `intend`, and `asset.view` for a method of a resource.
pub(crate) fn function_name(function: &Function) -> String {
    let name = function.name.as_str();
    match name.split_once(']') {
        Some(("[constructor", resource)) => format!("{resource}.constructor"),
        Some((_, member)) => member.to_owned(),
        None => name.to_owned(),
    }
}

/// `func(path: string, rights: rights) -> result<asset, error>`; a method without itself as a parameter.
pub(crate) fn signature(resolve: &Resolve, function: &Function) -> String {
    let own = usize::from(function.name.starts_with("[method]"));
    let parameters: Vec<_> = function
        .params
        .iter()
        .skip(own)
        .map(|parameter| format!("{}: {}", parameter.name, type_name(resolve, parameter.ty)))
        .collect();
    let before = if function.kind.is_async() { "async " } else { "" };
    let after = function
        .result
        .map(|result| format!(" -> {}", type_name(resolve, result)))
        .unwrap_or_default();
    format!("{before}func({}){after}", parameters.join(", "))
}

/// A type's name, or its structure when it has none.
pub(super) fn type_name(resolve: &Resolve, ty: Type) -> String {
    name(resolve, ty, 0)
}

fn name(resolve: &Resolve, ty: Type, depth: usize) -> String {
    let Type::Id(id) = ty else {
        return primitive(ty).to_owned();
    };
    let Some(definition) = resolve.types.get(id) else {
        return "?".to_owned();
    };
    if let Some(name) = &definition.name {
        return name.clone();
    }
    if depth == DEPTH_MAX {
        return "…".to_owned();
    }
    let inner = |ty: Type| name(resolve, ty, depth + 1);
    let optional = |ty: Option<Type>| ty.map_or_else(|| "_".to_owned(), inner);
    match &definition.kind {
        TypeDefKind::Handle(Handle::Own(resource)) => resource_name(resolve, *resource),
        TypeDefKind::Handle(Handle::Borrow(resource)) => {
            format!("borrow<{}>", resource_name(resolve, *resource))
        }
        TypeDefKind::Option(ty) => format!("option<{}>", inner(*ty)),
        TypeDefKind::List(ty) => format!("list<{}>", inner(*ty)),
        TypeDefKind::Result(Result_ { ok: None, err: None }) => "result".to_owned(),
        TypeDefKind::Result(Result_ { ok, err: None }) => format!("result<{}>", optional(*ok)),
        TypeDefKind::Result(Result_ { ok, err }) => format!("result<{}, {}>", optional(*ok), optional(*err)),
        TypeDefKind::Tuple(tuple) => {
            let types: Vec<_> = tuple.types.iter().take(8).map(|ty| inner(*ty)).collect();
            format!("tuple<{}>", types.join(", "))
        }
        TypeDefKind::Type(ty) => inner(*ty),
        other => other.as_str().to_owned(),
    }
}

pub(super) fn resource_name(resolve: &Resolve, resource: TypeId) -> String {
    let definition = resolve.types.get(resource);
    definition
        .and_then(|definition| definition.name.clone())
        .unwrap_or_else(|| "?".to_owned())
}

fn primitive(ty: Type) -> &'static str {
    match ty {
        Type::Bool => "bool",
        Type::U8 => "u8",
        Type::U16 => "u16",
        Type::U32 => "u32",
        Type::U64 => "u64",
        Type::S8 => "s8",
        Type::S16 => "s16",
        Type::S32 => "s32",
        Type::S64 => "s64",
        Type::F32 => "f32",
        Type::F64 => "f64",
        Type::Char => "char",
        Type::String => "string",
        Type::ErrorContext => "error-context",
        Type::Id(_) => "?",
    }
}
