#[airs::program]
fn pay() -> std::result::Result<(), String> {
    Ok(())
}

fn main() {}
