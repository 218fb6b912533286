use airs::{Call, Receipt, Result, Rights, Value};

struct Ledger;

#[airs::driver]
impl Ledger {
    fn view(_asset: &()) -> Result<Value> {
        Ok(Value::Data(Vec::new()))
    }
}

fn main() {}
