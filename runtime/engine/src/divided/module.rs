//! The same of one core module.

use std::collections::HashSet;
use std::ops::Range;

use wasm_encoder::{Encode, NameMap, NameSection};
use wasmparser::{
    BinaryReader, CodeSectionReader, FunctionBody, FunctionSectionReader, ImportSectionReader, Operator,
    TypeRef, TypeSectionReader,
};
use wasmtime::{Error, Result};

use super::functions::{Bulk, NAME, TYPE};
use super::{HEADER_BYTES, Output, Room, STEP_BYTES, Section};

const CUSTOM: u8 = 0;
const TYPES: u8 = 1;
const IMPORTS: u8 = 2;
const FUNCTIONS: u8 = 3;
const CODE: u8 = 10;

/// How each of the instructions that are looked for begins.
const PREFIX: u8 = 0xfc;
const CALL: u8 = 0x10;

/// What there is to divide in a module.
#[derive(Default)]
struct Found {
    types: u32,
    /// Imported ones, and its own.
    functions: u32,
    /// In order, and which of the functions each becomes a call of.
    instructions: Vec<(Range<usize>, u32)>,
    bulks: Vec<Bulk>,
}

/// Takes a module over.
pub(super) fn divide(output: &mut Output<'_>, section: Section<'_>, room: &mut Room) -> Result<()> {
    let found = Found::of(section.content.clone(), room)?;
    if found.bulks.is_empty() {
        output.keep(section.whole);
        return Ok(());
    }
    let length = output.open(section.id);
    found.write(output, section.content)?;
    output.close(length);
    Ok(())
}

impl Found {
    fn of(mut module: BinaryReader<'_>, room: &mut Room) -> Result<Self> {
        let mut found = Self::default();
        module.read_bytes(HEADER_BYTES)?;
        let mut seen = HashSet::new();
        while !module.eof() {
            let Section { id, content, .. } = Section::read(&mut module)?;
            if id != CUSTOM && !seen.insert(id) {
                return Err(Error::msg(format!("a module has two sections {id}")));
            }
            match id {
                TYPES => {
                    for group in TypeSectionReader::new(content)? {
                        found.types += group?.types().len() as u32;
                    }
                }
                IMPORTS => {
                    for import in ImportSectionReader::new(content)?.into_imports() {
                        let is_function = matches!(import?.ty, TypeRef::Func(_) | TypeRef::FuncExact(_));
                        found.functions += u32::from(is_function);
                    }
                }
                FUNCTIONS => {
                    for ty in FunctionSectionReader::new(content)? {
                        ty?;
                        found.functions += 1;
                    }
                }
                CODE => {
                    for body in CodeSectionReader::new(content)? {
                        found.body(&body?, room)?;
                    }
                }
                _ => {}
            }
        }
        Ok(found)
    }

    fn body(&mut self, body: &FunctionBody<'_>, room: &mut Room) -> Result<()> {
        if !body.as_bytes().contains(&PREFIX) {
            return Ok(());
        }
        let mut operators = body.get_operators_reader()?;
        let mut is_short = false;
        while !operators.eof() {
            let (operator, at) = operators.read_with_offset()?;
            let bulk = match operator {
                Operator::MemoryCopy {
                    dst_mem: to,
                    src_mem: from,
                } => Some(Bulk::Copy { to, from }),
                Operator::MemoryFill { mem: memory } => Some(Bulk::Fill { memory }),
                _ => None,
            };
            if let Some(bulk) = bulk.filter(|_| !is_short) {
                room.instruction()?;
                let number = self.number(bulk, room)?;
                self.instructions
                    .push((at..operators.original_position(), number));
            }
            // The length is what is on top of the stack.
            is_short = matches!(operator, Operator::I32Const { value } if value as u32 <= STEP_BYTES);
        }
        Ok(())
    }

    fn number(&mut self, bulk: Bulk, room: &mut Room) -> Result<u32> {
        if let Some(number) = self.bulks.iter().position(|known| *known == bulk) {
            return Ok(number as u32);
        }
        room.function()?;
        self.bulks.push(bulk);
        Ok(self.bulks.len() as u32 - 1)
    }

    fn write(&self, output: &mut Output<'_>, mut module: BinaryReader<'_>) -> Result<()> {
        output.header(&mut module)?;
        let added = self.bulks.len() as u32;
        while !module.eof() {
            let Section { id, whole, content } = Section::read(&mut module)?;
            match id {
                TYPES => extend(output, id, content, 1, |output| output.add(&TYPE))?,
                FUNCTIONS => extend(output, id, content, added, |output| {
                    for _ in 0..added {
                        output.number(self.types);
                    }
                })?,
                CODE => self.code(output, content)?,
                _ => output.keep(whole),
            }
        }
        self.names(output);
        Ok(())
    }

    fn code(&self, output: &mut Output<'_>, mut content: BinaryReader<'_>) -> Result<()> {
        let mut instructions = self.instructions.as_slice();
        let length_of_all = output.open(CODE);
        let count = content.read_var_u32()?;
        output.number(count.saturating_add(self.bulks.len() as u32));
        for _ in 0..count {
            let bytes = content.read_var_u32()? as usize;
            let start = content.original_position();
            content.read_bytes(bytes)?;
            let body = start..start + bytes;
            let of_it = instructions.partition_point(|(at, _)| at.start < body.end);
            let (own, rest) = instructions.split_at(of_it);
            instructions = rest;
            let length = output.open_length();
            let mut from = body.start;
            for (at, number) in own {
                output.keep(from..at.start);
                output.came_from(at.start, 1);
                output.add(&[CALL]);
                output.number(self.functions + number);
                from = at.end;
            }
            output.keep(from..body.end);
            output.close(length);
        }
        for bulk in &self.bulks {
            bulk.function().encode(&mut output.bytes);
        }
        output.close(length_of_all);
        Ok(())
    }

    /// Names what was added, beside what the module says itself.
    fn names(&self, output: &mut Output<'_>) {
        let mut functions = NameMap::new();
        for number in 0..self.bulks.len() as u32 {
            functions.append(self.functions + number, NAME);
        }
        let mut names = NameSection::new();
        names.functions(&functions);
        output.add(&[CUSTOM]);
        names.encode(&mut output.bytes);
    }
}

/// Takes over a list, with more at its end.
fn extend(
    output: &mut Output<'_>,
    id: u8,
    mut list: BinaryReader<'_>,
    by: u32,
    more: impl FnOnce(&mut Output<'_>),
) -> Result<()> {
    let length = output.open(id);
    output.number(list.read_var_u32()?.saturating_add(by));
    output.keep(list.original_position()..list.range().end);
    more(output);
    output.close(length);
    Ok(())
}
