#[airs::program]
fn pay(order: impl ToString) -> airs::Result<String> {
    Ok(order.to_string())
}

fn main() {}
