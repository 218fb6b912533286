use serde::Serialize;

#[derive(Serialize, airs::Schema)]
struct Paid(u32, #[serde(skip_serializing)] String);

fn main() {}
