//! Values at random, each in both notations as it is written back.

use arbitrary::{Result, Unstructured};
use serde_json::{Map, Value as Json, json};

use super::chance::Chance;
use super::random_type::{Plain, Type};

/// Items of a list.
const ITEMS_MAX: usize = 4;
/// Characters of a text.
const CHARACTERS_MAX: usize = 12;
/// Names of cases that WAVE takes for something else, unless they are marked.
const WORDS: [&str; 8] = ["true", "false", "some", "none", "ok", "err", "inf", "nan"];

/// What so many bytes of choices are made from.
pub(crate) fn choices(chance: &mut Chance, bytes: usize) -> Vec<u8> {
    let words = std::iter::repeat_with(|| chance.draw().to_le_bytes());
    words.flatten().take(bytes).collect()
}

/// A value.
pub(crate) struct Value {
    pub(crate) wave: String,
    pub(crate) json: Json,
}

fn same(value: impl ToString + Into<Json>) -> Value {
    Value {
        wave: value.to_string(),
        json: value.into(),
    }
}

/// A list of any values of a type.
pub(crate) fn list(ty: &Type, source: &mut Unstructured<'_>) -> Result<Value> {
    let count = source.int_in_range(0..=ITEMS_MAX)?;
    let items = (0..count).map(|_| of(ty, source)).collect::<Result<Vec<_>>>()?;
    Ok(all(['[', ']'], items))
}

/// Any value of a type.
pub(crate) fn of(ty: &Type, source: &mut Unstructured<'_>) -> Result<Value> {
    Ok(match ty {
        Type::Plain(plain) => of_plain(*plain, source)?,
        Type::List(item) => list(item, source)?,
        Type::Option(_) if source.arbitrary()? => Value {
            wave: "none".to_owned(),
            json: Json::Null,
        },
        Type::Option(some) => {
            let value = of(some, source)?;
            // Only there it has to be told from the other none.
            let is_within = matches!(**some, Type::Option(_));
            let json = if is_within {
                json!({ "some": value.json })
            } else {
                value.json
            };
            let wave = format!("some({})", value.wave);
            Value { wave, json }
        }
        Type::Result(ok, err) => {
            let (name, payload) = if source.arbitrary()? {
                ("ok", ok)
            } else {
                ("err", err)
            };
            case(name, name, payload.as_deref(), source)?
        }
        Type::Tuple(items) => all(
            ['(', ')'],
            items.iter().map(|ty| of(ty, source)).collect::<Result<_>>()?,
        ),
        Type::Record(fields) => record(fields, source)?,
        Type::Variant(cases) => {
            let (name, payload) = &cases[source.int_in_range(0..=cases.len() - 1)?];
            case(&marked(name), name, payload.as_ref(), source)?
        }
        Type::Enum(cases) => {
            let name = source.choose(cases)?;
            case(&marked(name), name, None, source)?
        }
        Type::Flags(flags) => {
            let bits: u32 = source.arbitrary()?;
            let set = flags.iter().enumerate().filter(|(flag, _)| bits >> flag & 1 == 1);
            let set: Vec<&str> = set.map(|(_, name)| name.as_str()).collect();
            Value {
                wave: format!("{{{}}}", set.join(", ")),
                json: json!(set),
            }
        }
    })
}

fn of_plain(plain: Plain, source: &mut Unstructured<'_>) -> Result<Value> {
    Ok(match plain {
        Plain::Bool => same(source.arbitrary::<bool>()?),
        Plain::S8 => same(source.arbitrary::<i8>()?),
        Plain::U8 => same(source.arbitrary::<u8>()?),
        Plain::S16 => same(source.arbitrary::<i16>()?),
        Plain::U16 => same(source.arbitrary::<u16>()?),
        Plain::S32 => same(source.arbitrary::<i32>()?),
        Plain::U32 => same(source.arbitrary::<u32>()?),
        Plain::S64 => same(source.arbitrary::<i64>()?),
        Plain::U64 => same(source.arbitrary::<u64>()?),
        Plain::F32 => float(&source.arbitrary::<f32>()?.to_string()),
        Plain::F64 => float(&source.arbitrary::<f64>()?.to_string()),
        Plain::Char => {
            let char: char = source.arbitrary()?;
            quoted('\'', &char.to_string())
        }
        Plain::String => {
            let count = source.int_in_range(0..=CHARACTERS_MAX)?;
            let text = (0..count).map(|_| source.arbitrary::<char>());
            quoted('"', &text.collect::<Result<String>>()?)
        }
    })
}

/// JSON has no numbers for what is not finite.
fn float(written: &str) -> Value {
    let wave = written.to_lowercase();
    let number: f64 = wave.parse().unwrap();
    let json = if number.is_finite() {
        json!(number)
    } else {
        json!(wave)
    };
    Value { wave, json }
}

/// Every character that is not plain is written as its number.
fn quoted(quote: char, text: &str) -> Value {
    let written = text.chars().map(|char| match char {
        char if char.is_ascii_alphanumeric() => char.to_string(),
        char => char.escape_unicode().to_string(),
    });
    Value {
        wave: format!("{quote}{}{quote}", written.collect::<String>()),
        json: json!(text),
    }
}

fn all([open, close]: [char; 2], items: Vec<Value>) -> Value {
    let (wave, json): (Vec<String>, Vec<Json>) = items.into_iter().map(|item| (item.wave, item.json)).unzip();
    Value {
        wave: format!("{open}{}{close}", wave.join(", ")),
        json: json.into(),
    }
}

/// WAVE leaves out fields that hold nothing.
fn record(fields: &[(String, Type)], source: &mut Unstructured<'_>) -> Result<Value> {
    let (mut wave, mut json) = (Vec::new(), Map::new());
    for (name, ty) in fields {
        let value = of(ty, source)?;
        let is_left_out = matches!(ty, Type::Option(_)) && value.wave == "none";
        wave.extend((!is_left_out).then(|| format!("{name}: {}", value.wave)));
        json.insert(name.clone(), value.json);
    }
    let wave = if wave.is_empty() {
        ":".to_owned()
    } else {
        wave.join(", ")
    };
    Ok(Value {
        wave: format!("{{{wave}}}"),
        json: json.into(),
    })
}

fn marked(name: &str) -> String {
    let mark = if WORDS.contains(&name) { "%" } else { "" };
    format!("{mark}{name}")
}

fn case(wave: &str, json: &str, payload: Option<&Type>, source: &mut Unstructured<'_>) -> Result<Value> {
    let Some(payload) = payload else {
        return Ok(Value {
            wave: wave.to_owned(),
            json: json!(json),
        });
    };
    let payload = of(payload, source)?;
    Ok(Value {
        wave: format!("{wave}({})", payload.wave),
        json: json!({ json: payload.json }),
    })
}
