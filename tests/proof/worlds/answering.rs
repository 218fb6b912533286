//! Modules whose functions answer.

use std::iter;

use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, Function, GlobalSection, GlobalType, MemorySection, MemoryType,
    Module, RawSection, ValType as Encoded,
};
use wasmparser::{CompositeInnerType, Parser, Payload, ValType};

use super::super::chance::Chance;

/// What answers point to, from the start of the memory on.
const ANSWERS_BYTES: usize = 4096;
/// Arguments are written from there on.
const ARGUMENTS_AT: i32 = 8192;
const MEMORY_PAGES: u64 = 16;
const REALLOC: &str = "cabi_realloc";

/// The module with bodies that answer at random, where each of its functions traps. It takes arguments of as many bytes as
/// there is memory for.
pub(super) fn answering(module: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut made = Module::new();
    let (mut types, mut imported, mut defined, mut realloc) = (Vec::new(), 0, Vec::new(), None);
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload.unwrap();
        match &payload {
            Payload::TypeSection(section) => {
                let groups = section
                    .clone()
                    .into_iter()
                    .flat_map(|group| group.unwrap().into_types());
                types.extend(groups.map(|ty| match ty.composite_type.inner {
                    CompositeInnerType::Func(ty) => ty.results().to_vec(),
                    other => panic!("{other:?} in a module of functions"),
                }));
            }
            Payload::ImportSection(section) => imported = section.count(),
            Payload::FunctionSection(section) => {
                defined.extend(section.clone().into_iter().map(Result::unwrap))
            }
            Payload::ExportSection(section) => {
                let mut exports = section.clone().into_iter().map(Result::unwrap);
                realloc = exports
                    .find(|export| export.name == REALLOC)
                    .map(|export| export.index);
            }
            Payload::MemorySection(_) => {
                made.section(&memory()).section(&next_argument());
                continue;
            }
            Payload::CodeSectionStart { .. } => {
                let mut code = CodeSection::new();
                for (number, ty) in (imported..).zip(&defined) {
                    let results = &types[*ty as usize];
                    code.function(&if Some(number) == realloc {
                        takes_what_is_next()
                    } else {
                        answers(results, chance)
                    });
                }
                let words = iter::repeat_with(|| any_word(chance).to_le_bytes());
                let bytes: Vec<u8> = words.take(ANSWERS_BYTES / 4).flatten().collect();
                let mut data = DataSection::new();
                data.active(0, &ConstExpr::i32_const(0), bytes);
                made.section(&code).section(&data);
                continue;
            }
            _ => {}
        }
        if let Some((id, range)) = payload.as_section() {
            let data = &module[range];
            made.section(&RawSection { id, data });
        }
    }
    made.finish()
}

fn memory() -> MemorySection {
    let mut memories = MemorySection::new();
    memories.memory(MemoryType {
        minimum: MEMORY_PAGES,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    memories
}

/// Where the next argument is written.
fn next_argument() -> GlobalSection {
    let mut globals = GlobalSection::new();
    let ty = GlobalType {
        val_type: Encoded::I32,
        mutable: true,
        shared: false,
    };
    globals.global(ty, &ConstExpr::i32_const(ARGUMENTS_AT));
    globals
}

/// A `realloc` that never frees.
fn takes_what_is_next() -> Function {
    let mut function = Function::new([]);
    function
        .instructions()
        .global_get(0)
        .i32_const(7)
        .i32_add()
        .i32_const(-8)
        .i32_and()
        .global_set(0)
        .global_get(0)
        .global_get(0)
        .local_get(3)
        .i32_add()
        .global_set(0)
        .end();
    function
}

fn answers(results: &[ValType], chance: &mut Chance) -> Function {
    let mut function = Function::new([]);
    let mut body = function.instructions();
    for result in results {
        match result {
            ValType::I32 => body.i32_const(any_word(chance)),
            ValType::I64 => body.i64_const(chance.draw().cast_signed()),
            ValType::F32 => body.f32_const(f32::from_bits(chance.draw() as u32).into()),
            ValType::F64 => body.f64_const(f64::from_bits(chance.draw()).into()),
            other => panic!("{other:?} is no type of the canonical ABI"),
        };
    }
    body.end();
    function
}

/// A case, a place among the answers, or anything.
fn any_word(chance: &mut Chance) -> i32 {
    match chance.below(4) {
        0 => chance.below(4) as i32,
        1 | 2 => chance.below(ANSWERS_BYTES / 2) as i32 & -8,
        _ => chance.draw() as i32,
    }
}
