//! `cargo airs new`.

use std::fs;
use std::process::Command;

use crate::scene::Scene;

#[test]
fn a_component_outside_a_project_stands_alone() {
    let mut scene = Scene::new("new_alone");
    scene.run("new driver ledger");
    scene.run("new program payment --message-format json");
    scene
        .show("ledger/Cargo.toml")
        .show("ledger/airs.toml")
        .show("ledger/.gitignore");
    scene.show("payment/Cargo.toml").show("payment/airs.toml");
    scene.check();
    let files = [
        "",
        "/.airs",
        "/.airs/airs.schema.json",
        "/.gitignore",
        "/Cargo.lock",
        "/Cargo.toml",
        "/README.md",
        "/airs.toml",
        "/src",
        "/src/lib.rs",
        "/tests",
        "/tests/as_built.rs",
    ];
    let mut expected: Vec<String> = ["ledger", "payment"]
        .iter()
        .flat_map(|name| files.map(|file| format!("{name}{file}")))
        .collect();
    expected.push("ledger/src/tests.rs".to_owned());
    expected.sort();
    assert_eq!(scene.files(), expected);
}

#[test]
fn a_component_inside_a_project_joins_it() {
    let mut scene = Scene::new("new_joins");
    scene.run("new driver ledger");
    scene
        .enter("ledger")
        .edit("airs.toml", "version = 1", "version = 1 # of the file");
    scene.edit("Cargo.toml", "[workspace]\n", "[workspace] # ours\n");
    scene.run("new program payment");
    scene.enter("ledger/payment/src").run("new driver tickets");
    scene
        .enter("ledger")
        .show("airs.toml")
        .show("Cargo.toml")
        .show("tickets/Cargo.toml");
    scene.run("new program payment");
    scene.check();
    assert!(!scene.files().contains(&"payment/Cargo.lock".to_owned()));
}

#[test]
fn an_empty_project_becomes_a_workspace() {
    let mut scene = Scene::new("new_in_an_empty_project");
    scene.write("airs.toml", "# Nothing yet.\nversion = 1\n");
    scene.run("new driver ledger");
    scene.show("airs.toml").show("Cargo.toml");
    scene.check();
    let metadata = scene.cargo("metadata --locked --format-version 1");
    assert!(
        metadata.status.success(),
        "{}",
        String::from_utf8_lossy(&metadata.stderr)
    );
}

#[test]
fn what_is_there_is_not_touched() {
    let mut scene = Scene::new("new_existing");
    scene.write("folder/file", "mine").write("file", "mine");
    scene.run("new driver folder");
    scene.run("new driver file");
    scene.write(
        "airs.toml",
        "version = 1\n[components.ledger]\npath = \"elsewhere\"\n",
    );
    scene.run("new program ledger");
    scene.write(
        "airs.toml",
        "version = 1\n[componets.ledger]\npath = \"elsewhere\"\n",
    );
    scene.run("new program payment");
    scene.check();
    assert_eq!(scene.files(), ["airs.toml", "file", "folder", "folder/file"]);
    assert_eq!(scene.read("file"), "mine");
}

#[test]
fn a_failure_on_the_way_leaves_nothing() {
    let mut scene = Scene::new("new_fails");
    scene
        .write("airs.toml", "version = 1\n")
        .write("Cargo.toml", "[workspace]\nmembers = \"all\"\n");
    scene.run("new driver ledger");
    scene.write("Cargo.toml", "[workspace\n");
    scene.run("new driver ledger");
    scene.check();
    assert_eq!(scene.files(), ["Cargo.toml", "airs.toml"]);
    assert_eq!(scene.read("airs.toml"), "version = 1\n");
}

#[test]
fn git_is_asked_for_a_repository_unless_there_is_one() {
    let repository = |scene: &Scene, folder: &str| scene.path().join(folder).join(".git").exists();
    let mut scene = Scene::new("git");
    scene.run("new driver first");
    assert!(repository(&scene, "first"));
    scene.run("new driver second --vcs none");
    assert!(!repository(&scene, "second") && !scene.path().join("second/.gitignore").exists());
    let status = Command::new("git")
        .args(["init", "--quiet"])
        .current_dir(scene.path())
        .status();
    assert!(status.unwrap().success());
    scene.run("new driver third");
    assert!(!repository(&scene, "third") && scene.path().join("third/.gitignore").exists());
    scene.run("new driver fourth --vcs git");
    assert!(repository(&scene, "fourth"));
    scene.write(".gitignore", "fifth\n").run("new driver fifth");
    assert!(repository(&scene, "fifth"));
}

#[test]
fn the_sdk_may_be_somewhere_else() {
    let mut scene = Scene::new("new_sdk");
    scene.write("my sdk/Cargo.toml", "[package]\nname = \"airs-sdk\"\n");
    scene.write("other/Cargo.toml", "[package]\nname = \"other\"\n");
    scene.run("new driver ledger --sdk 'my sdk'");
    scene.run("new driver payment --sdk other");
    scene.check();
    let line = format!(
        "airs = {{ package = \"airs-sdk\", path = \"{}\" }}",
        scene.path().join("my sdk").display()
    );
    assert!(scene.read("ledger/Cargo.toml").contains(&line));
}

/// A template of a person's own: a program with a file that cannot be text.
fn with_template(scene: &mut Scene) {
    scene.write(
        "own/Cargo.toml.hbs",
        "[package]\nname = \"{{name}}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[lib]\ncrate-type = [\"cdylib\"]\n\n\
         [package.metadata.airs]\nkind = \"{{kind}}\"\n\n[dependencies]\nairs = {{sdk}}\n\
         {{#if alone}}\n[workspace]\n{{profiles}}{{/if}}\n",
    );
    let program = "//! {{name}} is not replaced here.\n\n/// Says hello.\n#[airs::program]\n\
                   fn hello() -> airs::Result<String> {\n    Ok(\"hello\".to_owned())\n}\n";
    scene
        .write("own/src/lib.rs", program)
        .write("own/build.sh", "touch ran\n")
        .write("own/picture.png", [0x89, 0x50, 0xff, 0x00]);
}

#[test]
fn a_template_of_ones_own_is_rendered() {
    let mut scene = Scene::new("new_template");
    with_template(&mut scene);
    scene.run("new program hello --template own --vcs none");
    scene.show("hello/Cargo.toml").show("hello/airs.toml");
    scene.run("new program other --template own/src");
    scene.run("new driver other --template nowhere");
    scene.write("own/src/more.hbs", "{{author}}");
    scene.run("new driver other --template own");
    scene.check();
    let unreachable = scene.command("new driver other --template https://127.0.0.1:1/a.git#v1");
    assert_eq!({ unreachable }.output().unwrap().status.code(), Some(3));
    assert!(!scene.path().join("other").exists());
    assert_eq!(
        fs::read(scene.path().join("hello/picture.png")).unwrap(),
        [0x89, 0x50, 0xff, 0x00]
    );

    let built = scene.enter("hello").run("build");
    assert!(
        built.status.success(),
        "{}",
        String::from_utf8_lossy(&built.stderr)
    );
    let ran = scene.run("run hello");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}

#[test]
fn a_hostile_template_is_refused_in_a_few_words() {
    let mut scene = Scene::new("new_template_hostile");
    with_template(&mut scene);
    for (file, text) in [
        ("own/deep/.AIRS/dev.json", "{}".to_owned()),
        ("own/deep.hbs", "{{#if alone}}".repeat(1_500)),
        ("own/many.hbs", "{{sdk}}".repeat(40_000)),
        ("own/large.hbs", "a".repeat(15 << 20)),
        ("own/braces.hbs", "{".repeat(3_000_000)),
        ("own/unknown.hbs", format!("{{{{{}}}}}", "a".repeat(60_000))),
    ] {
        scene.write(file, text);
        let refused = scene.run("new program hello --template own --vcs none");
        let told = String::from_utf8(refused.stderr).unwrap();
        assert_eq!(refused.status.code(), Some(2), "{file}: {told}");
        let named = file.trim_start_matches("own/").trim_end_matches("/dev.json");
        assert!(told.contains(named), "{file}: {told}");
        assert!(told.len() < 1_000, "{file}: {} bytes are told", told.len());
        assert!(!scene.path().join("hello").exists(), "{file}");
        fs::remove_file(scene.path().join(file)).unwrap();
        // The folder, where there is one, would be refused, too.
        let _ = fs::remove_dir(scene.path().join("own/deep/.AIRS"));
    }
}

#[cfg(unix)]
#[test]
fn nothing_of_a_template_from_a_repository_is_run() {
    use std::os::unix::fs::PermissionsExt as _;
    let mut scene = Scene::new("new_template_from_git");
    with_template(&mut scene);
    let hook = |scene: &mut Scene, file: &str| {
        let ran = scene.path().join("ran");
        scene.write(file, format!("#!/bin/sh\ntouch {}\n", ran.display()));
        fs::set_permissions(scene.path().join(file), fs::Permissions::from_mode(0o755)).unwrap();
    };
    hook(&mut scene, "own/hooks/post-checkout");
    hook(&mut scene, "own/.githooks/post-checkout");
    let git = |scene: &Scene, line: &str| {
        let own = scene.path().join("own");
        let identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
        let git = Command::new("git")
            .args(identity)
            .args(line.split(' '))
            .current_dir(own)
            .output();
        assert!(git.unwrap().status.success(), "{line}");
    };
    [
        "init --quiet",
        "add --all",
        "commit --quiet -m first",
        "tag v1",
        "rm --quiet Cargo.toml.hbs",
        "commit --quiet -m second",
    ]
    .iter()
    .for_each(|line| git(&scene, line));
    // What a person may have set for all repositories.
    hook(&mut scene, "hooks/post-checkout");
    hook(&mut scene, "git/hooks/post-checkout");
    let (hooks, usual) = (scene.path().join("hooks"), scene.path().join("git"));
    let settings = format!(
        "[core]\nhooksPath = {}\n[init]\ntemplateDir = {}\n",
        hooks.display(),
        usual.display()
    );
    scene.write("gitconfig", settings);
    scene.set(
        "GIT_CONFIG_GLOBAL",
        scene.path().join("gitconfig").to_string_lossy(),
    );

    let address = format!("file://{}", scene.path().join("own").display());
    let newest = scene.run(&format!("new program hello --vcs none --template {address}"));
    assert_eq!(
        newest.status.code(),
        Some(2),
        "its newest state has no Cargo.toml"
    );
    let tagged = scene.run(&format!("new program hello --vcs none --template {address}#v1"));
    assert!(
        tagged.status.success(),
        "{}",
        String::from_utf8_lossy(&tagged.stderr)
    );
    assert!(scene.path().join("hello/Cargo.toml").exists());
    assert!(!scene.path().join("ran").exists() && !scene.path().join("hello/ran").exists());
}
