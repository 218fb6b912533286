//! Other commands, while a loop serves the project.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixListener;
use std::process::Command;

use serde_json::Value;

use super::loops::Dev;
use super::project::unbound;
use crate::events::follow;
use crate::project::succeed;
use crate::scene::Scene;

/// What a command that fails writes to stderr, and its exit code.
fn fail(scene: &Scene, line: &str) -> (Option<i32>, String) {
    let output = scene.command(line).output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn other_commands_ask_the_loop_and_work_alone_without_one() {
    let scene = unbound("asked");
    let mut dev = Dev::start(&scene, "--state memory");
    assert_eq!(dev.turn().components(), ["asked-tally", "asked-bump"]);
    everything(&scene);
    // New code, the same state.
    let lib = scene.read("tally/src/lib.rs").replace("u32 = 41;", "u32 = 1;");
    fs::write(scene.path().join("tally/src/lib.rs"), lib).unwrap();
    assert_eq!(dev.turn().outcome(), "served");
    assert_eq!(succeed(&scene, "run asked-bump"), "\"124 one note 7 words\"\n");
    only_the_owner_can_connect(&scene);
    dev.kill();
    // What is left leads nowhere, and nothing was stored.
    assert!(scene.path().join(".airs/dev.json").exists());
    assert_eq!(succeed(&scene, "bindings"), "nothing is bound\n");
    let (code, said) = fail(&scene, "run asked-bump");
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("is not built"), "{said}");
    // The next loop is found again.
    let mut dev = Dev::start(&scene, "--state memory");
    dev.turn();
    succeed(&scene, "bind /tally --driver asked-tally --account null");
    assert_eq!(succeed(&scene, "run asked-bump"), "\"1 one note 7 words\"\n");
}

#[test]
fn what_happens_in_a_loop_is_followed_from_another_terminal() {
    let scene = unbound("heard");
    let mut dev = Dev::start(&scene, "");
    dev.turn();
    let serves = |event: &Value| event["kind"] == "loaded" && event["component"] == "heard-tally";
    follow(&scene, "", || {}, serves);
    let bind = || drop(succeed(&scene, "bind /tally --driver heard-tally --account null"));
    follow(&scene, "--caller operator", bind, |event| event["what"] == "bind");
    dev.kill();
    // It is kept, whoever looks.
    let kept = succeed(&scene, "events");
    assert!(
        kept.contains("  heard-tally serves, generation 1, sha256 "),
        "{kept}"
    );
    assert!(kept.ends_with(": bind of operator is done\n"), "{kept}");
}

#[test]
fn a_file_that_names_a_socket_and_came_from_elsewhere_leads_nowhere() {
    let mut scene = unbound("copied");
    let mut dev = Dev::start(&scene, "--state memory -p copied-tally");
    dev.turn();
    succeed(&scene, "bind /tally --driver copied-tally --account null");
    assert!(succeed(&scene, "bindings").starts_with("/tally "));
    // A copy of the project is another project.
    let place = scene.read(".airs/dev.json");
    let copied = Command::new("cp")
        .args(["-r", ".", "../copy"])
        .current_dir(scene.path())
        .status();
    assert!(copied.unwrap().success());
    scene.enter("copy");
    assert_eq!(scene.read(".airs/dev.json"), place);
    assert_eq!(succeed(&scene, "bindings"), "nothing is bound\n");
    // Nor is somebody else's socket talked to, though this user alone can enter its folder.
    let folder = scene.path().join("private");
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
    let agent = UnixListener::bind(folder.join("agent.socket")).unwrap();
    agent.set_nonblocking(true).unwrap();
    let mut place: Value = serde_json::from_str(&place).unwrap();
    place["socket"] = folder.join("agent.socket").to_str().unwrap().into();
    scene.write(".airs/dev.json", place.to_string());
    assert_eq!(succeed(&scene, "bindings"), "nothing is bound\n");
    assert_eq!(agent.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
}

#[test]
fn a_first_build_is_waited_for_while_it_goes_on_and_not_when_it_has_failed() {
    let mut scene = unbound("early");
    scene.edit("tally/src/lib.rs", "struct Tally;", "struct Tally");
    let mut dev = Dev::start(&scene, "--state memory -p early-tally");
    assert_eq!(dev.failure(), "build-failed");
    let bind = "bind /tally --driver early-tally --account null";
    let (code, said) = fail(&scene, bind);
    assert_eq!(code, Some(2), "{said}");
    assert!(
        said.contains("nothing serves yet: the first build has failed"),
        "{said}"
    );
    assert_eq!(succeed(&scene, "bindings"), "nothing is bound\n");
    scene.edit("tally/src/lib.rs", "struct Tally", "struct Tally;");
    // The build before may have written the lock file, which is looked at once more.
    let mends = |building: &Value| building["files"].to_string().contains("lib.rs");
    while !mends(&dev.until("dev-building")) {}
    let (code, said) = fail(&scene, "run early-bump --timeout-ms 1");
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("the first build goes on"), "{said}");
    succeed(&scene, bind);
    assert_eq!(succeed(&scene, "control /tally bump"), "\"41 one note 7\"\n");
}

#[test]
fn a_loop_that_is_stopped_is_not_waited_for() {
    let scene = unbound("silent");
    let mut dev = Dev::start(&scene, "--state memory -p silent-tally");
    dev.turn();
    let (code, said) = dev.while_stopped(|| fail(&scene, "bindings"));
    assert_eq!(code, Some(3), "{said}");
    let expected = format!(
        "as process {}, and does not answer\nhelp: it may be stopped",
        dev.id()
    );
    assert!(said.contains(&expected), "{said}");
    assert_eq!(succeed(&scene, "bindings"), "nothing is bound\n");
}

/// The same answers and exit codes as without a loop.
fn everything(scene: &Scene) {
    succeed(scene, "bind /tally --driver asked-tally --account null");
    let bound = "/tally  asked-tally, owned by operator, controlled by operator\n";
    assert_eq!(succeed(scene, "bindings"), bound);
    assert!(succeed(scene, "status").contains(bound));
    assert_eq!(succeed(scene, "run asked-bump"), "\"41 one note 7 words\"\n");
    assert_eq!(succeed(scene, "control /tally bump"), "\"82 one note 7\"\n");
    let id = "run asked-bump --id 01BX5ZZKBKACTAV9WEVGEMMVRZ --message-format json";
    let (code, said) = fail(scene, id);
    assert_eq!(code, Some(1), "{said}");
    for (line, code, reason) in [
        ("run asked-bump --as bob", 1, "denied"),
        ("run asked-missing", 2, "not-found"),
        ("control /nowhere bump", 2, "unbound"),
        ("view /tally", 1, "unsupported"),
        ("unbind nowhere", 2, "invalid-path"),
        ("run asked-bump --timeout-ms 0", 2, "usage"),
    ] {
        let (found, said) = fail(scene, line);
        assert_eq!(found, Some(code), "{line}: {said}");
        assert!(said.starts_with(&format!("error[{reason}]")), "{line}: {said}");
    }
    // What the run's components log is heard where it was asked for.
    let (_, said) = fail(scene, "control /tally bump");
    assert_eq!(said.trim(), "asked-tally: counting");
    // What serves is what is called and looked into.
    let inspected: Value =
        serde_json::from_str(&succeed(scene, "inspect asked-bump --message-format json")).unwrap();
    assert_eq!(inspected["name"], "asked-bump");
    assert!(succeed(scene, "explain asked-tally").contains("asked-tally"));
    let (code, said) = fail(scene, "call asked-bump 'run(\"null\")'");
    assert_eq!(code, Some(0), "{said}");
    succeed(scene, "bind /spare --driver asked-tally --account null");
    // Another state is not the loop's.
    assert_eq!(succeed(scene, "bindings --state elsewhere"), "nothing is bound\n");
    assert_eq!(succeed(scene, "bindings --context other"), "nothing is bound\n");
}

fn only_the_owner_can_connect(scene: &Scene) {
    let place: Value = serde_json::from_str(&scene.read(".airs/dev.json")).unwrap();
    let socket = std::path::Path::new(place["socket"].as_str().unwrap());
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(socket), 0o600);
    assert_eq!(mode(socket.parent().unwrap()), 0o700);
}
