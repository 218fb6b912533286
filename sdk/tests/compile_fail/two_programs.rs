#[airs::program]
fn one() -> airs::Result<()> {
    Ok(())
}

mod other {
    #[airs::program]
    fn two() -> airs::Result<()> {
        Ok(())
    }
}

fn main() {}
