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
    let known = "clock = true, random = true, log = true, http = [\"rates.example\"]";
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
        true => drop(passes(&scene.command("test --nextest").output().unwrap())),
        false => untested("cargo-nextest is not installed"),
    }

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
    use std::os::unix::fs::PermissionsExt as _;
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
    for (tool, says) in [("llvm-profdata", "merged"), ("llvm-cov", "TOTAL 87.50%")] {
        let file = format!("toolchain/bin/{tool}");
        let note = out.join(tool);
        scene.write(
            &file,
            format!("#!/bin/sh\necho \"$@\" > {}\necho '{says}'\n", note.display()),
        );
        executable(&scene, &file);
    }
    let output = scene
        .command("test --coverage -p covered-bump -q")
        .output()
        .unwrap();
    assert!(passes(&output).contains("TOTAL 87.50%"));
    let merged = scene.read("llvm-profdata");
    assert!(merged.contains(".profraw"), "{merged}");
    assert!(scene.read("llvm-cov").contains("--object"));
}
