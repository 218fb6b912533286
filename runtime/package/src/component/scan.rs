//! One pass over a component's bytes: is it one, what is in it, how large is what.

use wasmparser::{
    BinaryReaderError, Chunk, Encoding, Parser, Payload, ValidPayload, Validator, WasmFeatures,
};

use super::complexity::{Complexity, Fault};
use super::section::Sizes;
use super::{COMPONENT_BYTES_MAX, COMPONENT_STRIPPED_BYTES_MAX, SectionSize};
use crate::in_short::in_short;
use crate::world::{Item, World, read_world};
use crate::{PackageError, ProgramInfo, manifest_section};

/// How deep components and modules nest. What wit-component makes nests two levels, a composition three.
const DEPTH_MAX: usize = 16;

/// The longest section of airs: a schema of a thousand fields has a tenth of it.
const SECTION_BYTES_MAX: usize = 1 << 20;

/// What a component may be made of. In its code everything that has been standardised: whether the engine
/// runs it, the engine says. In its types nothing that is still a proposal: no world of airs uses it.
const FEATURES: WasmFeatures = WasmFeatures::WASM3
    .union(WasmFeatures::COMPONENT_MODEL)
    .union(WasmFeatures::THREADS);

pub(super) struct Scan<'b> {
    pub(super) world: World,
    pub(super) manifest: Option<&'b [u8]>,
    pub(super) program: Option<&'b [u8]>,
    pub(super) sections: Vec<SectionSize>,
}

pub(super) fn check_size(bytes: u64) -> Result<(), PackageError> {
    match bytes {
        0 => Err(PackageError::Empty),
        bytes if bytes > COMPONENT_BYTES_MAX => Err(PackageError::TooLarge {
            bytes,
            max: COMPONENT_BYTES_MAX,
        }),
        _ => Ok(()),
    }
}

/// Checks by size and first bytes that this is a component, and says what else it is.
pub(crate) fn check_is_component(bytes: &[u8]) -> Result<(), PackageError> {
    match encoding(bytes)? {
        Encoding::Component => Ok(()),
        Encoding::Module => Err(PackageError::CoreModule),
    }
}

fn encoding(bytes: &[u8]) -> Result<Encoding, PackageError> {
    check_size(bytes.len() as u64)?;
    let wasm = bytes.starts_with(&wasm_encoder::Module::HEADER[..4]);
    let Some(header) = bytes.first_chunk::<8>().filter(|_| wasm) else {
        return Err(foreign(bytes));
    };
    if *header == wasm_encoder::Component::HEADER {
        return Ok(Encoding::Component);
    }
    if *header == wasm_encoder::Module::HEADER {
        return Ok(Encoding::Module);
    }
    let [.., a, b, c, d] = *header;
    Err(PackageError::UnknownVersion {
        version: u32::from_le_bytes([a, b, c, d]),
    })
}

/// What bytes are that do not begin as WebAssembly does, or that end before it has begun.
fn foreign(bytes: &[u8]) -> PackageError {
    /// The beginnings of native files: ELF, which precompiled components are too; PE; and Mach-O.
    const NATIVE: [&[u8]; 4] = [b"\x7fELF", b"MZ", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe"];

    let start = bytes.get(..1024).unwrap_or(bytes);
    let is_text = |start: &[u8]| match std::str::from_utf8(start) {
        Ok(text) => !text.contains('\0'),
        // The last character may be cut off.
        Err(error) => error.error_len().is_none() && !start.contains(&0),
    };
    let magic = wasm_encoder::Component::HEADER;
    if NATIVE.iter().any(|native| bytes.starts_with(native)) {
        PackageError::NativeCode
    } else if magic.starts_with(bytes) || (bytes.len() < magic.len() && bytes.starts_with(&magic[..4])) {
        truncated(bytes)
    } else if is_text(start) {
        PackageError::Text
    } else {
        PackageError::NotWasm
    }
}

pub(super) fn scan(bytes: &[u8]) -> Result<Scan<'_>, PackageError> {
    check_is_component(bytes)?;
    let scan = walk(bytes)?;
    // A WIT package in binary form is a component, too, whose exports are its interfaces and worlds as types.
    let packaged = |(_, item): &(String, Item)| matches!(item, Item::Other("component type"));
    if scan.world.imports.is_empty() && scan.world.exports.iter().any(packaged) {
        return Err(PackageError::WitPackage);
    }
    Ok(scan)
}

/// What matters of a core module that is to become a component.
pub(crate) struct ScannedModule {
    pub(crate) is_component: bool,
    pub(crate) imports_preview1: bool,
    pub(crate) has_world: bool,
}

/// Checks a core module, but for its functions' code.
pub(crate) fn scan_module(bytes: &[u8]) -> Result<ScannedModule, PackageError> {
    let is_component = encoding(bytes)? == Encoding::Component;
    walk(bytes)?;
    let mut module = ScannedModule {
        is_component,
        imports_preview1: false,
        has_world: false,
    };
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(malformed)? {
            Payload::CustomSection(custom) => module.has_world |= custom.name().starts_with("component-type"),
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    module.imports_preview1 |= import.map_err(malformed)?.module == "wasi_snapshot_preview1";
                }
            }
            _ => {}
        }
    }
    Ok(module)
}

fn walk(bytes: &[u8]) -> Result<Scan<'_>, PackageError> {
    let mut walk = Walk {
        validator: Validator::new_with_features(FEATURES),
        parser: Parser::new(0),
        outer: Vec::new(),
        complexity: Complexity::default(),
        sizes: Sizes::default(),
        imports: Vec::new(),
        exports: Vec::new(),
        scan: Scan {
            manifest: None,
            program: None,
            sections: Vec::new(),
            world: World::default(),
        },
    };
    walk.parser.set_features(FEATURES);
    let mut rest = bytes;
    loop {
        let (consumed, payload) = match walk.parser.parse(rest, false).map_err(malformed)? {
            Chunk::Parsed { consumed, payload } => (consumed, payload),
            // What ends where the bytes do: the outermost component, and what is the last in it.
            Chunk::NeedMoreData(_) if rest.is_empty() && walk.ends_at(bytes.len()) => {
                match walk.parser.parse(rest, true).map_err(malformed)? {
                    Chunk::Parsed { consumed, payload } => (consumed, payload),
                    Chunk::NeedMoreData(_) => return Err(truncated(bytes)),
                }
            }
            // A section that claims to be longer than the bytes ends here, before anything is made in its size.
            Chunk::NeedMoreData(_) => return Err(truncated(bytes)),
        };
        rest = rest.get(consumed..).unwrap_or_default();
        if walk.step(&payload, consumed as u64)? {
            walk.scan.sections = walk.sizes.finish();
            return Ok(walk.scan);
        }
    }
}

struct Walk<'b> {
    validator: Validator,
    parser: Parser,
    /// The parsers of what is around the innermost component or module, and where each of what is within ends.
    outer: Vec<(Parser, usize)>,
    complexity: Complexity,
    sizes: Sizes,
    imports: Vec<&'b str>,
    exports: Vec<&'b str>,
    scan: Scan<'b>,
}

impl<'b> Walk<'b> {
    /// Whether the innermost component or module is whole when so many bytes have been read.
    fn ends_at(&self, bytes: usize) -> bool {
        self.outer.last().is_none_or(|(_, end)| *end == bytes)
    }

    /// Takes the next part of the component, of so many bytes; whether it was the last.
    fn step(&mut self, payload: &Payload<'b>, bytes: u64) -> Result<bool, PackageError> {
        let valid = self.validator.payload(payload).map_err(malformed)?;
        self.sizes.add(payload, bytes);
        if self.sizes.stripped > COMPONENT_STRIPPED_BYTES_MAX {
            return Err(PackageError::TooLargeStripped {
                max: COMPONENT_STRIPPED_BYTES_MAX,
            });
        }
        let outermost = self.outer.is_empty();
        match payload {
            Payload::CustomSection(custom) => match custom.name() {
                manifest_section::SECTION if outermost => {
                    keep(&mut self.scan.manifest, manifest_section::SECTION, custom.data())?;
                }
                ProgramInfo::SECTION => keep(&mut self.scan.program, ProgramInfo::SECTION, custom.data())?,
                _ => {}
            },
            Payload::ComponentImportSection(section) if outermost => {
                for import in section.clone() {
                    self.imports.push(import.map_err(malformed)?.name.name);
                }
            }
            Payload::ComponentExportSection(section) if outermost => {
                for export in section.clone() {
                    self.exports.push(export.map_err(malformed)?.name.name);
                }
            }
            Payload::TypeSection(section) => self.complexity.types(section).map_err(refused)?,
            Payload::FunctionSection(section) => self.complexity.functions(section).map_err(refused)?,
            Payload::ComponentCanonicalSection(section) => {
                self.complexity.adapters(section.count()).map_err(refused)?;
            }
            Payload::CodeSectionEntry(body) => self.complexity.code(body).map_err(refused)?,
            Payload::ModuleSection {
                parser,
                unchecked_range,
            }
            | Payload::ComponentSection {
                parser,
                unchecked_range,
            } => {
                self.complexity.enter();
                let around = std::mem::replace(&mut self.parser, parser.clone());
                self.outer.push((around, unchecked_range.end));
                if self.outer.len() > DEPTH_MAX {
                    return Err(PackageError::TooDeep { max: DEPTH_MAX });
                }
            }
            Payload::End(_) => match (self.outer.pop(), valid) {
                (Some((around, _)), _) => {
                    self.complexity.leave();
                    self.parser = around;
                }
                (None, ValidPayload::End(types)) => {
                    self.scan.world = read_world(types.as_ref(), &self.imports, &self.exports);
                    return Ok(true);
                }
                (None, _) => return Ok(true),
            },
            _ => {}
        }
        Ok(false)
    }
}

fn truncated(bytes: &[u8]) -> PackageError {
    PackageError::Truncated {
        bytes: bytes.len() as u64,
    }
}

fn keep<'b>(place: &mut Option<&'b [u8]>, section: &'static str, data: &'b [u8]) -> Result<(), PackageError> {
    let bad = |message: String| PackageError::BadSection { section, message };
    if place.is_some() {
        return Err(bad("there are two of them, and one component has one".to_owned()));
    }
    if data.len() > SECTION_BYTES_MAX {
        return Err(bad(format!("it has more than {SECTION_BYTES_MAX} bytes")));
    }
    *place = Some(data);
    Ok(())
}

fn refused(fault: Fault) -> PackageError {
    match fault {
        Fault::Malformed(error) => malformed(error),
        Fault::TooComplex(error) => error,
    }
}

pub(crate) fn malformed(error: BinaryReaderError) -> PackageError {
    PackageError::Malformed {
        offset: error.offset() as u64,
        message: in_short(error.message()),
    }
}
