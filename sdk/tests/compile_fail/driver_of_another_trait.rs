struct Ledger;

#[airs::driver]
impl Iterator for Ledger {
    type Item = ();

    fn next(&mut self) -> Option<()> {
        None
    }
}

fn main() {}
