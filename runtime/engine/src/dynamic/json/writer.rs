//! Values as JSON.

use std::collections::BTreeMap;

use serde_json::{Number, Value, json};
use wasmtime::component::Val;

/// A result as JSON; none for what has no form there.
pub(in crate::dynamic) fn write(result: Option<&Val>) -> Option<String> {
    let value = result.map_or(Some(Value::Null), lift)?;
    serde_json::to_string(&value).ok()
}

fn lift(value: &Val) -> Option<Value> {
    Some(match value {
        Val::Bool(value) => json!(value),
        Val::S8(value) => json!(value),
        Val::U8(value) => json!(value),
        Val::S16(value) => json!(value),
        Val::U16(value) => json!(value),
        Val::S32(value) => json!(value),
        Val::U32(value) => json!(value),
        Val::S64(value) => json!(value),
        Val::U64(value) => json!(value),
        // By its shortest text: 0.1, and not what is nearest to it among the numbers twice as wide.
        Val::Float32(value) => lift_float(value.to_string().parse().unwrap_or_else(|_| f64::from(*value))),
        Val::Float64(value) => lift_float(*value),
        Val::Char(value) => json!(value),
        Val::String(value) | Val::Enum(value) => json!(value),
        Val::List(values) | Val::Tuple(values) => {
            Value::Array(values.iter().map(lift).collect::<Option<_>>()?)
        }
        Val::Record(fields) => {
            let fields = fields
                .iter()
                .map(|(name, value)| Some((name.clone(), lift(value)?)));
            Value::Object(fields.collect::<Option<_>>()?)
        }
        Val::Flags(names) => json!(names),
        Val::Variant(name, payload) => lift_case(name, payload.as_deref())?,
        Val::Result(Ok(payload)) => lift_case("ok", payload.as_deref())?,
        Val::Result(Err(payload)) => lift_case("err", payload.as_deref())?,
        Val::Option(None) => Value::Null,
        Val::Option(Some(value)) if matches!(**value, Val::Option(_)) => lift_case("some", Some(value))?,
        Val::Option(Some(value)) => lift(value)?,
        _ => return None,
    })
}

fn lift_case(name: &str, payload: Option<&Val>) -> Option<Value> {
    let Some(payload) = payload else {
        return Some(json!(name));
    };
    let fields = BTreeMap::from([(name, lift(payload)?)]);
    Some(json!(fields))
}

/// JSON has no word for what is not a number.
fn lift_float(value: f64) -> Value {
    match Number::from_f64(value) {
        Some(number) => Value::Number(number),
        None if value.is_nan() => json!("nan"),
        None if value > 0.0 => json!("inf"),
        None => json!("-inf"),
    }
}
