use std::collections::HashMap;

use serde::Deserialize;

#[derive(Deserialize, airs::Schema)]
struct Order {
    #[serde(flatten)]
    rest: HashMap<String, String>,
    #[serde(rename(serialize = "a", deserialize = "b"))]
    both: u8,
    #[serde(deserialize_with = "seconds")]
    after: u64,
    #[schema(az = String)]
    other: u8,
}

fn seconds<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    u64::deserialize(deserializer)
}

fn main() {}
