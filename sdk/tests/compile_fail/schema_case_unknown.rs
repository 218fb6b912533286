use serde::Deserialize;

#[derive(Deserialize, airs::Schema)]
#[serde(rename_all = "kebabcase")]
struct Order {
    pay_to: String,
}

fn main() {}
