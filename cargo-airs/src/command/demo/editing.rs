//! `cargo airs demo --dev`: a program is edited while it is called a hundred times a second.

use std::io::{BufRead as _, BufReader, IsTerminal as _};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use airs_runtime::{CallerId, Code, Name};

use super::traffic::Traffic;
use super::{ACCOUNT, ALICE, Stage, order};
use crate::error::{Failure, Reason, Result};
use crate::interrupt::{self, Running};
use crate::live::{Live, Question, Work};
use crate::settings::{self, Start, StatePlace, USUAL_PROFILE};
use crate::{files, message};

/// What a component's first build may take: the SDK and all that it is made of are compiled, too.
const FIRST_BUILD_MAX: Duration = Duration::from_secs(600);
/// What the build of an edit may take, on a machine that is busy with other things.
const BUILD_MAX: Duration = Duration::from_secs(120);
/// How often it is looked whether something has happened that nobody tells.
const LOOK: Duration = Duration::from_millis(20);
/// Payments before an edit, and after it.
const PAYMENTS: u64 = 100;

/// What is edited, and what the program says then.
const SOURCE: &str = "payment/src/lib.rs";
const BEFORE: [&str; 2] = [
    "fn pay(order: Order) -> Result<Receipt> {\n",
    "    from.transfer(&to, order.amount)\n",
];
const AFTER: [&str; 2] = [
    "fn pay(order: Order) -> Result<(Receipt, &'static str)> {\n",
    "    Ok((from.transfer(&to, order.amount)?, \"and a good day\"))\n",
];
const BROKEN: &str = "    Ok((from.transfer(&to, order.amuont)?, \"and a good day\"))\n";
const SAYS_THEN: &str = r#"["final","and a good day"]"#;

pub(super) fn run(stage: &Stage<'_>) -> Result<()> {
    stage.say("a driver that keeps accounts, and a program that pays");
    stage.must(&["new", "driver", "ledger", "--vcs", "none"])?;
    stage.must(&["new", "program", "payment", "--vcs", "none"])?;

    stage.say("what is saved from here on serves");
    let mut dev = Dev::start(stage)?;
    let live = dev.serves(stage)?;
    stage.must(&[
        "bind",
        "/accounts",
        "--driver",
        "ledger",
        "--account",
        ACCOUNT,
        "--owner",
        "each",
    ])?;
    stage.must(&["control", ALICE, "mint", "--input", r#"{"amount":"1000.00"}"#])?;

    stage.say("alice pays bob, a hundred times a second");
    let traffic = Traffic::start(live, pay())?;
    traffic.more(PAYMENTS)?;

    stage.say("meanwhile the program is edited");
    let saved = edit(stage, &[(BEFORE[0], AFTER[0]), (BEFORE[1], AFTER[1])])?;
    let answered = dev.until(BUILD_MAX, || traffic.first(SAYS_THEN))?;
    let took = answered.duration_since(saved).as_millis();
    stage
        .report
        .note(&format!("the new code answered {took} ms after it was saved"));
    traffic.more(PAYMENTS)?;

    stage.say("an edit that does not compile takes nothing down");
    edit(stage, &[(AFTER[1], BROKEN)])?;
    let lasting = |line: &str| line.contains(message::SERVES_ON).then_some(());
    dev.line(BUILD_MAX, lasting)?;
    traffic.more(PAYMENTS)?;

    stage.say("what became of the payments");
    let paid = traffic.end()?;
    for (answer, count) in &paid.answers {
        stage.report.result(&format!("{count} answered {answer}"));
    }
    stage.report.result(&format!("{} failed", paid.failed));
    let balances = stage.balances()?;
    dev.end()?;
    check(
        paid.answers.iter().map(|(_, count)| count).sum(),
        paid.failed,
        &balances,
    )
}

/// All were paid, each once.
fn check(paid: u64, failed: u64, balances: &[String; 2]) -> Result<()> {
    let cents = |balance: &String| balance.replace(['.', '"'], "").parse().unwrap_or(0_u64);
    let [alice, bob] = balances;
    if failed == 0 && cents(bob) == paid && cents(alice) + cents(bob) == 100_000 {
        return Ok(());
    }
    let message = format!("{paid} payments of a cent, and {failed} failures, do not make {alice} and {bob}");
    Err(Failure::new(Reason::Airs(Code::Internal), message))
}

fn pay() -> Question {
    let input = order("0.01");
    let program = "payment".to_owned();
    Question::of("alice", Work::Run { program, input })
}

/// Replaces parts of the program's source; returns when it was saved.
fn edit(stage: &Stage<'_>, changes: &[(&str, &str)]) -> Result<Instant> {
    let path = stage.folder.join(SOURCE);
    let mut text = files::text(&path)?.unwrap_or_default();
    stage.report.edited(&format!("--- {SOURCE}"));
    for (from, to) in changes {
        if !text.contains(from) {
            return Err(Failure::unavailable(format!("{SOURCE} has no {from:?} to edit")));
        }
        text = text.replace(from, to);
        for (sign, lines) in [("-", from), ("+", to)] {
            lines
                .lines()
                .for_each(|line| stage.report.edited(&format!("{sign}{line}")));
        }
    }
    files::write(&path, text.as_bytes())?;
    Ok(Instant::now())
}

/// The loop, whose lines are shown as they come. It ends with this.
struct Dev {
    running: Option<Running>,
    lines: Receiver<String>,
}

impl Dev {
    fn start(stage: &Stage<'_>) -> Result<Self> {
        stage.report.typed(&format!("{} dev", stage.shown));
        let mut command = Command::new(&stage.tool);
        if std::io::stderr().is_terminal() {
            command.arg("--color=always");
        }
        command.arg("dev").args(stage.flags).current_dir(&stage.folder);
        command.stdin(Stdio::null()).stderr(Stdio::piped());
        let mut running = Running::start(&mut command)?;
        let (tell, lines) = channel();
        let (stderr, report) = (running.stderr(), stage.report.clone());
        thread::spawn(move || {
            let lines = stderr
                .into_iter()
                .flat_map(|stderr| BufReader::new(stderr).lines());
            for line in lines.map_while(std::io::Result::ok) {
                report.passed_on(&line);
                // Nobody listens to all of them.
                let _ = tell.send(line);
            }
        });
        Ok(Self {
            running: Some(running),
            lines,
        })
    }

    /// Waits until it serves.
    fn serves(&mut self, stage: &Stage<'_>) -> Result<Live> {
        let node = settings::Node {
            caller: CallerId::operator(),
            context: Name::local(),
            state: StatePlace::Project,
            files_beside: StatePlace::Project,
            profile: USUAL_PROFILE.to_owned(),
            timeout_ms: None,
            id: None,
            manifest: settings::Manifest {
                start: Start::Manifest(stage.folder.join("Cargo.toml")),
                flags: Vec::new(),
            },
        };
        let program = "payment".to_owned();
        let asks = Question::of(
            "operator",
            Work::Run {
                program,
                input: "{}".to_owned(),
            },
        );
        self.until(FIRST_BUILD_MAX, || {
            let live = Live::of(&node).ok().flatten()?;
            let told = live.perform(&asks, |_| ()).ok()?;
            let is_there = told.result.is_err_and(|error| error.code() != Code::NotFound);
            is_there.then_some(live)
        })
    }

    /// Waits for something that nobody tells, as long as the loop goes on.
    fn until<T>(&mut self, most: Duration, mut look: impl FnMut() -> Option<T>) -> Result<T> {
        self.wait(most, |_| look())
    }

    /// Waits for a line.
    fn line<T>(&mut self, most: Duration, mut is_it: impl FnMut(&str) -> Option<T>) -> Result<T> {
        self.wait(most, |line| line.and_then(&mut is_it))
    }

    fn wait<T>(&mut self, most: Duration, mut look: impl FnMut(Option<&str>) -> Option<T>) -> Result<T> {
        let begun = Instant::now();
        loop {
            interrupt::check()?;
            let line = self.lines.recv_timeout(LOOK);
            if let Some(found) = look(line.as_deref().ok()) {
                return Ok(found);
            }
            if line == Err(RecvTimeoutError::Disconnected) {
                return Err(Failure::unavailable("`cargo airs dev` has ended"));
            }
            if begun.elapsed() > most {
                let message = format!("nothing has happened for {} s", most.as_secs());
                return Err(Failure::unavailable(message));
            }
        }
    }

    fn end(mut self) -> Result<()> {
        self.running.take().map_or(Ok(()), Running::end)
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        // Something else has gone wrong, and is reported.
        let _ = self.running.take().map(Running::end);
    }
}
