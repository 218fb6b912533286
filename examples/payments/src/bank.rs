//! The bank: a runtime with ledgers for money, and the message's way through it.

use std::collections::BTreeSet;

use airs_runtime::{
    ANSWERS_KEPT_MAX, Amount, Answer, CallerId, Capability, Code, Component, Error, Name, Owner, Placement,
    Report, Request, Result, Runtime, RuntimeBuilder, Value,
};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::json;

use crate::directory::Directory;
use crate::iban::Iban;
use crate::initiation::Initiation;
use crate::order::{MESSAGES, Order};
use crate::refusal::Refusal;

/// A bank that books messages.
#[derive(Debug)]
pub struct Bank {
    runtime: Runtime,
    context: Name,
    directory: Directory,
}

/// What came of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booked {
    /// The run that booked it.
    pub run: String,
    /// How many transactions it had, all of them booked.
    pub transactions: usize,
    /// Whether it had been booked before: nothing was done this time.
    pub before: bool,
}

impl Bank {
    /// Starts a runtime for banks, with the components of the folder `guests` in service.
    ///
    /// # Errors
    /// As those of the runtime.
    pub fn start(
        builder: RuntimeBuilder,
        components: impl IntoIterator<Item = Component>,
    ) -> Result<Runtime> {
        // A message is accepted for as long as it can be told that it was booked.
        let runtime = builder.keep_answers_for(ANSWERS_KEPT_MAX).build()?;
        for component in components {
            // Granted is what it also declares: storage for the drivers, nothing for the program.
            runtime.load(&component, &[Capability::Storage].into())?;
        }
        Ok(runtime)
    }

    /// Opens the bank of a context, with a ledger for each currency. Any number may open it at once.
    ///
    /// # Errors
    /// [`Code::InvalidConfig`] when a currency has other decimals than when it was opened first; as those of the
    /// runtime.
    pub fn open(runtime: &Runtime, context: Name, directory: Directory) -> Result<Self> {
        let bank = Self {
            runtime: runtime.clone(),
            context,
            directory,
        };
        bank.bind()?;
        bank.check_decimals()?;
        Ok(bank)
    }

    /// Books a message that a customer sent: all of it, or nothing. Sent again it is answered as before, and not
    /// booked again.
    ///
    /// Who the customer is, the application has found out; the message is not asked.
    ///
    /// # Errors
    /// [`Refusal`]: nothing of it was booked.
    pub fn book(&self, customer: &CallerId, message: &[u8]) -> Result<Booked, Refusal> {
        let initiation = Initiation::read(message)?;
        let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
        let order = Order::of(&initiation, &self.directory, customer, today)?;
        let request = Request::run("batch", order.input).id(order.id);
        let report = self.perform(request.caller(customer.clone()));
        report.result?;
        Ok(Booked {
            run: report.run,
            transactions: initiation.transactions(),
            before: report.replayed,
        })
    }

    /// Pays an amount, a decimal number, into an account, as the bank's operator.
    ///
    /// # Errors
    /// [`Code::NotFound`] when there is no such account; what the ledger answers.
    pub fn deposit(&self, iban: &Iban, amount: &str) -> Result<()> {
        let input = json!({ "amount": amount }).to_string();
        self.perform(Request::control(self.path(iban)?, "mint", input))
            .result
            .map(drop)
    }

    /// What is in an account.
    ///
    /// # Errors
    /// [`Code::NotFound`] when there is no such account.
    pub fn balance(&self, iban: &Iban) -> Result<Amount> {
        match self.perform(Request::view(self.path(iban)?)).result? {
            Answer::Value(Value::Amount(amount)) => Ok(amount),
            other => Err(unexpected(&format!("account {iban}"), &other)),
        }
    }

    /// Binds what is not bound yet: a ledger for each currency and the registers of messages, in each of which every
    /// customer has a place.
    fn bind(&self) -> Result<()> {
        let bound = self.bound()?;
        let currencies = self.directory.currencies().iter().map(|currency| {
            let unit = currency.code.to_ascii_lowercase();
            let account = json!({ "unit": unit, "scale": currency.decimals });
            (currency.path(), "ledger", account)
        });
        let messages = (MESSAGES.to_owned(), "register", json!(null));
        for (path, driver, account) in currencies.chain([messages]) {
            if bound.contains(&path) {
                continue;
            }
            let placement = Placement {
                path: path.clone(),
                driver: driver.to_owned(),
                account: account.to_string(),
                owner: Some(Owner::Each),
                controllers: Vec::new(),
            };
            match self.perform(Request::bind(placement)).result {
                // Somebody else opens the bank at the same time, and was first.
                Err(error) if error.code() == Code::AlreadyBound && self.bound()?.contains(&path) => {}
                result => drop(result?),
            }
        }
        Ok(())
    }

    /// The paths at which something is bound.
    fn bound(&self) -> Result<BTreeSet<String>> {
        match self.perform(Request::bindings()).result? {
            Answer::Bindings(bindings) => Ok(bindings.into_iter().map(|(path, _)| path).collect()),
            other => Err(unexpected("the bindings", &other)),
        }
    }

    /// Whether accounts are kept with the decimal places that the directory says: what is bound once stays as it is.
    fn check_decimals(&self) -> Result<()> {
        for currency in self.directory.currencies() {
            let Some(account) = self.directory.account_in(currency) else {
                continue;
            };
            let (code, said) = (&currency.code, currency.decimals);
            let kept = self.balance(&account.iban)?.scale;
            if kept != said {
                let message = format!(
                    "the directory of accounts: {code} has {said} decimals, and its accounts are kept with {kept}"
                );
                let hint = format!("what a currency has cannot be changed later: write \"decimals\": {kept}");
                return Err(Error::new(Code::InvalidConfig, message).hint(hint));
            }
        }
        Ok(())
    }

    fn path(&self, iban: &Iban) -> Result<String> {
        let account = self.directory.account(iban).map(crate::Account::path);
        account.ok_or_else(|| Error::new(Code::NotFound, format!("there is no account {iban}")))
    }

    fn perform(&self, request: Request) -> Report {
        self.runtime
            .perform_blocking(request.context(self.context.clone()))
    }
}

/// A fault of ours: there is nothing else to be answered.
fn unexpected(what: &str, answer: &Answer) -> Error {
    Error::new(Code::Internal, format!("{what} cannot be {answer:?}"))
}
