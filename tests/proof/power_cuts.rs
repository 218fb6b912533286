//! The power goes: what was acknowledged is there afterwards, and every run is whole or not there.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use airs_core::{Guard, Guards};
use airs_platform::Sqlite;
use serde_json::json;

use super::chance::Chance;
use super::disk::{Act, Cut, Disk, Plan};
use super::marks::{Marks, whole, write};
use super::verdict::{Verdict, ensure, holds, misses, seed, size};
use super::vfs;

/// Runs of each caller between two cuts, at most.
const RUNS_MAX: usize = 8;

/// Every so many lives the power goes while the file is still being opened.
const EARLY_EVERY: usize = 5;
/// Acts in which a file is opened: fewer than there are.
const OPENING_ACTS: usize = 12;

/// A life after the other: each begins with what the cut before it has left, is led on a disk whose power goes at
/// some act, and is looked at afterwards.
fn the_power_goes(name: &str, guards: Guards, cuts: usize) -> Verdict {
    let disk: &'static Disk = Box::leak(Box::new(Disk::default()));
    let vfs = vfs::register(name, disk);
    let folder = tempfile::tempdir().unwrap();
    let marks = Marks::new();
    let open = |file: &Path| Sqlite::open_by(file, Some(vfs), guards);

    let mut chance = Chance::of(seed(), 0);
    disk.plan(folder.path(), Plan::Nothing, chance.clone(), &marks.told);
    marks.put_on(Some(open(&folder.path().join("state.db")).unwrap()));
    marks.set_up();
    let Cut { mut images, .. } = {
        marks.put_on(None);
        disk.cut()
    };
    let (mut there, mut acts) = (BTreeSet::new(), 100);
    let mut found = [
        (Act::Write, 0),
        (Act::Sync, 0),
        (Act::Truncate, 0),
        (Act::Open, 0),
    ];
    for cut in 0..cuts {
        let life = folder.path().join(format!("life-{cut}"));
        let file = write(&images, &life);
        marks.told.lock().unwrap().clear();
        let among = if cut % EARLY_EVERY == 0 {
            OPENING_ACTS
        } else {
            acts
        };
        disk.plan(
            &life,
            Plan::Cut(1 + chance.below(among)),
            Chance::of(seed(), cut as u64),
            &marks.told,
        );
        let storage =
            open(&file).map_err(|error| format!("cut {cut}: it cannot be opened again: {error:?}"))?;
        marks.put_on(Some(storage));
        marks.make_many(&format!("{cut}"), 1 + chance.below(RUNS_MAX))?;
        marks.put_on(None);

        let left = disk.cut();
        let acknowledged = marks.told.lock().unwrap()[..left.told].to_vec();
        let met = disk.hit();
        let case = format!("cut {cut}, at {met:?}");
        let seen =
            whole(&left.images, &folder.path().join("look")).map_err(|error| format!("{case}: {error}"))?;
        let lost: Vec<&String> = acknowledged
            .iter()
            .chain(&there)
            .filter(|mark| !seen.contains(*mark))
            .collect();
        ensure!(
            lost.is_empty(),
            "{case}: {} acknowledged runs are lost: {lost:?}",
            lost.len()
        );
        for (act, times) in &mut found {
            *times += usize::from(met == Some(*act));
        }
        (images, there, acts) = (left.images, seen, disk.acts().len().max(1));
        fs::remove_dir_all(&life).unwrap();
    }
    let cuts: serde_json::Map<_, _> = found
        .iter()
        .map(|(act, times)| (format!("{act:?}"), json!(times)))
        .collect();
    Ok(json!({ "runs": there.len(), "cuts at": cuts }))
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
    misses(NAME, "without syncs", DAILY, |cuts| {
        the_power_goes("power-without-syncs", Guards::without(Guard::Sync), cuts)
    });
}
