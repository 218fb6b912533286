//! Large copies within a guest's memory, divided into steps.
//!
//! wasmtime looks for an interruption once for each instruction, and one `memory.copy` or `memory.fill` goes over as much
//! memory as a guest has: for what is touched the first time that is a second for each GiB, and more. So in a component that
//! is to be compiled these instructions become calls of functions that do the same step by step, in a loop, in which wasmtime
//! looks as in every other. Only what two components within one hand each other as text is copied by wasmtime itself.

mod functions;
mod module;

use std::borrow::Cow;
use std::ops::Range;

use wasm_encoder::Encode as _;
use wasmparser::{BinaryReader, BinaryReaderError, Parser};

pub(crate) use functions::NAME;

/// Fresh memory takes less than a tick for that, and what is copied at once at most is copied no slower.
const STEP_BYTES: u32 = 1 << 20;

const HEADER_BYTES: usize = 8;
const MODULE: u8 = 1;
const COMPONENT: u8 = 4;

/// A component whose large copies are divided, and where in it the original one's bytes are.
pub(crate) struct Divided<'c> {
    pub(crate) bytes: Cow<'c, [u8]>,
    pub(crate) places: Places,
}

/// Where the bytes of a component came from.
#[derive(Debug, Default)]
pub(crate) struct Places {
    /// In order; none when all are where they were.
    kept: Vec<Kept>,
}

/// Bytes that were taken over together.
#[derive(Clone, Copy, Debug)]
struct Kept {
    was: usize,
    is: usize,
    bytes: usize,
}

impl<'c> Divided<'c> {
    /// Takes a component as it is when there is nothing to divide, and when it is none: that is for the compiler to say.
    ///
    /// # Errors
    /// When it is malformed.
    pub(crate) fn of(component: &'c [u8]) -> Result<Self, BinaryReaderError> {
        let untouched = Self {
            bytes: Cow::Borrowed(component),
            places: Places::default(),
        };
        if !Parser::is_component(component) {
            return Ok(untouched);
        }
        let mut output = Output::of(component);
        let is_divided = all_modules(&mut output)?;
        Ok(match is_divided {
            true => output.finish(),
            false => untouched,
        })
    }
}

impl Places {
    /// Where in the original component a byte is; nowhere, if it was added.
    pub(crate) fn original(&self, is: usize) -> Option<usize> {
        if self.kept.is_empty() {
            return Some(is);
        }
        let before = self.kept.partition_point(|kept| kept.is <= is);
        let kept = self.kept.get(before.checked_sub(1)?)?;
        let within = is - kept.is;
        (within < kept.bytes).then(|| kept.was + within)
    }
}

/// Passes through a component and those within it; whether there was something to divide.
fn all_modules(output: &mut Output<'_>) -> Result<bool, BinaryReaderError> {
    let mut is_divided = false;
    // Not by recursion: how deep components are within each other, they say themselves.
    let mut within: Vec<(BinaryReader<'_>, Option<Section>)> = Vec::new();
    let mut outermost = BinaryReader::new(output.original, 0);
    output.header(&mut outermost)?;
    within.push((outermost, None));
    while let Some((reader, _)) = within.last_mut() {
        if reader.eof() {
            let section = within.pop().and_then(|(_, section)| section);
            section.into_iter().for_each(|section| output.close(section));
            continue;
        }
        let (id, mut content) = section(reader)?;
        match id {
            MODULE => {
                let section = output.open(id);
                is_divided |= module::divide(output, content)?;
                output.close(section);
            }
            COMPONENT => {
                let section = output.open(id);
                output.header(&mut content)?;
                within.push((content, Some(section)));
            }
            _ => output.section(id, &content),
        }
    }
    Ok(is_divided)
}

/// Reads a section: what it is, and its content.
fn section<'c>(reader: &mut BinaryReader<'c>) -> Result<(u8, BinaryReader<'c>), BinaryReaderError> {
    let id = reader.read_u8()?;
    let bytes = reader.read_var_u32()? as usize;
    let start = reader.original_position();
    Ok((id, BinaryReader::new(reader.read_bytes(bytes)?, start)))
}

/// What becomes of a component, with its length before each part.
struct Output<'c> {
    original: &'c [u8],
    bytes: Vec<u8>,
    kept: Vec<Kept>,
}

/// A part that is not ended; where its length will stand.
struct Section(usize);

impl<'c> Output<'c> {
    fn of(original: &'c [u8]) -> Self {
        Self {
            original,
            bytes: Vec::with_capacity(original.len() + original.len() / 64),
            kept: Vec::new(),
        }
    }

    /// Takes over what stands there, from where on it was.
    fn keep(&mut self, original: Range<usize>) {
        let bytes = self.original.get(original.clone()).unwrap_or_default();
        let (was, is) = (original.start, self.bytes.len());
        match self.kept.last_mut() {
            Some(last) if (last.was + last.bytes, last.is + last.bytes) == (was, is) => {
                last.bytes += bytes.len()
            }
            _ => self.kept.push(Kept {
                was,
                is,
                bytes: bytes.len(),
            }),
        }
        self.bytes.extend_from_slice(bytes);
    }

    fn number(&mut self, number: u32) {
        number.encode(&mut self.bytes);
    }

    fn add(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Takes over how a module or a component begins.
    fn header(&mut self, reader: &mut BinaryReader<'_>) -> Result<(), BinaryReaderError> {
        let start = reader.original_position();
        reader.read_bytes(HEADER_BYTES)?;
        self.keep(start..start + HEADER_BYTES);
        Ok(())
    }

    /// Takes over a whole section.
    fn section(&mut self, id: u8, content: &BinaryReader<'_>) {
        let section = self.open(id);
        self.keep(content.range());
        self.close(section);
    }

    /// Begins a section.
    fn open(&mut self, id: u8) -> Section {
        self.add(&[id]);
        self.open_length()
    }

    /// Leaves room for a length.
    fn open_length(&mut self) -> Section {
        let at = self.bytes.len();
        self.add(&[0; LENGTH_BYTES]);
        Section(at)
    }

    /// Writes how long it was, at its beginning: in as many bytes as a length takes at most, all the same.
    fn close(&mut self, Section(at): Section) {
        let mut rest = self.bytes.len() - at - LENGTH_BYTES;
        let room = self.bytes.get_mut(at..at + LENGTH_BYTES).unwrap_or_default();
        let last = room.len().saturating_sub(1);
        for (index, byte) in room.iter_mut().enumerate() {
            let goes_on = if index < last { 0x80 } else { 0 };
            *byte = (rest & 0x7f) as u8 | goes_on;
            rest >>= 7;
        }
    }

    fn finish(self) -> Divided<'c> {
        Divided {
            bytes: Cow::Owned(self.bytes),
            places: Places { kept: self.kept },
        }
    }
}

/// The longest form of a 32-bit number.
const LENGTH_BYTES: usize = 5;

#[cfg(test)]
mod tests;
