//! A driver that answers with what it is told: the cost of a text on its way, and of nothing else.

use airs::{Call, Error, Json, Receipt, Result, Rights, Value};

struct Echo;

#[airs::driver]
impl airs::Driver for Echo {
    type Asset = ();

    fn intend(_call: &Call, _account: (), _rights: Rights) -> Result<()> {
        Ok(())
    }

    fn view((): &()) -> Result<Value> {
        Err(Error::unsupported("there is nothing to see"))
    }

    fn transfer((): &(), (): &(), _value: Value) -> Result<Receipt> {
        Err(Error::unsupported("there is nothing to move"))
    }

    fn control((): &(), _operation: &str, input: &Json) -> Result<Json> {
        Ok(input.clone())
    }
}
