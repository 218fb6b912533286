//! Writing a manifest into a component.

use std::borrow::Cow;

use wasm_encoder::{ComponentSection as _, CustomSection, Encode as _};
use wasmparser::{BinaryReader, BinaryReaderError};

use crate::component::{check_is_component, malformed};
use crate::{Manifest, PackageError, manifest_section};

/// The magic number and the version, before the first section.
const HEADER_BYTES: usize = 8;

/// The component with the manifest in its custom section `airs:manifest`, in place of one that is there.
///
/// The same component and manifest give the same bytes.
///
/// # Errors
/// An error of code `invalid-component` when the bytes are no component.
///
/// # Examples
/// ```
/// use airs_package::{Component, Manifest, stamp};
///
/// let cargo_toml = r#"
///     [package]
///     name = "payment"
///     version = "0.1.0"
///
///     [package.metadata.airs]
///     kind = "program"
/// "#;
/// let manifest = Manifest::from_cargo_toml("Cargo.toml".as_ref(), cargo_toml)?.expect("it is a component");
///
/// let empty_component = b"\0asm\x0d\0\x01\0";
/// let stamped = Component::read(stamp(empty_component, &manifest)?)?;
/// assert_eq!(stamped.manifest(), Some(&manifest));
/// # Ok::<(), airs_package::PackageError>(())
/// ```
pub fn stamp(component: &[u8], manifest: &Manifest) -> Result<Vec<u8>, PackageError> {
    check_is_component(component)?;
    let mut stamped = without_manifest(component).map_err(malformed)?;
    let data = manifest_section::write(manifest)?;
    let section = CustomSection {
        name: Cow::Borrowed(manifest_section::SECTION),
        data: Cow::Owned(data),
    };
    stamped.push(section.id());
    section.encode(&mut stamped);
    Ok(stamped)
}

fn without_manifest(component: &[u8]) -> Result<Vec<u8>, BinaryReaderError> {
    let mut reader = BinaryReader::new(component, 0);
    let mut kept = Vec::with_capacity(component.len() + 1024);
    kept.extend_from_slice(reader.read_bytes(HEADER_BYTES)?);
    while !reader.eof() {
        let start = reader.current_position();
        let id = reader.read_u8()?;
        let length = reader.read_var_u32()? as usize;
        let content = reader.read_bytes(length)?;
        let is_manifest = id == wasm_encoder::ComponentSectionId::CoreCustom as u8
            && BinaryReader::new(content, 0).read_string()? == manifest_section::SECTION;
        if !is_manifest {
            kept.extend_from_slice(
                component
                    .get(start..reader.current_position())
                    .unwrap_or_default(),
            );
        }
    }
    Ok(kept)
}
