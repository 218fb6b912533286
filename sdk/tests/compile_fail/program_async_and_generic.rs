#[airs::program]
async fn pay<T>(order: T) -> airs::Result<T> {
    Ok(order)
}

fn main() {}
