#[airs::program]
fn pay() -> Option<String> {
    None
}

fn main() {}
