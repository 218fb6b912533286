use airs::{Call, Receipt, Result, Rights, Value};

struct Ledger;

#[airs::driver]
impl airs::Driver for Ledger {
    type Asset = ();

    fn intend(_call: &Call, _account: (), _rights: Rights) -> Result<()> {
        Ok(())
    }

    fn view(_asset: &()) -> Result<Value> {
        Ok(Value::Data(Vec::new()))
    }

    fn transfer(_from: &(), _to: &(), _value: Value) -> Result<Receipt> {
        Ok(Receipt::Final)
    }

    fn done(_asset: &()) -> Result<()> {
        Ok(())
    }
}

fn main() {}
