#[airs::program]
const PAY: u8 = 1;

fn main() {}
