//! The templates of `cargo airs new`, embedded.
//!
//! A file whose name ends in `.hbs` has places for what only the person who scaffolds knows; the others
//! are copied as they are. `gitignore` becomes `.gitignore`.

/// A file of a template: its path in the folder that it is copied to, and its text.
pub type File = (&'static str, &'static str);

/// A driver: a ledger.
pub const DRIVER: &[File] = &[
    ("Cargo.toml.hbs", include_str!("../driver/Cargo.toml.hbs")),
    ("README.md.hbs", include_str!("../driver/README.md.hbs")),
    ("src/lib.rs", include_str!("../driver/src/lib.rs")),
    ("src/tests.rs", include_str!("../driver/src/tests.rs")),
    (
        "tests/as_built.rs.hbs",
        include_str!("../driver/tests/as_built.rs.hbs"),
    ),
];

/// A program: a payment between two accounts.
pub const PROGRAM: &[File] = &[
    ("Cargo.toml.hbs", include_str!("../program/Cargo.toml.hbs")),
    ("README.md.hbs", include_str!("../program/README.md.hbs")),
    ("src/lib.rs", include_str!("../program/src/lib.rs")),
    (
        "tests/as_built.rs.hbs",
        include_str!("../program/tests/as_built.rs.hbs"),
    ),
];

/// What a component that stands alone, or a project of several, has at its root.
pub const PROJECT: &[File] = &[
    ("airs.toml.hbs", include_str!("../project/airs.toml.hbs")),
    ("gitignore", include_str!("../project/gitignore")),
];

/// The `Cargo.toml` of a project whose components are folders below it.
pub const WORKSPACE: &str = include_str!("../project/Cargo.toml");

/// How components are compiled; the end of the `Cargo.toml` at a workspace's root.
pub const PROFILES: &str = include_str!("../project/profiles.toml");

/// The `Cargo.lock` of a component, of either kind.
pub const LOCK: &str = include_str!("../project/Cargo.lock.hbs");
