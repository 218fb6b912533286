//! Every act of the disk fails once: the first, the second, until all is done; and then the power goes.

use airs_core::{Guard, Guards};
use airs_platform::Sqlite;
use serde_json::json;

use super::chance::Chance;
use super::disk::{Act, Disk, Fault, Images, Plan};
use super::marks::{LOST, Marks, Told, whole, write};
use super::state::wait;
use super::verdict::{Verdict, ensure, holds, misses, seed};
use super::vfs;

/// Runs in a life, one after the other.
const RUNS: usize = 4;

struct Life<'a> {
    disk: &'static Disk,
    vfs: &'static str,
    marks: &'a Marks,
    before: &'a Images,
    /// Whether somebody reads all the time, so that the log cannot begin anew.
    is_read: bool,
    guards: Guards,
}

impl Life<'_> {
    /// Opens the file and makes some runs; what was said of them is true, now and after a cut, in which this case
    /// has luck of its own.
    fn lead(&self, plan: Plan, case: u64) -> Result<Option<Act>, String> {
        let folder = tempfile::tempdir().unwrap();
        let file = write(self.before, folder.path());
        self.marks.told.lock().unwrap().clear();
        let chance = Chance::of(seed(), case);
        self.disk.plan(folder.path(), plan, chance, &self.marks.told);
        let open = || Sqlite::open_by(&file, Some(self.vfs), self.guards);
        let storage = open()
            .or_else(|_| open())
            .map_err(|error| format!("it stays shut: {error:?}"))?;
        self.marks.put_on(Some(storage));
        let snapshot = || self.marks.snapshot();
        let reader = self.is_read.then(|| snapshot().or_else(|_| snapshot()));
        let reader = reader
            .transpose()
            .map_err(|error| format!("it cannot be read: {error:?}"))?;
        let mut told = Vec::new();
        for run in 0..RUNS {
            let mark = format!("run-{run}");
            told.push((wait(self.marks.make(run, mark.clone()))?, mark));
        }
        let met = self.disk.hit();
        let failed = told.iter().filter(|(told, _)| *told != Told::Committed).count();
        ensure!(
            failed <= usize::from(met.is_some()),
            "one fault, and {failed} runs failed"
        );
        // The power goes now; and the disk of a process that ends well.
        let cut = self.disk.cut();
        drop(reader);
        self.marks.put_on(None);
        for images in [cut.images, self.disk.cut().images] {
            let seen = whole(&images, &folder.path().join("look"))?;
            for (told, mark) in &told {
                let is_there = seen.contains(mark);
                let is_true = match told {
                    Told::Committed => is_there,
                    Told::Conflict | Told::Failed => !is_there,
                    Told::Unknown => true,
                };
                ensure!(is_true, "{mark} was {told:?}; there are {seen:?}");
            }
        }
        Ok(met)
    }
}

fn every_act_may_fail(name: &str, guards: Guards) -> Verdict {
    let disk: &'static Disk = Box::leak(Box::new(Disk::default()));
    let vfs = vfs::register(name, disk);
    let marks = Marks::new();
    let folder = tempfile::tempdir().unwrap();
    disk.plan(folder.path(), Plan::Nothing, Chance::of(seed(), 0), &marks.told);
    let file = folder.path().join("state.db");
    marks.put_on(Some(
        Sqlite::open_by(&file, Some(vfs), Guards::default()).unwrap(),
    ));
    marks.set_up();
    // A log that was not put into the file yet is what a life begins with.
    let before = disk.cut().images;
    marks.put_on(None);
    let (mut faults, mut case) = (0, 0);
    for is_read in [false, true] {
        let life = Life {
            disk,
            vfs,
            marks: &marks,
            before: &before,
            is_read,
            guards,
        };
        life.lead(Plan::Nothing, case)?;
        let acts = disk.acts();
        for fault in [Fault::Refuse, Fault::Full, Fault::Forget] {
            let mut met = 0;
            for (number, act) in (1..).zip(&acts).filter(|(_, act)| fault.is_possible_in(**act)) {
                case += 1;
                let told = |error| format!("{fault:?} in act {number}, {act:?}, read {is_read}: {error}");
                let hit = life.lead(Plan::Fail(number, fault), case).map_err(told)?;
                met += usize::from(hit.is_some());
            }
            ensure!(met > 0, "{fault:?} was never met, read {is_read}");
            faults += met;
        }
    }
    Ok(json!({ "faults": faults }))
}

const NAME: &str = "every act of the disk fails";

#[test]
fn whatever_the_disk_fails_in_what_was_said_of_a_run_is_true() {
    holds(NAME, RUNS, |_| every_act_may_fail("errors", Guards::default()));
}

#[test]
fn what_was_said_of_a_run_is_not_true_when_nothing_is_synced() {
    let heard = [&LOST[..], &[" was Committed"]].concat();
    misses(NAME, "without syncs", &heard, RUNS, |_| {
        every_act_may_fail("errors-without-syncs", Guards::without(Guard::Sync))
    });
}
