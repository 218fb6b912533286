#[airs::program]
fn pay(to: String) -> String {
    to
}

fn main() {}
