//! Which account is kept where.

use std::collections::BTreeMap;

use airs_runtime::{AssetPath, Code, Error, Result};
use serde::Deserialize;

use crate::iban::Iban;

/// The currencies of a bank and the accounts of its customers, in JSON:
///
/// ```
/// use payments::Directory;
///
/// let directory = Directory::parse(
///     r#"{
///         "currencies": [{ "code": "EUR", "decimals": 2 }],
///         "accounts": [{ "iban": "DE89370400440532013000", "owner": "acme", "currency": "EUR" }]
///     }"#,
/// )?;
/// let account = directory.account(&"DE89370400440532013000".parse()?).ok_or("it is there")?;
/// assert_eq!(account.path(), "/money/eur/acme/DE89370400440532013000");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Directory {
    currencies: Vec<Currency>,
    accounts: BTreeMap<Iban, Account>,
}

/// A currency, and how many decimal places it has.
///
/// An example is at [`Directory`].
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Currency {
    /// Three letters.
    pub code: String,
    /// Decimal places: 2 for the euro, none for the yen.
    pub decimals: u8,
}

/// A customer's account.
///
/// An example is at [`Directory`].
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Its number.
    pub iban: Iban,
    /// The customer: the caller that may pay from it.
    pub owner: String,
    /// Its currency.
    pub currency: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    currencies: Vec<Currency>,
    accounts: Vec<Account>,
}

impl Directory {
    /// Reads a directory.
    ///
    /// # Errors
    /// [`Code::InvalidConfig`] when it is not one.
    pub fn parse(text: &str) -> Result<Self> {
        let fault =
            |fault: String| Error::new(Code::InvalidConfig, format!("the directory of accounts: {fault}"));
        let written: Written = serde_json::from_str(text).map_err(|error| fault(error.to_string()))?;
        let mut accounts = BTreeMap::new();
        for account in written.accounts {
            let mut currencies = written.currencies.iter();
            if !currencies.any(|currency| currency.code == account.currency) {
                return Err(fault(format!(
                    "{} is in an unknown {}",
                    account.iban, account.currency
                )));
            }
            // The owner is one segment of it.
            let path = AssetPath::absolute(&account.path())?;
            if path.segment_after(&money(&account.currency)) != Some(&account.owner) {
                return Err(fault(format!("{:?} is no customer", account.owner)));
            }
            if let Some(other) = accounts.insert(account.iban.clone(), account) {
                return Err(fault(format!("there are two accounts {}", other.iban)));
            }
        }
        Ok(Self {
            currencies: written.currencies,
            accounts,
        })
    }

    /// The currencies.
    pub fn currencies(&self) -> &[Currency] {
        &self.currencies
    }

    /// The account with a number.
    pub fn account(&self, iban: &Iban) -> Option<&Account> {
        self.accounts.get(iban)
    }
}

impl Currency {
    /// The path that all accounts in this currency are below.
    pub fn path(&self) -> String {
        money(&self.code)
    }
}

impl Account {
    /// The asset that the account is. Its owner is a segment of the path: it is the host that keeps others from it.
    pub fn path(&self) -> String {
        format!("{}/{}/{}", money(&self.currency), self.owner, self.iban)
    }
}

fn money(currency: &str) -> String {
    format!("/money/{}", currency.to_ascii_lowercase())
}
