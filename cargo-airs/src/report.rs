//! The only place that prints: for people on stderr, for programs on stdout. What people see drives no terminal but
//! where this file says so.

mod failed;
mod lines;

use std::ffi::OsString;
use std::io::{ErrorKind, Write};
use std::time::Duration;

use airs_core::{harmless, harmless_json};
use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressStyle};

use crate::error::{Failure, Reason};
use crate::exit::Exit;
use crate::message::{Message, VERSION};
use crate::settings::{Format, Output, Verbosity, color_of};
pub(crate) use lines::{Ending, reader_is_gone, unwritten};
use lines::{Lines, To};

const STATUS: Style = AnsiColor::BrightGreen.on_default().bold();
const NOTE: Style = AnsiColor::BrightCyan.on_default().bold();
const WARNING: Style = AnsiColor::BrightYellow.on_default().bold();
const ERROR: Style = AnsiColor::BrightRed.on_default().bold();

/// The colours of components: none that says something else here.
const COMPONENTS: [AnsiColor; 6] = [
    AnsiColor::Cyan,
    AnsiColor::Magenta,
    AnsiColor::Blue,
    AnsiColor::Green,
    AnsiColor::Yellow,
    AnsiColor::BrightMagenta,
];

/// A component's colour: the same wherever it is shown.
fn style_of(component: &str) -> Style {
    let sum = component.bytes().fold(0_usize, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(byte.into())
    });
    let color = COMPONENTS.get(sum % COMPONENTS.len()).copied();
    color.map_or_else(Style::new, |color| color.on_default())
}

/// Reports what a command does, as the person who started it wants it.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    output: Output,
    lines: Lines,
}

impl Report {
    pub(crate) fn new(output: Output) -> Self {
        Self {
            output,
            lines: Lines::default(),
        }
    }

    /// The same by a thread of its own, until the end; `gone` is told when nobody reads any more. What components log is then
    /// dropped and counted when whoever reads does not come along.
    pub(crate) fn queued(&self, gone: impl FnOnce() + Send + 'static) -> (Self, Ending) {
        let report = self.clone();
        let lost = move |count| {
            let message = format!(
                "{count} lines are not shown: whatever shows them has stopped, or is slower than they come"
            );
            report.warning(&message)
        };
        let (lines, ending) = Lines::queued(Box::new(lost), gone);
        let output = self.output.clone();
        (Self { output, lines }, ending)
    }

    /// The same for who must not wait until something is read.
    pub(crate) fn without_waiting(&self) -> Self {
        Self {
            output: self.output.clone(),
            lines: self.lines.without_waiting(),
        }
    }

    /// Something happened.
    pub(crate) fn say(&self, message: &Message<'_>) {
        match self.output.format {
            Format::Json => self.json(message),
            Format::Human => {
                if let Message::Log { component, line, .. } = message {
                    self.log(component, line);
                } else if let Some(result) = message.result() {
                    // A function may have no result at all.
                    if !result.is_empty() {
                        self.out(&harmless(&result));
                    }
                } else if self.output.verbosity > Verbosity::Quiet {
                    let (verb, text) = message.status();
                    self.err(&format!("{STATUS}{verb:>12}{STATUS:#} {}", harmless(&text)));
                }
            }
        }
    }

    /// A line of a component, in a colour that is its own.
    fn log(&self, component: &str, line: &str) {
        if self.output.verbosity > Verbosity::Quiet {
            let style = style_of(component);
            let (component, line) = (harmless(component), harmless(line));
            self.err(&format!("{:>12} {style}{component}:{style:#} {line}", ""));
        }
    }

    /// Something that programs want to know, and people only when they ask for more.
    pub(crate) fn mention(&self, message: &Message<'_>, text: &str) {
        match self.output.format {
            Format::Json => self.json(message),
            Format::Human => self.detail(text),
        }
    }

    /// What the compiler says, as it says it.
    pub(crate) fn diagnostics(&self, turn: u64, text: &str) {
        match self.output.format {
            _ if text.is_empty() => {}
            Format::Json => self.json(&Message::DevDiagnostics { turn, text }),
            Format::Human => self.err(text.trim_end()),
        }
    }

    /// What the compiler says, as Cargo's own object in a line.
    pub(crate) fn compiler(&self, object: &str) {
        self.out(object);
    }

    /// An empty screen, for who reads on a terminal.
    pub(crate) fn clear(&self) {
        if self.is_for_people() {
            self.err("\u{1b}[2J\u{1b}[3J\u{1b}[H");
        }
    }

    /// Whether people read.
    pub(crate) fn is_for_people(&self) -> bool {
        self.output.format == Format::Human
    }

    /// What follows belongs together; for people only.
    pub(crate) fn heading(&self, text: &str) {
        if self.output.format == Format::Human {
            self.err(&format!("\n{NOTE}# {text}{NOTE:#}"));
        }
    }

    /// A command line that is started, or that a person could start.
    pub(crate) fn typed(&self, line: &str) {
        if self.output.format == Format::Human {
            self.err(&format!("{STATUS}${STATUS:#} {line}"));
        }
    }

    /// A line of a change that is made.
    pub(crate) fn edited(&self, line: &str) {
        self.err(line);
    }

    /// A line that a command said on stderr which this one started, as it was.
    pub(crate) fn passed_on(&self, line: &str) {
        self.err(line);
    }

    /// What a command that this one started has answered, on stdout as it was.
    pub(crate) fn result(&self, text: &str) {
        self.out(text);
    }

    /// A sentence for people only.
    pub(crate) fn note(&self, text: &str) {
        if self.output.format == Format::Human && self.output.verbosity > Verbosity::Quiet {
            self.err(&format!("{NOTE}note{NOTE:#}: {}", harmless(text)));
        }
    }

    /// What only those want to know who ask for more.
    pub(crate) fn detail(&self, text: &str) {
        if self.output.verbosity == Verbosity::Verbose {
            self.note(text);
        }
    }

    /// Something is not as it should be, and the command goes on.
    pub(crate) fn warn(&self, text: &str) {
        let (to, line) = self.warning(text);
        self.lines.write(to, &line);
    }

    fn warning(&self, text: &str) -> (To, String) {
        match self.output.format {
            Format::Json => object(&Message::Warning { message: text }),
            Format::Human => (
                To::People,
                format!("{WARNING}warning{WARNING:#}: {}", harmless(text)),
            ),
        }
    }

    fn json(&self, message: &Message<'_>) {
        let (to, line) = object(message);
        self.lines.write(to, &line);
    }

    fn out(&self, text: &str) {
        self.lines.write(To::Programs, text.trim_end());
    }

    fn err(&self, text: &str) {
        self.lines.write(To::People, text);
    }

    /// A line that shows that work goes on; on a terminal only, and gone afterwards.
    pub(crate) fn progress(&self, text: String) -> ProgressBar {
        if self.output.format == Format::Json || self.output.verbosity == Verbosity::Quiet {
            return ProgressBar::hidden();
        }
        let bar = ProgressBar::new_spinner().with_message(text);
        if let Ok(style) = ProgressStyle::with_template("{spinner:>12} {msg} {elapsed}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(100));
        bar
    }

    /// Why the command ends without having done its work.
    pub(crate) fn failure(&self, failure: &Failure) -> Exit {
        match self.output.format {
            Format::Json if unwritten().is_none() => self.json(&Message::from(failure)),
            // Where programs read it cannot be said.
            _ => self.err(&failed::shown(failure, self.output.verbosity)),
        }
        failure.exit()
    }
}

/// Help and version are no failures and go to stdout; a mistake on the command line is one.
pub(crate) fn clap(refusal: &clap::Error, arguments: &[OsString]) -> Result<(), (Report, Failure)> {
    let output = Output::before_parsing(arguments);
    if !refusal.use_stderr() {
        let cause = match refusal.print() {
            Err(cause) if cause.kind() != ErrorKind::BrokenPipe => cause,
            _ => return Ok(()),
        };
        return Err((Report::new(output), not_written(&cause)));
    }
    if output.format == Format::Human {
        color_of(arguments).apply();
        let text = refusal.render().ansi().to_string();
        let coded = text.replacen("error:", &format!("error[{}]:", Reason::Usage.as_str()), 1);
        let _ = write!(anstream::stderr(), "{coded}");
        #[allow(clippy::exit, reason = "clap has printed the failure")]
        std::process::exit(i32::from(Exit::Usage.code()));
    }
    Err((Report::new(output), usage(refusal)))
}

/// Why not all of what was answered is where it should be.
pub(crate) fn not_written(cause: &std::io::Error) -> Failure {
    Failure::unavailable("cannot write to stdout").caused_by(cause)
}

/// A mistake on the command line, as a failure; clap's text begins with `error: `.
fn usage(refusal: &clap::Error) -> Failure {
    let text = refusal.to_string();
    let mut parts = text.trim().split("\n\n");
    let message = parts.next().unwrap_or_default().trim_start_matches("error: ");
    let failure = Failure::usage(message);
    parts
        .filter_map(|part| part.trim().strip_prefix("tip: "))
        .fold(failure, |failure, tip| failure.hint(tip))
}

/// A message for programs, or why it cannot be one.
fn object(message: &Message<'_>) -> (To, String) {
    match serde_json::to_string(message) {
        // A message may hold text that nobody takes apart, so that the version is put to its end as text.
        Ok(line) => {
            // Between its tokens, a component may have put what ends a line.
            let line = line.replace(['\n', '\r'], " ");
            let members = line.strip_suffix('}').unwrap_or(&line);
            let object = format!("{members},\"schema\":{VERSION}}}");
            (To::Programs, harmless_json(&object).into())
        }
        Err(cause) => (
            To::People,
            format!("{ERROR}error{ERROR:#}: cannot write a message: {cause}"),
        ),
    }
}
