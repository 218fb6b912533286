//! The exit codes, as data.

use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    Done,
    Refused,
    Usage,
    Unavailable,
    BuildFailed,
    Interrupted,
}

impl Exit {
    /// Every exit code and its meaning, in the order in which help shows them.
    pub(crate) const ALL: [(Self, &'static str); 6] = [
        (Self::Done, "done"),
        (
            Self::Refused,
            "the run, or the call, was refused or failed; a test did; or `doctor` found a fault",
        ),
        (
            Self::Usage,
            "wrong usage: a bad name or input, an unknown thing, a malformed file",
        ),
        (
            Self::Unavailable,
            "something outside failed: a disk, the state, a tool that is missing",
        ),
        (
            Self::BuildFailed,
            "the build failed, Cargo.lock would have to change, or what was built is no good component",
        ),
        (Self::Interrupted, "interrupted"),
    ];

    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Refused => 1,
            Self::Usage => 2,
            Self::Unavailable => 3,
            Self::BuildFailed => 101,
            Self::Interrupted => 130,
        }
    }

    /// The table that ends every help text.
    pub(crate) fn table() -> String {
        let mut table = String::from("Exit codes:\n");
        for (exit, meaning) in Self::ALL {
            table.push_str(&format!("  {:>3}  {meaning}\n", exit.code()));
        }
        table.truncate(table.trim_end().len());
        table
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
