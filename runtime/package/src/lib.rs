//! What is built and loaded: manifests, the project file, components and their digests.
//!
//! - [`Manifest`]: what a component is and wants, from `[package.metadata.airs]` of its `Cargo.toml`;
//! - [`Project`]: which components belong together and what they may do, from `airs.toml`;
//! - [`Component`]: the bytes of a component, read and checked against the world of its [`Kind`];
//! - [`componentize`] and [`stamp`]: what a build does to the compiler's output.
//!
//! Everything here is pure, bytes and text in and values out, except [`Component::open`] and
//! [`Project::find`], which read a file. No bytes make it panic, and none make it take more memory than 32 MiB and
//! their own length times a small factor.
//!
//! [`Kind`]: airs_core::Kind

mod capabilities;
mod component;
mod componentize;
mod digest;
mod document;
mod error;
mod in_short;
mod manifest;
mod manifest_section;
mod program;
mod project;
mod stamp;
mod world;

pub use component::{COMPONENT_BYTES_MAX, COMPONENT_STRIPPED_BYTES_MAX, Component, Extern, SectionSize};
pub use componentize::componentize;
pub use digest::{Digest, DigestError};
pub use error::PackageError;
pub use manifest::Manifest;
pub use program::ProgramInfo;
pub use project::{ComponentEntry, Project};
pub use stamp::stamp;
pub use world::Mismatch;
