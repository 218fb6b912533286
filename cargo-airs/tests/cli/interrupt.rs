//! Ctrl-C while Cargo runs.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpListener;
use std::process::{Child, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::project::ledger;
use crate::scene::Scene;

/// A build that does not end: it tells that it has begun, and its end, by a connection.
pub(crate) const ENDLESS: &str = "\
use std::io::Read as _;
fn main() {
    let mut connection = std::net::TcpStream::connect(env!(\"PORT\")).unwrap();
    let _ = connection.read(&mut [0]);
}
";

/// A command that goes on; what it says is for whoever takes it.
fn started(scene: &Scene, line: &str) -> Child {
    let mut command = scene.command(line);
    let piped = command.stdout(Stdio::null()).stderr(Stdio::piped());
    piped.spawn().unwrap()
}

/// As Ctrl-C does.
fn interrupt(child: &Child) {
    let id = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    kill_process(id, Signal::INT).unwrap();
}

#[test]
fn everything_that_was_started_ends_and_nothing_is_left_behind() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut scene = Scene::new("interrupt");
    let manifest = "[package]\nname = \"endless\"\nedition = \"2024\"\n[lib]\ncrate-type = [\"cdylib\"]\n\
                    [package.metadata.airs]\nkind = \"program\"\n[workspace]\n";
    scene
        .write("Cargo.toml", manifest)
        .write("src/lib.rs", "")
        .write("build.rs", ENDLESS);
    scene.set("PORT", port.local_addr().unwrap().to_string());
    let mut child = started(&scene, "build");
    let (mut connection, _) = port.accept().unwrap();
    interrupt(&child);
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{said}");
    assert!(said.ends_with("error[interrupted]: interrupted\n"), "{said}");
    // The build script, a grandchild, is gone: its end of the connection is closed.
    assert_eq!(connection.read(&mut [0]).unwrap_or(0), 0);
    assert!(!scene.path().join("target/airs").exists());
}

/// A test that does not end, and has started something that does not want to: both tell so by a connection.
const ENDLESS_TEST: &str = r#"
use std::io::Read as _;

#[test]
fn endless() {
    let port = std::env::var("PORT").unwrap();
    let stubborn = "trap '' TERM; exec 3<>/dev/tcp/${PORT%:*}/${PORT#*:}; read -r -u 3";
    let _child = std::process::Command::new("bash").args(["-c", stubborn]).spawn().unwrap();
    let mut connection = std::net::TcpStream::connect(port).unwrap();
    let _ = connection.read(&mut [0]);
}
"#;

#[test]
fn tests_end_with_what_they_have_started_whether_that_wants_to_or_not() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut scene = ledger("interrupt_test");
    let run = scene.path().join("run");
    std::fs::create_dir(&run).unwrap();
    std::fs::set_permissions(&run, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    scene.set("XDG_RUNTIME_DIR", run.to_string_lossy());
    scene.set("PORT", port.local_addr().unwrap().to_string());
    scene.write("tests/endless.rs", ENDLESS_TEST);
    let mut child = started(&scene, "test --offline -p ledger endless");
    let mut connections = [port.accept().unwrap().0, port.accept().unwrap().0];
    let sockets = || {
        scene
            .files()
            .into_iter()
            .filter(|file| file.ends_with(".socket"))
            .count()
    };
    assert_eq!(sockets(), 1, "{:?}", scene.files());
    interrupt(&child);
    assert_eq!(child.wait().unwrap().code(), Some(130));
    // They are gone by now: nobody has their end of a connection, nor of the error stream.
    for connection in &mut connections {
        connection.set_nonblocking(true).unwrap();
        assert!(matches!(connection.read(&mut [0]), Ok(0)), "something goes on");
    }
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(said.ends_with("error[interrupted]: interrupted\n"), "{said}");
    assert_eq!(sockets(), 0, "{:?}", scene.files());
}

#[test]
fn a_demo_ends_with_what_it_has_started() {
    let scene = Scene::new("interrupt_demo");
    let mut child = started(&scene, "demo demonstration");
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    while !said.contains(" build --yes\n") {
        assert_ne!(stderr.read_line(&mut said).unwrap(), 0, "{said}");
    }
    interrupt(&child);
    // The end comes when the last of them is gone.
    stderr.read_to_string(&mut said).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{said}");
    assert!(said.contains("error[interrupted]: interrupted\n"), "{said}");
    assert!(!said.contains(" bind "), "{said}");
    assert!(!scene.path().join("demonstration/.airs").exists());
}
