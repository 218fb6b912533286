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

    fn control(_asset: &(), _operation: String, _input: String) -> Result<airs::Json> {
        Err(airs::Error::unsupported("no operations"))
    }
}

fn main() {}
