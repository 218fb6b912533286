#[airs::program]
unsafe fn pay() -> airs::Result<()> {
    Ok(())
}

fn main() {}
