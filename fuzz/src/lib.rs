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
mod folder_path;
mod http_url;
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

macro_rules! targets {
    ($(#[doc = $doc:literal] $target:ident, $module:ident;)+) => {
        $(
            #[doc = $doc]
            pub const $target: Target = Target {
                name: stringify!($module),
                body: $module::body,
            };
        )+

        /// All of them.
        pub const TARGETS: &[Target] = &[$($target,)+];
    };
}

targets! {
    /// Amounts: their text form, and arithmetic.
    AMOUNT, amount;
    /// The paths of assets.
    ASSET_PATH, asset_path;
    /// Components, in bytes and in text form.
    COMPONENT, component;
    /// Paths within a folder that a component was given.
    FOLDER_PATH, folder_path;
    /// URLs, and patterns of those that are granted.
    HTTP_URL, http_url;
    /// What a `Cargo.toml` says of a component.
    MANIFEST, manifest;
    /// `airs.toml`.
    PROJECT, project;
    /// The sections that airs puts into components.
    SECTION, section;
}
