//! What tests have covered.

use std::fmt;
use std::path::PathBuf;

use serde::Serialize;

/// How much of a workspace's own code was executed.
#[derive(Debug, Serialize)]
pub(crate) struct Covered {
    files: Vec<FileCovered>,
    lines: u64,
    lines_covered: u64,
    regions: u64,
    regions_covered: u64,
}

/// The same of one file.
#[derive(Debug, Serialize)]
pub(crate) struct FileCovered {
    /// From the root of the workspace.
    pub(crate) file: PathBuf,
    pub(crate) lines: u64,
    pub(crate) lines_covered: u64,
    pub(crate) regions: u64,
    pub(crate) regions_covered: u64,
}

impl Covered {
    pub(crate) fn of(files: impl Iterator<Item = FileCovered>) -> Self {
        let files: Vec<FileCovered> = files.collect();
        let sum = |of: fn(&FileCovered) -> u64| files.iter().map(of).sum();
        Self {
            lines: sum(|file| file.lines),
            lines_covered: sum(|file| file.lines_covered),
            regions: sum(|file| file.regions),
            regions_covered: sum(|file| file.regions_covered),
            files,
        }
    }
}

impl fmt::Display for Covered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  lines  regions")?;
        for file in &self.files {
            let regions = percent(file.regions_covered, file.regions);
            let lines = percent(file.lines_covered, file.lines);
            writeln!(f, "{lines}  {regions}  {}", file.file.display())?;
        }
        let regions = percent(self.regions_covered, self.regions);
        write!(
            f,
            "{}  {regions}  in all",
            percent(self.lines_covered, self.lines)
        )
    }
}

/// In seven columns.
fn percent(covered: u64, all: u64) -> String {
    match (covered * 1_000).checked_div(all) {
        Some(thousandths) => format!("{:>3}.{} %", thousandths / 10, thousandths % 10),
        None => format!("{:>7}", "-"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Covered, FileCovered};

    #[test]
    fn what_was_covered_is_added_up() {
        let file = |file: &str, lines_covered| FileCovered {
            file: file.into(),
            lines: 8,
            lines_covered,
            regions: 0,
            regions_covered: 0,
        };
        let covered = Covered::of([file("src/lib.rs", 7), file("src/tests.rs", 8)].into_iter());
        assert_eq!(
            covered.to_string(),
            "  lines  regions\n 87.5 %        -  src/lib.rs\n100.0 %        -  src/tests.rs\n 93.7 %        -  in all"
        );
    }
}
