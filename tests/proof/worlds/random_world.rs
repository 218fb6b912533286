//! Worlds at random, and components that have them.

use arbitrary::Unstructured;
use wit_component::{
    ComponentEncoder, DecodedWasm, StringEncoding, decode, dummy_module, embed_component_metadata,
};
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve, TypeDefKind, WorldId, WorldItem};
use wit_smith::Config;

use super::super::chance::Chance;
use super::super::random_type::{Plain, Type};
use super::answering::answering;

/// Once in so many packages there are types and functions of proposals that the runtime does not have.
const PROPOSALS_ONCE_IN: usize = 4;

/// A world, and a component that has it.
pub(super) struct World {
    pub(super) component: Vec<u8>,
    pub(super) functions: Vec<Function>,
}

/// A function that a world exports.
pub(super) struct Function {
    /// After its interface, with a dot.
    pub(super) name: String,
    /// What it takes; none when there is something that cannot be handed over, or given back.
    pub(super) takes: Option<Vec<Type>>,
}

/// The worlds of the package that is made of the choices, if there is one.
pub(super) fn worlds(choices: &[u8], chance: &mut Chance) -> Vec<World> {
    let mut source = Unstructured::new(choices);
    let config = if chance.one_in(PROPOSALS_ONCE_IN) {
        source.arbitrary().unwrap()
    } else {
        Config::default()
    };
    // There are choices of which it makes none.
    let Ok(package) = wit_smith::smith(&config, &mut source) else {
        return Vec::new();
    };
    let DecodedWasm::WitPackage(mut resolve, _) = decode(&package).unwrap() else {
        panic!("a component and no package");
    };
    resolve.push_str("exporting.wit", &exporting(&resolve)).unwrap();
    let worlds = resolve.worlds.iter();
    worlds
        .filter(|(_, world)| !world.imports.is_empty() || !world.exports.is_empty())
        .map(|(world, _)| World {
            component: component(&resolve, world, chance),
            functions: functions(&resolve, world),
        })
        .collect()
}

/// A package with a world for each interface, which exports it: few of the others export any.
fn exporting(resolve: &Resolve) -> String {
    let exported = resolve.interfaces.iter().filter_map(|(_, interface)| {
        let package = &resolve.packages[interface.package?].name;
        let version = package.version.as_ref().map(|version| format!("@{version}"));
        let (namespace, of, name) = (&package.namespace, &package.name, interface.name.as_ref()?);
        Some(format!(
            "%{namespace}:%{of}/%{name}{}",
            version.unwrap_or_default()
        ))
    });
    let worlds = exported
        .enumerate()
        .map(|(number, interface)| format!("world w{number} {{ export {interface}; }}\n"));
    format!("package ex:porting;\n{}", worlds.collect::<String>())
}

fn component(resolve: &Resolve, world: WorldId, chance: &mut Chance) -> Vec<u8> {
    let dummy = dummy_module(resolve, world, ManglingAndAbi::Legacy(LiftLowerAbi::Sync));
    let mut module = answering(&dummy, chance);
    embed_component_metadata(&mut module, resolve, world, StringEncoding::UTF8).unwrap();
    let mut encoder = ComponentEncoder::default().module(&module).unwrap();
    encoder.encode().unwrap()
}

fn functions(resolve: &Resolve, world: WorldId) -> Vec<Function> {
    let function = |before: &str, function: &wit_parser::Function| {
        let gives = function
            .result
            .is_none_or(|ty| handed_over(resolve, ty).is_some());
        let takes = function
            .params
            .iter()
            .map(|parameter| handed_over(resolve, parameter.ty));
        Function {
            name: format!("{before}{}", function.name),
            takes: takes.collect::<Option<_>>().filter(|_| gives),
        }
    };
    let exports = resolve.worlds[world].exports.iter();
    exports
        .flat_map(|(key, item)| match item {
            WorldItem::Function(one) => vec![function("", one)],
            WorldItem::Interface { id, .. } => {
                let before = format!("{}.", resolve.name_world_key(key));
                let all = resolve.interfaces[*id].functions.values();
                all.map(|one| function(&before, one)).collect()
            }
            WorldItem::Type { .. } => Vec::new(),
        })
        .collect()
}

/// The type, unless its values cannot leave an instance.
fn handed_over(resolve: &Resolve, ty: wit_parser::Type) -> Option<Type> {
    let part = |ty| handed_over(resolve, ty);
    let boxed = |ty| part(ty).map(Box::new);
    let plain = match ty {
        wit_parser::Type::Bool => Plain::Bool,
        wit_parser::Type::U8 => Plain::U8,
        wit_parser::Type::U16 => Plain::U16,
        wit_parser::Type::U32 => Plain::U32,
        wit_parser::Type::U64 => Plain::U64,
        wit_parser::Type::S8 => Plain::S8,
        wit_parser::Type::S16 => Plain::S16,
        wit_parser::Type::S32 => Plain::S32,
        wit_parser::Type::S64 => Plain::S64,
        wit_parser::Type::F32 => Plain::F32,
        wit_parser::Type::F64 => Plain::F64,
        wit_parser::Type::Char => Plain::Char,
        wit_parser::Type::String => Plain::String,
        wit_parser::Type::ErrorContext => return None,
        wit_parser::Type::Id(id) => {
            return Some(match &resolve.types[id].kind {
                TypeDefKind::Type(ty) => part(*ty)?,
                TypeDefKind::List(item) => Type::List(boxed(*item)?),
                TypeDefKind::Option(some) => Type::Option(boxed(*some)?),
                TypeDefKind::Result(result) => {
                    // A payload that there is has to be one that can be handed over.
                    let payload = |ty: Option<_>| ty.map(boxed).map_or(Some(None), |ty| ty.map(Some));
                    Type::Result(payload(result.ok)?, payload(result.err)?)
                }
                TypeDefKind::Tuple(tuple) => {
                    Type::Tuple(tuple.types.iter().map(|ty| part(*ty)).collect::<Option<_>>()?)
                }
                TypeDefKind::Record(record) => {
                    let fields = record.fields.iter();
                    Type::Record(
                        fields
                            .map(|one| Some((one.name.clone(), part(one.ty)?)))
                            .collect::<Option<_>>()?,
                    )
                }
                TypeDefKind::Variant(variant) => {
                    let payload = |ty: Option<_>| ty.map(part).map_or(Some(None), |ty| ty.map(Some));
                    let cases = variant.cases.iter();
                    Type::Variant(
                        cases
                            .map(|one| Some((one.name.clone(), payload(one.ty)?)))
                            .collect::<Option<_>>()?,
                    )
                }
                TypeDefKind::Enum(cases) => {
                    Type::Enum(cases.cases.iter().map(|one| one.name.clone()).collect())
                }
                TypeDefKind::Flags(flags) => {
                    Type::Flags(flags.flags.iter().map(|one| one.name.clone()).collect())
                }
                _ => return None,
            });
        }
    };
    Some(Type::Plain(plain))
}
