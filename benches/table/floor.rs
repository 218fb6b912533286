//! The floor of a run: wasmtime alone, doing the same calls by hand.
//!
//! Two fresh Stores for each run, every call synchronous, no limits, no epochs, WASI as traps, state in a hash
//! map; the pool is set up as the engine's. It checks nothing and resolves nothing: the two accounts are known.

use std::collections::HashMap;

mod parts;

use airs_runtime::Component as Read;
use wasmtime::component::{
    Component, ComponentExportIndex, Instance, InstancePre, Linker, Resource, ResourceAny, ResourceType,
    TypedFunc,
};
use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Store, StoreContextMut};

mod types {
    wasmtime::component::bindgen!({
        inline: "
            package floor:types;
            world floor { import airs:types/types@0.1.0; }
        ",
        path: "../wit",
        additional_derives: [Clone],
    });
    pub(super) use airs::types::types::{Call, Caller, Error, Receipt, Rights, Value};
}
use types::{Call, Caller, Error, Receipt, Rights, Value};

pub(crate) use parts::{Start, Talk};

type Kept = HashMap<Vec<u8>, Vec<u8>>;
type Answer<T> = (Result<T, Error>,);

/// A program and a driver, linked.
pub(crate) struct Floor {
    engine: Engine,
    program: InstancePre<Program>,
    run: ComponentExportIndex,
    driver: InstancePre<Driver>,
    exports: Exports,
    kept: Option<Kept>,
}

#[derive(Clone, Copy)]
struct Exports {
    intend: ComponentExportIndex,
    view: ComponentExportIndex,
    transfer: ComponentExportIndex,
    done: ComponentExportIndex,
}

struct Driver {
    kept: Kept,
}

struct Program {
    store: Store<Driver>,
    instance: Instance,
    exports: Exports,
    assets: Vec<ResourceAny>,
    view: Option<TypedFunc<(ResourceAny,), Answer<Value>>>,
}

struct Asset;

const ACCOUNT: &[u8] = br#"{"unit":"usd","scale":2}"#;

impl Floor {
    /// `balances`: path → what is kept there.
    pub(crate) fn new(program: &Read, driver: &Read, balances: &[(&str, &str)]) -> Self {
        let engine = Engine::new(&settings()).expect("the engine starts");
        let compile =
            |read: &Read| Component::from_binary(&engine, read.bytes()).expect("the guest compiles");
        let (program, driver) = (compile(program), compile(driver));
        let export = functions(&driver);
        let exports = Exports {
            intend: export("intend"),
            view: export("[method]asset.view"),
            transfer: export("[method]asset.transfer"),
            done: export("done"),
        };
        let run = program.get_export_index(None, "run").expect("it is a program");
        let kept = balances
            .iter()
            .map(|(path, kept)| (path.as_bytes().to_vec(), kept.as_bytes().to_vec()));
        Self {
            run,
            exports,
            program: link_program(&engine, &program).expect("the program links"),
            driver: link_driver(&engine, &driver).expect("the driver links"),
            kept: Some(kept.collect()),
            engine,
        }
    }

    /// One run: a fresh program, a fresh driver.
    pub(crate) fn run(&mut self, input: &str) -> String {
        let kept = self.kept.take().expect("one run at a time");
        let mut store = Store::new(&self.engine, Driver { kept });
        let instance = self.driver.instantiate(&mut store).expect("the driver starts");
        let program = Program {
            store,
            instance,
            exports: self.exports,
            assets: Vec::new(),
            view: None,
        };
        let mut store = Store::new(&self.engine, program);
        let instance = self.program.instantiate(&mut store).expect("the program starts");
        let run = instance
            .get_typed_func::<(&str,), Answer<String>>(&mut store, self.run)
            .expect("it is a program");
        let (answer,) = run.call(&mut store, (input,)).expect("the program runs");
        self.kept = Some(store.into_data().store.into_data().kept);
        answer.expect("the program succeeds")
    }
}

/// Finds a driver's functions.
fn functions(driver: &Component) -> impl Fn(&str) -> ComponentExportIndex + '_ {
    let interface = driver
        .get_export_index(None, "airs:driver/driver@0.1.0")
        .expect("it is a driver");
    move |name| {
        driver
            .get_export_index(Some(&interface), name)
            .expect("a driver has it")
    }
}

fn call(path: String) -> Call {
    Call {
        run: "01KAQW8D9M8Z9S0T0V5N5B5C5D".into(),
        context: "local".into(),
        path,
        caller: Caller {
            id: "alice".into(),
            home: "local".into(),
            roles: Vec::new(),
        },
    }
}

pub(crate) fn settings() -> Config {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(64)
        .total_core_instances(256)
        .total_memories(64)
        .total_tables(256)
        .total_stacks(64)
        .total_gc_heaps(0)
        .max_unused_warm_slots(64)
        .linear_memory_keep_resident(512 << 10)
        .table_keep_resident(8 << 10);
    let mut config = Config::new();
    config
        .concurrency_support(false)
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    config
}

fn link_driver(engine: &Engine, component: &Component) -> wasmtime::Result<InstancePre<Driver>> {
    let mut linker: Linker<Driver> = Linker::new(engine);
    linker.define_unknown_imports_as_traps(component)?;
    linker.allow_shadowing(true);
    let mut storage = linker.instance("airs:storage/storage@0.1.0")?;
    storage.func_wrap(
        "get",
        |store: StoreContextMut<'_, Driver>,
         (key,): (Vec<u8>,)|
         -> wasmtime::Result<Answer<Option<Vec<u8>>>> {
            Ok((Ok(store.data().kept.get(&key).cloned()),))
        },
    )?;
    storage.func_wrap(
        "set",
        |mut store: StoreContextMut<'_, Driver>,
         (key, value): (Vec<u8>, Vec<u8>)|
         -> wasmtime::Result<Answer<()>> {
            store.data_mut().kept.insert(key, value);
            Ok((Ok(()),))
        },
    )?;
    storage.func_wrap(
        "delete",
        |mut store: StoreContextMut<'_, Driver>, (key,): (Vec<u8>,)| -> wasmtime::Result<Answer<()>> {
            store.data_mut().kept.remove(&key);
            Ok((Ok(()),))
        },
    )?;
    linker.instantiate_pre(component)
}

fn link_program(engine: &Engine, component: &Component) -> wasmtime::Result<InstancePre<Program>> {
    let mut linker: Linker<Program> = Linker::new(engine);
    linker.define_unknown_imports_as_traps(component)?;
    linker.allow_shadowing(true);
    let mut val = linker.instance("airs:val/val@0.1.0")?;
    val.resource("asset", ResourceType::host::<Asset>(), |mut store, rep| {
        store.data_mut().done(rep).map(drop)
    })?;
    val.func_wrap(
        "intend",
        |mut store: StoreContextMut<'_, Program>,
         (path, rights): (String, Rights)|
         -> wasmtime::Result<Answer<Resource<Asset>>> {
            let (answer,) = store.data_mut().intend(path, rights)?;
            Ok((answer.map(Resource::new_own),))
        },
    )?;
    val.func_wrap(
        "[method]asset.view",
        |mut store: StoreContextMut<'_, Program>, (asset,): (Resource<Asset>,)| {
            store.data_mut().view(asset.rep())
        },
    )?;
    val.func_wrap(
        "[method]asset.transfer",
        |mut store: StoreContextMut<'_, Program>,
         (from, to, value): (Resource<Asset>, Resource<Asset>, Value)| {
            store.data_mut().transfer(from.rep(), to.rep(), value)
        },
    )?;
    val.func_wrap(
        "done",
        |mut store: StoreContextMut<'_, Program>, (asset,): (Resource<Asset>,)| {
            store.data_mut().done(asset.rep())
        },
    )?;
    linker.instantiate_pre(component)
}

impl Program {
    fn intend(&mut self, path: String, rights: Rights) -> wasmtime::Result<Answer<u32>> {
        let call = call(path);
        let intend = self
            .instance
            .get_typed_func::<(&Call, &[u8], Rights), Answer<ResourceAny>>(
                &mut self.store,
                self.exports.intend,
            )?;
        let (asset,) = intend.call(&mut self.store, (&call, ACCOUNT, rights))?;
        Ok((asset.map(|asset| {
            self.assets.push(asset);
            u32::try_from(self.assets.len() - 1).unwrap_or(u32::MAX)
        }),))
    }

    fn view(&mut self, asset: u32) -> wasmtime::Result<Answer<Value>> {
        let view = match self.view {
            Some(view) => view,
            None => *self
                .view
                .insert(self.instance.get_typed_func(&mut self.store, self.exports.view)?),
        };
        let asset = self.asset(asset);
        view.call(&mut self.store, (asset,))
    }

    fn transfer(&mut self, from: u32, to: u32, value: Value) -> wasmtime::Result<Answer<Receipt>> {
        let transfer = self
            .instance
            .get_typed_func::<(ResourceAny, ResourceAny, &Value), Answer<Receipt>>(
                &mut self.store,
                self.exports.transfer,
            )?;
        let (from, to) = (self.asset(from), self.asset(to));
        transfer.call(&mut self.store, (from, to, &value))
    }

    fn done(&mut self, asset: u32) -> wasmtime::Result<Answer<()>> {
        let done = self
            .instance
            .get_typed_func::<(ResourceAny,), Answer<()>>(&mut self.store, self.exports.done)?;
        let asset = self.asset(asset);
        done.call(&mut self.store, (asset,))
    }

    fn asset(&self, asset: u32) -> ResourceAny {
        *self
            .assets
            .get(asset as usize)
            .expect("the program has it from us")
    }
}
