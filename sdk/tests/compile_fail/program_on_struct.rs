#[airs::program]
struct Pay;

fn main() {}
