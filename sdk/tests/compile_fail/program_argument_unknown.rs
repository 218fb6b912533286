#[airs::program(nme = "pay-order")]
fn pay() -> airs::Result<()> {
    Ok(())
}

fn main() {}
