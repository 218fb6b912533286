//! Making a component of a core module.

use wit_component::ComponentEncoder;

use crate::PackageError;
use crate::component::{guarded, scan_module};

/// Makes a component of a core module whose `component-type` sections say which world it belongs to, as
/// bindings that wit-bindgen generates do. Bytes that are a component already come back as they are.
///
/// # Errors
/// An error of code `invalid-component` when the bytes are no module, when the module was built for WASI's
/// first version, and when it does not fit the world that it names.
///
/// # Examples
/// ```
/// use airs_package::{Component, componentize};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let mut wit = wit_parser::Resolve::default();
/// # let text = "package demo:demo; world demo { export run: func(input: string) -> string; }";
/// # let package = wit.push_str("demo.wit", text)?;
/// # let world = wit.select_world(&[package], None)?;
/// # let mangling = wit_parser::ManglingAndAbi::Standard32;
/// # let mut module = wit_component::dummy_module(&wit, world, mangling);
/// # wit_component::embed_component_metadata(&mut module, &wit, world, wit_component::StringEncoding::UTF8)?;
/// // `module` exports `run: func(input: string) -> string`, and its world says so.
/// let component = Component::read(componentize(&module)?)?;
/// assert_eq!(component.exports()[0].name(), "run");
/// # Ok(())
/// # }
/// ```
pub fn componentize(module: &[u8]) -> Result<Vec<u8>, PackageError> {
    let scanned = scan_module(module)?;
    if scanned.is_component {
        return Ok(module.to_vec());
    }
    if scanned.imports_preview1 {
        return Err(PackageError::Preview1);
    }
    if !scanned.has_world {
        return Err(PackageError::NoWorld);
    }
    let encode = || {
        ComponentEncoder::default()
            .module(module)?
            .validate(true)
            .encode()
    };
    guarded(encode).map_err(|message| PackageError::Componentize { message })
}
