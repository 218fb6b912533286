//! Large copies within a guest's memory, divided into steps.
//!
//! wasmtime looks for an interruption where functions and loops begin, and before a `memory.copy` or `memory.fill`, which goes
//! over as much memory as a guest has: for what is touched the first time that is a second for each GiB, and more. So in a
//! component that is to be compiled these instructions become calls of functions that do the same step by step, in a loop. What
//! stays in one piece is smaller, but for one thing: text that a component within a component hands to another one is copied
//! by wasmtime itself.

mod functions;
mod module;

use std::borrow::Cow;
use std::ops::Range;

use wasm_encoder::Encode as _;
use wasmparser::{BinaryReader, Parser};
use wasmtime::{Error, Result};

use crate::settings::{CORE_INSTANCES_MAX, MEMORIES_MAX};
pub(crate) use functions::NAME;

/// Fresh memory takes less than a tick for that, and what is copied at once at most is copied no slower.
const STEP_BYTES: u32 = 1 << 20;

/// Instructions of one component that are divided: for the way back to its lines each takes some memory. Large guests have
/// a tenth of that.
const INSTRUCTIONS_MAX: usize = 1 << 18;
/// Functions that one component gets for that, which are compiled with its own: as many as there are for all memories that
/// its instances can have.
const FUNCTIONS_MAX: usize = (CORE_INSTANCES_MAX * (MEMORIES_MAX * MEMORIES_MAX + MEMORIES_MAX)) as usize;

const HEADER_BYTES: usize = 8;
const MODULE: u8 = 1;
const COMPONENT: u8 = 4;

/// A component whose large copies are divided, and where in it the original one's bytes are.
pub(crate) struct Divided<'c> {
    pub(crate) bytes: Cow<'c, [u8]>,
    pub(crate) places: Places,
}

/// Where the instructions of a component came from.
#[derive(Debug, Default)]
pub(crate) struct Places {
    /// In order; none when all are where they were.
    kept: Vec<Kept>,
}

/// Bytes that were taken over together, or the call in the place of an instruction. Components have less than 4 GiB.
#[derive(Clone, Copy, Debug)]
struct Kept {
    was: u32,
    is: u32,
    bytes: u32,
}

impl<'c> Divided<'c> {
    /// Takes a component as it is when there is nothing to divide, and when it is none: that is for the compiler to say.
    ///
    /// # Errors
    /// When it is malformed, or has more to divide than any component.
    pub(crate) fn of(component: &'c [u8]) -> Result<Self> {
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
        let is = u32::try_from(is).ok()?;
        let before = self.kept.partition_point(|kept| kept.is <= is);
        let kept = self.kept.get(before.checked_sub(1)?)?;
        let within = is - kept.is;
        (within < kept.bytes).then(|| (kept.was + within) as usize)
    }
}

/// Passes through a component and those within it; whether there was something to divide.
fn all_modules(output: &mut Output<'_>) -> Result<bool> {
    let mut room = Room::default();
    // Not by recursion: how deep components are within each other, they say themselves.
    let mut within: Vec<(BinaryReader<'_>, Option<Length>)> = Vec::new();
    let mut outermost = BinaryReader::new(output.original, 0);
    output.header(&mut outermost)?;
    within.push((outermost, None));
    while let Some((reader, _)) = within.last_mut() {
        if reader.eof() {
            let length = within.pop().and_then(|(_, length)| length);
            length.into_iter().for_each(|length| output.close(length));
            continue;
        }
        let mut section = Section::read(reader)?;
        match section.id {
            MODULE => module::divide(output, section, &mut room)?,
            COMPONENT => {
                let length = output.open(section.id);
                output.header(&mut section.content)?;
                within.push((section.content, Some(length)));
            }
            _ => output.keep(section.whole),
        }
    }
    Ok(room.functions > 0)
}

/// What was divided so far, in all modules.
#[derive(Default)]
struct Room {
    instructions: usize,
    functions: usize,
}

impl Room {
    fn instruction(&mut self) -> Result<()> {
        let what = "instructions that copy or fill memory";
        within(what, &mut self.instructions, INSTRUCTIONS_MAX)
    }

    fn function(&mut self) -> Result<()> {
        within(
            "pairs of memories between which it copies",
            &mut self.functions,
            FUNCTIONS_MAX,
        )
    }
}

fn within(what: &str, count: &mut usize, max: usize) -> Result<()> {
    if *count == max {
        return Err(Error::msg(format!("it has more than {max} {what}")));
    }
    *count += 1;
    Ok(())
}

/// A section of a component or a module.
struct Section<'c> {
    id: u8,
    /// With what stands before its content.
    whole: Range<usize>,
    content: BinaryReader<'c>,
}

impl<'c> Section<'c> {
    fn read(reader: &mut BinaryReader<'c>) -> Result<Self> {
        let start = reader.original_position();
        let id = reader.read_u8()?;
        let bytes = reader.read_var_u32()? as usize;
        let content_start = reader.original_position();
        let content = BinaryReader::new(reader.read_bytes(bytes)?, content_start);
        let whole = start..reader.original_position();
        Ok(Self { id, whole, content })
    }
}

/// What becomes of a component.
struct Output<'c> {
    original: &'c [u8],
    bytes: Vec<u8>,
    kept: Vec<Kept>,
}

/// Where the length of a part stands that is not ended.
struct Length(usize);

impl<'c> Output<'c> {
    fn of(original: &'c [u8]) -> Self {
        Self {
            original,
            bytes: Vec::with_capacity(original.len() + original.len() / 64),
            kept: Vec::new(),
        }
    }

    /// Takes over what stands there.
    fn keep(&mut self, original: Range<usize>) {
        let bytes = self.original.get(original.clone()).unwrap_or_default();
        self.came_from(original.start, bytes.len());
        self.bytes.extend_from_slice(bytes);
    }

    /// What is written next came from there.
    fn came_from(&mut self, was: usize, bytes: usize) {
        let [was, is, bytes] = [was, self.bytes.len(), bytes].map(|number| number as u32);
        match self.kept.last_mut() {
            Some(last) if (last.was + last.bytes, last.is + last.bytes) == (was, is) => last.bytes += bytes,
            _ if bytes > 0 => self.kept.push(Kept { was, is, bytes }),
            _ => {}
        }
    }

    fn number(&mut self, number: u32) {
        number.encode(&mut self.bytes);
    }

    fn add(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Takes over how a module or a component begins.
    fn header(&mut self, reader: &mut BinaryReader<'_>) -> Result<()> {
        self.add(reader.read_bytes(HEADER_BYTES)?);
        Ok(())
    }

    /// Begins a section.
    fn open(&mut self, id: u8) -> Length {
        self.add(&[id]);
        self.open_length()
    }

    /// Leaves room for a length.
    fn open_length(&mut self) -> Length {
        let at = self.bytes.len();
        self.add(&[0; LENGTH_BYTES]);
        Length(at)
    }

    /// Writes how long it was, at its beginning: in as many bytes as a length takes at most, all the same.
    fn close(&mut self, Length(at): Length) {
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
