//! Why a message is not booked.

use airs_runtime::{Amount, Code};

use crate::iban::Iban;

/// Why a message is not booked. Whatever it is, nothing of the message was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// It is not XML of the plain kind that messages are made of, or has more of something than messages have.
    #[error("line {line}: {fault}")]
    Malformed {
        /// Where, from 1.
        line: u64,
        /// What is wrong.
        fault: String,
    },
    /// It is XML and not the message that it should be.
    #[error("line {line}: {element}: {fault}")]
    Invalid {
        /// Where, from 1.
        line: u64,
        /// In which element.
        element: String,
        /// What is wrong.
        fault: String,
    },
    /// `NbOfTxs` is not the number of transactions.
    #[error("{place}: NbOfTxs is {said}, and there are {counted} transactions")]
    WrongCount {
        /// The message, or one of its payments.
        place: String,
        /// What `NbOfTxs` says.
        said: u64,
        /// How many there are.
        counted: usize,
    },
    /// `CtrlSum` is not the sum of the amounts.
    #[error("{place}: CtrlSum is {said}, and the amounts sum to {summed}")]
    WrongSum {
        /// The message, or one of its payments.
        place: String,
        /// What `CtrlSum` says.
        said: Amount,
        /// What the amounts sum to.
        summed: Amount,
    },
    /// Nobody here has an account with this IBAN.
    #[error("{place}: there is no account {iban}")]
    UnknownAccount {
        /// Which payment or transaction.
        place: String,
        /// The account's number.
        iban: Iban,
    },
    /// An account is kept in another currency than the amount is of: nothing is exchanged here.
    #[error("{place}: account {iban} is in {account}, the amount in {amount}")]
    WrongCurrency {
        /// Which transaction.
        place: String,
        /// The account's number.
        iban: Iban,
        /// The account's currency.
        account: String,
        /// The amount's currency.
        amount: String,
    },
    /// It asks for a day that has not come: this bank keeps no payments for later.
    #[error("{place}: it is to be executed on {day}, and today is {today}")]
    NotYet {
        /// Which payment.
        place: String,
        /// When it is to be executed.
        day: jiff::civil::Date,
        /// Today, in UTC.
        today: jiff::civil::Date,
    },
    /// The run was refused, and nothing of it remains: its [`code`](airs_runtime::Error::code) says why.
    #[error(transparent)]
    Run(#[from] airs_runtime::Error),
}

impl Refusal {
    /// What the sender could do about it, where that is more than to mend what it names.
    pub fn hint(&self) -> Option<&str> {
        match self {
            Self::Malformed { .. } | Self::Invalid { .. } => None,
            Self::WrongCount { .. } | Self::WrongSum { .. } => {
                Some("something was lost or changed on the way: make the message again, and send that")
            }
            Self::UnknownAccount { .. } => Some("only accounts of this bank can be paid from, or to"),
            Self::WrongCurrency { .. } => {
                Some("nothing is exchanged here: an amount and both of its accounts are in one currency")
            }
            Self::NotYet { .. } => Some("no payment is kept for later: send the message again on that day"),
            Self::Run(error) => match error.code() {
                Code::IdReused => Some(
                    "another message with this MsgId was booked: give this one a MsgId of its own, or send that one as it was",
                ),
                Code::IdExpired => Some(
                    "its CreDtTm is too long ago: see whether it was booked, and if not make it again, dated now",
                ),
                Code::InsufficientFunds => Some(
                    "nothing of it was booked: send it again, as it is, when there is money in the account",
                ),
                _ => error.hint_text(),
            },
        }
    }
}
