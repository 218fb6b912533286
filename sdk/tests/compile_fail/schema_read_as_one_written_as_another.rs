use serde::{Deserialize, Serialize};

#[derive(Clone, Deserialize, Serialize, airs::Schema)]
#[serde(from = "u8", into = "String")]
struct Percent(u8);

impl From<u8> for Percent {
    fn from(percent: u8) -> Self {
        Self(percent)
    }
}

impl From<Percent> for String {
    fn from(percent: Percent) -> Self {
        format!("{} %", percent.0)
    }
}

fn main() {}
