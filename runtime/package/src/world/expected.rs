//! The worlds of airs, from its WIT packages.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use airs_core::Kind;
use wasmparser::PrimitiveValType;
use wit_parser::{Handle, Resolve, SourceMap, TypeDefKind, TypeId, WorldId, WorldItem, WorldKey};

use super::shape::{Function, Item, Shape, Type, World};
use crate::PackageError;

/// The WIT of airs, one group: the packages refer to each other, and only `worlds.wit` has a plain header.
const WIT: [(&str, &str); 6] = [
    ("worlds.wit", include_str!("../../../../wit/worlds.wit")),
    ("types.wit", include_str!("../../../../wit/types.wit")),
    ("val.wit", include_str!("../../../../wit/val.wit")),
    ("driver.wit", include_str!("../../../../wit/driver.wit")),
    ("storage.wit", include_str!("../../../../wit/storage.wit")),
    ("http.wit", include_str!("../../../../wit/http.wit")),
];

struct Worlds {
    driver: World,
    program: World,
}

static WORLDS: LazyLock<Result<Worlds, String>> = LazyLock::new(|| {
    let mut sources = SourceMap::new();
    for (name, text) in WIT {
        sources.push_str(name, text);
    }
    let group = sources
        .parse()
        .map_err(|(sources, error)| error.render(&sources))?;
    let mut resolve = Resolve::new();
    let package = resolve.push_group(group).map_err(|error| error.to_string())?;
    let world = |kind: Kind| {
        let id = resolve.select_world(&[package], Some(kind.as_str()));
        Ok::<_, String>(Reader::read(&resolve, id.map_err(|error| error.to_string())?))
    };
    Ok(Worlds {
        driver: world(Kind::Driver)?,
        program: world(Kind::Program)?,
    })
});

/// The world of a kind.
pub(super) fn world_of(kind: Kind) -> Result<&'static World, PackageError> {
    let worlds = WORLDS.as_ref().map_err(|message| PackageError::OwnWit {
        message: message.clone(),
    })?;
    Ok(match kind {
        Kind::Driver => &worlds.driver,
        Kind::Program => &worlds.program,
    })
}

struct Reader<'r> {
    resolve: &'r Resolve,
    types: HashMap<TypeId, Type>,
}

impl<'r> Reader<'r> {
    fn read(resolve: &'r Resolve, world: WorldId) -> World {
        let mut reader = Self {
            resolve,
            types: HashMap::new(),
        };
        let Some(world) = resolve.worlds.get(world) else {
            return World::default();
        };
        let mut items = |items: &'r wit_parser::IndexMap<WorldKey, WorldItem>| {
            let named = items.iter();
            named
                .map(|(key, item)| (resolve.name_world_key(key), reader.item(item)))
                .collect()
        };
        World {
            imports: items(&world.imports),
            exports: items(&world.exports),
        }
    }

    fn item(&mut self, item: &WorldItem) -> Item {
        match item {
            WorldItem::Interface { id, .. } => {
                let interface = self.resolve.interfaces.get(*id);
                let functions = interface
                    .into_iter()
                    .flat_map(|interface| interface.functions.values());
                Item::Interface(functions.map(|function| self.function(function)).collect())
            }
            WorldItem::Function(function) => Item::Function(self.function(function)),
            WorldItem::Type { .. } => Item::Type,
        }
    }

    fn function(&mut self, function: &wit_parser::Function) -> Function {
        let parameters = function.params.iter();
        Function {
            name: function.name.clone(),
            is_async: function.kind.is_async(),
            parameters: parameters
                .map(|parameter| (parameter.name.clone(), self.ty(parameter.ty)))
                .collect(),
            result: self.optional(function.result),
        }
    }

    fn optional(&mut self, ty: Option<wit_parser::Type>) -> Option<Type> {
        ty.map(|ty| self.ty(ty))
    }

    fn ty(&mut self, ty: wit_parser::Type) -> Type {
        use wit_parser::Type as Wit;
        Arc::new(Shape::Primitive(match ty {
            Wit::Id(id) => return self.defined(id),
            Wit::Bool => PrimitiveValType::Bool,
            Wit::U8 => PrimitiveValType::U8,
            Wit::U16 => PrimitiveValType::U16,
            Wit::U32 => PrimitiveValType::U32,
            Wit::U64 => PrimitiveValType::U64,
            Wit::S8 => PrimitiveValType::S8,
            Wit::S16 => PrimitiveValType::S16,
            Wit::S32 => PrimitiveValType::S32,
            Wit::S64 => PrimitiveValType::S64,
            Wit::F32 => PrimitiveValType::F32,
            Wit::F64 => PrimitiveValType::F64,
            Wit::Char => PrimitiveValType::Char,
            Wit::String => PrimitiveValType::String,
            Wit::ErrorContext => PrimitiveValType::ErrorContext,
        }))
    }

    fn defined(&mut self, id: TypeId) -> Type {
        if let Some(known) = self.types.get(&id) {
            return Arc::clone(known);
        }
        let ty = match self.resolve.types.get(id).map(|definition| &definition.kind) {
            Some(TypeDefKind::Type(behind)) => self.ty(*behind),
            Some(kind) => Arc::new(self.shape(kind, self.name(id))),
            None => Arc::new(Shape::Other("type")),
        };
        self.types.insert(id, Arc::clone(&ty));
        ty
    }

    fn shape(&mut self, kind: &TypeDefKind, name: Option<String>) -> Shape {
        let members = match kind {
            TypeDefKind::Handle(Handle::Own(id)) => return Shape::Own(self.resource(*id)),
            TypeDefKind::Handle(Handle::Borrow(id)) => return Shape::Borrow(self.resource(*id)),
            TypeDefKind::List(ty) => return Shape::List(self.ty(*ty)),
            TypeDefKind::Option(ty) => return Shape::Option(self.ty(*ty)),
            TypeDefKind::Result(result) => {
                return Shape::Result(self.optional(result.ok), self.optional(result.err));
            }
            TypeDefKind::Tuple(tuple) => {
                return Shape::Tuple(tuple.types.iter().map(|ty| self.ty(*ty)).collect());
            }
            TypeDefKind::Record(record) => {
                let fields = record.fields.iter();
                fields
                    .map(|field| (field.name.clone(), Some(self.ty(field.ty))))
                    .collect()
            }
            TypeDefKind::Variant(variant) => {
                let cases = variant.cases.iter();
                cases
                    .map(|case| (case.name.clone(), self.optional(case.ty)))
                    .collect()
            }
            TypeDefKind::Enum(cases) => cases.cases.iter().map(|case| (case.name.clone(), None)).collect(),
            TypeDefKind::Flags(flags) => flags.flags.iter().map(|flag| (flag.name.clone(), None)).collect(),
            other => return Shape::Other(other.as_str()),
        };
        Shape::Members {
            kind: kind.as_str(),
            name,
            members,
        }
    }

    fn name(&self, id: TypeId) -> Option<String> {
        self.resolve.types.get(id)?.name.clone()
    }

    /// The name of a resource, behind the names that `use` gives it.
    fn resource(&self, mut id: TypeId) -> String {
        while let Some(TypeDefKind::Type(wit_parser::Type::Id(behind))) =
            self.resolve.types.get(id).map(|definition| &definition.kind)
        {
            id = *behind;
        }
        self.name(id).unwrap_or_default()
    }
}
