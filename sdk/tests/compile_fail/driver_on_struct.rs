#[airs::driver]
struct Ledger;

fn main() {}
