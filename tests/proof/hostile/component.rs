//! Components written by hand: what no compiler would make of Rust.

use std::path::Path;

use airs_package::Manifest;
use airs_runtime::{Component, Kind};
use airs_tests::stamped;
use wasm_encoder::{ComponentSection as _, ComponentSectionId, Encode as _, InstanceSection, ModuleArg};
use wasmparser::{Parser, Payload};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// A program whose `run` has this body; it has the input's place in `$input` and `$bytes`, and answers with the
/// place of its answer. At 16 stands one that is well.
pub(crate) fn program(run: &str, beside: &str, encoding: StringEncoding) -> Vec<u8> {
    let module = format!(
        r#"(module
            (import "airs:val/val@0.1.0" "intend" (func $intend (param i32 i32 i32 i32)))
            (import "airs:val/val@0.1.0" "done" (func $done (param i32 i32)))
            (import "airs:val/val@0.1.0" "[method]asset.view" (func $view (param i32 i32)))
            (import "airs:val/val@0.1.0" "[method]asset.transfer"
                (func $transfer (param i32 i32 i32 i64 i64 i32 i32)))
            (import "airs:val/val@0.1.0" "[method]asset.control" (func $control (param i32 i32 i32 i32 i32 i32)))
            (import "airs:val/val@0.1.0" "[resource-drop]asset" (func $drop (param i32)))
            (data (i32.const 16) "\00\00\00\00\40\00\00\00\02\00\00\00")
            (data (i32.const 64) "42/probe/a")
            (global $free (mut i32) (i32.const 4096))
            (func $open (result i32)
                (call $intend (i32.const 66) (i32.const 8) (i32.const 15) (i32.const 128))
                (if (i32.load8_u (i32.const 128)) (then unreachable))
                (i32.load (i32.const 132)))
            (func (export "run") (param $input i32) (param $bytes i32) (result i32)
                (local $at i32)
                {run})
            {}
            {beside})"#,
        part(beside, "cabi_realloc", REALLOC),
    );
    let module = if beside.contains(r#"(export "memory")"#) {
        module
    } else {
        module.replacen("(data", r#"(memory (export "memory") 1) (data"#, 1)
    };
    encode(&module, "program", encoding)
}

/// A driver. `parts` are functions that it exports instead of the plain ones: each a WAT function.
pub(crate) fn driver(parts: &str) -> Vec<u8> {
    const CALL: &str = "i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32";
    let function = |name: &str, params: &str, body: &str| {
        let export = format!("airs:driver/driver@0.1.0#{name}");
        let plain = format!(r#"(func (export "{export}") (param {params}) (result i32) {body})"#);
        part(parts, &format!("\"{export}\""), &plain).to_owned()
    };
    // At 16 stands an answer that is nothing, at 32 one that is an asset, at 48 one that is an amount of 1.
    let module = format!(
        r#"(module
            (import "airs:storage/storage@0.1.0" "get" (func $get (param i32 i32 i32)))
            (import "airs:storage/storage@0.1.0" "get-many" (func $get-many (param i32 i32 i32)))
            (import "airs:storage/storage@0.1.0" "set" (func $set (param i32 i32 i32 i32 i32)))
            (import "airs:storage/storage@0.1.0" "scan"
                (func $scan (param i32 i32 i32 i32 i32 i32 i32)))
            (import "[export]airs:driver/driver@0.1.0" "[resource-new]asset" (func $new (param i32) (result i32)))
            (import "[export]airs:driver/driver@0.1.0" "[resource-drop]asset" (func $drop (param i32)))
            (memory (export "memory") 4)
            (data (i32.const 48) "\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\01")
            (global $free (mut i32) (i32.const 4096))
            {bind} {unbind} {intend} {view} {transfer} {control} {done} {migrate} {dtor} {realloc} {parts})"#,
        bind = function("bind", &format!("{CALL} i32 i32"), "(i32.const 16)"),
        unbind = function("unbind", &format!("{CALL} i32 i32"), "(i32.const 16)"),
        intend = function(
            "intend",
            &format!("{CALL} i32 i32 i32"),
            "(i32.store (i32.const 36) (call $new (i32.const 7))) (i32.const 32)"
        ),
        view = function("[method]asset.view", "i32", "(i32.const 48)"),
        transfer = function(
            "[method]asset.transfer",
            "i32 i32 i32 i64 i64 i32",
            "(i32.const 16)"
        ),
        control = function("[method]asset.control", "i32 i32 i32 i32 i32", "(i32.const 16)"),
        done = function("done", "i32", "(call $drop (local.get 0)) (i32.const 16)"),
        migrate = function("migrate", "i32", "(i32.const 16)"),
        dtor = part(
            parts,
            "[dtor]asset",
            r#"(func (export "airs:driver/driver@0.1.0#[dtor]asset") (param i32))"#
        ),
        realloc = part(parts, "cabi_realloc", REALLOC),
    );
    encode(&module, "driver", StringEncoding::UTF8)
}

/// Hands out one piece of memory after the other, as far as there is some.
const REALLOC: &str = r#"(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (global.set $free (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
    (global.get $free)
    (global.set $free (i32.add (global.get $free) (local.get 3))))"#;

/// The plain form of a part, unless there is another.
fn part<'a>(parts: &str, name: &str, plain: &'a str) -> &'a str {
    if parts.contains(name) { "" } else { plain }
}

/// A component of one of the worlds of airs.
fn encode(text: &str, world: &str, encoding: StringEncoding) -> Vec<u8> {
    let mut module = wat::parse_str(text).unwrap_or_else(|error| panic!("{error}"));
    let mut resolve = Resolve::new();
    let wit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit");
    let (package, _) = resolve.push_dir(&wit).unwrap();
    let world = resolve.select_world(&[package], Some(world)).unwrap();
    embed_component_metadata(&mut module, &resolve, world, encoding).unwrap();
    let mut encoder = ComponentEncoder::default().module(&module).unwrap();
    encoder.encode().unwrap_or_else(|error| panic!("{error:?}"))
}

/// The component with so many instances of a core module beside those that it has.
pub(crate) fn crowded(mut component: Vec<u8>, module: &str, count: u32) -> Vec<u8> {
    let mut depth = 0;
    let mut modules = 0;
    for payload in Parser::new(0).parse_all(&component) {
        match payload.unwrap() {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => {
                modules += u32::from(depth == 0);
                depth += 1;
            }
            Payload::End(_) => depth -= 1,
            _ => {}
        }
    }
    let module = wat::parse_str(module).unwrap();
    component.push(u8::from(ComponentSectionId::CoreModule));
    module.encode(&mut component);
    let mut instances = InstanceSection::new();
    for _ in 0..count {
        instances.instantiate(modules, [] as [(&str, ModuleArg); 0]);
    }
    component.push(instances.id());
    instances.encode(&mut component);
    component
}

/// The bytes with a manifest, as something that can be put into service.
pub(crate) fn named(name: &str, kind: Kind, bytes: &[u8]) -> Component {
    let table = match kind {
        Kind::Driver => "kind = \"driver\"\ncapabilities = { storage = true }",
        Kind::Program => "kind = \"program\"",
    };
    let text =
        format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\n[package.metadata.airs]\n{table}\n");
    let manifest = Manifest::from_cargo_toml(Path::new("Cargo.toml"), &text)
        .unwrap()
        .unwrap();
    stamped(bytes, &manifest)
}
