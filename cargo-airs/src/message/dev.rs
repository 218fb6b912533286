//! What the development loop reports.

use std::time::Duration;

use serde::Serialize;

use super::size;

/// A turn of the loop that has ended.
#[derive(Debug, Serialize)]
pub(crate) struct DevTurn {
    /// From 1; 0 is the beginning, before the project could be read.
    pub(crate) turn: u64,
    /// served, unchanged or failed.
    pub(crate) outcome: &'static str,
    /// What was changed.
    pub(crate) files: Vec<String>,
    /// What serves now and did not before.
    pub(crate) components: Vec<DevServed>,
    /// What is out of service.
    pub(crate) removed: Vec<String>,
    /// How long Cargo took, for all of them.
    pub(crate) cargo_ms: f64,
    /// How long it took to start them, to migrate what they have stored, and to swap, for all of them.
    pub(crate) swap_ms: f64,
    /// Whether something serves.
    #[serde(skip)]
    pub(crate) serves: bool,
}

/// A component that is new in service.
#[derive(Debug, Serialize)]
pub(crate) struct DevServed {
    pub(crate) name: String,
    pub(crate) kind: &'static str,
    pub(crate) generation: u64,
    pub(crate) digest: String,
    pub(crate) size_bytes: u64,
    pub(crate) size_bytes_before: Option<u64>,
    /// How long it took to make a component of what the compiler has made.
    pub(crate) component_ms: f64,
    /// How long it took to compile that for this processor, and to link it.
    pub(crate) code_ms: f64,
}

impl DevTurn {
    /// One that has come to nothing.
    pub(crate) fn failed(turn: u64, files: Vec<String>, cargo: Duration, serves: bool) -> Self {
        Self {
            turn,
            outcome: "failed",
            files,
            components: Vec::new(),
            removed: Vec::new(),
            cargo_ms: (cargo.as_secs_f64() * 1e6).round() / 1e3,
            swap_ms: 0.0,
            serves,
        }
    }

    pub(super) fn verb(&self) -> &'static str {
        match self.outcome {
            "served" => "Serving",
            "failed" => "Waiting",
            _ => "Unchanged",
        }
    }

    pub(super) fn line(&self) -> String {
        let why = match self.files.as_slice() {
            [] => String::new(),
            [file] => format!(" ({file} changed)"),
            [file, more @ ..] => format!(" ({file} and {} more changed)", more.len()),
        };
        if self.outcome == "failed" {
            let rest = if self.serves {
                SERVES_ON
            } else {
                "nothing serves yet"
            };
            return format!("for a change{why}; {rest}");
        }
        let each = |of: fn(&DevServed) -> String| {
            let all: Vec<String> = self.components.iter().map(of).collect();
            all.join(", ")
        };
        let removed = match self.removed.as_slice() {
            [] => String::new(),
            names => format!("; out of service: {}", names.join(", ")),
        };
        if self.components.is_empty() {
            return format!("what is built is what serves{why}{removed}");
        }
        let sum = |of: fn(&DevServed) -> f64| self.components.iter().map(of).sum::<f64>();
        format!(
            "{}{why}: cargo {}, component {}, code {}, swap {}; {}{removed}",
            each(|one| format!("{} {}", one.name, one.generation)),
            time(self.cargo_ms),
            time(sum(|one| one.component_ms)),
            time(sum(|one| one.code_ms)),
            time(self.swap_ms),
            each(DevServed::size),
        )
    }
}

impl DevServed {
    fn size(&self) -> String {
        let change = match self.size_bytes_before {
            None => return size(self.size_bytes),
            Some(before) if before == self.size_bytes => "same size".to_owned(),
            Some(before) if before < self.size_bytes => format!("+{}", size(self.size_bytes - before)),
            Some(before) => format!("-{}", size(before - self.size_bytes)),
        };
        format!("{} ({change})", size(self.size_bytes))
    }
}

/// A time for people.
fn time(milliseconds: f64) -> String {
    match milliseconds {
        ms if ms >= 999.5 => format!("{:.2} s", ms / 1000.0),
        ms if ms >= 9.95 => format!("{ms:.0} ms"),
        ms => format!("{ms:.1} ms"),
    }
}

/// How the line of a turn ends that failed.
pub(crate) const SERVES_ON: &str = "what served before serves on";

#[cfg(test)]
mod tests {
    use super::{DevServed, DevTurn, time};

    #[test]
    fn a_turn_is_one_line() {
        let one = DevServed {
            name: "counter".to_owned(),
            kind: "driver",
            generation: 2,
            digest: String::new(),
            size_bytes: 80_000,
            size_bytes_before: Some(79_688),
            component_ms: 12.2,
            code_ms: 38.0,
        };
        let mut turn = DevTurn {
            turn: 2,
            outcome: "served",
            files: vec!["src/lib.rs".to_owned(), "src/more.rs".to_owned()],
            components: vec![one],
            removed: Vec::new(),
            cargo_ms: 1234.0,
            swap_ms: 0.31,
            serves: true,
        };
        assert_eq!(
            turn.line(),
            "counter 2 (src/lib.rs and 1 more changed): cargo 1.23 s, component 12 ms, code 38 ms, swap 0.3 ms; \
             78.1 KiB (+312 B)"
        );
        turn.components.clear();
        turn.files.pop();
        assert_eq!(turn.line(), "what is built is what serves (src/lib.rs changed)");
        turn.outcome = "failed";
        assert_eq!(
            turn.line(),
            "for a change (src/lib.rs changed); what served before serves on"
        );
        assert_eq!(time(999.7), "1.00 s");
    }
}
