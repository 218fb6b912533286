//! `cargo airs test`, and what a test can do with `airs-testing`.

use std::process::Output;

use crate::scene::Scene;
use crate::untested::untested;

const DRIVER: &str = include_str!("test/driver.rs");
const TESTS: &str = include_str!("test/tests.rs");

/// A project with a driver that has something of everything, and the program of the template.
fn watch(name: &'static str) -> Scene {
    let mut scene = Scene::new(name);
    // Components are put into service time and again.
    let cache = scene.path().join("cache");
    scene.set("AIRS_CACHE_DIR", cache.to_string_lossy().into_owned());
    let new = |scene: &Scene, line: &str| assert!(scene.command(line).output().unwrap().status.success());
    new(&scene, &format!("new driver {name}-watch --vcs none"));
    scene.enter(&format!("{name}-watch"));
    new(&scene, &format!("new program {name}-bump --vcs none"));
    let known = "clock = true, random = true, log = true, http = [\"rates.example\"], \
                 environment = [\"RATE\",\"HOME\"], files = {rates=\"read\"}";
    scene
        .edit(
            "Cargo.toml",
            "storage = true }",
            &format!("storage = true, {known} }}"),
        )
        .edit(
            "airs.toml",
            "storage = true",
            &format!("storage = true\n{}", known.replace(", ", "\n")),
        )
        .write("tests/files/local/rates/usd", "1.17")
        .write("src/lib.rs", DRIVER)
        .write("tests/as_built.rs", TESTS.replace("NAME", name));
    std::fs::remove_file(scene.path().join("src/tests.rs")).unwrap();
    scene.write(
        &format!("{name}-bump/src/lib.rs"),
        "//! Bumps.\n\nuse airs::{Result, Rights, val};\n\n/// Has something done.\n#[airs::program]\n\
         fn bump(operation: String) -> Result<String> {\n    \
         Ok(val::intend(\"/watch\", Rights::CONTROL)?.control(&operation, \"null\")?.to_string())\n}\n",
    );
    std::fs::remove_dir_all(scene.path().join(format!("{name}-bump/tests"))).unwrap();
    scene
}

fn passes(output: &Output) -> String {
    let (stdout, stderr) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert_eq!(output.status.code(), Some(0), "{stdout}\n{stderr}");
    format!("{stdout}{stderr}")
}

#[test]
fn tests_have_runtimes_of_their_own_in_which_everything_can_be_had_and_go_wrong() {
    let mut scene = watch("staged");
    let text = passes(&scene.command("test --locked").output().unwrap());
    assert!(
        text.contains("Passed all tests, with staged-bump, staged-watch in service"),
        "{text}"
    );

    // A process for each test, in which nothing is shared but the one that serves.
    match scene.cargo("nextest --version").status.success() {
        true => {
            passes(&scene.command("test --nextest").output().unwrap());
            // With Cargo that is no failure either.
            passes(
                &scene
                    .command("test --nextest nothing_of_that_name")
                    .output()
                    .unwrap(),
            );
        }
        false => untested("cargo-nextest is not installed"),
    }

    what_is_measured_is_what_runs(&scene);

    what_is_meant_is_what_counts(&mut scene);
    nobody_serves(&mut scene);

    // Objects for programs, and nothing else on stdout.
    let line = "test --message-format json -q -p staged-watch time_stands_still -- --nocapture";
    let output = scene.command(line).output().unwrap();
    passes(&output);
    let last = String::from_utf8_lossy(&output.stdout)
        .lines()
        .last()
        .unwrap()
        .to_owned();
    let object = crate::schema::message(&last);
    assert_eq!(object["reason"], "tests-passed");
    assert_eq!(
        object["components"],
        serde_json::json!(["staged-bump", "staged-watch"])
    );
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        assert!(line.starts_with('{'), "{line}");
    }

    // A test that fails is no build that fails.
    scene.edit(
        "tests/as_built.rs",
        "const MINUTE: u64 = 60;",
        "const MINUTE: u64 = 61;",
    );
    let failed = scene.command("test --color always").output().unwrap();
    assert_eq!(failed.status.code(), Some(1));
    let stderr = String::from_utf8_lossy(&failed.stderr);
    assert!(
        stderr.contains("\u{1b}[1m\u{1b}[91merror[tests-failed]\u{1b}[0m: "),
        "{stderr}"
    );
    scene.edit(
        "tests/as_built.rs",
        "const MINUTE: u64 = 61;",
        "const MINUTE: u64 = ;",
    );
    assert_eq!(scene.command("test").output().unwrap().status.code(), Some(101));
}

fn what_is_meant_is_what_counts(scene: &mut Scene) {
    // What is meant is looked for before anything is built.
    let output = scene.command("test -p staged-wtach").output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(
        stderr.contains("there is no package \"staged-wtach\" here"),
        "{stderr}"
    );
    assert!(stderr.contains("there is staged-watch"), "{stderr}");

    // Who does without a component does not need it to be granted what it declares.
    scene.edit("airs.toml", "random = true", "random = false");
    let text = passes(&scene.command("test -p staged-bump").output().unwrap());
    assert!(
        text.contains("no test can have staged-watch in service"),
        "{text}"
    );
    assert!(text.contains("with staged-bump in service"), "{text}");
    scene.edit("airs.toml", "random = false", "random = true");
}

fn nobody_serves(scene: &mut Scene) {
    // Nobody serves: the tests start the tool.
    let tool = env!("CARGO_BIN_EXE_cargo-airs");
    scene.set("AIRS_TEST_TOOL", tool);
    passes(&scene.cargo("test --locked --test as_built"));
    scene.set("AIRS_TEST_TOOL", "/nowhere/cargo-airs");
    let output = scene.cargo("test --locked --test as_built time_stands_still");
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(
        stdout.contains("run these tests with `cargo airs test`"),
        "{stdout}"
    );
}

/// Runs on a copy of the state have the folders that runs on the state have, and nothing is printed of them.
fn what_is_measured_is_what_runs(scene: &Scene) {
    let run = |line: &str| passes(&scene.command(line).output().unwrap());
    run("bind /watch --driver staged-watch --account null --controller operator");
    let folder = scene.path().join(".airs/state/files/local/rates");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("usd"), "1.18").unwrap();
    run("bench staged-bump --input '\"file\"' --runs 3");
    let silent = run("bench staged-bump --input '\"count\"' --runs 3 --at-once 5");
    assert!(!silent.contains("counted to"), "{silent}");
    assert!(silent.contains("the 99th percentile is the slowest"), "{silent}");
    let asked = run("bench staged-bump --input '\"count\"' --runs 3 -v");
    assert!(asked.contains("counted to"), "{asked}");
}

#[test]
fn what_is_missing_is_named() {
    let mut scene = Scene::new("test_missing");
    scene.run("test");
    scene.run("test --nextest --coverage");
    scene.check();
}

/// The toolchain's tools are played: they may not be installed where this is tested.
#[cfg(unix)]
#[test]
fn what_tests_have_covered_is_read_by_the_toolchains_own_tools() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    let mut scene = watch("covered");
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let library = scene.path().join("toolchain/lib");
    scene
        .write(
            "toolchain/rustc",
            format!(
                "#!/bin/sh\nif [ \"$*\" = '--print target-libdir' ]; then echo {}; else exec {rustc} \"$@\"; fi\n",
                library.display()
            ),
        )
        .write("toolchain/lib/here", "");
    let executable = |scene: &Scene, file: &str| {
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(scene.path().join(file), mode).unwrap();
    };
    executable(&scene, "toolchain/rustc");
    let played = scene.path().join("toolchain/rustc");
    scene.set("RUSTC", played.to_string_lossy().into_owned());

    let refused = scene.command("test --coverage").output().unwrap();
    let stderr = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(3), "{stderr}");
    assert!(stderr.contains("llvm-profdata is not installed"), "{stderr}");
    assert!(stderr.contains("rustup component add llvm-tools"), "{stderr}");

    let out = scene.path();
    // One file of the workspace, and one of somebody else.
    let summary =
        r#"{"lines":{"count":8,"covered":7,"percent":87.5},"regions":{"count":4,"covered":1,"percent":25}}"#;
    let file = |path: &str| format!(r#"{{"filename":"{path}","summary":{summary}}}"#);
    let own = file(&out.join("src/lib.rs").display().to_string());
    let exported = format!(
        r#"{{"data":[{{"files":[{own},{}]}}]}}"#,
        file("/registry/src/lib.rs")
    );
    for (tool, says) in [("llvm-profdata", "merged"), ("llvm-cov", exported.as_str())] {
        let file = format!("toolchain/bin/{tool}");
        let note = out.join(tool);
        scene.write(
            &file,
            format!("#!/bin/sh\necho \"$@\" > {}\necho '{says}'\n", note.display()),
        );
        executable(&scene, &file);
    }
    // Nowhere is a socket that would be this user's alone: the tests start the tool, which must not build what is counted.
    let user = std::fs::metadata(&out).unwrap().uid();
    let open = format!("open/airs-{user}");
    scene.write(&format!("{open}/here"), "");
    executable(&scene, &open);
    scene.set("XDG_RUNTIME_DIR", "");
    scene.set("TMPDIR", out.join("open").display().to_string());
    let line = "test --locked --coverage -p covered-watch -q --message-format json time_stands_still";
    let output = scene.command(line).output().unwrap();
    passes(&output);
    let stdout = String::from_utf8_lossy(&output.stdout);
    let objects: Vec<serde_json::Value> = stdout.lines().map(crate::schema::message).collect();
    let measured = objects
        .iter()
        .find(|object| object["reason"] == "coverage-measured");
    let measured = measured.unwrap_or_else(|| panic!("{stdout}"));
    assert_eq!(measured["files"].as_array().unwrap().len(), 1);
    assert_eq!(measured["files"][0]["file"], "src/lib.rs");
    assert_eq!(
        (&measured["lines_covered"], &measured["regions"]),
        (&7.into(), &4.into())
    );
    let merged = scene.read("llvm-profdata");
    assert!(merged.contains(".profraw"), "{merged}");
    assert!(scene.read("llvm-cov").contains("--object"));
}
