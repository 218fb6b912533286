//! Whether output is coloured.

use std::ffi::OsStr;

use crate::args::ColorArg;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

impl Color {
    pub(super) fn from_name(name: impl AsRef<OsStr>) -> Option<Self> {
        match name.as_ref().to_str()? {
            "auto" => Some(Self::Auto),
            "always" => Some(Self::Always),
            "never" => Some(Self::Never),
            _ => None,
        }
    }

    /// `CARGO_TERM_COLOR`; `NO_COLOR` is honoured by whatever is automatic.
    pub(super) fn of_environment() -> Self {
        std::env::var_os("CARGO_TERM_COLOR")
            .and_then(Self::from_name)
            .unwrap_or(Self::Auto)
    }

    /// Makes it hold for everything that is printed.
    pub(crate) fn apply(self) {
        match self {
            Self::Auto => anstream::ColorChoice::Auto,
            Self::Always => anstream::ColorChoice::Always,
            Self::Never => anstream::ColorChoice::Never,
        }
        .write_global();
    }

    pub(super) const fn for_cargo(self) -> Option<&'static str> {
        match self {
            Self::Auto => None,
            Self::Always => Some("--color=always"),
            Self::Never => Some("--color=never"),
        }
    }
}

impl From<ColorArg> for Color {
    fn from(color: ColorArg) -> Self {
        match color {
            ColorArg::Auto => Self::Auto,
            ColorArg::Always => Self::Always,
            ColorArg::Never => Self::Never,
        }
    }
}

impl From<Color> for clap::ColorChoice {
    fn from(color: Color) -> Self {
        match color {
            Color::Auto => Self::Auto,
            Color::Always => Self::Always,
            Color::Never => Self::Never,
        }
    }
}
