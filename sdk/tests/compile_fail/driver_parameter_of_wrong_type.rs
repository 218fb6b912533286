use airs::{Call, Receipt, Result, Rights, Value};

struct Ledger;

struct Account;

#[airs::driver]
impl airs::Driver for Ledger {
    type Asset = Account;

    fn intend(_call: Call, _account: (), _rights: u8) -> Result<Account> {
        Ok(Account)
    }

    fn view(_asset: Account) -> Result<Value> {
        Ok(Value::Data(Vec::new()))
    }

    fn transfer(_from: &Account, _to: &Account, _value: airs::Amount) -> Result<Receipt> {
        Ok(Receipt::Final)
    }
}

fn main() {}
