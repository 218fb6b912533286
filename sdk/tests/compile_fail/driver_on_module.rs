#[airs::driver]
mod ledger {}

fn main() {}
