//! A disk that hangs in a sync: who waits for it learns by the deadline that nobody knows, nobody else waits, and what
//! was asked for happens once.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use airs_core::Guards;
use airs_driver::Context;
use airs_platform::Sqlite;
use airs_runtime::{Code, EngineConfig, Report, Request, RunId, Runtime, RuntimeBuilder};
use airs_tests::{Bench, pay};
use serde_json::json;
use tempfile::TempDir;

use super::disk::Disk;
use super::state::wait;
use super::verdict::{Verdict, ensure, holds};
use super::vfs;

/// A run is waited for so long, and not longer.
const DEADLINE_MS: u64 = 1_500;
/// One that does not end by itself within that never does.
const END_MAX: Duration = Duration::from_secs(30);
/// As few as there may be where a commit blocks one of them.
const THREADS: usize = 2;
const PAYERS: usize = 4;
const DOLLARS: &str = "10.00";

/// The contexts on the disk that hangs, and the one that is on another.
const HANGING: [&str; 2] = ["one", "two"];
const CALM: &str = "calm";

struct Stage {
    bench: Bench,
    disk: &'static Disk,
    folder: TempDir,
}

impl Stage {
    fn new(vfs: &str) -> Self {
        let disk: &'static Disk = Box::leak(Box::new(Disk::default()));
        let vfs = vfs::register(vfs, disk);
        let folder = tempfile::tempdir().unwrap();
        let context = |builder: RuntimeBuilder, name: &str, vfs| {
            let file = folder.path().join(name);
            let storage = Sqlite::open_by(&file, vfs, Guards::default()).unwrap();
            let context = Context::new(name.parse().unwrap(), Arc::new(storage));
            builder.prepared(context.with_grace_of(Duration::ZERO))
        };
        let bench = Bench::alone(&["ledger", "payment"], |builder| {
            let engine = EngineConfig {
                threads: THREADS,
                ..EngineConfig::default()
            };
            let builder = HANGING.iter().fold(builder.engine(engine), |builder, name| {
                context(builder, name, Some(vfs))
            });
            context(builder, CALM, None)
        });
        for name in HANGING.into_iter().chain([CALM]) {
            let bench = bench.within(name);
            bench.fund(DOLLARS);
            for number in 1..PAYERS {
                bench.mint(&home(&payer(number)), DOLLARS).unwrap();
            }
        }
        Self { bench, disk, folder }
    }

    /// A payment from the payer of this number to its own payee.
    fn payment(&self, context: &str, number: usize, id: RunId) -> Request {
        let request = pay(&payee(number), "1").id(id).deadline_ms(DEADLINE_MS);
        self.bench.within(context).addressed(&payer(number), request)
    }

    /// What comes of runs that are asked for at once.
    fn ask(&self, requests: Vec<Request>) -> Answers {
        let (told, answers) = channel();
        let runtime = self.bench.runtime.clone();
        thread::spawn(move || told.send(wait(runtime.perform_all(requests))));
        Answers(answers)
    }

    /// What comes of a run that nobody else is beside: one task of the executor.
    fn ask_alone(&self, request: Request) -> Answers {
        let (told, answers) = channel();
        let runtime = self.bench.runtime.clone();
        thread::spawn(move || told.send(vec![wait(runtime.perform(request))]));
        Answers(answers)
    }

    /// Another disk does not hang, and what is there can be looked at.
    fn others_go_on(&self, context: &str, paid: &mut usize) -> Result<(), String> {
        let calm = self.bench.within(CALM);
        calm.ask(&payer(0), pay(&payee(0), "1"))
            .map_err(|error| format!("a run elsewhere: {error}"))?;
        *paid += 1;
        let there = calm.balance(&home(&payee(0)));
        ensure!(there == format!("{paid}.00"), "elsewhere is {there}");
        let seen = self.bench.within(context).balance(&home(&payer(0)));
        ensure!(seen == DOLLARS, "what nobody knows of is seen: {seen}");
        Ok(())
    }

    /// Asks for payments again, now that the disk goes on: each is made, and was made once.
    fn settle(&self, context: &str, ids: &[RunId]) -> Result<(), String> {
        let again = (0..)
            .zip(ids)
            .map(|(number, id)| self.payment(context, number, *id));
        for report in self.ask(again.collect()).get()? {
            report
                .result
                .map_err(|error| format!("asked for again: {error}"))?;
        }
        let bench = self.bench.within(context);
        for number in 0..ids.len() {
            let left = [payer(number), payee(number)].map(|caller| bench.balance(&home(&caller)));
            ensure!(left == ["9.00", "1.00"], "{number} in {context}: {left:?}");
        }
        Ok(())
    }

    /// Ends everything, and looks at what is in the files.
    fn close(self) -> Result<(), String> {
        drop(self.bench);
        for name in HANGING {
            let whole = Sqlite::examine_rows(&self.folder.path().join(name), END_MAX);
            ensure!(matches!(whole, Ok(true)), "{name}: {whole:?}");
        }
        Ok(())
    }
}

/// What runs will have come to.
struct Answers(Receiver<Vec<Report>>);

impl Answers {
    fn get(&self) -> Result<Vec<Report>, String> {
        let answers = self.0.recv_timeout(END_MAX);
        answers.map_err(|_| "a run did not end by itself".to_owned())
    }

    /// Nobody knows what became of them.
    fn are_unknown(&self) -> Result<(), String> {
        for report in self.get()? {
            let code = report.result.as_ref().err().map(airs_runtime::Error::code);
            ensure!(code == Some(Code::OutcomeUnknown), "it is known: {report:?}");
        }
        Ok(())
    }
}

fn payer(number: usize) -> String {
    match number {
        0 => "alice".into(),
        _ => format!("payer-{number}"),
    }
}

fn payee(number: usize) -> String {
    format!("payee-{number}")
}

fn home(caller: &str) -> String {
    format!("/accounts/{caller}/usd")
}

/// The commit blocks the thread of the executor that it is made on, and more of them must not block the others.
fn while_one_commits_alone() -> Verdict {
    let stage = Stage::new("hangs-alone");
    let ids = HANGING.map(|_| Runtime::new_id());
    let shut = stage.disk.gate.shut();
    let mut paid = 0;
    let first = stage.ask_alone(stage.payment(HANGING[0], 0, ids[0]));
    let on = shut.held_up(1)?;
    ensure!(on == ["airs-guest"], "it was not alone: {on:?}");
    stage.others_go_on(HANGING[0], &mut paid)?;
    first.are_unknown()?;
    // It still has the thread.
    let second = stage.ask_alone(stage.payment(HANGING[1], 0, ids[1]));
    let on = shut.held_up(2)?;
    ensure!(on == ["airs-guest", "airs-storage"], "who waits is {on:?}");
    stage.others_go_on(HANGING[1], &mut paid)?;
    let again = stage.ask_alone(stage.payment(HANGING[0], 0, ids[0]));
    second.are_unknown()?;
    again.are_unknown()?;
    stage.others_go_on(HANGING[0], &mut paid)?;
    drop(shut);
    for (context, id) in HANGING.into_iter().zip(ids) {
        stage.settle(context, &[id])?;
    }
    stage.close()?;
    Ok(json!({ "in doubt": 3, "runs elsewhere": paid }))
}

/// The thread that writes hangs, with one group; others have joined the queue behind it.
fn while_many_commit() -> Verdict {
    let stage = Stage::new("hangs-with-many");
    let ids = [(); PAYERS].map(|()| Runtime::new_id());
    let shut = stage.disk.gate.shut();
    let mut paid = 0;
    let requests = (0..)
        .zip(ids)
        .map(|(number, id)| stage.payment(HANGING[0], number, id));
    let all = stage.ask(requests.collect());
    let on = shut.held_up(1)?;
    ensure!(on == ["airs-storage"], "it was not in a group: {on:?}");
    stage.others_go_on(HANGING[0], &mut paid)?;
    all.are_unknown()?;
    stage.others_go_on(HANGING[0], &mut paid)?;
    drop(shut);
    stage.settle(HANGING[0], &ids)?;
    stage.close()?;
    Ok(json!({ "in doubt": PAYERS, "runs elsewhere": paid }))
}

#[test]
fn a_disk_that_hangs_under_a_commit_that_is_alone_holds_up_nobody_else() {
    holds("a disk that hangs, one commit", 1, |_| while_one_commits_alone());
}

#[test]
fn a_disk_that_hangs_under_a_group_holds_up_nobody_else() {
    holds("a disk that hangs, a group", PAYERS, |_| while_many_commit());
}
