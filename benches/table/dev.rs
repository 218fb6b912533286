//! The development loop: from a save to the first answer of the new code.

mod project;
mod serving;

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::pairs::Pairs;
use crate::row::Row;
use crate::tool::millis;

use project::Project;
use serving::Serving;

const PAIRS: usize = 40;
/// For the quantile that is compared with a plain build, of which six saves may take longer: single ones do on a shared machine.
const PAIRS_SAVED: usize = 120;
/// What the loop may add to a plain build of the same change: looking, checking, compiling for the processor, swapping.
const SAVE_ALLOWANCE_MS: f64 = 150.0;
/// How much longer a save may take to be live while something else is going on.
const BESIDE: f64 = 1.25;
const COMPONENTS: usize = 50;
const AMONG: f64 = 1.3;
/// How long nothing is changed, and what that may cost.
const IDLE: Duration = Duration::from_secs(60);
const IDLE_NAME: &str = "dev, idle for 60 s, of one processor";
const IDLE_ALLOWANCE_PERCENT: f64 = 0.5;
/// Settings of the loop's profile may be as good as what is there without them, on a noisy machine.
const NO_WORSE: f64 = 1.05;

/// What the profile of the loop would be with one setting of its own less.
const WITHOUT: [(&str, &str, &str); 5] = [
    (
        "dev, save, to profile of opt-level 0",
        "opt-level = 1",
        "opt-level = 0",
    ),
    (
        "dev, save, to profile with all debug data",
        "debug = \"line-tables-only\"",
        "debug = 2",
    ),
    (
        "dev, save, to profile not incremental",
        "incremental = true",
        "incremental = false",
    ),
    (
        "dev, save, to profile of 256 units",
        "codegen-units = 16",
        "codegen-units = 256",
    ),
    (
        "dev, save, to profile with local LTO",
        "lto = \"off\"",
        "lto = false",
    ),
];

pub(crate) fn rows(wanted: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    if "dev, save to answer (p95)".contains(wanted) {
        rows.push(saved());
    }
    if "dev, save, beside cargo check (p95)".contains(wanted) {
        rows.push(beside_check());
    }
    if "dev, save, among 50 components (p95)".contains(wanted) {
        rows.push(among_many());
    }
    if IDLE_NAME.contains(wanted) {
        rows.push(idle());
    }
    for (name, with, without) in WITHOUT {
        // They are about how the profile was chosen, take minutes, and are measured when they are asked for.
        if !wanted.is_empty() && name.contains(wanted) {
            rows.push(other_profile(name, with, without));
        }
    }
    rows
}

/// From saving to the answer of the new code, over a plain build of the same change in the same profile.
fn saved() -> Row {
    let folder = tempfile::tempdir().expect("a folder");
    let mut plain = Project::new(&folder.path().join("plain"));
    plain.set_profile(project::PROFILE);
    let mut build = plain.build();
    crate::guests::must(&mut build);
    let mut serving = Serving::start(Project::new(&folder.path().join("served")), &[]);
    let floor = || {
        plain.edit();
        millis(&mut build)
    };
    let pairs = Pairs::measure(PAIRS_SAVED, floor, || serving.save());
    Row::allowance_at(0.95, "dev, save to answer (p95)", "ms", &pairs, SAVE_ALLOWANCE_MS)
}

/// The same while an editor has everything checked, over and over, beside the same without that.
fn beside_check() -> Row {
    let folder = tempfile::tempdir().expect("a folder");
    let serving = Serving::start(Project::new(folder.path()), &[]);
    let serving = std::cell::RefCell::new(serving);
    let project = serving.borrow().folder().to_owned();
    checked(&project);
    let value = || {
        let over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    checked(&project);
                }
            });
            let took = serving.borrow_mut().save();
            over.store(true, Ordering::Relaxed);
            took
        })
    };
    let pairs = Pairs::measure(PAIRS, || serving.borrow_mut().save(), value);
    Row::ratio_at(0.95, "dev, save, beside cargo check (p95)", "ms", &pairs, BESIDE)
}

/// As an editor does on every save, of what its settings make it look at: all components, for their own target.
fn checked(project: &Path) {
    let status = Command::new(env!("CARGO"))
        .args(["check", "--workspace", "--offline", "--target", "wasm32-wasip2"])
        .current_dir(project)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    assert!(
        status.is_ok_and(|status| status.success()),
        "the project is checked"
    );
}

/// One of many components saved, over one of two.
fn among_many() -> Row {
    let folder = tempfile::tempdir().expect("a folder");
    let mut few = Serving::start(Project::new(&folder.path().join("few")), &[]);
    let many = Project::new(&folder.path().join("many"));
    many.add_drivers(COMPONENTS - 2);
    let mut many = Serving::start(many, &[]);
    let pairs = Pairs::measure(PAIRS, || few.save(), || many.save());
    Row::ratio_at(0.95, "dev, save, among 50 components (p95)", "ms", &pairs, AMONG)
}

/// What a loop computes while nothing is changed.
fn idle() -> Row {
    let folder = tempfile::tempdir().expect("a folder");
    let mut serving = Serving::start(Project::new(folder.path()), &[]);
    // What the start left to do is done when a save has come through.
    serving.save();
    let before = serving.computed();
    let begun = Instant::now();
    serving.is_quiet(IDLE);
    let share = (serving.computed() - before).as_secs_f64() / begun.elapsed().as_secs_f64();
    Row::alone(IDLE_NAME, "%", &[share * 100.0], IDLE_ALLOWANCE_PERCENT)
}

/// The loop with its settings over the loop with one of them otherwise. Both are profiles by another name than the
/// loop's own, which alone is compiled for the processor in a quicker manner.
fn other_profile(name: &'static str, with: &str, without: &str) -> Row {
    let folder = tempfile::tempdir().expect("a folder");
    let serving = |profile: &str, settings: &str| {
        let project = Project::new(&folder.path().join(profile));
        project.set_profile(&settings.replace("airs-dev", profile));
        Serving::start(project, &["--profile", profile])
    };
    let mut other = serving("other", &project::PROFILE.replace(with, without));
    let mut own = serving("own", project::PROFILE);
    let pairs = Pairs::measure(PAIRS, || other.save(), || own.save());
    Row::ratio(name, "ms", &pairs, NO_WORSE)
}
