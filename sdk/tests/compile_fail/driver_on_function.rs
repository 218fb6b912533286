#[airs::driver]
fn ledger() {}

fn main() {}
