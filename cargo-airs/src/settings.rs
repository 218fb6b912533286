//! What the raw flags mean. Commands see resolved values only, never a flag that was left out.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use airs_core::Kind;

use crate::args::{
    Args, BuildArgs, ColorArg, CommandArgs, FormatArg, InspectArgs, KindArg, ManifestArgs, NewArgs,
    OutputArgs, ProfileArgs, VcsArg,
};
use crate::error::Failure;
use crate::report::Report;

/// One command, ready to be done.
#[derive(Debug)]
pub(crate) enum Settings {
    New(New),
    Build(Build),
    Inspect(Inspect),
}

#[derive(Debug)]
pub(crate) struct New {
    pub(crate) kind: Kind,
    pub(crate) name: String,
    pub(crate) sdk: Sdk,
    pub(crate) vcs: Vcs,
}

#[derive(Debug)]
pub(crate) struct Build {
    pub(crate) which: Which,
    pub(crate) profile: String,
    pub(crate) install_target: bool,
    pub(crate) manifest: Manifest,
}

#[derive(Debug)]
pub(crate) struct Inspect {
    pub(crate) component: PathBuf,
    pub(crate) profile: String,
    pub(crate) manifest: Manifest,
}

/// Where a new component gets the SDK from.
#[derive(Clone, Debug)]
pub(crate) enum Sdk {
    /// A folder that a person named.
    Given(PathBuf),
    /// The folder of the checkout that this tool was built from.
    Checkout(PathBuf),
    /// The registry, this version.
    Registry(&'static str),
}

/// Version control of what is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Vcs {
    /// Git, unless it is within a repository already.
    Unless,
    Git,
    None,
}

/// Which components of a project.
#[derive(Debug)]
pub(crate) enum Which {
    All,
    Named(Vec<String>),
}

/// Where the workspace is, and what Cargo may do with it.
#[derive(Clone, Debug)]
pub(crate) struct Manifest {
    /// The `Cargo.toml` that a person named, or the current folder.
    pub(crate) start: Start,
    /// What Cargo is told too: `--locked`, `--offline`, `--frozen`, and how to report.
    pub(crate) flags: Vec<&'static str>,
}

#[derive(Clone, Debug)]
pub(crate) enum Start {
    CurrentFolder,
    Manifest(PathBuf),
}

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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

pub(crate) fn resolve(args: Args) -> (Settings, Report) {
    let color = args.output.color.map_or_else(Color::of_environment, Color::from);
    color.apply();
    let output = Output::from(args.output);
    let for_cargo = || {
        let verbosity = match output.verbosity {
            Verbosity::Quiet => Some("--quiet"),
            Verbosity::Normal => None,
            Verbosity::Verbose => Some("--verbose"),
        };
        verbosity.into_iter().chain(color.for_cargo())
    };
    let settings = match args.command {
        CommandArgs::New(new) => Settings::New(new.into()),
        CommandArgs::Build(args) => Settings::Build(Build::new(args, for_cargo())),
        CommandArgs::Inspect(args) => Settings::Inspect(Inspect::new(args, for_cargo())),
    };
    (settings, Report::new(output))
}

impl Build {
    fn new(args: BuildArgs, for_cargo: impl Iterator<Item = &'static str>) -> Self {
        Self {
            which: if args.packages.packages.is_empty() {
                Which::All
            } else {
                Which::Named(args.packages.packages)
            },
            profile: profile(args.profile),
            install_target: args.yes,
            manifest: Manifest::new(args.manifest, for_cargo),
        }
    }
}

impl Inspect {
    fn new(args: InspectArgs, for_cargo: impl Iterator<Item = &'static str>) -> Self {
        Self {
            component: args.component,
            profile: profile(args.profile),
            manifest: Manifest::new(args.manifest, for_cargo),
        }
    }
}

fn profile(args: ProfileArgs) -> String {
    let usual = if args.release { "release" } else { "dev" };
    args.profile.unwrap_or_else(|| usual.to_owned())
}

impl Manifest {
    fn new(args: ManifestArgs, for_cargo: impl Iterator<Item = &'static str>) -> Self {
        let given = [
            (args.locked, "--locked"),
            (args.offline, "--offline"),
            (args.frozen, "--frozen"),
        ];
        let given = given
            .into_iter()
            .filter(|(given, _)| *given)
            .map(|(_, flag)| flag);
        Self {
            start: args.manifest_path.map_or(Start::CurrentFolder, Start::Manifest),
            flags: given.chain(for_cargo).collect(),
        }
    }
}

impl From<NewArgs> for New {
    fn from(args: NewArgs) -> Self {
        Self {
            kind: match args.kind {
                KindArg::Driver => Kind::Driver,
                KindArg::Program => Kind::Program,
            },
            name: args.name,
            sdk: args.sdk.map_or_else(Sdk::usual, Sdk::Given),
            vcs: match args.vcs {
                Option::None => Vcs::Unless,
                Some(VcsArg::Git) => Vcs::Git,
                Some(VcsArg::None) => Vcs::None,
            },
        }
    }
}

impl Sdk {
    /// The SDK that belongs to this tool: of the checkout that it was built from while that is there.
    pub(crate) fn usual() -> Self {
        let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("sdk");
        if checkout.join("Cargo.toml").is_file() {
            Self::Checkout(checkout)
        } else {
            Self::Registry(concat!(
                env!("CARGO_PKG_VERSION_MAJOR"),
                ".",
                env!("CARGO_PKG_VERSION_MINOR")
            ))
        }
    }
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

impl Color {
    fn from_name(name: impl AsRef<OsStr>) -> Option<Self> {
        match name.as_ref().to_str()? {
            "auto" => Some(Self::Auto),
            "always" => Some(Self::Always),
            "never" => Some(Self::Never),
            _ => None,
        }
    }

    /// `CARGO_TERM_COLOR`; `NO_COLOR` is honoured by whatever is automatic.
    fn of_environment() -> Self {
        std::env::var_os("CARGO_TERM_COLOR")
            .and_then(Self::from_name)
            .unwrap_or(Self::Auto)
    }

    fn apply(self) {
        match self {
            Self::Auto => anstream::ColorChoice::Auto,
            Self::Always => anstream::ColorChoice::Always,
            Self::Never => anstream::ColorChoice::Never,
        }
        .write_global();
    }

    const fn for_cargo(self) -> Option<&'static str> {
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

/// A mistake on the command line, as a failure; clap's text begins with `error: `.
pub(crate) fn usage(refusal: &clap::Error) -> Failure {
    let text = refusal.to_string();
    let mut parts = text.trim().split("\n\n");
    let message = parts.next().unwrap_or_default().trim_start_matches("error: ");
    let failure = Failure::usage(message);
    parts
        .filter_map(|part| part.trim().strip_prefix("tip: "))
        .fold(failure, |failure, tip| failure.hint(tip))
}
