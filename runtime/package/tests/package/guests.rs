//! Components made from the WIT folder, so that no guest is compiled: their functions do nothing.

use wasm_encoder::{CustomSection, Encode as _, Section as _};
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve, SourceMap};

const WIT: [(&str, &str); 6] = [
    ("worlds.wit", include_str!("../../../../wit/worlds.wit")),
    ("types.wit", include_str!("../../../../wit/types.wit")),
    ("val.wit", include_str!("../../../../wit/val.wit")),
    ("driver.wit", include_str!("../../../../wit/driver.wit")),
    ("storage.wit", include_str!("../../../../wit/storage.wit")),
    ("http.wit", include_str!("../../../../wit/http.wit")),
];

/// Packages that are not of airs.
const OTHERS: &str = "
package wasi:random@0.2.6 { interface random { get-random-u64: func() -> u64; } }
package acme:disk@1.0.0 { interface disk { format: func(); } }
";

/// A core module of a world of airs, after some edits of the WIT: `(from, to)`, everywhere.
pub(crate) fn module_of(world: &str, edits: &[(&str, &str)]) -> Vec<u8> {
    let mut sources = SourceMap::new();
    for (name, text) in WIT {
        let edit = |text: String, (from, to): &(&str, &str)| text.replace(from, to);
        sources.push_str(name, edits.iter().fold(text.to_owned(), edit));
    }
    sources.push_str("others.wit", OTHERS);
    for (from, _) in edits {
        assert!(WIT.iter().any(|(_, text)| text.contains(from)), "{from}");
    }
    let group = sources.parse();
    let group = group.unwrap_or_else(|(sources, error)| panic!("{}", error.render(&sources)));
    let mut resolve = Resolve::new();
    let package = resolve.push_group(group).unwrap();
    let world = resolve.select_world(&[package], Some(world)).unwrap();
    let mut module = dummy_module(&resolve, world, ManglingAndAbi::Legacy(LiftLowerAbi::Sync));
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    module
}

pub(crate) fn encode(module: &[u8]) -> Vec<u8> {
    let encoder = ComponentEncoder::default().module(module).unwrap();
    encoder.validate(true).encode().unwrap()
}

pub(crate) fn component_of(world: &str, edits: &[(&str, &str)]) -> Vec<u8> {
    encode(&module_of(world, edits))
}

pub(crate) fn driver() -> Vec<u8> {
    component_of("driver", &[])
}

pub(crate) fn program() -> Vec<u8> {
    component_of("program", &[])
}

/// The bytes, with a custom section at their end.
pub(crate) fn with_section(mut bytes: Vec<u8>, name: &str, data: &[u8]) -> Vec<u8> {
    let section = CustomSection {
        name: name.into(),
        data: data.into(),
    };
    bytes.push(section.id());
    section.encode(&mut bytes);
    bytes
}
