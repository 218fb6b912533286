//! What was denied stays known.

mod each;

use std::fs;

use airs_runtime::{Access, Code, Denials, Event, Name, RuntimeBuilder, State, StorageAccess};
use airs_tests::{Bench, Notes, Script, component_with, two_contexts};
use serde_json::json;

/// A driver at `/one` that may read its storage and not write to it, over this state; and what is told.
fn scene(state: State) -> (Bench, Notes) {
    let set_up = |builder: RuntimeBuilder| two_contexts(builder).state(state);
    let (bench, notes) = Bench::noting(&["probe"], set_up, |event| match event {
        Event::Denied { context, attempt, .. } => {
            let context = context.map_or("none", Name::as_str);
            Some(format!("denied in {context}, attempt {attempt}"))
        }
        Event::RecordFault { context, message } => Some(format!("fault in {context}: {message}")),
        _ => None,
    });
    let reader = component_with("probe-driver", |manifest| {
        manifest.capabilities.storage = Some(StorageAccess {
            access: Access::Read,
            ..StorageAccess::DEFAULT
        });
    });
    bench.load(&reader);
    if bench.bind("/one", "probe-driver", "{}", "operator").is_err() {
        // It was bound before.
        assert!(bench.control("/one", "get", r#""key""#).is_ok());
    }
    (bench, notes)
}

/// Has the driver write, in a run that fails.
fn denied(bench: &Bench) -> String {
    let script = Script::new()
        .intend("/one", "control")
        .control(0, "set", json!(["key", "value"]));
    let report = bench.perform("operator", script.request());
    assert_eq!(report.result.unwrap_err().code(), Code::Denied);
    report.run
}

fn runs(denials: &Denials) -> Vec<(u64, &str)> {
    let all = denials.all.iter();
    all.map(|denial| (denial.number, denial.run.as_str())).collect()
}

#[test]
fn a_denial_outlives_its_run_and_the_runtime() {
    let place = tempfile::tempdir().unwrap();
    let state = || State::folder(place.path());
    let local = Name::local();
    assert!(state().denials(&local).unwrap().all.is_empty());
    let (bench, notes) = scene(state());
    assert!(!place.path().join("local.denials.jsonl").exists());
    let before = now_ms();
    let first = denied(&bench);
    let kept = bench.runtime.denials(None).unwrap();
    let [denial] = kept.all.as_slice() else {
        panic!("{kept:?}")
    };
    assert_eq!(
        (
            denial.number,
            denial.attempt,
            denial.run.as_str(),
            denial.component.as_str()
        ),
        (1, 1, first.as_str(), "probe-driver")
    );
    assert_eq!(
        (denial.capability.as_str(), denial.message.as_str()),
        (
            "storage",
            "driver probe-driver may read its storage, and not write to it"
        )
    );
    assert!((before..=now_ms()).contains(&denial.time_ms));
    assert_eq!(*notes.lock().unwrap(), ["denied in local, attempt 1"]);
    // Each context has a record of its own.
    assert!(
        bench
            .runtime
            .denials(Some(&"guests".parse().unwrap()))
            .unwrap()
            .all
            .is_empty()
    );
    let nowhere = bench.runtime.denials(Some(&"nowhere".parse().unwrap()));
    assert_eq!(nowhere.unwrap_err().code(), Code::NotFound);
    drop(bench);
    let (bench, _) = scene(state());
    let second = denied(&bench);
    let kept = state().denials(&local).unwrap();
    assert!(kept.intact);
    assert_eq!(runs(&kept), [(1, first.as_str()), (2, second.as_str())]);
    // Who takes one out is found out.
    let file = place.path().join("local.denials.jsonl");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replacen("not write", "now write", 1)).unwrap();
    assert!(!bench.runtime.denials(None).unwrap().intact);
}

#[test]
fn in_memory_denials_are_kept_as_long_as_the_runtime() {
    let (bench, _) = scene(State::Memory);
    let all = [denied(&bench), denied(&bench)];
    let kept = bench.runtime.denials(None).unwrap();
    assert_eq!(runs(&kept), [(1, all[0].as_str()), (2, all[1].as_str())]);
}

#[test]
fn a_record_that_cannot_be_written_is_told_and_harms_no_run() {
    let place = tempfile::tempdir().unwrap();
    let (bench, notes) = scene(State::folder(place.path()));
    let file = place.path().join("local.denials.jsonl");
    fs::create_dir(&file).unwrap();
    denied(&bench);
    let told = std::mem::take(&mut *notes.lock().unwrap());
    assert_eq!(
        (told.len(), told[1].as_str()),
        (2, "denied in local, attempt 1"),
        "{told:?}"
    );
    assert!(
        told[0].starts_with("fault in local: a denial could not be recorded in "),
        "{told:?}"
    );
    assert_eq!(
        bench.runtime.denials(None).unwrap_err().code(),
        Code::StorageUnavailable
    );
    fs::remove_dir(&file).unwrap();
    denied(&bench);
    assert_eq!(bench.runtime.denials(None).unwrap().all.len(), 1);
}

#[test]
fn a_loop_of_denials_leaves_a_number_of_records() {
    let (bench, _) = scene(State::Memory);
    let script = Script::new().stubborn().intend("/one", "control");
    let script = (0..100).fold(script, |script, _| {
        script.control(0, "set", json!(["key", "value"]))
    });
    bench.play("operator", &script).unwrap();
    let kept = bench.runtime.denials(None).unwrap().all;
    assert_eq!(kept.len(), 65);
    assert_eq!(
        kept[64].message,
        "component \"probe-driver\" was denied storage 36 more times"
    );
}

fn now_ms() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    u64::try_from(since.unwrap().as_millis()).unwrap()
}
