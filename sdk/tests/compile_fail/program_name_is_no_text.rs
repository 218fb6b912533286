#[airs::program(name = pay_order)]
fn pay() -> airs::Result<()> {
    Ok(())
}

fn main() {}
