use serde::Deserialize;

#[derive(Deserialize)]
struct Order {
    to: String,
}

#[airs::program]
fn pay(order: Order) -> airs::Result<String> {
    Ok(order.to)
}

fn main() {}
