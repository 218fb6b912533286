use airs::{Call, Receipt, Result, Rights, Value};

struct Ledger;

#[airs::driver]
impl<T> airs::Driver for Ledger {
    fn intend(&self, _call: &Call, _account: (), _rights: Rights) -> Result<()> {
        Ok(())
    }

    async fn view(_asset: &()) -> Result<Value> {
        Ok(Value::Data(Vec::new()))
    }

    fn transfer<A>(_from: &A, _to: &A, _value: Value) -> Result<Receipt> {
        Ok(Receipt::Final)
    }

    fn done(_asset: ()) {}
}

fn main() {}
