//! Functions and types as a person reads them in a message.

use super::shape::{Function, Shape, Type};

/// Deeper than any type of airs without a name; a stranger's type does not fill the screen.
const DEPTH_MAX: usize = 4;
/// As many as fit on a line.
const LIST_MAX: usize = 12;

/// `intend`, and `asset.view` for a method of a resource.
pub(crate) fn function_name(name: &str) -> String {
    match name.split_once(']') {
        Some(("[constructor", resource)) => format!("{resource}.constructor"),
        Some((_, member)) => member.to_owned(),
        None => name.to_owned(),
    }
}

/// `func(path: string, rights: rights) -> result<asset, error>`; a method without itself as a parameter.
pub(crate) fn signature(function: &Function) -> String {
    let own = usize::from(function.name.starts_with("[method]"));
    let parameters = function.parameters.iter().skip(own);
    let parameters = parameters.map(|(name, ty)| format!("{name}: {}", type_name(ty)));
    let before = if function.is_async { "async " } else { "" };
    let result = function
        .result
        .as_ref()
        .map(|ty| format!(" -> {}", type_name(ty)));
    format!(
        "{before}func({}){}",
        listed(parameters),
        result.unwrap_or_default()
    )
}

/// A type's name, or its structure when it has none.
pub(super) fn type_name(ty: &Type) -> String {
    name(ty, 0)
}

fn name(ty: &Type, depth: usize) -> String {
    if depth == DEPTH_MAX {
        return "…".to_owned();
    }
    let inner = |ty: &Type| name(ty, depth + 1);
    let optional = |ty: &Option<Type>| ty.as_ref().map_or_else(|| "_".to_owned(), inner);
    match ty.as_ref() {
        Shape::Primitive(primitive) => primitive.to_string(),
        Shape::Own(resource) => resource.clone(),
        Shape::Borrow(resource) => format!("borrow<{resource}>"),
        Shape::List(ty) => format!("list<{}>", inner(ty)),
        Shape::Option(ty) => format!("option<{}>", inner(ty)),
        Shape::Result(None, None) => "result".to_owned(),
        Shape::Result(ok, None) => format!("result<{}>", optional(ok)),
        Shape::Result(ok, err) => format!("result<{}, {}>", optional(ok), optional(err)),
        Shape::Tuple(types) => format!("tuple<{}>", listed(types.iter().map(inner))),
        Shape::Members { kind, name, .. } => name.clone().unwrap_or_else(|| (*kind).to_owned()),
        Shape::Other(kind) => (*kind).to_owned(),
    }
}

fn listed(texts: impl ExactSizeIterator<Item = String>) -> String {
    let more = if texts.len() > LIST_MAX { ", …" } else { "" };
    let shown: Vec<_> = texts.take(LIST_MAX).collect();
    format!("{}{more}", shown.join(", "))
}
