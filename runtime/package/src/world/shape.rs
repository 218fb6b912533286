//! Imports, exports and their types by structure alone, wherever they come from.

use std::sync::Arc;

use wasmparser::PrimitiveValType;

/// What a component, or one of the worlds of airs, imports and exports, by name.
#[derive(Clone, Default)]
pub(crate) struct World {
    pub(crate) imports: Vec<(String, Item)>,
    pub(crate) exports: Vec<(String, Item)>,
}

/// One import or export.
#[derive(Clone)]
pub(crate) enum Item {
    Interface(Vec<Function>),
    Function(Function),
    Resource,
    Type,
    /// Something that WIT has no word for.
    Other(&'static str),
}

#[derive(Clone)]
pub(crate) struct Function {
    /// With its kind: `[method]asset.view`.
    pub(crate) name: String,
    pub(crate) is_async: bool,
    pub(crate) parameters: Vec<(String, Type)>,
    pub(crate) result: Option<Type>,
}

/// A type; shared, since a stranger's type may hold another one a million times.
pub(crate) type Type = Arc<Shape>;

pub(crate) enum Shape {
    Primitive(PrimitiveValType),
    Own(String),
    Borrow(String),
    List(Type),
    Option(Type),
    Result(Option<Type>, Option<Type>),
    Tuple(Vec<Type>),
    /// A record, variant, enum, or flags.
    Members {
        kind: &'static str,
        name: Option<String>,
        members: Vec<(String, Option<Type>)>,
    },
    /// A kind of type that airs does not use.
    Other(&'static str),
}

/// The item of that name.
pub(crate) fn find<'w>(items: &'w [(String, Item)], name: &str) -> Option<&'w Item> {
    items
        .iter()
        .find(|(known, _)| known == name)
        .map(|(_, item)| item)
}
