//! Values as WAVE.

use std::fmt::{self, Write};

use wasm_wave::lex::Keyword;
use wasmtime::component::Val;

/// A value as WAVE; none for what WAVE has no form for.
pub(in crate::dynamic) fn write(value: &Val) -> Option<String> {
    let mut text = String::new();
    write_value(value, &mut text).ok().map(|()| text)
}

fn write_value(value: &Val, out: &mut String) -> fmt::Result {
    match value {
        Val::Bool(value) => write!(out, "{value}"),
        Val::S8(value) => write!(out, "{value}"),
        Val::U8(value) => write!(out, "{value}"),
        Val::S16(value) => write!(out, "{value}"),
        Val::U16(value) => write!(out, "{value}"),
        Val::S32(value) => write!(out, "{value}"),
        Val::U32(value) => write!(out, "{value}"),
        Val::S64(value) => write!(out, "{value}"),
        Val::U64(value) => write!(out, "{value}"),
        Val::Float32(value) if value.is_nan() => out.write_str("nan"),
        Val::Float64(value) if value.is_nan() => out.write_str("nan"),
        Val::Float32(value) => write!(out, "{value}"),
        Val::Float64(value) => write!(out, "{value}"),
        Val::Char(value) => {
            out.push('\'');
            write_char(*value, out)?;
            out.write_char('\'')
        }
        Val::String(value) => {
            out.push('"');
            for char in value.chars() {
                write_char(char, out)?;
            }
            out.write_char('"')
        }
        Val::List(values) => write_all(['[', ']'], values, out),
        Val::Tuple(values) => write_all(['(', ')'], values, out),
        Val::Record(fields) => write_record(fields, out),
        Val::Variant(name, payload) => write_case(name, payload.as_deref(), out),
        Val::Enum(name) => write_case(name, None, out),
        Val::Option(None) => out.write_str("none"),
        Val::Option(Some(value)) => write_payload("some", Some(value), out),
        Val::Result(Ok(payload)) => write_payload("ok", payload.as_deref(), out),
        Val::Result(Err(payload)) => write_payload("err", payload.as_deref(), out),
        Val::Flags(names) => write!(out, "{{{}}}", names.join(", ")),
        Val::Map(_)
        | Val::FixedLengthList(_)
        | Val::Resource(_)
        | Val::Future(_)
        | Val::Stream(_)
        | Val::ErrorContext(_) => Err(fmt::Error),
    }
}

fn write_all([open, close]: [char; 2], values: &[Val], out: &mut String) -> fmt::Result {
    out.push(open);
    for (at, value) in values.iter().enumerate() {
        if at > 0 {
            out.push_str(", ");
        }
        write_value(value, out)?;
    }
    out.write_char(close)
}

/// Fields that hold none are left out, as WAVE has it.
fn write_record(fields: &[(String, Val)], out: &mut String) -> fmt::Result {
    let shown = fields
        .iter()
        .filter(|(_, value)| !matches!(value, Val::Option(None)));
    let mut before = "{";
    for (name, value) in shown {
        write!(out, "{before}{name}: ")?;
        write_value(value, out)?;
        before = ", ";
    }
    out.write_str(if before == "{" { "{:}" } else { "}" })
}

/// A case by its name, marked when the name is a word of WAVE's own.
fn write_case(name: &str, payload: Option<&Val>, out: &mut String) -> fmt::Result {
    if Keyword::decode(name).is_some() {
        out.push('%');
    }
    write_payload(name, payload, out)
}

fn write_payload(name: &str, payload: Option<&Val>, out: &mut String) -> fmt::Result {
    out.push_str(name);
    let Some(payload) = payload else { return Ok(()) };
    out.push('(');
    write_value(payload, out)?;
    out.write_char(')')
}

/// Characters that end a quote or that a terminal would act on are escaped.
fn write_char(char: char, out: &mut String) -> fmt::Result {
    match char {
        '\\' | '"' | '\'' | '\t' | '\r' | '\n' => write!(out, "{}", char.escape_default()),
        char if char.is_control() => write!(out, "{}", char.escape_unicode()),
        // Also marks that turn the direction of what follows.
        char => write!(out, "{}", char.escape_debug()),
    }
}
