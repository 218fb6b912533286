//! A component's imports and exports as WIT.

use std::panic::{AssertUnwindSafe, catch_unwind};

use wit_component::{DecodedWasm, WitPrinter};
use wit_parser::{Resolve, WorldId, WorldItem, WorldKey};

use super::Extern;
use crate::PackageError;
use crate::world::{function_name, signature};

/// The world that a component is of, as far as its types say it.
#[derive(Clone)]
pub(crate) struct Decoded {
    pub(crate) resolve: Resolve,
    pub(crate) world: WorldId,
}

/// What the decoder panics on becomes an error. It is written for what compilers make, and asserts that a
/// component is of such a form where validation alone does not promise it.
pub(crate) fn guarded<T, E: std::fmt::Display>(work: impl FnOnce() -> Result<T, E>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(format!("{error:#}")),
        Err(_) => Err("they are of a form that no compiler makes".to_owned()),
    }
}

impl Decoded {
    /// Decodes a component that the scan has passed.
    pub(super) fn decode(bytes: &[u8]) -> Result<Self, PackageError> {
        let undecodable = |message| PackageError::Undecodable { message };
        let decoded = guarded(|| wit_component::decode(bytes)).map_err(undecodable)?;
        let DecodedWasm::Component(resolve, world) = decoded else {
            return Err(PackageError::WitPackage);
        };
        Ok(Self { resolve, world })
    }

    pub(super) fn imports(&self) -> Vec<Extern> {
        let world = self.resolve.worlds.get(self.world);
        let imports = world.into_iter().flat_map(|world| &world.imports);
        imports.map(|(key, item)| self.item(key, item)).collect()
    }

    pub(super) fn exports(&self) -> Vec<Extern> {
        let world = self.resolve.worlds.get(self.world);
        let exports = world.into_iter().flat_map(|world| &world.exports);
        exports.map(|(key, item)| self.item(key, item)).collect()
    }

    pub(super) fn wit(&self) -> String {
        let printed = guarded(|| {
            let packages = || self.resolve.packages.iter().map(|(id, _)| id);
            let own = self
                .resolve
                .worlds
                .get(self.world)
                .and_then(|world| world.package);
            let own = own.ok_or_else(|| "the world is of no package".to_owned())?;
            let others: Vec<_> = packages().filter(|id| *id != own).collect();
            let mut printer = WitPrinter::default();
            let printed = printer.print(&self.resolve, own, &others);
            printed
                .map(|()| printer.output.to_string())
                .map_err(|error| format!("{error:#}"))
        });
        // Whatever it is, a comment is WIT.
        printed.unwrap_or_else(|why| format!("// not expressible in WIT: {}\n", why.replace('\n', " ")))
    }

    fn item(&self, key: &WorldKey, item: &WorldItem) -> Extern {
        let name = self.resolve.name_world_key(key);
        match item {
            WorldItem::Interface { id, .. } => {
                let interface = self.resolve.interfaces.get(*id);
                let functions = interface
                    .into_iter()
                    .flat_map(|interface| interface.functions.values());
                Extern::Interface {
                    name,
                    functions: functions.map(function_name).collect(),
                }
            }
            WorldItem::Function(function) => Extern::Function {
                name,
                signature: signature(&self.resolve, function),
            },
            WorldItem::Type { .. } => Extern::Type { name },
        }
    }
}
