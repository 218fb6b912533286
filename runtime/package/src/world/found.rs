//! What a component imports and exports, from its validated types.

use std::collections::HashMap;
use std::sync::Arc;

use wasmparser::component_types::{
    AliasableResourceId, ComponentAnyTypeId, ComponentDefinedType, ComponentDefinedTypeId,
    ComponentEntityType, ComponentFuncTypeId, ComponentItem, ComponentValType, ResourceId,
};
use wasmparser::types::TypesRef;

use super::shape::{Function, Item, Shape, Type, World};

/// The imports and exports of the component with these types.
///
/// It takes what validation has established and nothing for granted beyond: a component is not always what a
/// compiler makes. Each type is read once, however often it is used, and the validator bounds its depth.
pub(crate) fn world(types: TypesRef<'_>, imports: &[&str], exports: &[&str]) -> World {
    let item = |name: &str, item: Option<&'_ ComponentItem>| item.map(|item| (name.to_owned(), item.ty));
    let imports: Vec<_> = imports
        .iter()
        .filter_map(|name| item(name, types.component_item_for_import(name)))
        .collect();
    let exports: Vec<_> = exports
        .iter()
        .filter_map(|name| item(name, types.component_item_for_export(name)))
        .collect();
    let mut reader = Reader {
        types,
        resources: HashMap::new(),
        names: HashMap::new(),
        shapes: HashMap::new(),
    };
    for (name, ty) in imports.iter().chain(&exports) {
        reader.note_names(name, *ty);
    }
    let mut items = |named: Vec<(String, ComponentEntityType)>| {
        named
            .into_iter()
            .map(|(name, ty)| (name, reader.item(ty)))
            .collect()
    };
    World {
        imports: items(imports),
        exports: items(exports),
    }
}

struct Reader<'t> {
    types: TypesRef<'t>,
    resources: HashMap<ResourceId, String>,
    names: HashMap<ComponentDefinedTypeId, String>,
    shapes: HashMap<ComponentDefinedTypeId, Type>,
}

impl Reader<'_> {
    /// Types have no names of their own: they are called as they are exported, on the outside or by an
    /// interface.
    fn note_names(&mut self, name: &str, ty: ComponentEntityType) {
        match ty {
            ComponentEntityType::Type { referenced, created } => {
                for id in [created, referenced] {
                    self.note_name(name, id);
                }
            }
            ComponentEntityType::Instance(id) => {
                let types = self.types;
                for (name, item) in types.get(id).into_iter().flat_map(|instance| &instance.exports) {
                    if let ComponentEntityType::Type { referenced, created } = item.ty {
                        self.note_name(name, created);
                        self.note_name(name, referenced);
                    }
                }
            }
            _ => {}
        }
    }

    fn note_name(&mut self, name: &str, id: ComponentAnyTypeId) {
        match id {
            ComponentAnyTypeId::Resource(id) => {
                self.resources
                    .entry(id.resource())
                    .or_insert_with(|| name.to_owned());
            }
            ComponentAnyTypeId::Defined(id) => {
                self.names.entry(id).or_insert_with(|| name.to_owned());
            }
            _ => {}
        }
    }

    fn item(&mut self, ty: ComponentEntityType) -> Item {
        match ty {
            ComponentEntityType::Instance(id) => {
                let types = self.types;
                let exports = types.get(id).into_iter().flat_map(|instance| &instance.exports);
                let functions = exports.filter_map(|(name, item)| match item.ty {
                    ComponentEntityType::Func(id) => self.function(name, id),
                    _ => None,
                });
                Item::Interface(functions.collect())
            }
            ComponentEntityType::Func(id) => match self.function("", id) {
                Some(function) => Item::Function(function),
                None => Item::Other("function"),
            },
            ComponentEntityType::Type {
                referenced: ComponentAnyTypeId::Resource(_),
                ..
            } => Item::Resource,
            ComponentEntityType::Type {
                referenced: ComponentAnyTypeId::Component(_),
                ..
            } => Item::Other("component type"),
            ComponentEntityType::Type { .. } => Item::Type,
            ComponentEntityType::Module(_) => Item::Other("core module"),
            ComponentEntityType::Value(_) => Item::Other("value"),
            ComponentEntityType::Component(_) => Item::Other("component"),
        }
    }

    fn function(&mut self, name: &str, id: ComponentFuncTypeId) -> Option<Function> {
        let function = self.types.get(id)?;
        let parameters = function.params.iter();
        Some(Function {
            name: name.to_owned(),
            is_async: function.async_,
            parameters: parameters
                .map(|(name, ty)| (name.to_string(), self.ty(*ty)))
                .collect(),
            result: self.optional(function.result),
        })
    }

    fn optional(&mut self, ty: Option<ComponentValType>) -> Option<Type> {
        ty.map(|ty| self.ty(ty))
    }

    fn ty(&mut self, ty: ComponentValType) -> Type {
        let id = match ty {
            ComponentValType::Primitive(primitive) => return Arc::new(Shape::Primitive(primitive)),
            ComponentValType::Type(id) => id,
        };
        if let Some(known) = self.shapes.get(&id) {
            return Arc::clone(known);
        }
        let ty = Arc::new(self.shape(id));
        self.shapes.insert(id, Arc::clone(&ty));
        ty
    }

    fn shape(&mut self, id: ComponentDefinedTypeId) -> Shape {
        let types = self.types;
        let (kind, members) = match types.get(id) {
            Some(ComponentDefinedType::Primitive(primitive)) => return Shape::Primitive(*primitive),
            Some(ComponentDefinedType::Own(id)) => return Shape::Own(self.resource(*id)),
            Some(ComponentDefinedType::Borrow(id)) => return Shape::Borrow(self.resource(*id)),
            Some(ComponentDefinedType::List { element, .. }) => return Shape::List(self.ty(*element)),
            Some(ComponentDefinedType::Option { ty, .. }) => return Shape::Option(self.ty(*ty)),
            Some(ComponentDefinedType::Result { ok, err, .. }) => {
                return Shape::Result(self.optional(*ok), self.optional(*err));
            }
            Some(ComponentDefinedType::Tuple(tuple)) => {
                return Shape::Tuple(tuple.types.iter().map(|ty| self.ty(*ty)).collect());
            }
            Some(ComponentDefinedType::Record(record)) => {
                let fields = record.fields.iter();
                let fields = fields.map(|(name, ty)| (name.to_string(), Some(self.ty(*ty))));
                ("record", fields.collect())
            }
            Some(ComponentDefinedType::Variant(variant)) => {
                let cases = variant.cases.iter();
                let cases = cases.map(|(name, case)| (name.to_string(), self.optional(case.ty)));
                ("variant", cases.collect())
            }
            Some(ComponentDefinedType::Enum(cases)) => (
                "enum",
                cases.iter().map(|case| (case.to_string(), None)).collect(),
            ),
            Some(ComponentDefinedType::Flags(flags)) => (
                "flags",
                flags.iter().map(|flag| (flag.to_string(), None)).collect(),
            ),
            Some(ComponentDefinedType::Map { .. }) => return Shape::Other("map"),
            Some(ComponentDefinedType::FixedLengthList { .. }) => return Shape::Other("fixed-length list"),
            Some(ComponentDefinedType::Future { .. }) => return Shape::Other("future"),
            Some(ComponentDefinedType::Stream { .. }) => return Shape::Other("stream"),
            None => return Shape::Other("type"),
        };
        Shape::Members {
            kind,
            name: self.names.get(&id).cloned(),
            members,
        }
    }

    fn resource(&self, id: AliasableResourceId) -> String {
        self.resources.get(&id.resource()).cloned().unwrap_or_default()
    }
}
