//! How a command reports.

use std::ffi::OsString;

use super::Color;
use crate::args::{FormatArg, OutputArgs};

/// How a command reports.
#[derive(Clone, Debug)]
pub(crate) struct Output {
    pub(crate) format: Format,
    pub(crate) verbosity: Verbosity,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Human,
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verbosity {
    Quiet,
    Normal,
    Verbose,
}

impl From<OutputArgs> for Output {
    fn from(args: OutputArgs) -> Self {
        Self {
            format: match args.message_format {
                FormatArg::Human => Format::Human,
                FormatArg::Json => Format::Json,
            },
            verbosity: match (args.quiet, args.verbose) {
                (true, _) => Verbosity::Quiet,
                (_, true) => Verbosity::Verbose,
                _ => Verbosity::Normal,
            },
        }
    }
}

impl Output {
    /// The same, as flags for a command that this one starts.
    pub(super) fn flags(&self) -> Vec<&'static str> {
        let format = match self.format {
            Format::Human => None,
            Format::Json => Some("--message-format=json"),
        };
        let verbosity = match self.verbosity {
            Verbosity::Quiet => Some("--quiet"),
            Verbosity::Normal => None,
            Verbosity::Verbose => Some("--verbose"),
        };
        format.into_iter().chain(verbosity).collect()
    }

    /// How to report a mistake in arguments that could not be parsed.
    pub(crate) fn before_parsing(arguments: &[OsString]) -> Self {
        Self {
            format: match flag(arguments, "--message-format") {
                Some("json") => Format::Json,
                _ => Format::Human,
            },
            verbosity: Verbosity::Normal,
        }
    }
}

/// The colour that arguments ask for, which may not be parsable.
pub(crate) fn color_of(arguments: &[OsString]) -> Color {
    flag(arguments, "--color")
        .and_then(Color::from_name)
        .unwrap_or_else(Color::of_environment)
}

fn flag<'a>(arguments: &'a [OsString], name: &str) -> Option<&'a str> {
    let texts: Vec<&str> = arguments
        .iter()
        .filter_map(|argument| argument.to_str())
        .collect();
    let after = texts.windows(2).find_map(|pair| match pair {
        [first, second] if *first == name => Some(*second),
        _ => None,
    });
    after.or_else(|| {
        texts
            .iter()
            .find_map(|text| text.strip_prefix(name)?.strip_prefix('='))
    })
}
