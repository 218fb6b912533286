//! A fresh instance: what the engine adds to wasmtime's own.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use airs_core::{Code, Error, Limits, Name, Receipt, Result, Rights, Value};
use airs_engine::{
    Allowance, AssetHandle, Engine, EngineConfig, Environment, Guest, GuestState, ProgramCode, Val, World,
};

use crate::floor::Start;
use crate::guests::bytes;
use crate::pairs::{Pairs, micros_each};
use crate::row::Row;
use crate::run;

const PAIRS: usize = 40;
const INSTANCES: u32 = 5_000;

pub(crate) fn rows(wanted: &str) -> Vec<Row> {
    if "instance of a program, fresh".contains(wanted) {
        vec![fresh()]
    } else {
        Vec::new()
    }
}

fn fresh() -> Row {
    let floor = Start::new(&run::component("payment"));
    let config = EngineConfig {
        threads: 1,
        ..EngineConfig::default()
    };
    let engine = Engine::new(&config).expect("the engine starts");
    let compiled = engine.compile(&bytes("payment")).expect("the guest compiles");
    let code: Arc<ProgramCode<Nobody>> =
        Arc::new(ProgramCode::link(&engine, &compiled).expect("the guest links"));
    let name: Arc<Name> = Arc::new("payment".parse().expect("a name"));
    let deadline = Instant::now() + Duration::from_secs(3_600);
    let environment = Environment::new(
        "".into(),
        None,
        SystemTime::now(),
        Allowance::until(deadline),
        Arc::new(|_| {}),
    );
    let (world, limits) = (Arc::new(World::default()), Limits::default());
    let value = || {
        let (code, name) = (Arc::clone(&code), Arc::clone(&name));
        let (environment, world, limits) = (environment.clone(), Arc::clone(&world), limits.clone());
        let all = engine.spawn(async move {
            let start = Instant::now();
            for _ in 0..INSTANCES {
                let guest = Guest::new(
                    Arc::clone(&name),
                    environment.clone(),
                    Arc::clone(&world),
                    &limits,
                );
                drop(code.instantiate(Nobody(guest)).await.expect("it starts"));
            }
            start.elapsed().as_secs_f64() * 1e6 / f64::from(INSTANCES)
        });
        engine.executor().block_on(all).expect("it ends")
    };
    let floor = || micros_each(INSTANCES, || floor.once());
    let pairs = Pairs::measure(PAIRS, floor, value);
    Row::ratio("instance of a program, fresh", "µs", &pairs, 1.3)
}

/// Stands behind the VAL of a program that never runs.
struct Nobody(Guest);

impl GuestState for Nobody {
    fn guest(&mut self) -> &mut Guest {
        &mut self.0
    }
}

fn nothing<T>() -> Result<T> {
    Err(Error::new(Code::Unsupported, "nobody is there"))
}

impl Val for Nobody {
    async fn intend(&mut self, _path: &str, _rights: Rights) -> Result<AssetHandle> {
        nothing()
    }

    async fn view(&mut self, _asset: AssetHandle) -> Result<Value> {
        nothing()
    }

    async fn transfer(&mut self, _from: AssetHandle, _to: AssetHandle, _value: Value) -> Result<Receipt> {
        nothing()
    }

    async fn control(&mut self, _asset: AssetHandle, _operation: &str, _input: &str) -> Result<String> {
        nothing()
    }

    async fn done(&mut self, _asset: AssetHandle) -> Result<()> {
        nothing()
    }

    fn path_of(&self, _asset: Option<AssetHandle>) -> Option<String> {
        None
    }

    async fn dropped(&mut self, _asset: AssetHandle) {}
}
