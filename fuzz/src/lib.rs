//! What reads text and bytes of strangers, under random ones: a target for each reader.
//!
//! A target's body takes any bytes and panics when one of the reader's promises does not hold. libFuzzer looks for such
//! bytes (`fuzz_targets`); the test of this crate goes through what is kept of them (`corpus`), and mutations of it.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a promise that does not hold ends the process, and says which"
)]

mod amount;
mod asset_path;
mod component;
mod decimal;
mod manifest;
mod memory;
mod project;
mod refusal;
mod section;
mod written;

/// Something that reads what strangers write.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name: of the folder of its corpus, and of the file in `fuzz_targets`.
    pub name: &'static str,
    /// Reads these bytes.
    pub body: fn(&[u8]),
}

/// Amounts: their text form, and arithmetic.
pub const AMOUNT: Target = Target {
    name: "amount",
    body: amount::body,
};
/// The paths of assets.
pub const ASSET_PATH: Target = Target {
    name: "asset_path",
    body: asset_path::body,
};
/// Components, in bytes and in text form.
pub const COMPONENT: Target = Target {
    name: "component",
    body: component::body,
};
/// What a `Cargo.toml` says of a component.
pub const MANIFEST: Target = Target {
    name: "manifest",
    body: manifest::body,
};
/// `airs.toml`.
pub const PROJECT: Target = Target {
    name: "project",
    body: project::body,
};
/// The sections that airs puts into components.
pub const SECTION: Target = Target {
    name: "section",
    body: section::body,
};

/// All of them.
pub const TARGETS: [Target; 6] = [AMOUNT, ASSET_PATH, COMPONENT, MANIFEST, PROJECT, SECTION];
