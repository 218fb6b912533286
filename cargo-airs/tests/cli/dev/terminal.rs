//! The loop as a person has it: on a terminal, with keys.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, poll};
use nix::pty::openpty;
use nix::sys::termios::{LocalFlags, tcgetattr};

use super::project::{bound, unbound};
use crate::project::succeed;
use crate::scene::Scene;

/// Far longer than anything takes.
const PATIENCE: Duration = Duration::from_secs(120);

/// A terminal with something on it, and what it has shown.
struct Terminal {
    child: Child,
    keys: File,
    /// The side that programs have.
    inside: OwnedFd,
    shows: Receiver<String>,
    shown: String,
}

impl Terminal {
    /// `cargo airs` with these words, alone on a terminal.
    fn start(scene: &Scene, line: &str) -> Self {
        let tool = env!("CARGO_BIN_EXE_cargo-airs");
        let usual = scene.command(line);
        let words = [OsStr::new(tool)].into_iter().chain(usual.get_args());
        Self::of(scene, words.map(OsStr::to_owned).collect())
    }

    /// A program, which leads the terminal's session.
    fn of(scene: &Scene, words: Vec<OsString>) -> Self {
        let terminal = openpty(None, None).unwrap();
        let inside = || terminal.slave.try_clone().unwrap();
        let mut command = Command::new("setsid");
        command.arg("--ctty").args(words).current_dir(scene.path());
        scene.surround(&mut command);
        let child = command.stdin(inside()).stdout(inside()).stderr(inside()).spawn();
        drop(command);
        let mut screen = File::from(terminal.master.try_clone().unwrap());
        let (show, shows) = channel();
        std::thread::spawn(move || {
            let mut some = [0; 4 << 10];
            while let Ok(read) = screen.read(&mut some) {
                let text = String::from_utf8_lossy(&some[..read]).into_owned();
                if show.send(text).is_err() {
                    return;
                }
            }
        });
        Self {
            child: child.unwrap(),
            keys: File::from(terminal.master),
            inside: terminal.slave,
            shows,
            shown: String::new(),
        }
    }

    /// Waits until it shows this, after all that was waited for before.
    fn until(&mut self, text: &str) {
        loop {
            if let Some(at) = self.shown.find(text) {
                self.shown.drain(..at + text.len());
                return;
            }
            match self.shows.recv_timeout(PATIENCE) {
                Ok(more) => self.shown.push_str(&more),
                Err(why) => panic!("{why}: no {text:?} in {}", self.shown),
            }
        }
    }

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
    }

    /// Waits until what was pressed is taken: otherwise it would come together with what is pressed next.
    fn takes_keys(&self) {
        let waits = || poll(&mut [PollFd::new(self.inside.as_fd(), PollFlags::POLLIN)], 0_u8);
        while waits() == Ok(1) {
            std::thread::yield_now();
        }
    }

    /// Whether keys are handed out one by one and are not shown; otherwise in lines that are.
    fn is_for_keys(&self) -> bool {
        let modes = tcgetattr(&self.inside).unwrap().local_flags;
        assert_eq!(
            modes.contains(LocalFlags::ICANON),
            modes.contains(LocalFlags::ECHO)
        );
        !modes.contains(LocalFlags::ICANON)
    }

    /// Its exit code, when it ends by itself.
    fn ends(&mut self) -> Option<i32> {
        ends(&mut self.child, &self.shown)
    }
}

/// The exit code of what ends by itself.
fn ends(child: &mut Child, what: &str) -> Option<i32> {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        if begun.elapsed() > PATIENCE {
            let _ = child.kill();
            panic!("it goes on: {what}");
        }
        std::thread::park_timeout(Duration::from_millis(10));
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn keys_are_heard_at_once_and_the_terminal_is_as_it_was_afterwards() {
    let scene = unbound("keys");
    let mut dev = Terminal::start(&scene, "dev -p keys-tally --state memory");
    dev.until("keys: r rebuild");
    assert!(dev.is_for_keys());
    dev.until("Serving");
    // Arrows, other keys of functions, and what is pasted are no keys of the loop.
    for other in [
        "\u{1b}[A",
        "\u{1b}[C",
        "\u{1b}OQ",
        "\u{1b}[200~q\u{1b}[201~",
        "quarrel",
        "Q",
    ] {
        dev.press(other);
        dev.takes_keys();
    }
    dev.press("l");
    dev.until("every run");
    dev.press("a");
    dev.until("--run names one");
    dev.press("r");
    dev.until("Unchanged");
    dev.press("q");
    assert_eq!(dev.ends(), Some(0));
    assert!(!dev.is_for_keys());
    assert!(!scene.path().join(".airs/dev.json").exists());
}

/// A migration that does not end.
const ENDLESS: &str = "    fn migrate(_from: u32) -> Result<u32> {\n        println!(\"migrating\");\n        \
                       loop {\n            std::hint::spin_loop();\n        }\n    }\n\n    type Asset";

#[test]
fn a_loop_ends_while_a_migration_goes_on_and_gives_the_terminal_back() {
    for (name, key) in [("quit", "q"), ("pressed", "\u{3}")] {
        let mut scene = unbound(name);
        let mut dev = Terminal::start(&scene, &format!("dev -p {name}-tally"));
        dev.until("Serving");
        bound(&scene, name);
        succeed(&scene, "control /tally bump");
        scene.edit("tally/src/lib.rs", "    type Asset", ENDLESS);
        dev.until("migrating");
        dev.press(key);
        assert_eq!(dev.ends(), Some(0), "{name}");
        assert!(!dev.is_for_keys(), "{name}");
        assert!(!scene.path().join(".airs/dev.json").exists(), "{name}");
        // Nothing of it remains.
        let good = scene.read("tally/src/lib.rs").replace(ENDLESS, "    type Asset");
        scene.write("tally/src/lib.rs", good);
        let mut dev = Terminal::start(&scene, &format!("dev -p {name}-tally"));
        dev.until("Serving");
        assert_eq!(succeed(&scene, "control /tally bump"), "\"82 one note 7\"\n");
    }
}

/// A shell that stops the loop and has it go on, in front and behind.
const JOBS: &str = "set -m\n\"$0\" \"$@\"\necho stopped once\nfg >/dev/null\necho stopped twice\nbg >/dev/null\n\
                    read line\nfg >/dev/null\necho over\n";

#[test]
fn a_loop_can_be_stopped_and_go_on_and_hears_keys_only_when_it_is_in_front() {
    let scene = unbound("jobs");
    let line = "dev -p jobs-tally --state memory";
    let words = ["sh", "-c", JOBS, env!("CARGO_BIN_EXE_cargo-airs"), "airs"];
    let words = words.into_iter().chain(line.split(' '));
    let mut dev = Terminal::of(&scene, words.map(OsString::from).collect());
    dev.until("Serving");
    assert!(dev.is_for_keys());
    dev.press("\u{1a}");
    dev.until("stopped once");
    // It goes on, and so do its keys.
    dev.press("l");
    dev.until("every run");
    dev.press("\u{1a}");
    dev.until("stopped twice");
    assert!(!dev.is_for_keys());
    // It works behind, and leaves the terminal to others.
    assert_eq!(succeed(&scene, "bindings"), "nothing is bound\n");
    dev.press("q\n");
    dev.press("l");
    dev.until("turns only");
    dev.press("q");
    dev.until("over");
    assert!(!dev.is_for_keys());
}

#[test]
fn a_terminal_that_is_stopped_stops_no_run() {
    let scene = unbound("stopped");
    let mut dev = Terminal::start(&scene, "dev -p stopped-tally --state memory");
    dev.until("Serving");
    bound(&scene, "stopped");
    // As Ctrl-S does. The terminal itself takes it in at once.
    dev.press("\u{13}");
    for _ in 0..3 {
        let mut run = scene.command("control /tally bump");
        let mut run = run.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        assert_eq!(ends(&mut run, "a run"), Some(0));
    }
    dev.press("\u{11}");
    dev.until("counting");
    dev.until("counting");
    dev.until("counting");
    dev.press("q");
    assert_eq!(dev.ends(), Some(0));
}
