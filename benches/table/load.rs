//! Loading a component that was compiled before: what the code cache adds to wasmtime's own.

use std::sync::Arc;
use std::time::SystemTime;

use airs_engine::{CodeCache, CompilerConfig, Engine, EngineConfig};
use wasmtime::component::Component;

use crate::floor;
use crate::guests::bytes;
use crate::pairs::{Pairs, micros_each};
use crate::row::Row;
use crate::run;

const PAIRS: usize = 40;
const LOADS: u32 = 500;
const AGAIN: &str = "load, compiled";
const FIRST: &str = "load, compiled, first of a process";

pub(crate) fn rows(wanted: &str) -> Vec<Row> {
    if [AGAIN, FIRST].iter().any(|name| name.contains(wanted)) {
        compiled()
    } else {
        Vec::new()
    }
}

/// From the bytes of a component and their digest to code that instances can be made of: again, as when versions are
/// swapped, and as it is the first time in a process, which hashes the code.
fn compiled() -> Vec<Row> {
    let folder = tempfile::tempdir().expect("a folder");
    let component: Arc<[u8]> = bytes("payment").into();
    let digest = *run::component("payment").digest().as_bytes();

    let raw = wasmtime::Engine::new(&floor::settings()).expect("the engine starts");
    let file = folder.path().join("payment.cwasm");
    let code = raw.precompile_component(&component).expect("the guest compiles");
    std::fs::write(&file, code).expect("it is written");

    let cache = CodeCache::open(folder.path().join("code")).expect("the folder is private");
    let compiler = CompilerConfig {
        cache: Some(cache),
        ..CompilerConfig::default()
    };
    let config = EngineConfig {
        threads: 1,
        compiler,
        ..EngineConfig::default()
    };
    let engine = Engine::new(&config).expect("the engine starts");
    let load = || drop(engine.load(&component, &digest, |_| {}).expect("it loads"));
    // The first time it is compiled.
    load();

    let kept = std::fs::read_dir(folder.path().join("code")).expect("the cache's folder");
    let mut kept = kept.map(|file| file.expect("a file").path());
    let kept = kept.find(|path| path.extension().is_some_and(|ending| ending == "cwasm"));
    let kept = std::fs::File::open(kept.expect("it was kept")).expect("it is there");
    let touch = || kept.set_modified(SystemTime::now()).expect("it is ours");

    let floor = || micros_each(LOADS, || drop(deserialize(&raw, &file)));
    let again = Pairs::measure(PAIRS, floor, || micros_each(LOADS, load));
    // A file that was touched is hashed as one that was never seen.
    let first = || {
        micros_each(LOADS, || {
            touch();
            load();
        })
    };
    let first = Pairs::measure(PAIRS, floor, first);
    vec![
        Row::ratio(AGAIN, "µs", &again, 1.3),
        Row::ratio(FIRST, "µs", &first, 1.3),
    ]
}

#[expect(unsafe_code, reason = "the file was written a moment ago, by this process")]
fn deserialize(engine: &wasmtime::Engine, file: &std::path::Path) -> Component {
    // SAFETY: It is what `precompile_component` made for this engine.
    unsafe { Component::deserialize_file(engine, file) }.expect("it loads")
}
