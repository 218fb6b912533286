//! A loop that goes on beside the test, which hears everything that it tells.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, SystemTime};

#[cfg(unix)]
use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};
use serde_json::Value;

use crate::scene::Scene;

/// Far longer than anything takes: what is compiled first, on a machine that does other things.
const PATIENCE: Duration = Duration::from_secs(300);

pub(super) struct Dev {
    child: Child,
    told: Receiver<Value>,
    heard: Vec<Value>,
}

impl Dev {
    pub(super) fn start(scene: &Scene, line: &str) -> Self {
        Self::listen(&mut scene.command(&format!("dev {line} --message-format json")))
    }

    /// The same, by another file of the tool.
    #[cfg(target_os = "linux")]
    pub(super) fn start_from(tool: &Path, scene: &Scene, line: &str) -> Self {
        let usual = scene.command(&format!("dev {line} --message-format json"));
        let mut command = Command::new(tool);
        command
            .args(usual.get_args())
            .current_dir(usual.get_current_dir().unwrap());
        for (name, value) in usual.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        Self::listen(&mut command)
    }

    fn listen(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (tell, told) = channel();
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                if tell.send(crate::schema::message(&line)).is_err() {
                    return;
                }
            }
        });
        Self {
            child,
            told,
            heard: Vec::new(),
        }
    }

    /// The next message.
    pub(super) fn next(&mut self) -> Value {
        match self.told.recv_timeout(PATIENCE) {
            Ok(message) => {
                self.heard.push(message.clone());
                message
            }
            Err(why) => panic!("{why}; heard {:#?}", self.heard),
        }
    }

    /// Listens until there is a message of this reason.
    pub(super) fn until(&mut self, reason: &str) -> Value {
        loop {
            let message = self.next();
            if message["reason"] == reason {
                return message;
            }
        }
    }

    /// Listens until a turn has ended.
    pub(super) fn turn(&mut self) -> Turn {
        self.heard.clear();
        Turn(self.until("dev-turn"))
    }

    /// Does something while the loop is stopped: it sees all of that at once, however long it takes.
    #[cfg(unix)]
    pub(super) fn while_stopped<T>(&self, work: impl FnOnce() -> T) -> T {
        let process = Pid::from_raw(i32::try_from(self.id()).unwrap()).unwrap();
        kill_process(process, Signal::STOP).unwrap();
        // Told, it may still go on for a moment.
        waitpid(Some(process), WaitOptions::UNTRACED).unwrap();
        let done = work();
        kill_process(process, Signal::CONT).unwrap();
        done
    }

    #[cfg(not(unix))]
    pub(super) fn while_stopped<T>(&self, work: impl FnOnce() -> T) -> T {
        work()
    }

    /// Listens until a turn has ended with something new in service, and the run that follows has answered.
    pub(super) fn answer(&mut self) -> (Turn, String) {
        loop {
            let turn = self.turn();
            assert_ne!(turn.outcome(), "failed", "{:#?}", self.heard);
            if turn.outcome() == "served" {
                let output = self.until("run-committed")["output"].clone();
                return (turn, output.as_str().unwrap().to_owned());
            }
        }
    }

    /// The code of the error that is told next, and the end of its turn.
    pub(super) fn failure(&mut self) -> String {
        self.heard.clear();
        let code = self.until("error")["code"].as_str().unwrap().to_owned();
        assert_eq!(Turn(self.until("dev-turn")).outcome(), "failed");
        code
    }

    /// Has the loop look at everything, and finds that nothing is due: what was still to be built would be found, too.
    pub(super) fn is_quiet(&mut self, file: &Path) {
        touch(file);
        loop {
            let message = self.next();
            match message["reason"].as_str().unwrap() {
                "dev-unchanged" => return,
                "log" | "run-committed" => {}
                _ => panic!("{message}"),
            }
        }
    }

    /// What it says in a while.
    #[cfg(unix)]
    pub(super) fn hears(&mut self, time: Duration) -> Vec<Value> {
        let end = std::time::Instant::now() + time;
        let mut said = Vec::new();
        while let Ok(message) = self
            .told
            .recv_timeout(end.saturating_duration_since(std::time::Instant::now()))
        {
            said.push(message);
        }
        said
    }

    /// What it has said since the turn before.
    #[cfg(unix)]
    pub(super) fn heard(&self) -> &[Value] {
        &self.heard
    }

    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Its exit code, when it ends by itself.
    #[cfg(unix)]
    pub(super) fn ends(&mut self) -> Option<i32> {
        while self.told.recv_timeout(PATIENCE).is_ok() {}
        self.child.wait().unwrap().code()
    }

    /// Ends it at once, as if the machine had.
    pub(super) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        // What a test that fails did not expect is in there.
        #[expect(clippy::print_stderr, reason = "it is shown with the test")]
        if std::thread::panicking() {
            eprintln!("heard {:#?}", self.heard);
        }
    }
}

/// A turn that has ended.
#[derive(Debug)]
pub(super) struct Turn(Value);

impl Turn {
    pub(super) fn outcome(&self) -> &str {
        self.0["outcome"].as_str().unwrap()
    }

    /// The components that are new in service.
    pub(super) fn components(&self) -> Vec<&str> {
        let all = self.0["components"].as_array().unwrap();
        all.iter().map(|one| one["name"].as_str().unwrap()).collect()
    }

    /// The components that are out of service.
    #[cfg(unix)]
    pub(super) fn removed(&self) -> Vec<&str> {
        let all = self.0["removed"].as_array().unwrap();
        all.iter().map(|name| name.as_str().unwrap()).collect()
    }
}

/// Gives a file another time and leaves its contents as they are.
pub(super) fn touch(file: &Path) {
    let file = File::options().append(true).open(file).unwrap();
    file.set_modified(SystemTime::now()).unwrap();
}
