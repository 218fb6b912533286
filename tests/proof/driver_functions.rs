//! Every function of a driver, going wrong in every way, under programs that give up and programs that do
//! not care, and under runs without a program: what was half done is never seen.

use std::fmt;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use airs_core::{Guard, Guards};
use airs_driver::Context;
use airs_platform::Memory;
use airs_runtime::{Code, Error, Limits, Placement, Request};
use airs_tests::{Bench, Script};
use serde_json::{Value, json};

use super::state::{content, differences};
use super::verdict::{Verdict, ensure, holds, misses};

/// What goes wrong, what it is called then, and whether it is an answer after which the program may go on.
const FAULTS: [(&str, Code, bool); 8] = [
    ("error", Code::Rejected, true),
    ("deny", Code::Denied, true),
    ("panic", Code::Trap, false),
    ("loop", Code::DeadlineExceeded, false),
    ("recurse", Code::LimitExceeded, false),
    ("hoard", Code::LimitExceeded, false),
    ("flood", Code::LimitExceeded, false),
    ("shout", Code::LimitExceeded, false),
];
/// Small, so that running into them takes no time.
fn limits() -> Limits {
    Limits {
        memory_bytes: 8 << 20,
        host_call_bytes: 1 << 20,
        storage_write_bytes: 1 << 20,
        ..Limits::default()
    }
}
/// Enough for all that does not loop, on a busy machine with guests that are not optimised.
const AMPLE_MS: u64 = 5_000;
/// For what loops. On a busy machine a run may be late before it comes to the loop: then it is given longer.
const LOOPING_MS: [u64; 3] = [60, 600, AMPLE_MS];
const ALL_RIGHTS: &str = "view debit credit control";

/// A context over a memory that can be looked at. One at a time: whether something is held is known of the whole
/// runtime.
struct Stage {
    bench: Bench,
    memory: Arc<Memory>,
    _alone: MutexGuard<'static, ()>,
}

impl Stage {
    fn with(guards: Guards) -> Self {
        static SHARED: LazyLock<(Bench, [Arc<Memory>; 2])> = LazyLock::new(|| {
            let memories = [Arc::new(Memory::new()), Arc::new(Memory::new())];
            let [whole, without] = memories.clone();
            let context = |name: &str, memory| Context::new(name.parse().unwrap(), memory);
            let bench = Bench::alone(&["probe", "probe-driver"], |builder| {
                let without = context("without", without).guarded(Guards::without(Guard::Savepoint));
                builder
                    .limits(limits())
                    .prepared(context("whole", whole))
                    .prepared(without)
            });
            (bench, memories)
        });
        static ALONE: Mutex<()> = Mutex::new(());
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let (bench, [whole, without]) = &*SHARED;
        let (name, memory) = match guards.has(Guard::Savepoint) {
            true => ("whole", whole),
            false => ("without", without),
        };
        Self {
            bench: bench.within(name),
            memory: Arc::clone(memory),
            _alone: alone,
        }
    }

    fn bind(&self, path: &str, on: &Value) -> Result<(), String> {
        let account = json!({ "on": on }).to_string();
        let bound = self.bench.bind(path, "probe-driver", &account, "operator");
        bound.map_err(|error| format!("{path} cannot be bound: {error}"))
    }

    fn transfers(&self) -> u64 {
        let count = self.bench.control("/good", "get", r#""transfers""#).unwrap();
        let count: Option<String> = serde_json::from_str(&count).unwrap();
        count.map_or(0, |count| count.parse().unwrap())
    }

    /// Makes the run of a case, within as little time as it needs.
    fn ask(&self, case: &Case, request: &Request) -> Result<String, Error> {
        let within = |deadline| self.bench.ask("operator", request.clone().deadline_ms(deadline));
        if case.fault != "loop" {
            return within(AMPLE_MS);
        }
        let [deadline, longer @ ..] = LOOPING_MS;
        longer.into_iter().fold(within(deadline), |result, longer| {
            match result.as_ref().is_err_and(|error| !blames_the_driver(error)) {
                true => within(longer),
                false => result,
            }
        })
    }

    /// Makes a run in which something goes wrong, and compares what is there afterwards.
    fn attempt(&self, case: &Case, request: Request) -> Result<(), String> {
        let (before, counted) = (content(&*self.memory), self.transfers());
        let result = self.ask(case, &request);
        let after = content(&*self.memory);
        match result {
            Ok(output) => {
                ensure!(case.may_go_on, "{case}: it ended well: {output}");
                ensure!(output.contains(case.code.as_str()), "{case}: {output}");
                let only_counted = |content: &super::state::Content| {
                    let mut content = content.clone();
                    content.retain(|key, _| !key.ends_with(b"transfers"));
                    content
                };
                let strays = differences(&only_counted(&before), &only_counted(&after));
                ensure!(strays.is_empty(), "{case}: half done, and seen: {strays:?}");
                ensure!(
                    self.transfers() == counted + 1,
                    "{case}: the rest of the run is not there"
                );
            }
            Err(error) => {
                ensure!(
                    !case.may_go_on,
                    "{case}: the program was told, and went on: {error}"
                );
                ensure!(error.code() == case.code, "{case}: {}: {error}", error.code());
                // Whose fault it was. A refusal speaks for itself, and the writes are the run's.
                let named = case.refuses || case.fault == "flood" || blames_the_driver(&error);
                ensure!(named, "{case}: whose fault it was is not said: {error}");
                let strays = differences(&before, &after);
                ensure!(strays.is_empty(), "{case}: of a failed run is seen: {strays:?}");
            }
        }
        ensure!(self.bench.runtime.is_idle(), "{case}: something is still held");
        ensure!(
            self.bench.balance("/good") == "1",
            "{case}: the next run is not as ever"
        );
        Ok(())
    }
}

fn blames_the_driver(error: &Error) -> bool {
    error.message().contains("\"probe-driver\"")
}

/// One combination.
struct Case {
    function: &'static str,
    fault: &'static str,
    code: Code,
    /// Whether it is an answer, and no fault.
    refuses: bool,
    /// What the program does when it is told, or what is asked for without a program.
    under: &'static str,
    /// Whether the run may end well in spite of it.
    may_go_on: bool,
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {} under {}", self.fault, self.function, self.under)
    }
}

/// Writes through the good binding, then comes to the bad one's function.
fn script(path: &str, function: &str, release: &str) -> Script {
    let script = Script::new().intend("/good", ALL_RIGHTS).transfer(0, 0, "1");
    let script = script.intend(path, ALL_RIGHTS);
    match function {
        "intend" => script,
        "view" => script.view(1),
        "transfer" => script.transfer(1, 0, "1"),
        "control" => script.control(1, "set", json!(["key", "value"])),
        _ => script.release(release, 1),
    }
}

/// All that a program can come to, with each way of taking it.
fn under_programs(stage: &Stage) -> Result<usize, String> {
    let mut cases = 0;
    for (function, releases) in [
        ("intend", ["done"].as_slice()),
        ("view", &["done"]),
        ("transfer", &["done"]),
        ("control", &["done"]),
        ("done", &["done", "drop", "forget"]),
    ] {
        for (fault, code, refuses) in FAULTS {
            let path = format!("/bad/{function}/{fault}");
            stage.bind(&path, &json!({ function: fault }))?;
            for release in releases {
                for under in [
                    "one that gives up",
                    "one that does not care",
                    "one that goes on as well",
                ] {
                    let script = script(&path, function, release);
                    let script = match under {
                        "one that gives up" => script,
                        "one that does not care" => script.stubborn(),
                        _ => script.stubborn().view(0).view(1).act("count").release("done", 0),
                    };
                    // Of a release that nobody asked for nobody can be told.
                    let told = *release == "done";
                    let case = Case {
                        function,
                        fault,
                        code,
                        refuses,
                        under,
                        may_go_on: refuses && told && under != "one that gives up",
                    };
                    stage.attempt(&case, script.request())?;
                    cases += 1;
                }
            }
        }
    }
    Ok(cases)
}

/// All that the command line asks for without a program.
fn under_no_program(stage: &Stage) -> Result<usize, String> {
    let mut cases = 0;
    for (fault, code, refuses) in FAULTS {
        let case = |function, under| Case {
            function,
            fault,
            code,
            refuses,
            under,
            may_go_on: false,
        };
        let placement = Placement::new(
            format!("/new/{fault}"),
            "probe-driver",
            json!({ "on": { "bind": fault } }).to_string(),
        );
        stage.attempt(&case("bind", "bind"), Request::bind(placement))?;
        let path = format!("/bad/unbind/{fault}");
        stage.bind(&path, &json!({ "unbind": fault }))?;
        stage.attempt(&case("unbind", "unbind"), Request::unbind(&path))?;
        for function in ["intend", "view", "done"] {
            let request = Request::view(format!("/bad/{function}/{fault}"));
            stage.attempt(&case(function, "view"), request)?;
        }
        for function in ["intend", "control", "done"] {
            let request = Request::control(format!("/bad/{function}/{fault}"), "set", r#"["key","value"]"#);
            stage.attempt(&case(function, "control"), request)?;
        }
        cases += 8;
    }
    Ok(cases)
}

fn every_fault_is_contained(guards: Guards) -> Verdict {
    let stage = Stage::with(guards);
    stage.bind("/good", &json!({}))?;
    let (programs, none) = (under_programs(&stage)?, under_no_program(&stage)?);
    ensure!(
        programs + none == COMBINATIONS,
        "combinations were left out: {programs}, {none}"
    );
    Ok(json!({ "runs of programs": programs, "runs without": none }))
}

const NAME: &str = "every function of a driver";
const COMBINATIONS: usize = 8 * (4 + 3) * 3 + 8 * 8;

#[test]
fn every_fault_in_every_function_of_a_driver_is_contained() {
    holds(
        NAME,
        COMBINATIONS,
        |_| every_fault_is_contained(Guards::default()),
    );
}

#[test]
fn what_was_half_done_is_seen_without_savepoints() {
    let heard = ["half done, and seen"];
    misses(NAME, "without savepoints", &heard, COMBINATIONS, |_| {
        every_fault_is_contained(Guards::without(Guard::Savepoint))
    });
}
