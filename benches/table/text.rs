//! A text of 1 KiB on its way through the VAL to a driver, and back.

use airs_runtime::{EngineConfig, Placement, Request, Runtime};

use crate::floor::Talk;
use crate::pairs::{Pairs, micros_each};
use crate::row::Row;
use crate::run::{component, must};

const PAIRS: usize = 40;
const TEXTS: u32 = 10_000;
const TEXT_BYTES: u32 = 1 << 10;
const PATH: &str = "/echo";

pub(crate) fn rows(wanted: &str) -> Vec<Row> {
    if "1 KiB text through the VAL and back".contains(wanted) {
        vec![through_the_val()]
    } else {
        Vec::new()
    }
}

/// The program's text crosses twice on the way there and twice on the way back, as two round trips do.
fn through_the_val() -> Row {
    let mut floor = Talk::new(&component("echo"));
    let runtime = runtime();
    let text: &str = "x".repeat(TEXT_BYTES as usize).leak();
    let floor = || 2.0 * micros_each(TEXTS, || floor.once(text));
    let talk = |times: u32| {
        let task = format!(r#"{{"path":"{PATH}","times":{times},"text_bytes":{TEXT_BYTES}}}"#);
        micros_each(1, || {
            must(runtime.perform_blocking(Request::run("talker", task.as_str())))
        })
    };
    let value = || (talk(TEXTS) - talk(0)) / f64::from(TEXTS);
    let pairs = Pairs::measure(PAIRS, floor, value);
    Row::ratio("1 KiB text through the VAL and back", "µs", &pairs, 1.3)
}

fn runtime() -> Runtime {
    let engine = EngineConfig {
        threads: 1,
        ..EngineConfig::default()
    };
    let runtime = Runtime::builder()
        .engine(engine)
        .build()
        .expect("the runtime starts");
    for name in ["echo", "talker"] {
        runtime
            .load(&component(name), &[].into())
            .expect("the guest loads");
    }
    must(runtime.perform_blocking(Request::bind(Placement::new(PATH, "echo", "null"))));
    runtime
}
