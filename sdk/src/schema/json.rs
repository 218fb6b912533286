//! A shape as JSON Schema.

use super::{Field, Presence, Shape, writer::Writer};

/// Which way a value goes: a type may be read in another form than it is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// It is read: a program's input.
    Input,
    /// It is written: a program's output.
    Output,
}

/// A shape as JSON Schema (2020-12), in one line.
///
/// ```
/// use airs::schema::{Direction, Schema, to_json};
///
/// assert_eq!(to_json(&<Option<bool>>::SCHEMA, Direction::Input), r#"{"anyOf":[{"type":"boolean"},{"type":"null"}]}"#);
/// ```
pub fn to_json(shape: &Shape, direction: Direction) -> String {
    let mut count = Writer::new(&mut []);
    write(&mut count, shape, direction);
    let mut bytes = vec![0; count.len()];
    write(&mut Writer::new(&mut bytes), shape, direction);
    String::from_utf8_lossy(&bytes).into_owned()
}

pub(super) const fn write(out: &mut Writer<'_>, shape: &Shape, direction: Direction) {
    out.raw("{");
    let mut first = true;
    keywords(out, shape, direction, &mut first);
    out.raw("}");
}

/// The keywords of a shape, without the braces: those of nested descriptions are its own.
const fn keywords(out: &mut Writer<'_>, shape: &Shape, direction: Direction, first: &mut bool) {
    match shape {
        Shape::Any => {}
        Shape::Null => keyword(out, first, r#""type":"null""#),
        Shape::Boolean => keyword(out, first, r#""type":"boolean""#),
        Shape::Number => keyword(out, first, r#""type":"number""#),
        Shape::Integer { minimum, maximum } => {
            keyword(out, first, r#""type":"integer","minimum":"#);
            out.number(*minimum < 0, minimum.unsigned_abs());
            out.raw(r#","maximum":"#);
            out.number(false, *maximum);
        }
        Shape::Text { pattern } => {
            keyword(out, first, r#""type":"string""#);
            if !pattern.is_empty() {
                out.raw(r#","pattern":"#);
                out.string(pattern);
            }
        }
        Shape::Constant { text } => {
            keyword(out, first, r#""const":"#);
            out.string(text);
        }
        Shape::List { items, length } => {
            keyword(out, first, r#""type":"array","items":"#);
            write(out, items, direction);
            if let Some(length) = length {
                item_count(out, *length);
            }
        }
        Shape::Tuple { items } => {
            keyword(out, first, r#""type":"array","prefixItems":["#);
            shapes(out, items, direction);
            out.raw(r#"],"items":false"#);
            item_count(out, items.len());
        }
        Shape::Map { values } => {
            keyword(out, first, r#""type":"object","additionalProperties":"#);
            write(out, values, direction);
        }
        Shape::Object { fields, closed } => {
            keyword(out, first, r#""type":"object""#);
            object(out, fields, *closed, direction);
        }
        Shape::OneOf { shapes: several } if are_constants(several) => {
            keyword(out, first, r#""enum":["#);
            constants(out, several);
            out.raw("]");
        }
        Shape::OneOf { shapes: several } => {
            keyword(out, first, r#""anyOf":["#);
            shapes(out, several, direction);
            out.raw("]");
        }
        Shape::AllOf { shapes: several } => {
            keyword(out, first, r#""allOf":["#);
            shapes(out, several, direction);
            out.raw("]");
        }
        Shape::Described { text, shape } => {
            if !text.is_empty() && !matches!(shape, Shape::Described { .. }) {
                keyword(out, first, r#""description":"#);
                out.string(text);
            }
            keywords(out, shape, direction, first);
        }
        Shape::Only { shape, .. } => keywords(out, shape, direction, first),
    }
}

const fn keyword(out: &mut Writer<'_>, first: &mut bool, text: &str) {
    out.separate(first);
    out.raw(text);
}

const fn item_count(out: &mut Writer<'_>, count: usize) {
    out.raw(r#","minItems":"#);
    out.number(false, count as u128);
    out.raw(r#","maxItems":"#);
    out.number(false, count as u128);
}

#[expect(
    clippy::indexing_slicing,
    reason = "below the length; const code has no iterators"
)]
const fn shapes(out: &mut Writer<'_>, shapes: &[Shape], direction: Direction) {
    let (mut at, mut first) = (0, true);
    while at < shapes.len() {
        let shape = &shapes[at];
        if occurs(shape, direction) {
            out.separate(&mut first);
            write(out, shape, direction);
        }
        at += 1;
    }
}

/// Whether all of several forms are certain strings, which makes an enumeration of them.
#[expect(
    clippy::indexing_slicing,
    reason = "below the length; const code has no iterators"
)]
const fn are_constants(shapes: &[Shape]) -> bool {
    let mut at = 0;
    while at < shapes.len() {
        if !matches!(shapes[at], Shape::Constant { .. }) {
            return false;
        }
        at += 1;
    }
    at > 0
}

#[expect(
    clippy::indexing_slicing,
    reason = "below the length; const code has no iterators"
)]
const fn constants(out: &mut Writer<'_>, shapes: &[Shape]) {
    let (mut at, mut first) = (0, true);
    while at < shapes.len() {
        if let Shape::Constant { text } = &shapes[at] {
            out.separate(&mut first);
            out.string(text);
        }
        at += 1;
    }
}

const fn occurs(shape: &Shape, direction: Direction) -> bool {
    match shape {
        Shape::Only { direction: only, .. } => *only as u8 == direction as u8,
        Shape::Described { shape, .. } => occurs(shape, direction),
        _ => true,
    }
}

const fn presence(field: &Field, direction: Direction) -> Presence {
    match direction {
        Direction::Input => field.input,
        Direction::Output => field.output,
    }
}

#[expect(
    clippy::indexing_slicing,
    reason = "below the length; const code has no iterators"
)]
const fn object(out: &mut Writer<'_>, fields: &[Field], closed: bool, direction: Direction) {
    out.raw(r#","properties":{"#);
    let (mut at, mut first) = (0, true);
    while at < fields.len() {
        let field = &fields[at];
        if !matches!(presence(field, direction), Presence::Absent) {
            out.separate(&mut first);
            property(out, field, direction);
        }
        at += 1;
    }
    out.raw("}");
    (at, first) = (0, true);
    while at < fields.len() {
        let field = &fields[at];
        if matches!(presence(field, direction), Presence::Required) {
            if first {
                out.raw(r#","required":["#);
            }
            out.separate(&mut first);
            out.string(field.name);
        }
        at += 1;
    }
    if !first {
        out.raw("]");
    }
    if closed {
        out.raw(r#","additionalProperties":false"#);
    }
}

/// A field: its own description comes before that of its type.
const fn property(out: &mut Writer<'_>, field: &Field, direction: Direction) {
    out.string(field.name);
    out.raw(":{");
    let mut first = true;
    let mut shape = field.shape;
    if !field.description.is_empty() {
        keyword(out, &mut first, r#""description":"#);
        out.string(field.description);
        while let Shape::Described { shape: inner, .. } = shape {
            shape = inner;
        }
    }
    keywords(out, shape, direction, &mut first);
    out.raw("}");
}
