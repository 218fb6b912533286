//! `cargo airs call`: any component, with nothing granted.

use crate::project::ledger;
use crate::scene::Scene;

const CALCULATOR: &str = r#"(component
  (core module $m
    (memory (export "memory") 1)
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
    (func (export "divide") (param i32 i32) (result i32) (i32.div_u (local.get 0) (local.get 1)))
    (func (export "loop") (loop (br 0)))
    (func (export "grow") (param i32) (result i32)
      (if (i32.eq (memory.grow (local.get 0)) (i32.const -1)) (then unreachable))
      memory.size))
  (core instance $i (instantiate $m))
  (type $operands (record (field "left" u32) (field "right" u32)))
  (func $divide (param "by" $operands) (result u32) (canon lift (core func $i "divide")))
  (instance $math (export "operands" (type $operands)) (export "divide" (func $divide)))
  (export "demo:calculator/math@1.0.0" (instance $math))
  (func (export "add") (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $i "add")))
  (func (export "spin") (canon lift (core func $i "loop")))
  (func (export "grow") (param "pages" u32) (result u32) (canon lift (core func $i "grow"))))
"#;

fn calculator(name: &'static str) -> Scene {
    let mut scene = Scene::new(name);
    scene.write("calculator.wat", CALCULATOR);
    scene
}

#[test]
fn a_function_of_any_component_is_called() {
    let mut scene = calculator("call");
    for (line, exit) in [
        ("call calculator.wat 'add(2, 3)'", 0),
        ("call calculator.wat 'add(2, 3)' --message-format json", 0),
        ("call calculator.wat 'divide({left: 7, right: 2})'", 0),
        ("call calculator.wat 'math.divide({left: 7, right: 2})'", 0),
        (
            "call calculator.wat 'demo:calculator/math@1.0.0.divide({right: 2, left: 9})'",
            0,
        ),
        ("call calculator.wat 'grow(10)'", 0),
        // There are no lines in it.
        ("call calculator.wat 'add(2, 3)' --debug", 0),
        ("call calculator.wat 'add(2, 3)' --debug --message-format json", 0),
    ] {
        assert_eq!(scene.run(line).status.code(), Some(exit), "{line}");
    }
    scene.check();
}

#[test]
fn what_cannot_be_called_like_this_is_wrong_usage_and_shows_how_it_can() {
    let mut scene = calculator("call_mistakes");
    scene
        .write("module.wat", "(module)")
        .write("broken.wat", "(component\n  (nonsense))");
    for line in [
        "call calculator.wat 'ad(2, 3)'",
        "call calculator.wat 'multiply(2, 3)'",
        "call calculator.wat 'add(2)'",
        "call calculator.wat 'add(2, -3)'",
        "call calculator.wat 'add(2, 3'",
        "call calculator.wat 'divide({left: 7, write: 2})'",
        "call calculator.wat 'add(2)' --message-format json",
        "call calculator.wat",
        "call calculator.wat 'add(2, 3)' --timeout-ms 0",
        "call calculator.wat 'add(2, 3)' --timeout-ms 100 --debug",
        "call calculator.wat 'add(2, 3)' --debug --release",
        "call calculator.wat 'add(2, 3)' --memory-mib 1025",
        "call missing.wat 'add(2, 3)'",
        "call module.wat 'add(2, 3)'",
        "call broken.wat 'add(2, 3)'",
    ] {
        assert_eq!(scene.run(line).status.code(), Some(2), "{line}");
    }
    scene.check();
}

#[test]
fn a_trap_and_a_limit_end_with_1_and_a_code() {
    let mut scene = calculator("call_limits");
    for line in [
        "call calculator.wat 'divide({left: 7, right: 0})'",
        "call calculator.wat 'spin()' --timeout-ms 20",
        "call calculator.wat 'spin()' --timeout-ms 20 --message-format json",
        "call calculator.wat 'grow(20)' --memory-mib 1",
    ] {
        assert_eq!(scene.run(line).status.code(), Some(1), "{line}");
    }
    scene.check();
}

#[test]
fn the_limits_of_a_project_count_for_its_components_and_for_files() {
    let mut scene = ledger("call_project_limits");
    scene.write("calculator.wat", CALCULATOR);
    let project = scene.read("airs.toml");
    let mut call = |limits: &str, line: &str, exit: i32| {
        scene.write("airs.toml", format!("{project}\n[runtime.limits]\n{limits}\n"));
        assert_eq!(scene.run(line).status.code(), Some(exit), "{limits}: {line}");
    };
    let null = "call payment 'run(\"null\")'";
    // What it was called with is at fault, and no limit.
    call("memory_bytes = 16777216", null, 0);
    call("memory_bytes = 65536", null, 1);
    call("memory_bytes = 65536", &format!("{null} --memory-mib 16"), 1);
    call("deadline_ms = 20", "call calculator.wat 'spin()'", 1);
    call(
        "deadline_ms = 20",
        "call calculator.wat 'spin()' --timeout-ms 300000",
        1,
    );
    call(
        "cpu_ms = 20",
        "call calculator.wat 'spin()' --timeout-ms 300000",
        1,
    );
    let grow = "call calculator.wat 'grow(20)'";
    call("memory_bytes = 1048576", grow, 1);
    call("memory_bytes = 16777216", &format!("{grow} --memory-mib 1"), 1);
    // More than what counts where nobody says.
    call("memory_bytes = 134217728", "call calculator.wat 'grow(1500)'", 0);
    // What it allows cannot be told.
    call("deadline_ms = \"20\"", grow, 2);
    scene.check();
    // Where a person is, or says to be, is what the project is looked for by.
    scene.write(
        "airs.toml",
        format!("{project}\n[runtime.limits]\nmemory_bytes = 1048576\n"),
    );
    scene.enter("elsewhere").write("calculator.wat", CALCULATOR);
    let code = |scene: &Scene, line: &str| scene.command(line).output().unwrap().status.code();
    assert_eq!(code(&scene, grow), Some(1));
    let mut outside = Scene::new("call_outside");
    let manifest = scene.path().join("../Cargo.toml");
    outside.write("calculator.wat", CALCULATOR);
    assert_eq!(code(&outside, grow), Some(0));
    let there = format!("{grow} --manifest-path '{}'", manifest.display());
    assert_eq!(code(&outside, &there), Some(1));
}

/// A component whose names would clear the screen, colour it, and say what this command never said.
const POSER: &str = r#"(component
  (core module $m
    (@custom "\1b[2Jsection\nerror[denied]: forged" "x")
    (func $"\1b[2Jname\nerror[denied]: forged" (export "trap") unreachable))
  (core instance $i (instantiate $m))
  (func (export "trap") (canon lift (core func $i "trap"))))
"#;

#[test]
fn a_component_drives_no_terminal_and_says_nothing_in_the_name_of_the_command() {
    let mut scene = Scene::new("call_poser");
    scene.write("poser.wat", POSER);
    for (line, exit, shown) in [
        ("call poser.wat 'trap()' --color always", 1, "\\u{1b}[2Jname"),
        ("inspect poser.wat", 0, "\\u{1b}[2Jsection"),
        ("inspect poser.wat --color always", 0, "\\u{1b}[2Jsection"),
    ] {
        let output = scene.command(line).output().unwrap();
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert_eq!(output.status.code(), Some(exit), "{line}: {text}");
        assert!(
            text.contains(shown) && !text.contains("\u{1b}[2J"),
            "{line}: {text}"
        );
        assert!(!text.contains("\nerror[denied]"), "{line}: {text}");
    }
}

#[test]
fn what_programs_read_drives_no_terminal_and_is_what_it_was() {
    // One that is one character to a terminal, and one that turns what follows.
    let name = "\u{9b}2J\u{202e}name\u{7f}";
    let mut scene = Scene::new("call_poser_json");
    scene.write(
        "poser.wat",
        POSER
            .replace("section", "\\c2\\9b2J\\e2\\80\\aename\\7f")
            .replace("Jname", "J\\c2\\9b2J\\e2\\80\\aename\\7f"),
    );
    for (line, exit) in [("call poser.wat 'trap()'", 1), ("inspect poser.wat", 0)] {
        let output = scene
            .command(&format!("{line} --message-format json"))
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(exit), "{line}: {text}");
        assert!(text.contains(r"\u009b2J\u202ename\u007f"), "{line}: {text}");
        let drives = |character: char| character.is_control() && character != '\n' || character == '\u{202e}';
        assert!(!text.contains(drives), "{line}: {text:?}");
        let said: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert!(values(&said).any(|value| value.contains(name)), "{line}: {said}");
    }
}

/// Every text in a document.
fn values(document: &serde_json::Value) -> Box<dyn Iterator<Item = &str> + '_> {
    match document {
        serde_json::Value::String(text) => Box::new(std::iter::once(text.as_str())),
        serde_json::Value::Array(all) => Box::new(all.iter().flat_map(values)),
        serde_json::Value::Object(all) => Box::new(all.values().flat_map(values)),
        _ => Box::new(std::iter::empty()),
    }
}

const COMPILED: &str = "was compiled in a process of its own";

#[test]
fn a_component_is_compiled_by_a_process_of_its_own_and_kept() {
    let mut scene = calculator("call_cache");
    let cache = scene.path().join("cache");
    scene.set("AIRS_CACHE_DIR", cache.display().to_string());
    let said = |scene: &Scene| {
        let output = scene
            .command("call calculator.wat 'add(2, 3)' -v")
            .output()
            .unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), "5\n");
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(said(&scene).contains(COMPILED));
    assert!(said(&scene).contains("was compiled before"));
    let files = || {
        std::fs::read_dir(cache.join("code"))
            .unwrap()
            .map(|file| file.unwrap().path())
    };
    let entry = files().find(|file| file.extension().is_some()).unwrap();
    std::fs::write(entry, "something else").unwrap();
    let text = said(&scene);
    assert!(
        text.contains("is not used: it is not as it was written") && text.contains(COMPILED),
        "{text}"
    );
    // What cannot be trusted is not used, and nothing fails for it.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(cache.join("code"), std::fs::Permissions::from_mode(0o777)).unwrap();
        let text = said(&scene);
        assert!(
            text.contains("warning: compiled code is not kept: the code cache"),
            "{text}"
        );
        assert!(
            text.contains("is not private") && text.contains(COMPILED),
            "{text}"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_component_comes_through_a_pipe() {
    use std::io::Write as _;
    use std::process::Stdio;

    let scene = calculator("call_pipe");
    let component = airs_runtime::Component::from_text(CALCULATOR).unwrap();
    let mut command = scene.command("call /dev/stdin 'add(2, 3)'");
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = piped.spawn().unwrap();
    let mut pipe = child.stdin.take().unwrap();
    pipe.write_all(component.bytes()).unwrap();
    drop(pipe);
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "5\n", "{output:?}");
}

/// Without a pool, an instance needs more than 4 GiB of address space for its memory.
#[cfg(target_os = "linux")]
#[test]
fn what_the_system_refuses_is_no_fault_of_the_component() {
    let scene = calculator("call_refused");
    let mut shell = std::process::Command::new("sh");
    let line = "ulimit -v 3000000 && exec \"$0\" airs call calculator.wat 'add(2, 3)'";
    shell.args(["-c", line, env!("CARGO_BIN_EXE_cargo-airs")]);
    shell.current_dir(scene.path());
    scene.surround(&mut shell);
    let output = shell.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("error[busy]: the system refuses what component"),
        "{said}"
    );
}
