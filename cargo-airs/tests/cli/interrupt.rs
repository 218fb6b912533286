//! Ctrl-C while Cargo runs.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpListener;
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};

use crate::scene::Scene;

/// A build that does not end: it tells that it has begun, and its end, by a connection.
pub(crate) const ENDLESS: &str = "\
use std::io::Read as _;
fn main() {
    let mut connection = std::net::TcpStream::connect(env!(\"PORT\")).unwrap();
    let _ = connection.read(&mut [0]);
}
";

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
    let mut child = scene
        .command("build")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut connection, _) = port.accept().unwrap();
    let id = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    kill_process(id, Signal::INT).unwrap();
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{said}");
    assert!(said.ends_with("error[interrupted]: interrupted\n"), "{said}");
    // The build script, a grandchild, is gone: its end of the connection is closed.
    assert_eq!(connection.read(&mut [0]).unwrap_or(0), 0);
    assert!(!scene.path().join("target/airs").exists());
}

#[test]
fn a_demo_ends_with_what_it_has_started() {
    let scene = Scene::new("interrupt_demo");
    let mut child = scene
        .command("demo demonstration")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    while !said.contains(" build --yes\n") {
        assert_ne!(stderr.read_line(&mut said).unwrap(), 0, "{said}");
    }
    let id = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    kill_process(id, Signal::INT).unwrap();
    // The end comes when the last of them is gone.
    stderr.read_to_string(&mut said).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{said}");
    assert!(said.contains("error[interrupted]: interrupted\n"), "{said}");
    assert!(!said.contains(" bind "), "{said}");
    assert!(!scene.path().join("demonstration/.airs").exists());
}
