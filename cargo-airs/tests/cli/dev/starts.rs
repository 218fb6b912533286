//! Beginning and ending.

use std::process::Output;

use super::loops::Dev;
#[cfg(unix)]
use super::project::endless;
use super::project::tally;
use crate::scene::Scene;

fn second(scene: &Scene) -> Output {
    scene.command("dev").output().unwrap()
}

#[test]
fn there_is_one_loop_and_after_its_sudden_end_the_next_goes_on() {
    let scene = tally("starts");
    let mut dev = Dev::start(&scene, "--run starts-bump");
    assert_eq!(dev.answer().1, "41 one note 7 words");
    let refused = second(&scene);
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(2), "{said}");
    assert!(said.contains(&format!("as process {}", dev.id())), "{said}");
    dev.kill();
    // What was committed is there, and nothing is in the way.
    let mut dev = Dev::start(&scene, "--run starts-bump --poll");
    assert_eq!(dev.until("dev-started")["watching"], "poll");
    assert_eq!(dev.answer().1, "82 one note 7 words");
    let lib = scene.read("tally/src/lib.rs").replace("u32 = 41;", "u32 = 1;");
    std::fs::write(scene.path().join("tally/src/lib.rs"), lib).unwrap();
    assert_eq!(dev.answer().1, "83 one note 7 words");
    dev.kill();
    let mut dev = Dev::start(&scene, "-p starts-tally --fresh");
    assert_eq!(dev.turn().components(), ["starts-tally"]);
    assert!(scene.path().join(".airs/state/local.sqlite").exists());
    assert_eq!(crate::project::succeed(&scene, "bindings"), "nothing is bound\n");
}

#[cfg(unix)]
#[test]
fn a_build_ends_with_its_loop_however_that_ends_and_with_a_change() {
    use std::io::{ErrorKind, Read as _};
    use std::net::{TcpListener, TcpStream};
    use std::time::Duration;

    // Whoever had the other end is gone.
    let is_closed = |mut connection: TcpStream| {
        connection
            .set_read_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        let read = connection.read(&mut [0]).map_err(|error| error.kind());
        matches!(read, Ok(0) | Err(ErrorKind::ConnectionReset))
    };
    let port = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut scene = endless("endless", &port);
    let mut dev = Dev::start(&scene, "");
    let (first, _) = port.accept().unwrap();
    // The crate itself is compiled when its script has ended, and is built as it is then.
    let script = scene.read("build.rs");
    scene.write("build.rs", format!("{script}// A change.\n"));
    dev.until("dev-cancelled");
    let (second, _) = port.accept().unwrap();
    // The second build has begun, so that nothing of the first is left: not the build script, which Cargo had started, nor what
    // that has started.
    first.set_nonblocking(true).unwrap();
    assert_eq!((&first).read(&mut [0]).map_err(|error| error.kind()), Ok(0));
    dev.kill();
    assert!(is_closed(second));
}

#[cfg(target_os = "linux")]
#[test]
fn a_loop_goes_on_when_the_file_that_it_was_started_from_is_replaced() {
    let mut scene = super::project::unbound("replaced");
    let tool = scene.path().join("tool");
    let from = env!("CARGO_BIN_EXE_cargo-airs");
    std::fs::hard_link(from, &tool)
        .or_else(|_| std::fs::copy(from, &tool).map(drop))
        .unwrap();
    let mut dev = Dev::start_from(&tool, &scene, "-p replaced-bump --state memory");
    assert_eq!(dev.turn().outcome(), "served");
    dev.is_quiet(&scene.path().join("bump/src/lib.rs"));
    // As an upgrade does it.
    scene.write("other", "not a program");
    std::fs::rename(scene.path().join("other"), &tool).unwrap();
    scene.write("bump/words.txt", "other words\n");
    let turn = dev.turn();
    assert_eq!(turn.outcome(), "served", "{:#?}", dev.heard());
}

#[cfg(unix)]
#[test]
fn a_loop_ends_when_nobody_reads_what_it_says() {
    let scene = super::project::unbound("unread");
    let mut command = scene.command("dev -p unread-tally --state memory --message-format json");
    command
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::piped());
    let mut dev = command.spawn().unwrap();
    // It is closed when this has found that the loop goes on.
    let stdout = std::io::BufReader::new(dev.stdout.take().unwrap());
    let lines = std::io::BufRead::lines(stdout).map_while(Result::ok);
    assert!(lines.into_iter().any(|line| line.contains("dev-turn")));
    assert_eq!(dev.wait().unwrap().code(), Some(0));
    assert!(!scene.path().join(".airs/dev.json").exists());
}

#[cfg(unix)]
#[test]
fn a_loop_goes_on_alone_when_there_is_no_place_where_others_could_ask_it() {
    use std::os::unix::fs::PermissionsExt as _;

    let mut scene = super::project::unbound("deep");
    let deep = scene.path().join("x".repeat(90));
    std::fs::create_dir(&deep).unwrap();
    std::fs::set_permissions(&deep, std::fs::Permissions::from_mode(0o700)).unwrap();
    scene.set("XDG_RUNTIME_DIR", deep.to_string_lossy());
    scene.set("TMPDIR", deep.to_string_lossy());
    let mut dev = Dev::start(&scene, "-p deep-tally --state memory");
    let warning = dev.until("warning")["message"].as_str().unwrap().to_owned();
    assert!(
        warning.contains("other commands work beside the loop"),
        "{warning}"
    );
    assert_eq!(dev.turn().outcome(), "served");
    dev.kill();
    // A folder that is too long is not the only one.
    let beside = tempfile::tempdir().unwrap();
    scene.set("TMPDIR", beside.path().to_string_lossy());
    let mut dev = Dev::start(&scene, "-p deep-tally --state memory");
    dev.turn();
    super::project::bound(&scene, "deep");
    assert!(crate::project::succeed(&scene, "bindings").starts_with("/tally "));
}
