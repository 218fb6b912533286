//! What a divided copy does, beside the instruction that it stands for.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use wasmtime::{Config, Engine, Instance, Memory, Module, Store, Trap, UpdateDeadline};

use super::*;

const STEP: u32 = STEP_BYTES;

/// Two memories, of 4 and of 3 MiB.
const MODULE_TEXT: &str = r#"(module
    (import "" "before" (func))
    (memory (export "large") 64) (memory (export "small") 48)
    (func $short (memory.fill (i32.const 9) (i32.const 7) (i32.const 1048576)))
    (func $within (export "within") (param i32 i32 i32)
        (memory.copy (local.get 0) (local.get 1) (local.get 2)))
    (func $between (export "between") (param i32 i32 i32)
        (memory.copy 0 1 (local.get 0) (local.get 1) (local.get 2))
        (nop))
    (func $fill (export "fill") (param i32 i32 i32)
        (nop)
        (memory.fill 1 (local.get 0) (local.get 1) (local.get 2)))
    (func $other (result i32) (i32.const 0xfc)))"#;

fn divided_module(module: &[u8]) -> Output<'_> {
    let mut output = Output::of(module);
    let section = Section {
        id: MODULE,
        whole: 0..module.len(),
        content: BinaryReader::new(module, 0),
    };
    module::divide(&mut output, section, &mut Room::default()).unwrap();
    output.bytes.drain(..1 + LENGTH_BYTES);
    output
}

fn in_component(module: &[u8], times: usize) -> Vec<u8> {
    let mut output = Output::of(b"\0asm\x0d\0\x01\0");
    output.keep(0..HEADER_BYTES);
    for _ in 0..times {
        let length = output.open(MODULE);
        output.add(module);
        output.close(length);
    }
    output.bytes
}

struct Guest {
    store: Store<()>,
    instance: Instance,
    checks: Arc<AtomicU32>,
}

impl Guest {
    /// Asks at each look for an interruption.
    fn of(module: &[u8]) -> Self {
        let engine = Engine::new(Config::new().epoch_interruption(true)).unwrap();
        let module = Module::new(&engine, module).unwrap();
        let mut store = Store::new(&engine, ());
        let checks = Arc::<AtomicU32>::default();
        let counted = Arc::clone(&checks);
        store.epoch_deadline_callback(move |_| {
            counted.fetch_add(1, Ordering::Relaxed);
            Ok(UpdateDeadline::Continue(0))
        });
        let before = wasmtime::Func::wrap(&mut store, || {});
        let instance = Instance::new(&mut store, &module, &[before.into()]).unwrap();
        Self {
            store,
            instance,
            checks,
        }
    }

    fn memory(&mut self, name: &str) -> Memory {
        self.instance.get_memory(&mut self.store, name).unwrap()
    }

    fn call(&mut self, name: &str, operands: (u32, u32, u32)) -> Option<Trap> {
        let function = self.instance.get_typed_func(&mut self.store, name).unwrap();
        let ended: wasmtime::Result<()> = function.call(&mut self.store, operands);
        ended.err().map(|error| *error.downcast_ref::<Trap>().unwrap())
    }
}

/// Numbers that look random, the same ones each time.
fn numbers() -> impl FnMut(u32) -> u32 {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    move |below| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u32 % below
    }
}

#[test]
fn what_is_divided_does_what_the_instruction_does() {
    let module = wat::parse_str(MODULE_TEXT).unwrap();
    let (mut whole, mut divided) = (Guest::of(&module), Guest::of(&divided_module(&module).bytes));
    let mut number = numbers();
    for name in ["large", "small"] {
        for guest in [&mut whole, &mut divided] {
            let memory = guest.memory(name);
            for (index, byte) in memory.data_mut(&mut guest.store).iter_mut().enumerate() {
                *byte = (index.wrapping_mul(2_654_435_761) >> 13) as u8;
            }
        }
    }
    let mut trapped = 0;
    for turn in 0..120 {
        let name = ["within", "between", "fill"][turn % 3];
        let lengths = [
            0,
            1,
            STEP - 1,
            STEP,
            STEP + 1,
            2 * STEP,
            2 * STEP + 4_097,
            3 * STEP,
            number(4 * STEP),
            u32::MAX - 5,
        ];
        let near = number(3) * STEP + number(3);
        let operands = (number(2 * STEP), near, lengths[number(10) as usize]);
        let ended = whole.call(name, operands);
        assert_eq!(divided.call(name, operands), ended, "{name} {operands:?}");
        trapped += u32::from(ended.is_some());
        for memory in ["large", "small"] {
            let (one, other) = (whole.memory(memory), divided.memory(memory));
            let is_same = one.data(&whole.store) == other.data(&divided.store);
            assert!(is_same, "{memory} after {name} {operands:?}");
        }
    }
    assert!((20..100).contains(&trapped), "{trapped}");
}

#[test]
fn an_interruption_is_looked_for_at_each_step() {
    let module = wat::parse_str(MODULE_TEXT).unwrap();
    let (mut whole, mut divided) = (Guest::of(&module), Guest::of(&divided_module(&module).bytes));
    for (name, operands) in [
        ("within", (0, 64, 3 * STEP)),
        ("within", (64, 0, 3 * STEP)),
        ("between", (STEP, 0, 3 * STEP)),
        ("fill", (0, 1, 3 * STEP)),
    ] {
        let looks = |guest: &mut Guest| {
            guest.checks.store(0, Ordering::Relaxed);
            assert_eq!(guest.call(name, operands), None);
            guest.checks.load(Ordering::Relaxed)
        };
        let (once, often) = (looks(&mut whole), looks(&mut divided));
        assert!(often >= once + 2, "{name} {operands:?}: {once}, {often}");
    }
}

#[test]
fn each_byte_that_was_there_is_found_again() {
    let module = wat::parse_str(MODULE_TEXT).unwrap();
    let component = in_component(&module, 2);
    let Divided { bytes, places } = Divided::of(&component).unwrap();
    assert!(bytes.len() > component.len());
    let mut found: Vec<usize> = Vec::new();
    let mut calls = 0;
    for (is, byte) in bytes.iter().enumerate() {
        if let Some(was) = places.original(is) {
            // Who fails in the call stands where the instruction stood.
            let is_call = (component[was], *byte) == (0xfc, 0x10);
            calls += usize::from(is_call);
            assert!(is_call || component[was] == *byte, "{was}, {is}");
            found.push(was);
        }
    }
    assert!(found.is_sorted());
    assert_eq!(calls, 2 * 3);
    // What is not there again: headers, the rest of instructions, numbers and lengths that have changed.
    let lost = component.len() - found.len();
    assert!(lost < 100, "{lost} of {}", component.len());
    assert_eq!(places.original(bytes.len()), None);
}

#[test]
fn what_has_nothing_to_divide_stays_as_it_is() {
    let short = r#"(component (core module (memory 99)
        (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 1048576)))
        (func (result i32) (i32.const -4))))"#;
    let short = wat::parse_str(short).unwrap();
    for component in [
        short.as_slice(),
        b"",
        b"#!/bin/sh",
        b"\0asm\x01\0\0\0",
        b"\0asm\x0d\0\x01\0",
    ] {
        let divided = Divided::of(component).unwrap();
        assert!(matches!(divided.bytes, Cow::Borrowed(_)));
        assert_eq!(divided.places.original(7), Some(7));
    }
    // One byte more is more than a step; a negative number is a large one.
    for length in ["1048577", "-1"] {
        let text = format!(
            "(component (component (core module (memory 99)
                (func (memory.fill (i32.const 0) (i32.const 0) (i32.const {length}))))))"
        );
        let component = wat::parse_str(text).unwrap();
        assert!(matches!(Divided::of(&component).unwrap().bytes, Cow::Owned(_)));
    }
}

#[test]
fn what_breaks_off_or_lies_about_its_length_is_malformed() {
    let module = wat::parse_str(MODULE_TEXT).unwrap();
    let component = in_component(&module, 1);
    for end in HEADER_BYTES + 1..component.len() {
        assert!(Divided::of(&component[..end]).is_err(), "{end}");
    }
    // A module that says to be longer than the component in which it is.
    let nested =
        |content: &[u8], length: u8| [b"\0asm\x0d\0\x01\0\x04".as_slice(), &[length], content].concat();
    let inner = nested(b"", 0);
    assert!(Divided::of(&nested(&inner[..8], 8)).is_ok());
    assert!(Divided::of(&nested(&[&inner[..8], b"\x01\x09\0asm"].concat(), 14)).is_err());
    // Thousands within each other.
    let mut deep = b"\0asm\x0d\0\x01\0".to_vec();
    for _ in 0..2_000 {
        let mut output = Output::of(b"\0asm\x0d\0\x01\0");
        output.keep(0..HEADER_BYTES);
        let length = output.open(COMPONENT);
        output.add(&deep);
        output.close(length);
        deep = output.bytes;
    }
    assert!(Divided::of(&deep).is_ok());
}

#[test]
fn what_would_take_too_much_is_refused() {
    let refused = |text: &str| {
        let module = wat::parse_str(text).unwrap();
        Divided::of(&in_component(&module, 1))
            .map(drop)
            .map_err(|error| error.to_string())
    };
    let copies = |count: usize| {
        let copy = |number: usize| format!("(memory.copy {} {})", number % 100, number / 100 % 100);
        let copies: String = (0..count).map(copy).collect();
        format!(
            "(module {} (func unreachable {copies}))",
            "(memory 1)".repeat(100)
        )
    };
    assert_eq!(refused(&copies(FUNCTIONS_MAX)), Ok(()));
    let why = refused(&copies(FUNCTIONS_MAX + 1)).unwrap_err();
    assert_eq!(
        why,
        "it has more than 320 pairs of memories between which it copies"
    );
    let fills = |count: usize| {
        format!(
            "(module (memory 1) (func unreachable {}))",
            "memory.fill ".repeat(count)
        )
    };
    assert_eq!(refused(&fills(INSTRUCTIONS_MAX)), Ok(()));
    let why = refused(&fills(INSTRUCTIONS_MAX + 1)).unwrap_err();
    assert_eq!(
        why,
        "it has more than 262144 instructions that copy or fill memory"
    );
    // Two sections with code, of which the second would be taken for more of the first.
    let mut module = wat::parse_str("(module (memory 1) (func unreachable memory.fill))").unwrap();
    module.extend([10, 4, 1, 2, 0, 0x0b]);
    let why = Divided::of(&in_component(&module, 1)).map(drop).unwrap_err();
    assert_eq!(why.to_string(), "a module has two sections 10");
}
