#[airs::program]
fn pay(from: &str, to: String, amount: airs::Amount) {}

fn main() {}
