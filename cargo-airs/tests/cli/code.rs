//! What a project's components are compiled to is kept.

use crate::project::accounts;
use crate::scene::Scene;

const COMPILED: &str = "was compiled in a process of its own";
const KEPT: &str = "was compiled before";

/// How many components a run says to have compiled, and how many to have found.
fn pay(scene: &Scene) -> (usize, usize) {
    let order = "{\"from\":\"~/usd\",\"to\":\"/accounts/bob/usd\",\"amount\":\"1\"}";
    let output = scene
        .command(&format!("run payment --as alice --input '{order}' -v"))
        .output()
        .unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    (stderr.matches(COMPILED).count(), stderr.matches(KEPT).count())
}

#[test]
fn a_run_compiles_the_first_time_only() {
    let mut scene = accounts("code_kept");
    assert_eq!(pay(&scene), (2, 0), "there is no cache unless there is a folder");
    let cache = scene.path().join("cache");
    scene.set("AIRS_CACHE_DIR", cache.display().to_string());
    assert_eq!(pay(&scene), (2, 0));
    assert_eq!(pay(&scene), (0, 2));
    std::fs::remove_dir_all(&cache).unwrap();
    assert_eq!(pay(&scene), (2, 0));
}

#[cfg(target_os = "linux")]
#[test]
fn the_folder_is_the_users_own_for_what_can_be_made_again() {
    for (variable, code) in [("XDG_CACHE_HOME", "airs/code"), ("HOME", ".cache/airs/code")] {
        let scene = accounts("code_folder");
        let folder = scene.path().join("own");
        let mut command = scene.command("bindings");
        command.env_remove("AIRS_CACHE_DIR").env_remove("XDG_CACHE_HOME");
        // Relative, it is not looked at.
        command.env("XDG_CACHE_HOME", "cache").env(variable, &folder);
        assert!(command.status().unwrap().success());
        assert!(folder.join(code).join("key").exists(), "{variable}");
    }
}
