//! A driver whose assets are numbers in a database: `/stock/<title>` is how many copies of a book there are.

use airs::{Amount, Call, Error, Receipt, Result, Rights};
use serde::{Deserialize, Serialize};

wit_bindgen::generate!({
    path: "../../wit",
    world: "uses-database",
    generate_all,
});

use example::database::database::{Value, query};

struct Stock;

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Account {}

struct Title(String);

#[airs::driver]
impl airs::Driver for Stock {
    type Account = Account;
    type Asset = Title;

    fn bind(_call: &Call, account: Account) -> Result<Account> {
        Ok(account)
    }

    fn intend(call: &Call, _account: Account, _rights: Rights) -> Result<Title> {
        let title = call.path.rsplit('/').next().unwrap_or_default();
        Ok(Title(title.to_owned()))
    }

    fn view(title: &Title) -> Result<airs::Value> {
        let sql = "SELECT copies FROM books WHERE title = ?";
        let found = query(sql, &[Value::Text(title.0.clone())]);
        let found = found.map_err(|error| Error::rejected(format!("the database says: {error:?}")))?;
        match found.rows.first().map(Vec::as_slice) {
            Some([Value::Integer(copies)]) => {
                Ok(Amount::new(u128::try_from(*copies).unwrap_or(0), 0)?.into())
            }
            _ => Err(Error::not_found(format!("there is no book {:?}", title.0))),
        }
    }

    /// Its numbers belong to the catalogue.
    fn transfer(_from: &Title, _to: &Title, _value: airs::Value) -> Result<Receipt> {
        Err(Error::unsupported("books are lent by the catalogue"))
    }
}
