#[airs::program]
fn pay(order: &str) -> airs::Result<String> {
    Ok(order.to_owned())
}

fn main() {}
