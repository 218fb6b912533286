//! JSON schemas, as far as those of this project go: whatever a schema says that is not known here is a mistake.

use std::sync::OnceLock;

use regex_lite::Regex;
use serde_json::{Map, Value};

/// A schema, and where it looks its definitions up.
pub(crate) struct Schema(Value);

/// What says nothing about what fits.
const ANNOTATIONS: [&str; 4] = ["$schema", "title", "description", "definitions"];

impl Schema {
    pub(crate) fn new(text: &str) -> Self {
        Self(serde_json::from_str(text).unwrap())
    }

    /// Why something does not fit.
    pub(crate) fn refusal(&self, value: &Value) -> Option<String> {
        self.check(&self.0, value, "").err()
    }

    pub(crate) fn definition(&self, name: &str) -> &Value {
        let found = self.0["definitions"].get(name);
        found.unwrap_or_else(|| panic!("the schema has no definition {name}"))
    }

    fn fits(&self, schema: &Value, value: &Value) -> bool {
        self.check(schema, value, "").is_ok()
    }

    fn check(&self, schema: &Value, value: &Value, place: &str) -> Result<(), String> {
        let keywords = schema.as_object().unwrap();
        // Beside a reference nothing counts.
        if let Some(name) = keywords.get("$ref") {
            let name = name.as_str().unwrap().strip_prefix("#/definitions/").unwrap();
            return self.check(self.definition(name), value, place);
        }
        let refused = |why: String| Err(format!("{place}: {why}: {value}"));
        for (keyword, wanted) in keywords {
            let holds = match keyword.as_str() {
                "not" => !self.fits(wanted, value),
                "anyOf" => wanted.as_array().unwrap().iter().any(|one| self.fits(one, value)),
                "oneOf" => {
                    wanted
                        .as_array()
                        .unwrap()
                        .iter()
                        .filter(|one| self.fits(one, value))
                        .count()
                        == 1
                }
                "items" => {
                    for (at, item) in value.as_array().into_iter().flatten().enumerate() {
                        self.check(wanted, item, &format!("{place}/{at}"))?;
                    }
                    true
                }
                "if" => {
                    if self.fits(wanted, value) {
                        self.check(&schema["then"], value, place)?;
                    }
                    true
                }
                "required" | "properties" | "additionalProperties" | "propertyNames" => {
                    if let Some(members) = value.as_object() {
                        self.members(keyword, wanted, schema, members, place)?;
                    }
                    true
                }
                "then" => true,
                other => holds(other, wanted, value),
            };
            if !holds {
                return refused(format!("{keyword} {wanted} does not hold"));
            }
        }
        Ok(())
    }

    fn members(
        &self,
        keyword: &str,
        wanted: &Value,
        schema: &Value,
        members: &Map<String, Value>,
        place: &str,
    ) -> Result<(), String> {
        let named = |name: &str| schema["properties"].get(name).is_some();
        match keyword {
            "required" => {
                let mut names = wanted
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|name| name.as_str().unwrap());
                match names.find(|name| !members.contains_key(*name)) {
                    Some(missing) => Err(format!("{place} has no {missing}")),
                    None => Ok(()),
                }
            }
            "properties" => {
                let known = wanted.as_object().unwrap().iter();
                let mut there = known.filter_map(|(name, schema)| Some((name, schema, members.get(name)?)));
                there.try_for_each(|(name, schema, value)| {
                    self.check(schema, value, &format!("{place}/{name}"))
                })
            }
            "propertyNames" => {
                let mut names = members.keys().map(|name| Value::from(name.as_str()));
                names.try_for_each(|name| self.check(wanted, &name, place))
            }
            _ => {
                let mut others = members.iter().filter(|(name, _)| !named(name));
                others.try_for_each(|(name, value)| match wanted {
                    Value::Bool(false) => Err(format!("{place} must not have {name}")),
                    schema => self.check(schema, value, &format!("{place}/{name}")),
                })
            }
        }
    }
}

/// What a schema says of a value itself.
fn holds(keyword: &str, wanted: &Value, value: &Value) -> bool {
    let at_most = |count: Option<usize>| count.is_none_or(|count| count as u64 <= wanted.as_u64().unwrap());
    let number = |fits: fn(f64, f64) -> bool| {
        value
            .as_f64()
            .is_none_or(|number| fits(number, wanted.as_f64().unwrap()))
    };
    let length = value.as_str().map(|text| text.chars().count());
    match keyword {
        "type" => has_type(value, wanted.as_str().unwrap()),
        "const" => value == wanted,
        "enum" => wanted.as_array().unwrap().contains(value),
        "minimum" => number(|number, wanted| number >= wanted),
        "maximum" => number(|number, wanted| number <= wanted),
        "minLength" => length.is_none_or(|length| length as u64 >= wanted.as_u64().unwrap()),
        "maxLength" => at_most(length),
        "maxItems" => at_most(value.as_array().map(Vec::len)),
        "maxProperties" => at_most(value.as_object().map(Map::len)),
        "pattern" => {
            let pattern = Regex::new(wanted.as_str().unwrap()).unwrap();
            value.as_str().is_none_or(|text| pattern.is_match(text))
        }
        other => {
            assert!(ANNOTATIONS.contains(&other), "the schema says {other}");
            true
        }
    }
}

fn has_type(value: &Value, name: &str) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "number" => value.is_number(),
        "integer" => value.is_u64() || value.is_i64(),
        other => panic!("the schema says type {other}"),
    }
}

/// The schema of messages, as it is published.
fn messages() -> &'static Schema {
    static SCHEMA: OnceLock<Schema> = OnceLock::new();
    SCHEMA.get_or_init(|| Schema::new(include_str!("../../schemas/messages.json")))
}

/// A line for programs, which is a message as it is published.
pub(crate) fn message(line: &str) -> Value {
    let message: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    let reason = message["reason"]
        .as_str()
        .unwrap_or_else(|| panic!("no reason: {line}"));
    // The one of its reason says best what is wrong.
    let schema = messages();
    let refusal = schema.check(schema.definition(reason), &message, "").err();
    assert_eq!(refusal, None, "{line}");
    message
}

/// Reasons that there are.
pub(crate) fn reasons() -> Vec<String> {
    let all = messages().0["oneOf"].as_array().unwrap().iter();
    let name = |one: &Value| {
        one["$ref"]
            .as_str()
            .unwrap()
            .rsplit('/')
            .next()
            .unwrap()
            .to_owned()
    };
    all.map(name).collect()
}

#[test]
fn what_does_not_fit_is_refused() {
    let schema = Schema::new(
        r##"{"type":"object","additionalProperties":false,"required":["a"],
             "properties":{"a":{"anyOf":[{"type":"integer","minimum":1,"maximum":9},{"$ref":"#/definitions/word"}]},
                           "b":{"type":"array","maxItems":1,"items":{"enum":["x"]}},
                           "c":{"type":"object","propertyNames":{"pattern":"^[a-z]+$"},"additionalProperties":{"const":1}}},
             "if":{"properties":{"a":{"const":7}}},"then":{"required":["b"]},
             "definitions":{"word":{"type":"string","minLength":1,"not":{"pattern":"^-"}}}}"##,
    );
    let fits = |text: &str| schema.refusal(&serde_json::from_str(text).unwrap()).is_none();
    for good in [
        r#"{"a":1}"#,
        r#"{"a":"w"}"#,
        r#"{"a":7,"b":["x"]}"#,
        r#"{"a":1,"c":{"d":1}}"#,
    ] {
        assert!(fits(good), "{good}");
    }
    for bad in [
        "1",
        "{}",
        r#"{"a":0}"#,
        r#"{"a":10}"#,
        r#"{"a":""}"#,
        r#"{"a":"-w"}"#,
        r#"{"a":7}"#,
        r#"{"a":1,"z":1}"#,
        r#"{"a":1,"b":["y"]}"#,
        r#"{"a":1,"b":["x","x"]}"#,
        r#"{"a":1,"c":{"D":1}}"#,
        r#"{"a":1,"c":{"d":2}}"#,
    ] {
        assert!(!fits(bad), "{bad}");
    }
}
