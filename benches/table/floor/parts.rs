//! Parts of a run, by hand: starting a program, talking to a driver.

use airs_runtime::Component as Read;
use wasmtime::component::{Component, InstancePre, Linker, ResourceAny, TypedFunc};
use wasmtime::{Engine, Store};

use super::types::{Call, Rights};
use super::{Answer, call, functions, settings};

/// A component whose imports are all traps: what it costs to start it, and nothing else.
pub(crate) struct Start {
    engine: Engine,
    linked: InstancePre<()>,
}

impl Start {
    pub(crate) fn new(program: &Read) -> Self {
        let engine = Engine::new(&settings()).expect("the engine starts");
        let program = Component::from_binary(&engine, program.bytes()).expect("the guest compiles");
        let mut linker = Linker::new(&engine);
        linker
            .define_unknown_imports_as_traps(&program)
            .expect("the program links");
        let linked = linker.instantiate_pre(&program).expect("the program links");
        Self { engine, linked }
    }

    /// A fresh instance, and its end.
    pub(crate) fn once(&self) {
        let mut store = Store::new(&self.engine, ());
        self.linked.instantiate(&mut store).expect("the program starts");
    }
}

/// A driver whose imports are all traps.
pub(crate) struct Talk {
    store: Store<()>,
    asset: ResourceAny,
    control: TypedFunc<(ResourceAny, &'static str, &'static str), Answer<String>>,
}

impl Talk {
    pub(crate) fn new(driver: &Read) -> Self {
        let engine = Engine::new(&settings()).expect("the engine starts");
        let driver = Component::from_binary(&engine, driver.bytes()).expect("the guest compiles");
        let mut linker = Linker::new(&engine);
        linker
            .define_unknown_imports_as_traps(&driver)
            .expect("the driver links");
        let export = functions(&driver);
        let (intend, control) = (export("intend"), export("[method]asset.control"));
        let mut store = Store::new(&engine, ());
        let instance = linker
            .instantiate(&mut store, &driver)
            .expect("the driver starts");
        let intend = instance
            .get_typed_func::<(&Call, &[u8], Rights), Answer<ResourceAny>>(&mut store, intend)
            .expect("it is a driver");
        let call = call("/echo".into());
        let (asset,) = intend
            .call(&mut store, (&call, b"null", Rights::CONTROL))
            .expect("the driver runs");
        let control = instance
            .get_typed_func(&mut store, control)
            .expect("it is a driver");
        Self {
            asset: asset.expect("the driver opens it"),
            store,
            control,
        }
    }

    /// A text to the driver, and its answer.
    pub(crate) fn once(&mut self, text: &'static str) {
        let (answer,) = self
            .control
            .call(&mut self.store, (self.asset, "echo", text))
            .expect("the driver runs");
        drop(answer.expect("the driver answers"));
    }
}
