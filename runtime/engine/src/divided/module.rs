//! The same of one core module.

use std::collections::HashMap;
use std::ops::Range;

use wasm_encoder::{Encode, NameMap, NameSection};
use wasmparser::{
    BinaryReader, BinaryReaderError, CodeSectionReader, FunctionBody, ImportSectionReader, Operator, TypeRef,
    TypeSectionReader,
};

use super::functions::{Bulk, NAME, TYPE};
use super::{Output, STEP_BYTES, section};

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
    numbers: HashMap<Bulk, u32>,
}

/// Takes a module over; whether there was something to divide.
pub(super) fn divide(output: &mut Output<'_>, module: BinaryReader<'_>) -> Result<bool, BinaryReaderError> {
    let found = Found::of(module.clone())?;
    if found.bulks.is_empty() {
        output.keep(module.range());
        return Ok(false);
    }
    found.write(output, module)?;
    Ok(true)
}

impl Found {
    fn of(mut module: BinaryReader<'_>) -> Result<Self, BinaryReaderError> {
        let mut found = Self::default();
        module.read_bytes(super::HEADER_BYTES)?;
        while !module.eof() {
            let (id, content) = section(&mut module)?;
            match id {
                TYPES => {
                    for group in TypeSectionReader::new(content)? {
                        found.types = found.types.saturating_add(group?.types().len() as u32);
                    }
                }
                IMPORTS => {
                    for import in ImportSectionReader::new(content)?.into_imports() {
                        let is_function = matches!(import?.ty, TypeRef::Func(_) | TypeRef::FuncExact(_));
                        found.functions = found.functions.saturating_add(u32::from(is_function));
                    }
                }
                FUNCTIONS => {
                    let own = content.clone().read_var_u32()?;
                    found.functions = found.functions.saturating_add(own);
                }
                CODE => {
                    for body in CodeSectionReader::new(content)? {
                        found.body(&body?)?;
                    }
                }
                _ => {}
            }
        }
        Ok(found)
    }

    fn body(&mut self, body: &FunctionBody<'_>) -> Result<(), BinaryReaderError> {
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
                let number = self.number(bulk);
                self.instructions
                    .push((at..operators.original_position(), number));
            }
            // The length is what is on top of the stack.
            is_short = matches!(operator, Operator::I32Const { value } if value as u32 <= STEP_BYTES);
        }
        Ok(())
    }

    fn number(&mut self, bulk: Bulk) -> u32 {
        *self.numbers.entry(bulk).or_insert_with(|| {
            self.bulks.push(bulk);
            self.bulks.len() as u32 - 1
        })
    }

    fn write(&self, output: &mut Output<'_>, mut module: BinaryReader<'_>) -> Result<(), BinaryReaderError> {
        output.header(&mut module)?;
        let added = self.bulks.len() as u32;
        while !module.eof() {
            let (id, content) = section(&mut module)?;
            match id {
                TYPES => extend(output, id, content, 1, |output| output.add(&TYPE))?,
                FUNCTIONS => extend(output, id, content, added, |output| {
                    for _ in 0..added {
                        output.number(self.types);
                    }
                })?,
                CODE => self.code(output, content)?,
                _ => output.section(id, &content),
            }
        }
        self.names(output);
        Ok(())
    }

    fn code(&self, output: &mut Output<'_>, mut content: BinaryReader<'_>) -> Result<(), BinaryReaderError> {
        let mut instructions = self.instructions.as_slice();
        let section = output.open(CODE);
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
                output.add(&[CALL]);
                output.number(self.functions.saturating_add(*number));
                from = at.end;
            }
            output.keep(from..body.end);
            output.close(length);
        }
        for bulk in &self.bulks {
            bulk.function().encode(&mut output.bytes);
        }
        output.close(section);
        Ok(())
    }

    /// Names what was added, beside what the module says itself.
    fn names(&self, output: &mut Output<'_>) {
        let mut functions = NameMap::new();
        for number in 0..self.bulks.len() as u32 {
            functions.append(self.functions.saturating_add(number), NAME);
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
) -> Result<(), BinaryReaderError> {
    let section = output.open(id);
    output.number(list.read_var_u32()?.saturating_add(by));
    output.keep(list.original_position()..list.range().end);
    more(output);
    output.close(section);
    Ok(())
}
