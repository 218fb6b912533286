struct Payments;

impl Payments {
    #[airs::program]
    fn pay(&self) -> airs::Result<()> {
        Ok(())
    }
}

fn main() {}
