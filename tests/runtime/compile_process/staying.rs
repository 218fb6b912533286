//! A process that compiles one component after the other.

use std::fs;
use std::io::{Read as _, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use airs_runtime::{Code, CompileProcess, Component};
use airs_tests::component;

use super::{load, runtime, shell, tangled, tangled_like};

/// What has compiled, by its number, each time that one was started; with what it has to do for that.
fn noted(folder: &Path) -> (CompileProcess, impl Fn() -> Vec<u32>) {
    let (notes, this) = (folder.join("started"), env!("CARGO_BIN_EXE_compile-component"));
    let process = CompileProcess {
        stays: true,
        ..shell(format!("echo $$ >> '{}'; exec '{this}'", notes.display()))
    };
    let started = move || {
        let noted = fs::read_to_string(&notes).unwrap();
        noted.lines().map(|line| line.parse().unwrap()).collect()
    };
    (process, started)
}

/// Sends a signal to a process; whether it is there.
fn signal(process: u32, signal: &str) -> bool {
    let script = format!("kill -{signal} {process} 2>/dev/null");
    Command::new("/bin/sh")
        .args(["-c", &script])
        .status()
        .unwrap()
        .success()
}

#[test]
fn a_process_that_stays_compiles_one_after_the_other_and_ends_with_the_runtime() {
    let folder = tempfile::tempdir().unwrap();
    let (process, started) = noted(folder.path());
    let runtime = runtime(process);
    for tables in 1..4 {
        load(&runtime, &tangled(tables)).unwrap();
    }
    let none = Component::from_text(r#"(component (core module $m (func (export "f") (result i32) nop)))"#);
    let refused = load(&runtime, &none.unwrap()).unwrap_err();
    assert_eq!(refused.code(), Code::InvalidComponent);
    load(&runtime, &tangled(4)).unwrap();
    let started = started();
    assert_eq!(started.len(), 1);
    assert!(signal(started[0], "0"));
    drop(runtime);
    assert!(!signal(started[0], "0"));
}

#[test]
fn a_process_that_stays_has_its_limits_for_each_component() {
    let folder = tempfile::tempdir().unwrap();
    let (process, started) = noted(folder.path());
    let process = CompileProcess {
        cpu_seconds: 2,
        ..process
    };
    let runtime = runtime(process);
    let heavy = load(&runtime, &tangled(60)).unwrap_err();
    assert_eq!(heavy.code(), Code::LimitExceeded);
    // Together they take longer than one of them may.
    let begun = Instant::now();
    for number in 0.. {
        // Each time another function: one that was compiled before takes no time.
        load(&runtime, &tangled_like(4, number)).unwrap();
        if begun.elapsed() >= Duration::from_secs(4) {
            break;
        }
    }
    assert_eq!(started().len(), 2);
}

#[test]
fn a_process_that_has_ended_meanwhile_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let (process, started) = noted(folder.path());
    let runtime = runtime(process);
    load(&runtime, &tangled(1)).unwrap();
    assert!(signal(started()[0], "KILL"));
    load(&runtime, &tangled(2)).unwrap();
    load(&runtime, &tangled(3)).unwrap();
    assert_eq!(started().len(), 2);
}

/// Asks a process as the runtime does: for a component's code, to be executed fast.
fn order(mut input: impl Write, component: &Component, stays: bool) {
    let bytes = component.bytes();
    let numbers = [2 << 30, 600, 0, u64::from(stays), bytes.len() as u64];
    let numbers: Vec<u8> = numbers.into_iter().flat_map(u64::to_le_bytes).collect();
    let order = [b"airs compile 5\n", numbers.as_slice(), bytes].concat();
    input.write_all(&order).unwrap();
}

/// Most functions of the second are those of the first.
#[test]
fn what_is_compiled_after_others_is_what_it_is_without_them() {
    let components = ["tally", "tally-next", "tally"].map(component);
    let compile = |components: &[Component], stays| -> Vec<Vec<u8>> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_compile-component"));
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (mut input, mut output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let code = components.iter().map(|component| {
            order(&mut input, component, stays);
            let mut begin = [0; 9];
            output.read_exact(&mut begin).unwrap();
            let [compiled, bytes @ ..] = begin;
            assert_eq!(compiled, 1);
            let mut code = vec![0; usize::try_from(u64::from_le_bytes(bytes)).unwrap()];
            output.read_exact(&mut code).unwrap();
            code
        });
        let code = code.collect();
        drop(input);
        assert!(child.wait().unwrap().success());
        code
    };
    let together = compile(&components, true);
    let alone = components
        .each_ref()
        .map(|one| compile(std::slice::from_ref(one), false).remove(0));
    assert!(together == alone);
    assert_ne!(together[0], together[1]);
}

/// Nobody else ends it.
#[test]
fn a_process_whose_parent_is_gone_ends_in_the_middle_of_its_work() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_compile-component"));
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    order(child.stdin.take().unwrap(), &tangled(60), false);
    let output = child.wait_with_output().unwrap();
    assert!(output.stdout.is_empty() && output.status.success(), "{output:?}");
}
