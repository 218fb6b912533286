//! The power goes: what was acknowledged is there afterwards, and every run is whole or not there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use airs_core::{Guard, Guards};
use airs_platform::Sqlite;
use airs_tests::target_folder;
use serde_json::json;

use super::chance::Chance;
use super::disk::{Cut, Disk, Plan};
use super::marks::{LOST, Marks, whole, write};
use super::verdict::{Verdict, ensure, holds, misses, seed, size};
use super::vfs;

/// Runs of each caller between two cuts, at most.
const RUNS_MAX: usize = 8;

/// Every so many lives the power goes while the file is still being opened, or soon after.
const EARLY_EVERY: usize = 5;
/// Acts that change something while a file is opened whose log was not put into it yet.
const EARLY_CHANGES: usize = 12;

/// A life after the other: each begins with what the cut before it has left, is led on a disk whose power goes at
/// some act, and is looked at afterwards.
fn the_power_goes(name: &str, guards: Guards, cuts: usize) -> Verdict {
    let disk: &'static Disk = Box::leak(Box::new(Disk::default()));
    let vfs = vfs::register(name, disk);
    let folder = tempfile::tempdir().unwrap();
    let marks = Marks::new();
    let open = |file: &Path, guards| Sqlite::open_by(file, Some(vfs), guards);

    let mut chance = Chance::of(seed(), 0);
    disk.plan(folder.path(), Plan::Nothing, chance.clone(), &marks.told);
    // With all guards: what the lives begin with is there.
    let file = folder.path().join("state.db");
    marks.put_on(Some(open(&file, Guards::default()).unwrap()));
    marks.set_up();
    let Cut { mut images, .. } = {
        marks.put_on(None);
        disk.cut()
    };
    let (mut there, mut changes, mut committed) = (BTreeSet::new(), 100, 0);
    let mut met: BTreeMap<String, usize> = BTreeMap::new();
    let mut lives = 0;
    // In a life that is over before its cut nothing was lost: it is looked at, and counts for none.
    while met.values().sum::<usize>() < cuts {
        ensure!(lives < 2 * cuts, "most cuts met nothing: {met:?}");
        let number = lives;
        lives += 1;
        let life = folder.path().join(format!("life-{number}"));
        let file = write(&images, &life);
        marks.told.lock().unwrap().clear();
        let is_early = number % EARLY_EVERY == 0;
        let at = 1 + chance.below(if is_early { EARLY_CHANGES } else { changes });
        let case_chance = Chance::of(seed(), number as u64);
        disk.plan(&life, Plan::Cut(at), case_chance, &marks.told);
        let storage = open(&file, guards)
            .map_err(|error| format!("life {number}: it cannot be opened again: {error:?}"))?;
        marks.put_on(Some(storage));
        committed += marks.make_many(&format!("{number}"), 1 + chance.below(RUNS_MAX))?;
        marks.put_on(None);

        let left = disk.cut();
        let acknowledged = marks.told.lock().unwrap()[..left.told].to_vec();
        let act = disk.hit();
        let case = |error| {
            let kept = target_folder().join("proof").join(name);
            drop(fs::remove_dir_all(&kept));
            let file = write(&left.images, &kept);
            format!(
                "life {number}, cut at change {at}, {act:?}: {error}; what was left is {}",
                file.display()
            )
        };
        let seen = whole(&left.images, &folder.path().join("look")).map_err(case)?;
        let lost = acknowledged.iter().chain(&there);
        let lost: Vec<&String> = lost.filter(|mark| !seen.contains(*mark)).collect();
        ensure!(
            lost.is_empty(),
            "{}",
            case(format!("{} acknowledged runs are lost: {lost:?}", lost.len()))
        );
        if let Some(act) = act {
            *met.entry(format!("{act:?}")).or_default() += 1;
        }
        (images, there, changes) = (left.images, seen, disk.changes().max(1));
        fs::remove_dir_all(&life).unwrap();
    }
    ensure!(committed > 0 && !there.is_empty(), "no run was committed");
    Ok(json!({ "runs": there.len(), "lives": lives, "cuts at": met }))
}

const NAME: &str = "power cuts";
const DAILY: usize = 50;

#[test]
fn nothing_that_was_acknowledged_is_lost_when_the_power_goes() {
    holds(NAME, size(DAILY, 1_000), |cuts| {
        the_power_goes("power", Guards::default(), cuts)
    });
}

#[test]
fn acknowledged_runs_are_lost_when_nothing_is_synced() {
    let heard = [&LOST[..], &["runs are lost"]].concat();
    misses(NAME, "without syncs", &heard, DAILY, |cuts| {
        the_power_goes("power-without-syncs", Guards::without(Guard::Sync), cuts)
    });
}
