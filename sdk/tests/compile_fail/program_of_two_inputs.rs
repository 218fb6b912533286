#[airs::program]
fn pay(to: String, amount: airs::Amount) -> airs::Result<String> {
    Ok(format!("{amount} to {to}"))
}

fn main() {}
