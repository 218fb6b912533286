//! What a message means here: the run that books it.

use airs_runtime::{CallerId, Code, Error, RunId};
use jiff::civil::Date;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::directory::{Account, Directory};
use crate::iban::Iban;
use crate::initiation::Initiation;
use crate::refusal::Refusal;
use crate::shown::shown;

/// Where registers of messages are: below it, each customer has one.
pub(crate) const MESSAGES: &str = "/messages";

/// The run that books a message.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    /// Its id. It is made of what names the message, so that the same message is the same run.
    pub(crate) id: RunId,
    /// The input of the program `batch`, JSON.
    pub(crate) input: String,
}

/// What `guests/batch` reads.
#[derive(Serialize)]
struct Batch<'a> {
    message: Message,
    transfers: Vec<Line<'a>>,
}

#[derive(Serialize)]
struct Message {
    register: String,
    entry: String,
    sha256: String,
}

#[derive(Serialize)]
struct Line<'a> {
    end_to_end_id: &'a str,
    from: String,
    to: String,
    amount: String,
}

impl Order {
    /// Finds the accounts of a message that a customer sent.
    ///
    /// # Errors
    /// [`Refusal::UnknownAccount`], [`Refusal::WrongCurrency`], [`Refusal::NotYet`].
    pub(crate) fn of(
        initiation: &Initiation,
        directory: &Directory,
        customer: &CallerId,
        today: Date,
    ) -> Result<Self, Refusal> {
        let mut transfers = Vec::with_capacity(initiation.transactions());
        for payment in &initiation.payments {
            let place = format!("payment {}", shown(&payment.id));
            if payment.execution > today {
                let day = payment.execution;
                return Err(Refusal::NotYet { place, day, today });
            }
            let debtor = account(directory, &payment.debtor, &place)?;
            if let Some(currency) = &payment.currency {
                in_currency(debtor, currency, &place)?;
            }
            for transfer in &payment.transfers {
                let place = format!("{place}, transaction {}", shown(&transfer.end_to_end_id));
                let creditor = account(directory, &transfer.creditor, &place)?;
                in_currency(debtor, &transfer.currency, &place)?;
                in_currency(creditor, &transfer.currency, &place)?;
                transfers.push(Line {
                    end_to_end_id: &transfer.end_to_end_id,
                    from: debtor.path(),
                    to: creditor.path(),
                    amount: transfer.amount.to_string(),
                });
            }
        }
        let name = name(initiation);
        let register = format!("{MESSAGES}/{customer}");
        let message = Message {
            entry: format!("{register}/{}", hex::encode(name)),
            register,
            sha256: hex::encode(initiation.sha256),
        };
        let input = serde_json::to_string(&Batch { message, transfers });
        Ok(Self {
            id: run_id(initiation, name)?,
            input: input.map_err(|error| Error::new(Code::Internal, error.to_string()))?,
        })
    }
}

fn account<'a>(directory: &'a Directory, iban: &Iban, place: &str) -> Result<&'a Account, Refusal> {
    directory.account(iban).ok_or_else(|| Refusal::UnknownAccount {
        place: place.to_owned(),
        iban: iban.clone(),
    })
}

fn in_currency(account: &Account, currency: &str, place: &str) -> Result<(), Refusal> {
    if account.currency == currency {
        return Ok(());
    }
    Err(Refusal::WrongCurrency {
        place: place.to_owned(),
        iban: account.iban.clone(),
        account: account.currency.clone(),
        amount: currency.to_owned(),
    })
}

/// What names a message: who sends it, and what they call it.
fn name(initiation: &Initiation) -> [u8; 32] {
    let mut hash = Sha256::new();
    // With its length before it, so that no other pair of texts is the same bytes.
    hash.update((initiation.initiator.len() as u64).to_be_bytes());
    hash.update(&initiation.initiator);
    hash.update(&initiation.message_id);
    hash.finalize().into()
}

/// A ULID: the time of the message, and of its name as much as there is room for.
fn run_id(initiation: &Initiation, name: [u8; 32]) -> Result<RunId, Refusal> {
    let time_ms = u64::try_from(initiation.created.as_millisecond());
    let time_ms = time_ms.map_err(|_| Error::new(Code::InvalidInput, "CreDtTm is before 1970"))?;
    let bits = name
        .iter()
        .take(10)
        .fold(0, |bits, byte| (bits << 8) | u128::from(*byte));
    Ok(RunId::new(time_ms, bits))
}
