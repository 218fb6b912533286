use airs::{Call, Receipt, Result, Rights, Value};

struct Ledger;

struct Account;
struct Other;

#[airs::driver]
impl airs::Driver for Ledger {
    type Asset = Account;

    fn intend(_call: &Call, _account: (), _rights: Rights) -> Result<Account> {
        Ok(Account)
    }

    fn view(_asset: &Other) -> Result<Value> {
        Ok(Value::Data(Vec::new()))
    }

    fn transfer(_from: &Account, _to: &Account, _value: Value) -> Result<Receipt> {
        Ok(Receipt::Final)
    }
}

fn main() {}
