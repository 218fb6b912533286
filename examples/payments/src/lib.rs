//! Credit transfers as banks exchange them: a message of ISO 20022, `pain.001.001.09`, is booked as a whole or not
//! at all, and however often it is sent, once.
//!
//! The way of a message through [`Bank::book`]: it is read and checked for what can be checked without any account, a
//! [`Directory`] knows which asset is behind an IBAN, and one run is made of it, with an id that is made of the message.

mod amount;
mod bank;
mod directory;
mod iban;
mod initiation;
mod order;
mod refusal;
mod shown;
mod transfer;
mod xml;

pub use bank::{Bank, Booked};
pub use directory::{Account, Currency, Directory};
pub use iban::Iban;
pub use initiation::TRANSACTIONS_MAX;
pub use refusal::Refusal;
pub use xml::MESSAGE_BYTES_MAX;
