//! What can be wrong with what is built and loaded.

use std::collections::BTreeSet;
use std::path::PathBuf;

use airs_core::{Capabilities, Capability, Code, Error, Kind, WitPackage};

use crate::{Mismatch, capabilities};

/// Why a file, a manifest or a component was refused.
///
/// The messages about a component do not name its file: who reads it knows where the bytes come from, and
/// puts it before the message with [`airs_core::Error::within`].
///
/// ```
/// use airs_core::{Code, Error};
/// use airs_package::{Component, PackageError};
///
/// let error = Component::read(*b"#!/bin/sh\n").unwrap_err();
/// assert!(matches!(error, PackageError::Text));
/// let error = Error::from(error).within("ledger.wasm");
/// assert_eq!(error.code(), Code::InvalidComponent);
/// assert_eq!(error.message(), "ledger.wasm: this is text, not a component");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PackageError {
    /// A file cannot be read.
    #[error("{} cannot be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// A `Cargo.toml` or an `airs.toml` is malformed.
    #[error("{}:{line}:{column}: {message}", path.display())]
    Config {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The column in characters, from 1.
        column: usize,
        /// What is wrong there.
        message: String,
        /// What to write instead.
        hint: Option<String>,
    },

    /// There is nothing to read.
    #[error("an empty file is no component")]
    Empty,
    /// It has more than [`COMPONENT_BYTES_MAX`](crate::COMPONENT_BYTES_MAX) bytes.
    #[error("{bytes} bytes are too many for a component, which has {max} at most")]
    TooLarge {
        /// How many it has.
        bytes: u64,
        /// How many it may have.
        max: u64,
    },
    /// Its text form has too many bytes.
    #[error(
        "{bytes} bytes are too many for the text form, which has {max} at most; the binary form may have more"
    )]
    TextTooLarge {
        /// How many it has.
        bytes: u64,
        /// How many it may have.
        max: u64,
    },
    /// It has more than [`COMPONENT_STRIPPED_BYTES_MAX`](crate::COMPONENT_STRIPPED_BYTES_MAX) bytes besides
    /// debug information.
    #[error("a component has {max} bytes at most besides debug information, this one has more")]
    TooLargeStripped {
        /// How many it may have.
        max: u64,
    },
    /// Compiling it could take too long: there is too much of something in it.
    #[error("the component has {found} {what}, and {max} is the most that is compiled")]
    TooComplex {
        /// What there is too much of.
        what: &'static str,
        /// How much of it there is, at least.
        found: u64,
        /// How much there may be.
        max: u64,
    },
    /// It is text.
    #[error("this is text, not a component")]
    Text,
    /// It is meant to be WebAssembly in text form, and cannot be assembled.
    #[error("the text cannot be assembled{}: {message}", place(*.at))]
    BadText {
        /// Where: the line and the column, from 1.
        at: Option<(usize, usize)>,
        /// What is wrong there.
        message: String,
    },
    /// It is native code.
    #[error("this is native code, not a component")]
    NativeCode,
    /// It is neither WebAssembly nor anything else that is known.
    #[error("this is not a component: it does not begin as WebAssembly does")]
    NotWasm,
    /// It is WebAssembly of a version that is not known.
    #[error("this is WebAssembly of an unknown version ({version:#010x}), not a component")]
    UnknownVersion {
        /// The four bytes after the magic number.
        version: u32,
    },
    /// It is a core module.
    #[error("this is a core module, not a component")]
    CoreModule,
    /// It is a WIT package in binary form.
    #[error("this is a WIT package in binary form, not a component")]
    WitPackage,
    /// It ends too early.
    #[error("the component breaks off after {bytes} bytes")]
    Truncated {
        /// How many there are.
        bytes: u64,
    },
    /// It breaks a rule of WebAssembly.
    #[error("the component is malformed at byte {offset}: {message}")]
    Malformed {
        /// Where.
        offset: u64,
        /// Which rule.
        message: String,
    },
    /// Its components are nested too deeply.
    #[error("the component nests more than {max} levels of components and modules")]
    TooDeep {
        /// How many levels are possible.
        max: usize,
    },
    /// A custom section of airs is malformed.
    #[error("the component's section {section} is malformed: {message}")]
    BadSection {
        /// The section's name.
        section: &'static str,
        /// What is wrong with it.
        message: String,
    },
    /// A custom section of airs was written by a newer version.
    #[error("the component's section {section} has format {found}, and this version of airs reads {known}")]
    NewerSection {
        /// The section's name.
        section: &'static str,
        /// The format it has.
        found: u64,
        /// The newest format that is known.
        known: u64,
    },
    /// A module to be made a component imports WASI's first version.
    #[error("the module imports wasi_snapshot_preview1, which airs does not adapt")]
    Preview1,
    /// A module to be made a component does not say which world it belongs to.
    #[error("the module does not say which world it belongs to: it has no component-type section")]
    NoWorld,
    /// A module cannot be made a component.
    #[error("the module cannot be made a component: {message}")]
    Componentize {
        /// Why.
        message: String,
    },

    /// It does not import and export what its kind demands.
    #[error("the component is no {kind}:{}", lines(mismatches))]
    WrongWorld {
        /// What it should be.
        kind: Kind,
        /// What it is by its exports, if it is one of the two.
        found: Option<Kind>,
        /// Everything that differs.
        mismatches: Vec<Mismatch>,
    },
    /// It imports services that it does not declare.
    #[error(
        "the component needs {}, which its manifest does not declare",
        names(missing, interfaces)
    )]
    UndeclaredCapability {
        /// What it needs and does not declare.
        missing: BTreeSet<Capability>,
        /// The packages whose interfaces it needs and does not declare.
        interfaces: BTreeSet<WitPackage>,
        /// What it declares.
        declared: Box<Capabilities>,
    },

    /// The WIT packages of airs itself cannot be read.
    #[error("the WIT packages of airs cannot be read: {message}")]
    OwnWit {
        /// Why.
        message: String,
    },
}

impl PackageError {
    /// Why, for programs.
    pub fn code(&self) -> Code {
        match self {
            Self::Read { source, .. } if source.kind() == std::io::ErrorKind::NotFound => Code::NotFound,
            Self::Read { .. } | Self::Config { .. } => Code::InvalidConfig,
            Self::WrongWorld { .. } => Code::WrongWorld,
            Self::UndeclaredCapability { .. } => Code::UndeclaredCapability,
            Self::OwnWit { .. } => Code::Internal,
            _ => Code::InvalidComponent,
        }
    }

    /// What could be done about it.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Config { hint, .. } => return hint.clone(),
            Self::TooLarge { .. } => "build it with --release, or strip its debug information",
            Self::TooLargeStripped { .. } => {
                "build it with --release, and keep large data in storage rather than in the component"
            }
            Self::Text => {
                "WebAssembly in text form is read from a file whose name ends in .wat; a crate is built with \
                 `cargo airs build`"
            }
            Self::NativeCode => {
                "precompiled and native files are not loaded; give the .wasm file that `cargo airs build` makes"
            }
            Self::NotWasm | Self::Empty | Self::UnknownVersion { .. } => {
                "give the .wasm file that `cargo airs build` makes"
            }
            Self::CoreModule => "`cargo airs build` makes a component of it",
            Self::Truncated { .. } => "copy it, or build it, again",
            Self::NewerSection { .. } => {
                "update airs, or build the component again with the version that is installed"
            }
            Self::Preview1 => "build it for wasm32-wasip2, whose output is a component already",
            Self::NoWorld => "build it with the SDK, or with bindings that wit-bindgen generated",
            Self::WrongWorld {
                kind: wanted,
                found: Some(kind),
                ..
            } if kind != wanted => {
                return Some(format!(
                    "it is a {kind} by its exports: write kind = \"{kind}\" under [package.metadata.airs] in \
                     Cargo.toml"
                ));
            }
            // The likeliest mistake of all.
            Self::WrongWorld {
                kind,
                found: None,
                mismatches,
            } if mismatches.iter().any(Mismatch::is_missing) => {
                let what = match kind {
                    Kind::Driver => "the `impl airs::Driver for`",
                    Kind::Program => "the function that it is",
                };
                return Some(format!("write #[airs::{kind}] before {what} in src/lib.rs"));
            }
            Self::WrongWorld { .. } => "build it with the SDK of the same version as this airs",
            Self::UndeclaredCapability {
                missing,
                interfaces,
                declared,
            } => {
                let declared = Capabilities::clone(declared).with_interfaces(interfaces.iter().cloned());
                let line = capabilities::line(&declared, missing);
                return Some(format!(
                    "write {line} under [package.metadata.airs] in Cargo.toml"
                ));
            }
            _ => return None,
        };
        Some(hint.to_owned())
    }

    /// The same error with a hint, for an error in a file.
    pub(crate) fn with_hint(mut self, text: impl Into<String>) -> Self {
        if let Self::Config { hint, .. } = &mut self {
            *hint = Some(text.into());
        }
        self
    }
}

impl From<PackageError> for Error {
    fn from(error: PackageError) -> Self {
        let plain = Self::new(error.code(), error.to_string());
        let with_hint = match error.hint() {
            Some(hint) => plain.hint(hint),
            None => plain,
        };
        match error {
            PackageError::Read { source, .. } => with_hint.caused_by(source),
            _ => with_hint,
        }
    }
}

fn place(at: Option<(usize, usize)>) -> String {
    at.map_or_else(String::new, |(line, column)| {
        format!(", line {line} column {column}")
    })
}

fn lines(mismatches: &[Mismatch]) -> String {
    mismatches
        .iter()
        .map(|mismatch| format!("\n{mismatch}"))
        .collect()
}

fn names(capabilities: &BTreeSet<Capability>, interfaces: &BTreeSet<WitPackage>) -> String {
    let kinds = capabilities
        .iter()
        .filter(|kind| **kind != Capability::Interfaces);
    let mut names: Vec<String> = kinds.map(ToString::to_string).collect();
    if !interfaces.is_empty() {
        let interfaces = Capabilities::none().with_interfaces(interfaces.iter().cloned());
        names.push(interfaces.needed(Capability::Interfaces));
    }
    names.join(" and ")
}
