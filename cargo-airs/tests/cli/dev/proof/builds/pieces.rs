//! A file that is written in two pieces: nothing comes of the first.

use std::fs::File;
use std::io::Write as _;
use std::time::{Duration, Instant};

use serde_json::json;

use super::super::super::verdict::{Verdict, ensure};
use super::Builds;

/// Longer than a person may rest in what is done in one go, and far shorter than a file that is written may stay open.
const BETWEEN: Duration = Duration::from_millis(200);
/// What somebody writes for longer than this may be looked at in the middle.
const IN_ONE_GO: Duration = Duration::from_millis(1_500);

const PIECES: [&str; 2] = ["pub(crate) const WORD: &str = \"la", "te\";\n"];

impl Builds {
    /// Saves a file in two pieces after all other ways to save, and does something else in between.
    pub(in super::super) fn in_two_pieces(&mut self) -> Verdict {
        let (what, before) = ("in two pieces", self.builds);
        let mut file = File::create(self.path("tally/src/word.rs")).unwrap();
        let begun = Instant::now();
        file.write_all(PIECES[0].as_bytes()).unwrap();
        let said = self.dev.hears(BETWEEN);
        file.write_all(PIECES[1].as_bytes()).unwrap();
        drop(file);
        let in_one_go = begun.elapsed() < IN_ONE_GO;
        ensure!(said.is_empty() || !in_one_go, "half of it leads to {said:?}");
        let half = said.into_iter().find(|said| said["reason"] == "dev-building");
        if half.is_some() {
            self.taken_apart += 1;
            self.heard(half)?;
        } else {
            let tally = &["tally"][..];
            self.came_of(what, tally, Some(tally), "late second 7 abc", in_one_go)?;
        }
        Ok(json!({ "builds": self.builds - before, "saves that the machine took apart": self.taken_apart }))
    }
}
