//! The type of a function, as WIT writes it.

use std::fmt::{self, Write};

use airs_core::{Code, Error, Result};
use wasmtime::component::Type;
use wasmtime::component::types::ComponentFunc;

/// The longest text of a function's type. Types share parts: written out they can be far longer than the component
/// that they come from, up to the million parts that its validation allows.
const TEXT_BYTES_MAX: usize = 2_048;

/// What a function takes and gives.
#[derive(Clone)]
pub(crate) struct Signature {
    name: String,
    pub(crate) parameters: Vec<(String, Type)>,
    pub(crate) result: Option<Type>,
    /// What it takes or gives that lives and ends in one instance.
    confined: Option<&'static str>,
}

impl Signature {
    pub(crate) fn of(name: &str, function: &ComponentFunc) -> Self {
        let parameters = function.params().map(|(name, ty)| (name.to_owned(), ty));
        let (parameters, result) = (parameters.collect::<Vec<_>>(), function.results().next());
        // Not in each call: it looks at the types as they are when they are written out.
        let confined = parameters
            .iter()
            .map(|(_, ty)| ty)
            .chain(&result)
            .find_map(confined);
        Self {
            name: name.to_owned(),
            parameters,
            result,
            confined,
        }
    }

    /// Checks that every value can leave the instance and come into it.
    ///
    /// # Errors
    /// [`Code::Unsupported`] for resources, which live and end in one instance.
    pub(crate) fn check_values(&self) -> Result<()> {
        let Some(what) = self.confined else {
            return Ok(());
        };
        let message = format!(
            "{:?} takes or gives {what}, which cannot leave its instance",
            self.name
        );
        let hint = "each call has an instance of its own, which is gone when the call has ended; \
                    call functions that exchange plain values";
        Err(Error::new(Code::Unsupported, message).hint(hint))
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = Bounded(String::new());
        if self.write(&mut text).is_err() {
            text.0.push('…');
        }
        f.write_str(&text.0)
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Signature {
    fn write(&self, out: &mut Bounded) -> fmt::Result {
        write!(out, "{}: func(", self.name)?;
        for (at, (name, ty)) in self.parameters.iter().enumerate() {
            write!(out, "{}{name}: ", comma(at))?;
            write_type(ty, out)?;
        }
        out.write_char(')')?;
        let Some(result) = &self.result else { return Ok(()) };
        out.write_str(" -> ")?;
        write_type(result, out)
    }
}

/// Refuses what would make it too long.
struct Bounded(String);

impl Write for Bounded {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.0.len() + text.len() > TEXT_BYTES_MAX {
            return Err(fmt::Error);
        }
        self.0.push_str(text);
        Ok(())
    }
}

fn comma(at: usize) -> &'static str {
    if at == 0 { "" } else { ", " }
}

/// Names with the types of what they carry, if anything.
fn write_cases<'a>(cases: impl Iterator<Item = (&'a str, Option<Type>)>, out: &mut Bounded) -> fmt::Result {
    for (at, (name, ty)) in cases.enumerate() {
        write!(out, "{}{name}", comma(at))?;
        if let Some(ty) = ty {
            out.write_char('(')?;
            write_type(&ty, out)?;
            out.write_char(')')?;
        }
    }
    out.write_char('}')
}

fn write_all(types: impl Iterator<Item = Option<Type>>, out: &mut Bounded) -> fmt::Result {
    out.write_char('<')?;
    for (at, ty) in types.enumerate() {
        out.write_str(comma(at))?;
        match ty {
            Some(ty) => write_type(&ty, out)?,
            None => out.write_char('_')?,
        }
    }
    out.write_char('>')
}

fn write_type(ty: &Type, out: &mut Bounded) -> fmt::Result {
    let word = match ty {
        Type::Record(record) => {
            out.write_str("record {")?;
            for (at, field) in record.fields().enumerate() {
                write!(out, "{}{}: ", comma(at), field.name)?;
                write_type(&field.ty, out)?;
            }
            return out.write_char('}');
        }
        Type::Variant(variant) => {
            out.write_str("variant {")?;
            return write_cases(variant.cases().map(|case| (case.name, case.ty)), out);
        }
        Type::Enum(cases) => {
            out.write_str("enum {")?;
            return write_cases(cases.names().map(|name| (name, None)), out);
        }
        Type::Flags(flags) => {
            out.write_str("flags {")?;
            return write_cases(flags.names().map(|name| (name, None)), out);
        }
        Type::List(list) => {
            out.write_str("list")?;
            return write_all([Some(list.ty())].into_iter(), out);
        }
        Type::Option(option) => {
            out.write_str("option")?;
            return write_all([Some(option.ty())].into_iter(), out);
        }
        Type::Tuple(tuple) => {
            out.write_str("tuple")?;
            return write_all(tuple.types().map(Some), out);
        }
        Type::Result(result) => {
            out.write_str("result")?;
            return match (result.ok(), result.err()) {
                (None, None) => Ok(()),
                (ok, None) => write_all([ok].into_iter(), out),
                (ok, err) => write_all([ok, err].into_iter(), out),
            };
        }
        Type::Bool => "bool",
        Type::S8 => "s8",
        Type::U8 => "u8",
        Type::S16 => "s16",
        Type::U16 => "u16",
        Type::S32 => "s32",
        Type::U32 => "u32",
        Type::S64 => "s64",
        Type::U64 => "u64",
        Type::Float32 => "f32",
        Type::Float64 => "f64",
        Type::Char => "char",
        Type::String => "string",
        Type::Own(_) => "own<resource>",
        Type::Borrow(_) => "borrow<resource>",
        Type::Future(_) => "future",
        Type::Stream(_) => "stream",
        Type::ErrorContext => "error-context",
        Type::Map(_) => "map",
        Type::FixedLengthList(_) => "list of fixed length",
    };
    out.write_str(word)
}

/// What in a type is bound to one instance, or has no text form.
fn confined(ty: &Type) -> Option<&'static str> {
    match ty {
        Type::Own(_) | Type::Borrow(_) => Some("a resource"),
        Type::Future(_) => Some("a future"),
        Type::Stream(_) => Some("a stream"),
        Type::ErrorContext => Some("an error context"),
        Type::Map(_) => Some("a map"),
        Type::FixedLengthList(_) => Some("a list of fixed length"),
        Type::List(list) => confined(&list.ty()),
        Type::Option(option) => confined(&option.ty()),
        Type::Record(record) => record.fields().find_map(|field| confined(&field.ty)),
        Type::Tuple(tuple) => tuple.types().find_map(|ty| confined(&ty)),
        Type::Variant(variant) => variant.cases().find_map(|case| confined(&case.ty?)),
        Type::Result(result) => [result.ok(), result.err()]
            .into_iter()
            .flatten()
            .find_map(|ty| confined(&ty)),
        _ => None,
    }
}
