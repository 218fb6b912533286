//! Schemas: the form that serde gives a type, said of every form of a type.

use std::collections::BTreeMap;

use airs::{
    Amount, Schema,
    schema::{Direction, to_json},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

fn input<T: Schema>() -> Value {
    serde_json::from_str(&to_json(&T::SCHEMA, Direction::Input)).unwrap()
}

fn output<T: Schema>() -> Value {
    serde_json::from_str(&to_json(&T::SCHEMA, Direction::Output)).unwrap()
}

/// What is
/// to be paid.
///
/// # Errors
/// Not part of it.
#[derive(Serialize, Deserialize, Schema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "only its form counts")]
struct Order {
    /// Who "receives".
    pay_to: String,
    r#type: bool,
    #[serde(rename = "how-much")]
    amount: Amount,
    #[serde(default)]
    urgent: bool,
    note: Option<Box<str>>,
    #[serde(skip)]
    seen: bool,
    #[serde(skip_deserializing)]
    number: u8,
    #[serde(skip_serializing)]
    secret: i8,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    tags: Vec<String>,
    #[serde(with = "seconds")]
    #[schema(as = u64)]
    after: std::time::Duration,
}

mod seconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(after: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        after.as_secs().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_secs)
    }
}

#[test]
fn a_struct_is_an_object_as_serde_reads_and_writes_it() {
    let read = input::<Order>();
    assert_eq!(read["description"], "What is\nto be paid.");
    assert_eq!(read["additionalProperties"], false);
    assert_eq!(
        read["required"],
        json!(["payTo", "type", "how-much", "secret", "after"])
    );
    let keys: Vec<&String> = read["properties"].as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        [
            "after", "how-much", "note", "payTo", "secret", "tags", "type", "urgent"
        ]
    );
    assert_eq!(
        read["properties"]["payTo"],
        json!({ "description": "Who \"receives\".", "type": "string" })
    );
    assert_eq!(read["properties"]["after"]["maximum"], json!(u64::MAX));
    assert_eq!(
        read["properties"]["secret"],
        json!({ "type": "integer", "minimum": -128, "maximum": 127 })
    );
    let written = output::<Order>();
    assert_eq!(
        written["required"],
        json!(["payTo", "type", "how-much", "urgent", "note", "number", "after"])
    );
    assert!(written["properties"]["secret"].is_null());
}

#[derive(Serialize, Deserialize, Schema)]
#[serde(rename_all = "kebab-case")]
enum Side {
    BuyNow,
    #[serde(rename = "SELL")]
    Sell,
}

#[derive(Serialize, Deserialize, Schema)]
#[serde(rename_all = "snake_case", rename_all_fields = "camelCase")]
enum Shape {
    NoPoint,
    Circle(f64),
    Line(u8, u8),
    /// Four corners.
    WideBox {
        left_edge: u8,
    },
}

#[derive(Serialize, Deserialize, Schema)]
#[serde(tag = "kind")]
enum Event {
    Opened,
    Moved { by: u8 },
    Paid(Inner),
}

#[derive(Serialize, Deserialize, Schema)]
struct Inner {
    to: String,
}

#[derive(Serialize, Deserialize, Schema)]
#[serde(tag = "t", content = "c")]
enum Adjacent {
    Empty,
    Number(u8),
}

#[derive(Serialize, Deserialize, Schema)]
#[serde(untagged)]
enum Either {
    Text(String),
    List(Vec<u8>),
}

#[test]
fn enums_take_the_form_that_serde_gives_them() {
    assert_eq!(input::<Side>(), json!({ "enum": ["buy-now", "SELL"] }));
    let byte = json!({ "type": "integer", "minimum": 0, "maximum": 255 });
    let forms = |schema: Value| schema["anyOf"].as_array().unwrap().clone();
    let shapes = forms(input::<Shape>());
    assert_eq!(shapes[0], json!({ "const": "no_point" }));
    assert_eq!(shapes[1]["properties"], json!({ "circle": { "type": "number" } }));
    assert_eq!(
        shapes[2]["properties"]["line"]["prefixItems"],
        json!([byte, byte])
    );
    assert_eq!(shapes[3]["description"], "Four corners.");
    assert_eq!(
        shapes[3]["properties"]["wide_box"]["required"],
        json!(["leftEdge"])
    );
    let events = forms(input::<Event>());
    assert_eq!(events[0]["properties"], json!({ "kind": { "const": "Opened" } }));
    assert_eq!(events[1]["required"], json!(["kind", "by"]));
    assert_eq!(
        events[2]["allOf"][0]["properties"]["kind"],
        json!({ "const": "Paid" })
    );
    assert_eq!(events[2]["allOf"][1]["required"], json!(["to"]));
    let adjacent = forms(input::<Adjacent>());
    assert_eq!(adjacent[0]["required"], json!(["t"]));
    assert_eq!(
        adjacent[1]["properties"],
        json!({ "t": { "const": "Number" }, "c": byte })
    );
    assert_eq!(
        input::<Either>()["anyOf"],
        json!([{ "type": "string" }, { "type": "array", "items": byte }])
    );
}

#[derive(Schema)]
#[serde(transparent)]
#[expect(dead_code, reason = "only its form counts")]
struct Id(Option<String>);

#[derive(Clone, Serialize, Deserialize, Schema)]
#[serde(from = "String", into = "String")]
struct Name(String);

impl From<String> for Name {
    fn from(name: String) -> Self {
        Self(name)
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0
    }
}

#[derive(Schema)]
#[expect(dead_code, reason = "only its form counts")]
struct Page<T> {
    id: Id,
    name: Name,
    items: Vec<T>,
    by_name: BTreeMap<String, (T, [u8; 2])>,
}

#[test]
fn generic_transparent_and_converted_types_have_the_form_of_what_they_hold() {
    let page = input::<Page<bool>>();
    assert_eq!(page["required"], json!(["name", "items", "by_name"]));
    assert_eq!(page["properties"]["name"], json!({ "type": "string" }));
    assert_eq!(page["properties"]["items"]["items"], json!({ "type": "boolean" }));
    let tuple = &page["properties"]["by_name"]["additionalProperties"];
    assert_eq!((&tuple["minItems"], &tuple["maxItems"]), (&json!(2), &json!(2)));
    assert_eq!(tuple["prefixItems"][1]["minItems"], 2);
}

#[test]
fn numbers_and_strange_characters_are_written_as_json() {
    assert!(to_json(&u128::SCHEMA, Direction::Input).contains("340282366920938463463374607431768211455"));
    assert!(to_json(&i128::SCHEMA, Direction::Input).contains("-170141183460469231731687303715884105728"));
    let strange = airs::schema::Shape::Constant {
        text: "a\"\\\n\u{1}ü",
    };
    let json: Value = serde_json::from_str(&to_json(&strange, Direction::Input)).unwrap();
    assert_eq!(json["const"], "a\"\\\n\u{1}ü");
}
