#[airs::program(timeout = "5s")]
fn pay() -> airs::Result<()> {
    Ok(())
}

fn main() {}
