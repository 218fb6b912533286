//! A driver that panics or never answers.

use std::time::{Duration, Instant};

use crate::project::{build, succeed};
use crate::scene::Scene;

const HONEST: &str = "        Ok(Open { path, account })\n";
const FAULTY: &str = "        match account.unit.as_str() {
            \"panic\" => panic!(\"told to\"),
            \"loop\" => {
                println!(\"looping\");
                loop {
                    std::hint::spin_loop();
                }
            }
            _ => Ok(Open { path, account }),
        }
";

fn faulty() -> Scene {
    let mut scene = Scene::new("faulty");
    scene.run("new driver faulty --vcs none");
    scene.enter("faulty").run("new program payment --vcs none");
    scene.edit("src/lib.rs", HONEST, FAULTY);
    let project = scene.read("airs.toml") + "\n[runtime.limits]\ndeadline_ms = 60000\n";
    scene.write("airs.toml", project);
    build(&scene);
    for unit in ["panic", "loop", "usd"] {
        succeed(
            &scene,
            &format!("bind /{unit} --driver faulty --account '{{\"unit\":\"{unit}\",\"scale\":2}}'"),
        );
    }
    scene
}

fn pay(from: &str, to: &str) -> String {
    format!("run payment --input '{{\"from\":\"/{from}\",\"to\":\"/{to}\",\"amount\":\"1\"}}'")
}

#[test]
fn a_driver_that_goes_wrong_is_named_with_the_place() {
    let mut scene = faulty();
    let source = scene.read("src/lib.rs");
    let line = 1 + source.lines().position(|line| line.contains("panic!(")).unwrap();
    succeed(&scene, "control /usd mint --input '{\"amount\":\"5\"}'");

    let output = scene.command(&pay("usd", "panic")).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    let message = format!("error[trap]: driver \"faulty\" panicked at src/lib.rs:{line}:");
    assert!(stderr.contains(&message), "{stderr}");
    says_how_it_came_there(&mut scene, &stderr, &message);
    assert!(output.stdout.is_empty());
    let place = format!("src/lib.rs:{line}:");
    assert!(
        stderr.matches(&place).count() > 2 && !stderr.contains("/rustc/"),
        "{stderr}"
    );
    let output = scene
        .command(&format!("{} -v", pay("usd", "panic")))
        .output()
        .unwrap();
    assert!(String::from_utf8(output.stderr).unwrap().contains("/rustc/"));

    let output = scene
        .command(&format!("{} --message-format json", pay("panic", "usd")))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let objects = String::from_utf8(output.stdout).unwrap();
    let objects: Vec<serde_json::Value> = objects
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let (error, logs) = objects.split_last().unwrap();
    assert_eq!(
        (&error["reason"], &error["code"]),
        (&"error".into(), &"trap".into())
    );
    let causes = error["causes"].as_array().unwrap();
    assert_eq!(causes.len(), 2, "{error}");
    let call = causes[1].as_str().unwrap();
    assert!(
        call.starts_with("program \"payment\" asked for intend of /panic\n"),
        "{error}"
    );
    assert!(
        logs.iter()
            .all(|log| log["reason"] == "log" && log["component"] == "faulty"),
        "{logs:?}"
    );

    let begun = Instant::now();
    let output = scene
        .command(&format!("{} --timeout-ms 200", pay("usd", "loop")))
        .output()
        .unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(
        stderr.contains("error[deadline-exceeded]: driver \"faulty\" was still running at the deadline"),
        "{stderr}"
    );
    assert!(
        begun.elapsed() < Duration::from_secs(30),
        "the project's limit was waited for"
    );
    assert_eq!(succeed(&scene, "view /usd"), "5.00\n");
    #[cfg(unix)]
    interrupted(&scene);
}

/// In which function it was, and which call of the program led there.
fn says_how_it_came_there(scene: &mut Scene, stderr: &str, message: &str) {
    let said = stderr.lines().find(|said| said.starts_with(message)).unwrap();
    let function = " in <faulty::Ledger as airs::driver::Driver>::intend: told to";
    assert!(said.ends_with(function), "{said}");
    let called = "\n  caused by: program \"payment\" asked for intend of /panic\n";
    let (_, call) = stderr.split_once(called).unwrap();
    assert!(call.contains(": payment::pay\n"), "{stderr}");
    // Neither the standard library's nor the SDK's.
    assert!(!stderr.contains("/sdk/src/"), "{stderr}");
    scene.run(&pay("usd", "panic"));
    scene.check();
}

/// Ctrl-C while the driver loops.
#[cfg(unix)]
fn interrupted(scene: &Scene) {
    use std::io::{BufRead as _, BufReader, Read as _};
    use std::process::Stdio;

    use rustix::process::{Pid, Signal, kill_process};

    let mut child = scene
        .command(&pay("usd", "loop"))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    while !said.contains("faulty: looping") {
        assert_ne!(stderr.read_line(&mut said).unwrap(), 0, "{said}");
    }
    let id = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    kill_process(id, Signal::INT).unwrap();
    stderr.read_to_string(&mut said).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{said}");
    // These are said after the run was dropped. A process that had to be ended says nothing more.
    let last = "error[interrupted]: interrupted\n\
                help: nothing of the run remains, unless it was being committed: look before you repeat it\n";
    assert!(said.ends_with(last), "{said}");
    assert_eq!(succeed(scene, "view /usd"), "5.00\n");
}
