//! What travels in a program's component.

use super::{Direction, Shape, json::write, writer::Writer};

/// A program, as its component describes it.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Program {
    /// The function's name.
    pub name: &'static str,
    /// Its doc comment.
    pub doc: &'static str,
    /// The form of its input.
    pub input: Shape,
    /// The form of its output.
    pub output: Shape,
}

/// How many bytes [`section_bytes`] needs.
#[doc(hidden)]
pub const fn section_len(program: &Program) -> usize {
    let mut count = Writer::new(&mut []);
    section(&mut count, program);
    count.len()
}

/// The content of the custom section `airs:program`.
#[doc(hidden)]
pub const fn section_bytes<const LEN: usize>(program: &Program) -> [u8; LEN] {
    let mut bytes = [0; LEN];
    section(&mut Writer::new(&mut bytes), program);
    bytes
}

const fn section(out: &mut Writer<'_>, program: &Program) {
    out.raw(r#"{"version":1,"name":"#);
    out.string(program.name);
    out.raw(r#","doc":"#);
    out.string(program.doc);
    out.raw(r#","input":"#);
    write(out, &program.input, Direction::Input);
    out.raw(r#","output":"#);
    write(out, &program.output, Direction::Output);
    out.raw("}");
}
