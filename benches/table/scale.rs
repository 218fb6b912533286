//! What must not depend on how much there is: processors, components that nobody calls.

use std::fs;
use std::thread;
use std::time::Duration;

use airs_package::stamp;
use airs_runtime::{Component, EngineConfig, Manifest, Runtime};
use tokio::runtime::Builder;

use crate::floor::Floor;
use crate::guests;
use crate::pairs::{Pairs, micros_each};
use crate::processors;
use crate::row::Row;
use crate::run::{self, PAY};

const PAIRS: usize = 30;
const RUNS: u32 = 2_000;

const IDLE_COMPONENTS: u32 = 100;
const IDLE: Duration = Duration::from_secs(10);
/// Of one processor.
const IDLE_PERCENT_MAX: f64 = 0.2;

pub(crate) fn rows(wanted: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    if "gain from a second processor".contains(wanted) && processors::CAN_BE_FEW {
        rows.push(second_processor());
    }
    if "idle, 100 components".contains(wanted) {
        rows.push(idle());
    }
    rows
}

/// How many times faster it goes on two processors than on one: in wasmtime alone, each thread with guests of its own,
/// and in a runtime with accounts that nobody shares. On one there is everything that it needs, with those who ask.
fn second_processor() -> Row {
    let (mut first, mut second) = (run::floor("payment"), run::floor("payment"));
    let two = Disjoint::new(2);
    let one = processors::on_one(|| Disjoint::new(1));
    let floor = || {
        let alone = processors::on_one(|| micros_each(1, || pay_floor(&mut first, 2 * RUNS)));
        let together = micros_each(1, || {
            thread::scope(|scope| {
                scope.spawn(|| pay_floor(&mut second, RUNS));
                pay_floor(&mut first, RUNS);
            });
        });
        alone / together
    };
    let value = || {
        let alone = processors::on_one(|| micros_each(1, || one.pay(2 * RUNS)));
        alone / micros_each(1, || two.pay(2 * RUNS))
    };
    let pairs = Pairs::measure(PAIRS, floor, value);
    Row::rate("gain from a second processor", "×", &pairs, 0.9)
}

fn pay_floor(floor: &mut Floor, runs: u32) {
    for _ in 0..runs {
        drop(floor.run(PAY));
    }
}

/// Callers who pay at once: many, since one thread asks and hears of all of them, while the processors wait for it.
const DISJOINT: u32 = 512;

/// A runtime whose callers share no account.
struct Disjoint(Runtime);

impl Disjoint {
    fn new(threads: usize) -> Self {
        let engine = EngineConfig {
            threads,
            ..EngineConfig::default()
        };
        let runtime = run::bound_ledger(Runtime::builder().engine(engine), "payment");
        for caller in 0..DISJOINT {
            run::fund(&runtime, caller);
        }
        Self(runtime)
    }

    fn pay(&self, runs: u32) {
        let client = Builder::new_current_thread().build().expect("a client");
        for _ in 0..runs / DISJOINT {
            let batch = (0..DISJOINT).map(run::pay_own).collect();
            client
                .block_on(self.0.perform_all(batch))
                .into_iter()
                .for_each(run::must);
        }
    }
}

/// Per cent of one processor that a runtime takes while nobody calls it.
fn idle() -> Row {
    let bytes = guests::bytes("looker");
    let before = resident_mib();
    let runtime = Runtime::builder().build().expect("the runtime starts");
    for number in 0..IDLE_COMPONENTS {
        let read = Component::read(bytes.as_slice()).expect("the guest is a component");
        let manifest = read.manifest().expect("it was built by the tool").clone();
        let name = format!("looker{number}").parse().expect("a name");
        let named = stamp(&bytes, &Manifest { name, ..manifest }).expect("it can be renamed");
        let named = Component::read(named).expect("it is a component still");
        runtime.load(&named, &[].into()).expect("the program loads");
    }
    println!(
        "{IDLE_COMPONENTS} components loaded: {:.0} MiB resident, {before:.0} MiB before",
        resident_mib()
    );
    #[expect(clippy::disallowed_methods, reason = "time that passes is what is measured")]
    let percent = || {
        let before = processor_seconds();
        thread::sleep(IDLE);
        (processor_seconds() - before) / IDLE.as_secs_f64() * 1e2
    };
    Row::alone(
        "idle, 100 components",
        "%",
        &[percent(), percent(), percent()],
        IDLE_PERCENT_MAX,
    )
}

/// Processor time that the threads of this process have had.
fn processor_seconds() -> f64 {
    let threads = fs::read_dir("/proc/self/task").expect("the threads of this process");
    let of_thread = |folder: fs::DirEntry| {
        let stat = fs::read_to_string(folder.path().join("schedstat")).ok()?;
        stat.split(' ').next()?.parse::<f64>().ok()
    };
    let nanoseconds: f64 = threads.filter_map(|folder| of_thread(folder.ok()?)).sum();
    nanoseconds / 1e9
}

fn resident_mib() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|rest| rest.trim().trim_end_matches(" kB").parse::<f64>().ok());
    kib.unwrap_or(0.0) / 1024.0
}
