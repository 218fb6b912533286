#[airs::program]
extern "C" fn pay() -> airs::Result<()> {
    Ok(())
}

fn main() {}
