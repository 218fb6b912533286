//! Which account is kept where.

use std::collections::{BTreeMap, BTreeSet};

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
    /// Three capital letters, unlike those of any other.
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
        let mut codes = BTreeSet::new();
        for Currency { code, .. } in &written.currencies {
            if !Currency::is_code(code) {
                return Err(fault(format!(
                    "{code:?} is no currency: it has three capital letters"
                )));
            }
            if !codes.insert(code) {
                return Err(fault(format!("there are two currencies {code}")));
            }
        }
        let mut accounts = BTreeMap::new();
        for account in written.accounts {
            if !codes.contains(&account.currency) {
                return Err(fault(format!(
                    "{} is in {:?}, which is none of its currencies",
                    account.iban, account.currency
                )));
            }
            // The owner is one segment of it.
            let path = AssetPath::absolute(&account.path()).ok();
            let owner = path
                .as_ref()
                .and_then(|path| path.segment_after(&money(&account.currency)));
            if owner != Some(&account.owner) {
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

    /// An account in a currency, if there is any.
    pub(crate) fn account_in(&self, currency: &Currency) -> Option<&Account> {
        let mut accounts = self.accounts.values();
        accounts.find(|account| account.currency == currency.code)
    }

    /// The account with a number.
    pub fn account(&self, iban: &Iban) -> Option<&Account> {
        self.accounts.get(iban)
    }
}

impl Currency {
    /// Whether a text has the form of a currency's code: `EUR`.
    pub(crate) fn is_code(text: &str) -> bool {
        text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase())
    }

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

#[cfg(test)]
mod tests {
    use super::Directory;

    fn fault(currencies: &str, account: (&str, &str)) -> String {
        let (owner, currency) = account;
        let account = format!(
            r#"{{ "iban": "DE89370400440532013000", "owner": "{owner}", "currency": "{currency}" }}"#
        );
        let text = format!(r#"{{ "currencies": [{currencies}], "accounts": [{account}] }}"#);
        Directory::parse(&text).map(drop).unwrap_err().to_string()
    }

    #[test]
    fn a_currency_is_three_capital_letters_and_there_once() {
        let euro = r#"{ "code": "EUR", "decimals": 2 }"#;
        for code in ["eur", "EURO", "EU", "E/R", "€", ""] {
            let other = format!(r#"{euro}, {{ "code": "{code}", "decimals": 0 }}"#);
            let fault = fault(&other, ("acme", "EUR"));
            assert!(fault.contains("three capital letters"), "{code}: {fault}");
        }
        let twice = format!(r#"{euro}, {{ "code": "EUR", "decimals": 3 }}"#);
        assert!(fault(&twice, ("acme", "EUR")).contains("two currencies EUR"));
        assert!(fault(euro, ("acme", "USD")).contains("none of its currencies"));
    }

    #[test]
    fn an_owner_is_one_segment_of_a_path() {
        for owner in ["", "a/b", "Alice Smith", ".."] {
            let fault = fault(r#"{ "code": "EUR", "decimals": 2 }"#, (owner, "EUR"));
            assert!(fault.contains("is no customer"), "{owner}: {fault}");
        }
    }
}
