//! What `new` is to make.

use std::path::{Path, PathBuf};

use airs_runtime::Kind;

use crate::args::{KindArg, NewArgs, VcsArg};

#[derive(Debug)]
pub(crate) struct New {
    pub(crate) kind: Kind,
    pub(crate) name: String,
    pub(crate) sdk: Sdk,
    /// A folder or a git repository to render instead of the embedded template.
    pub(crate) template: Option<String>,
    pub(crate) vcs: Vcs,
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

impl From<NewArgs> for New {
    fn from(args: NewArgs) -> Self {
        Self {
            kind: match args.kind {
                KindArg::Driver => Kind::Driver,
                KindArg::Program => Kind::Program,
            },
            name: args.name,
            template: args.template,
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
