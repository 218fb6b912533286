//! What `doctor` reports.

use std::fmt;

use serde::Serialize;

/// What all checks have found.
#[derive(Debug, Serialize)]
pub(crate) struct Examination {
    pub(crate) faults: usize,
    pub(crate) warnings: usize,
    pub(crate) duration_ms: u64,
    pub(crate) checks: Vec<Checked>,
}

/// What one check has found.
#[derive(Debug, Serialize)]
pub(crate) struct Checked {
    /// It never changes its meaning.
    pub(crate) id: &'static str,
    pub(crate) verdict: Verdict,
    pub(crate) found: String,
    /// What repairs it.
    pub(crate) repair: Option<String>,
    /// Whether `--fix` does.
    pub(crate) fixable: bool,
    /// Why `--fix` could not.
    pub(crate) not_fixed: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Verdict {
    Good,
    /// There is nothing to look at.
    Skipped,
    /// Something works less well than it could.
    Warning,
    /// Something does not work.
    Fault,
    /// `--fix` has repaired it.
    Fixed,
}

impl Verdict {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Skipped => "skipped",
            Self::Warning => "warning",
            Self::Fault => "fault",
            Self::Fixed => "fixed",
        }
    }
}

impl Examination {
    pub(crate) fn of(checks: Vec<Checked>, duration_ms: u64) -> Self {
        let count = |verdict| checks.iter().filter(|check| check.verdict == verdict).count();
        Self {
            faults: count(Verdict::Fault),
            warnings: count(Verdict::Warning),
            duration_ms,
            checks,
        }
    }
}

impl fmt::Display for Examination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids = self.checks.iter().map(|check| check.id.len());
        let width = ids.max().unwrap_or_default();
        for check in &self.checks {
            let indent = format!("\n{:width$}", "", width = width + 11);
            let found = check.found.replace('\n', &indent);
            writeln!(f, "{:<8} {:<width$}  {found}", check.verdict.as_str(), check.id)?;
            let repair = check.repair.iter().map(|repair| format!("repair: {repair}"));
            let not_fixed = check.not_fixed.iter().map(|why| format!("not fixed: {why}"));
            for line in repair.chain(not_fixed) {
                writeln!(f, "{}{}", &indent[1..], line.replace('\n', &indent))?;
            }
        }
        let of = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
        write!(
            f,
            "\n{}: {}, {}",
            of(self.checks.len(), "check"),
            of(self.faults, "fault"),
            of(self.warnings, "warning"),
        )
    }
}
