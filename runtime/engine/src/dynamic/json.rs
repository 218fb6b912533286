//! JSON: records are objects, tuples and lists arrays, cases objects with one key or their bare name.

mod writer;

use serde_json::{Map, Value};
use wasmtime::component::types::{OptionType, Record};
use wasmtime::component::{Type, Val};

use super::{Signature, known, one_of};

pub(super) use writer::write;

type Read<T = Val> = Result<T, String>;

/// Reads an array of arguments, or an object of them by name; nothing at all stands for none.
pub(super) fn read(text: &str, signature: &Signature) -> Read<Vec<Val>> {
    let given = match text.trim() {
        "" => Value::Array(Vec::new()),
        text => serde_json::from_str(text).map_err(|error| format!("not JSON: {error}"))?,
    };
    let parameters = &signature.parameters;
    let mut given = match given {
        Value::Array(values) if values.len() > parameters.len() => {
            return Err(format!(
                "there are {} and it takes {}",
                values.len(),
                parameters.len()
            ));
        }
        Value::Array(values) => parameters
            .iter()
            .map(|(name, _)| name.clone())
            .zip(values)
            .collect(),
        Value::Object(values) => {
            for name in values.keys() {
                known(
                    "parameter",
                    name,
                    parameters.iter().map(|(name, _)| name.as_str()),
                )?;
            }
            values
        }
        _ => return Err("they are an array, or an object by the parameters' names".to_owned()),
    };
    let all = parameters.iter().map(|(name, ty)| {
        let value = member(given.remove(name), ty);
        value.map_err(|why| format!("{name}: {why}"))
    });
    all.collect()
}

/// A parameter or a field: one that may hold nothing may be left out.
fn member(given: Option<Value>, ty: &Type) -> Read {
    match (given, ty) {
        (Some(value), ty) => lower(value, ty),
        (None, Type::Option(_)) => Ok(Val::Option(None)),
        (None, _) => Err("it is missing".to_owned()),
    }
}

fn lower(value: Value, ty: &Type) -> Read {
    Ok(match (ty, value) {
        (Type::List(list), Value::Array(values)) => {
            let element = list.ty();
            let values = values.into_iter().map(|value| lower(value, &element));
            Val::List(values.collect::<Read<_>>()?)
        }
        (Type::Tuple(tuple), Value::Array(values)) => {
            let types = tuple.types();
            if values.len() != types.len() {
                return Err(format!("a tuple of {} has {}", types.len(), values.len()));
            }
            let values = values.into_iter().zip(types).map(|(value, ty)| lower(value, &ty));
            Val::Tuple(values.collect::<Read<_>>()?)
        }
        (Type::Record(record), Value::Object(fields)) => lower_record(fields, record)?,
        (Type::Enum(cases), Value::String(name)) => {
            known("case", &name, cases.names())?;
            Val::Enum(name)
        }
        (Type::Flags(flags), Value::Array(names)) => {
            let mut set = Vec::new();
            for name in names {
                let Value::String(name) = name else {
                    return Err(unlike(&name, "a flag's name"));
                };
                known("flag", &name, flags.names())?;
                set.push(name);
            }
            Val::Flags(set)
        }
        (Type::Option(option), value) => lower_option(value, option)?,
        (Type::Variant(variant), value) => {
            let (name, payload) = case(value)?;
            let ty = one_of("case", &name, variant.cases().map(|case| (case.name, case.ty)))?;
            let payload = lower_payload(&name, payload, ty)?;
            Val::Variant(name, payload)
        }
        (Type::Result(result), value) => {
            let (name, payload) = case(value)?;
            match name.as_str() {
                "ok" => Val::Result(Ok(lower_payload(&name, payload, result.ok())?)),
                "err" => Val::Result(Err(lower_payload(&name, payload, result.err())?)),
                _ => return Err(format!("{name:?} is neither \"ok\" nor \"err\"")),
            }
        }
        (ty, value) => lower_scalar(value, ty)?,
    })
}

fn lower_scalar(value: Value, ty: &Type) -> Read {
    Ok(match (ty, value) {
        (Type::Bool, Value::Bool(value)) => Val::Bool(value),
        (Type::S8, value) => Val::S8(integer(&value, "s8")?),
        (Type::U8, value) => Val::U8(integer(&value, "u8")?),
        (Type::S16, value) => Val::S16(integer(&value, "s16")?),
        (Type::U16, value) => Val::U16(integer(&value, "u16")?),
        (Type::S32, value) => Val::S32(integer(&value, "s32")?),
        (Type::U32, value) => Val::U32(integer(&value, "u32")?),
        (Type::S64, value) => Val::S64(integer(&value, "s64")?),
        (Type::U64, value) => Val::U64(integer(&value, "u64")?),
        (Type::Float32, value) => Val::Float32(float32(&value)?),
        (Type::Float64, value) => Val::Float64(float(&value)?),
        (Type::Char, Value::String(text)) => {
            let mut characters = text.chars();
            match (characters.next(), characters.next()) {
                (Some(only), None) => Val::Char(only),
                _ => return Err(format!("{text:?} is not one character")),
            }
        }
        (Type::String, Value::String(text)) => Val::String(text),
        (ty, value) => return Err(unlike(&value, kind(ty))),
    })
}

fn lower_record(mut fields: Map<String, Value>, record: &Record) -> Read {
    for name in fields.keys() {
        known("field", name, record.fields().map(|field| field.name))?;
    }
    let fields = record.fields().map(|field| {
        let value = member(fields.remove(field.name), &field.ty);
        let value = value.map_err(|why| format!("{}: {why}", field.name))?;
        Ok((field.name.to_owned(), value))
    });
    Ok(Val::Record(fields.collect::<Read<_>>()?))
}

/// `null` is none. An option within an option tells its two nones apart by `{"some": …}`.
fn lower_option(value: Value, option: &OptionType) -> Read {
    let inner = option.ty();
    let value = match (value, &inner) {
        (Value::Null, _) => return Ok(Val::Option(None)),
        (value, Type::Option(_)) => match case(value)? {
            (name, payload) if name == "some" => payload.unwrap_or(Value::Null),
            (name, _) => return Err(format!("{name:?} is not \"some\"")),
        },
        (value, _) => value,
    };
    Ok(Val::Option(Some(Box::new(lower(value, &inner)?))))
}

/// `"name"`, or `{"name": payload}`.
fn case(value: Value) -> Read<(String, Option<Value>)> {
    match value {
        Value::String(name) => Ok((name, None)),
        Value::Object(fields) if fields.len() == 1 => {
            let mut fields = fields.into_iter();
            let (name, payload) = fields.next().unwrap_or_default();
            Ok((name, Some(payload)))
        }
        value => Err(unlike(&value, "a case, as \"name\" or {\"name\": …}")),
    }
}

fn lower_payload(case: &str, payload: Option<Value>, ty: Option<Type>) -> Read<Option<Box<Val>>> {
    match (payload, ty) {
        (Some(value), Some(ty)) => Ok(Some(Box::new(lower(value, &ty)?))),
        (None | Some(Value::Null), None) => Ok(None),
        (None, Some(Type::Option(_))) => Ok(Some(Box::new(Val::Option(None)))),
        (Some(_), None) => Err(format!("{case} carries nothing")),
        (None, Some(_)) => Err(format!("{case} carries a value, as in {{\"{case}\": …}}")),
    }
}

/// A number; or one as text, as readers and writers round that hold numbers as floats.
fn integer<T: TryFrom<i128>>(value: &Value, ty: &str) -> Read<T> {
    let number = match value {
        Value::Number(number) => number
            .as_i64()
            .map(i128::from)
            .or_else(|| number.as_u64().map(i128::from)),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    let number = number.and_then(|number| T::try_from(number).ok());
    number.ok_or_else(|| unlike(value, &format!("a number of type {ty}")))
}

fn float(value: &Value) -> Read<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => match text.as_str() {
            "nan" => Some(f64::NAN),
            "inf" => Some(f64::INFINITY),
            "-inf" => Some(f64::NEG_INFINITY),
            _ => None,
        },
        _ => None,
    };
    number.ok_or_else(|| unlike(value, "a number, or one of \"nan\", \"inf\", \"-inf\""))
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "that is what f32 is; too large is no number"
)]
fn float32(value: &Value) -> Read<f32> {
    let wide = float(value)?;
    let number = wide as f32;
    if number.is_infinite() && wide.is_finite() {
        return Err(unlike(value, "a number of type f32"));
    }
    Ok(number)
}

fn kind(ty: &Type) -> &'static str {
    match ty {
        Type::Bool => "a bool",
        Type::Char => "a string of one character",
        Type::String => "a string",
        Type::List(_) => "an array",
        Type::Tuple(_) => "an array of the tuple's length",
        Type::Record(_) => "an object",
        Type::Enum(_) => "a case's name",
        Type::Flags(_) => "an array of flags' names",
        _ => "of a type that has a text form",
    }
}

fn unlike(value: &Value, expected: &str) -> String {
    let given = value.to_string();
    let shown: String = given.chars().take(EXCERPT_CHARACTERS).collect();
    let more = if shown.len() < given.len() { "…" } else { "" };
    format!("{shown}{more} is not {expected}")
}

/// How much of a value a message shows.
const EXCERPT_CHARACTERS: usize = 24;
