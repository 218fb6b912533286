//! Components: their bytes, read and checked.

mod complexity;
mod scan;
mod section;
mod text;
mod wit_text;

use std::collections::BTreeSet;
use std::fmt;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use airs_core::{Capabilities, Capability, Kind, WitPackage};

pub(crate) use scan::{check_is_component, malformed, scan_module};
pub use section::SectionSize;
pub(crate) use wit_text::guarded;

use crate::world::{Item, World};
use crate::{Digest, Manifest, PackageError, ProgramInfo, manifest_section, world};

/// The most bytes of a component: ten times a plain one of a debug build, which is nearly all debug information.
pub const COMPONENT_BYTES_MAX: u64 = 64 << 20;

/// The most bytes of a component besides debug information and names. A plain driver has 0.2 MB of them, in a
/// debug build 0.5; compiling this much takes a machine with two cores ten seconds and more.
pub const COMPONENT_STRIPPED_BYTES_MAX: u64 = 16 << 20;

/// A component that was read: it is structured as one, its imports and exports are typed, and the sections
/// that airs puts into it are good.
///
/// The code of its functions is not looked at here. The engine does that when it compiles them.
///
/// ```no_run
/// use airs_package::{Component, Extern, ProgramInfo, SectionSize};
///
/// // What `cargo airs build` made, in the folder of a project.
/// let component = Component::open("target/airs/debug/payment.wasm".as_ref())?;
/// println!("{} of {} bytes", component.digest(), component.bytes().len());
/// for import in component.imports() {
///     match import {
///         Extern::Interface { name, functions } => println!("{name}: {}", functions.join(", ")),
///         other => println!("{}", other.name()),
///     }
/// }
/// for SectionSize { name, bytes } in component.sections() {
///     println!("{bytes:>10} {name}");
/// }
/// if let Some(ProgramInfo { name, input, .. }) = component.program() {
///     println!("{name} takes {input}");
/// }
/// # Ok::<(), airs_package::PackageError>(())
/// ```
#[derive(Clone)]
pub struct Component {
    bytes: Arc<[u8]>,
    digest: Digest,
    manifest: Option<Manifest>,
    program: Option<ProgramInfo>,
    sections: Vec<SectionSize>,
    world: World,
    imports: Vec<Extern>,
    exports: Vec<Extern>,
}

/// Something that a component imports or exports.
///
/// An example is at [`Component`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Extern {
    /// An interface.
    Interface {
        /// Its name with its version, such as `airs:val/val@0.1.0`.
        name: String,
        /// Its functions, such as `intend`, and `asset.view` for a method of a resource.
        functions: Vec<String>,
    },
    /// A function of the world itself.
    Function {
        /// Its name, such as `run`.
        name: String,
        /// Its type, such as `func(input: string) -> result<string, error>`.
        signature: String,
    },
    /// A type of the world itself, or something that WIT has no word for.
    Other {
        /// Its name.
        name: String,
        /// What it is, such as `resource` or `core module`.
        what: &'static str,
    },
}

impl Extern {
    /// Its name, an interface's with its version.
    pub fn name(&self) -> &str {
        match self {
            Self::Interface { name, .. } | Self::Function { name, .. } | Self::Other { name, .. } => name,
        }
    }
}

impl Component {
    /// Reads a component.
    ///
    /// # Errors
    /// An error of code `invalid-component` that says what the bytes are instead, or what is wrong with them.
    pub fn read(bytes: impl Into<Arc<[u8]>>) -> Result<Self, PackageError> {
        let bytes = bytes.into();
        let scan = scan::scan(&bytes)?;
        Ok(Self {
            digest: Digest::of(&bytes),
            manifest: scan.manifest.map(manifest_section::read).transpose()?,
            program: scan.program.map(ProgramInfo::from_section).transpose()?,
            sections: scan.sections,
            imports: externs(&scan.world.imports),
            exports: externs(&scan.world.exports),
            world: scan.world,
            bytes,
        })
    }

    /// Reads a component in its text form.
    ///
    /// ```
    /// let component = airs_package::Component::from_text("(component)")?;
    /// assert!(component.exports().is_empty());
    /// # Ok::<(), airs_package::PackageError>(())
    /// ```
    ///
    /// # Errors
    /// [`PackageError::BadText`], which says where, and the errors of [`read`](Self::read).
    pub fn from_text(text: &str) -> Result<Self, PackageError> {
        Self::read(text::assemble(text)?)
    }

    /// Reads a component from a file, and no more of the file than a component may have. A file whose name ends
    /// in `.wat` is in text form.
    ///
    /// # Errors
    /// [`PackageError::Read`] when the file cannot be read, and the errors of [`read`](Self::read).
    pub fn open(path: &Path) -> Result<Self, PackageError> {
        let unreadable = |source| PackageError::Read {
            path: path.to_owned(),
            source,
        };
        let file = std::fs::File::open(path).map_err(unreadable)?;
        let metadata = file.metadata().map_err(unreadable)?;
        if metadata.is_file() {
            scan::check_size(metadata.len())?;
        }
        let mut bytes = Vec::new();
        // One byte more than may be: the file may have grown, or be a pipe, which has no length.
        file.take(COMPONENT_BYTES_MAX + 1)
            .read_to_end(&mut bytes)
            .map_err(unreadable)?;
        if text::is_name_of(path) {
            let text = String::from_utf8(bytes).map_err(|_| text::not_utf8())?;
            return Self::from_text(&text);
        }
        Self::read(bytes)
    }

    /// The bytes.
    pub fn bytes(&self) -> &Arc<[u8]> {
        &self.bytes
    }

    /// The digest of the bytes.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// The manifest that [`stamp`](crate::stamp()) put into it, if it did.
    pub fn manifest(&self) -> Option<&Manifest> {
        self.manifest.as_ref()
    }

    /// What it imports.
    pub fn imports(&self) -> &[Extern] {
        &self.imports
    }

    /// What it exports.
    pub fn exports(&self) -> &[Extern] {
        &self.exports
    }

    /// What it is by its exports, whether or not the rest of it fits; none when it is neither kind, or both.
    pub fn kind(&self) -> Option<Kind> {
        world::kind(&self.exports)
    }

    /// The platform services that it imports functions of.
    pub fn needed_capabilities(&self) -> BTreeSet<Capability> {
        self.called_interfaces()
            .filter_map(Capability::of_import)
            .collect()
    }

    /// The packages of the interfaces that it imports functions of, and that are neither of airs nor of WASI.
    pub fn needed_interfaces(&self) -> BTreeSet<WitPackage> {
        self.called_interfaces()
            .filter_map(WitPackage::of_interface)
            .collect()
    }

    fn called_interfaces(&self) -> impl Iterator<Item = &str> {
        self.imports.iter().filter_map(|import| match import {
            Extern::Interface { name, functions } if !functions.is_empty() => Some(name.as_str()),
            _ => None,
        })
    }

    /// Checks that it exports what its kind demands, and imports nothing that its kind may not have.
    ///
    /// # Errors
    /// [`PackageError::WrongWorld`], which names everything that differs.
    pub fn check_world(&self, kind: Kind) -> Result<(), PackageError> {
        let mismatches = world::check(&self.world, kind)?;
        if mismatches.is_empty() {
            return Ok(());
        }
        Err(PackageError::WrongWorld {
            kind,
            found: self.kind(),
            mismatches,
        })
    }

    /// Checks that it needs nothing that is not declared.
    ///
    /// # Errors
    /// [`PackageError::UndeclaredCapability`], which names what to declare.
    pub fn check_capabilities(&self, declared: &Capabilities) -> Result<(), PackageError> {
        let needed = self.needed_capabilities().into_iter();
        let missing: BTreeSet<_> = needed.filter(|kind| !declared.contains(*kind)).collect();
        let interfaces = self.needed_interfaces();
        let interfaces: BTreeSet<_> = interfaces.difference(&declared.interfaces).cloned().collect();
        if missing.is_empty() && interfaces.is_empty() {
            return Ok(());
        }
        Err(PackageError::UndeclaredCapability {
            missing,
            interfaces,
            declared: Box::new(declared.clone()),
        })
    }

    /// What a program says about its input and output.
    pub fn program(&self) -> Option<&ProgramInfo> {
        self.program.as_ref()
    }

    /// Its imports and exports as WIT text.
    pub fn wit(&self) -> String {
        // Such as `url=<https://example.com>`, which is a name to a component.
        let mut names = self.imports.iter().chain(&self.exports).map(Extern::name);
        if let Some(name) = names.find(|name| name.contains('=')) {
            return wit_text::inexpressible(&format!("{name:?} is no name in it"));
        }
        wit_text::print(&self.bytes)
    }

    /// Its size by kind of section, largest first, over all modules in it. They add up to its bytes.
    pub fn sections(&self) -> &[SectionSize] {
        &self.sections
    }
}

fn externs(items: &[(String, Item)]) -> Vec<Extern> {
    let other = |name: &str, what| Extern::Other {
        name: name.to_owned(),
        what,
    };
    let items = items.iter().map(|(name, item)| match item {
        Item::Interface(functions) => Extern::Interface {
            name: name.clone(),
            functions: functions
                .iter()
                .map(|function| world::function_name(&function.name))
                .collect(),
        },
        Item::Function(function) => Extern::Function {
            name: name.clone(),
            signature: world::signature(function),
        },
        Item::Resource => other(name, "resource"),
        Item::Type => other(name, "type"),
        Item::Other(what) => other(name, what),
    });
    items.collect()
}

impl fmt::Debug for Component {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Component")
            .field("bytes", &self.bytes.len())
            .field("digest", &self.digest)
            .field("imports", &self.imports)
            .field("exports", &self.exports)
            .finish_non_exhaustive()
    }
}
