//! What a check has found.

use std::fmt;

use crate::error::{Failure, Result};
use crate::message::Verdict;

/// Repairs what a check has found.
type Fix = Box<dyn FnOnce() -> Result<()> + Send>;

/// What a check has found, and what repairs it.
pub(super) struct Finding {
    pub(super) verdict: Verdict,
    pub(super) found: String,
    pub(super) repair: Option<String>,
    pub(super) fix: Option<Fix>,
}

impl Finding {
    fn new(verdict: Verdict, found: impl Into<String>) -> Self {
        Self {
            verdict,
            found: found.into(),
            repair: None,
            fix: None,
        }
    }

    pub(super) fn good(found: impl Into<String>) -> Self {
        Self::new(Verdict::Good, found)
    }

    pub(super) fn skipped(why: impl Into<String>) -> Self {
        Self::new(Verdict::Skipped, why)
    }

    pub(super) fn warning(found: impl Into<String>) -> Self {
        Self::new(Verdict::Warning, found)
    }

    pub(super) fn fault(found: impl Into<String>) -> Self {
        Self::new(Verdict::Fault, found)
    }

    /// Says what repairs it.
    pub(super) fn repair(self, repair: impl Into<String>) -> Self {
        Self {
            repair: Some(repair.into()),
            ..self
        }
    }

    /// Several of one check as one: as bad as the worst, with all that each says, and what repairs each.
    pub(super) fn all(findings: impl IntoIterator<Item = Self>) -> Option<Self> {
        findings.into_iter().reduce(|one, other| Self {
            verdict: match one.verdict {
                Verdict::Fault => Verdict::Fault,
                _ => other.verdict,
            },
            found: format!("{}\n{}", one.found, other.found),
            repair: match (one.repair, other.repair) {
                (Some(one), Some(other)) if one.lines().any(|line| line == other) => Some(one),
                (Some(one), Some(other)) => Some(format!("{one}\n{other}")),
                (one, other) => one.or(other),
            },
            fix: match (one.fix, other.fix) {
                (Some(one), Some(other)) => Some(Box::new(move || {
                    let (one, other) = (one(), other());
                    one.and(other)
                })),
                (one, other) => one.or(other),
            },
        })
    }

    /// Repairs it, when a person asks for that.
    pub(super) fn fix(self, fix: impl FnOnce() -> Result<()> + Send + 'static) -> Self {
        Self {
            fix: Some(Box::new(fix)),
            ..self
        }
    }
}

/// A fault, in the words of a command that would fail of it.
impl From<&Failure> for Finding {
    fn from(failure: &Failure) -> Self {
        let causes = failure.causes().iter().map(|cause| format!("\n{cause}"));
        let found = Self::fault(failure.message().to_owned() + &causes.collect::<String>());
        match failure.hints() {
            [] => found,
            hints => found.repair(hints.join("\n")),
        }
    }
}

impl fmt::Debug for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Finding")
            .field("verdict", &self.verdict)
            .field("found", &self.found)
            .finish_non_exhaustive()
    }
}
