//! The message: a customer credit transfer initiation.

use airs_runtime::Amount;
use jiff::civil::{Date, DateTime};
use jiff::{Timestamp, tz::TimeZone};
use sha2::{Digest, Sha256};

use crate::amount;
use crate::iban::Iban;
use crate::refusal::Refusal;
use crate::shown::shown;
use crate::transfer::{ID_CHARACTERS_MAX, Transfer, currency_of, read_iban, text};
use crate::xml::Element;

/// Transactions of a message, over all its payments: all of them have to fit into the deadline of one run.
pub const TRANSACTIONS_MAX: usize = 1_000;

/// Digits of `NbOfTxs`.
const COUNT_CHARACTERS_MAX: usize = 15;
/// What a party is called.
const NAME_CHARACTERS_MAX: usize = 140;

/// The version of the message that is read.
const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09";

/// A customer credit transfer initiation, `pain.001.001.09`. What it says of itself fits: counts, sums, and the
/// check digits of account numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Initiation {
    /// What the initiating party calls the message: unlike any other of its messages.
    pub(crate) message_id: String,
    /// Who sends it: an identifier if there is one, else a name.
    pub(crate) initiator: String,
    /// When it was made, by the clock of who sends it.
    pub(crate) created: Timestamp,
    /// The sha256 of the message as it came.
    pub(crate) sha256: [u8; 32],
    /// What is to be paid, from one account each.
    pub(crate) payments: Vec<Payment>,
}

/// Transfers from one account: `PmtInf`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Payment {
    /// What the initiating party calls it.
    pub(crate) id: String,
    /// On which day it is to be executed.
    pub(crate) execution: Date,
    /// From which account.
    pub(crate) debtor: Iban,
    /// The currency of that account, if the message names it.
    pub(crate) currency: Option<String>,
    /// What is to be paid.
    pub(crate) transfers: Vec<Transfer>,
}

impl Initiation {
    /// Reads a message. Parts of the standard that say nothing about which account pays which how much and when,
    /// such as addresses and purposes, are not looked at.
    ///
    /// # Errors
    /// [`Refusal::Malformed`], [`Refusal::Invalid`], [`Refusal::WrongCount`], [`Refusal::WrongSum`].
    pub(crate) fn read(message: &[u8]) -> Result<Self, Refusal> {
        let document = Element::read(message)?;
        if document.name() != "Document" || document.attribute("xmlns") != Some(NAMESPACE) {
            return Err(document.invalid(format!("it is no Document of {NAMESPACE}")));
        }
        let root = document.one("CstmrCdtTrfInitn")?;
        let header = root.one("GrpHdr")?;
        let payments: Result<Vec<Payment>, Refusal> = root.all("PmtInf").map(Payment::read).collect();
        let payments = payments?;
        let transfers = || payments.iter().flat_map(|payment| &payment.transfers);
        match transfers().count() {
            0 => return Err(root.invalid("it has no transaction")),
            1..=TRANSACTIONS_MAX => {}
            _ => return Err(root.invalid(format!("it has more than {TRANSACTIONS_MAX} transactions"))),
        }
        header.one("NbOfTxs")?;
        check_control(header, "the message", transfers())?;
        Ok(Self {
            message_id: text(header.one("MsgId")?, ID_CHARACTERS_MAX)?,
            initiator: initiator(header.one("InitgPty")?)?,
            created: time(header.one("CreDtTm")?)?,
            sha256: Sha256::digest(message).into(),
            payments,
        })
    }

    /// How many transactions it has.
    pub(crate) fn transactions(&self) -> usize {
        self.payments.iter().map(|payment| payment.transfers.len()).sum()
    }
}

impl Payment {
    fn read(element: &Element) -> Result<Self, Refusal> {
        let id = text(element.one("PmtInfId")?, ID_CHARACTERS_MAX)?;
        let method = element.one("PmtMtd")?;
        if method.text(ID_CHARACTERS_MAX)? != "TRF" {
            return Err(method.invalid("only credit transfers are made here: TRF"));
        }
        let transfers: Result<Vec<Transfer>, Refusal> =
            element.all("CdtTrfTxInf").map(Transfer::read).collect();
        let transfers = transfers?;
        if transfers.is_empty() {
            return Err(element.invalid("it has no transaction"));
        }
        check_control(element, &format!("payment {}", shown(&id)), transfers.iter())?;
        let account = element.one("DbtrAcct")?;
        let currency = account.optional("Ccy")?;
        Ok(Self {
            id,
            execution: day(element.one("ReqdExctnDt")?)?,
            debtor: read_iban(account.one("Id/IBAN")?)?,
            currency: currency
                .map(|code| currency_of(code, Some(code.text(ID_CHARACTERS_MAX)?)))
                .transpose()?,
            transfers,
        })
    }
}

/// Compares `NbOfTxs` and `CtrlSum` with what is there. The sum is one of numbers, whatever their currencies.
fn check_control<'a>(
    element: &Element,
    place: &str,
    transfers: impl Iterator<Item = &'a Transfer>,
) -> Result<(), Refusal> {
    let amounts: Vec<Amount> = transfers.map(|transfer| transfer.amount).collect();
    if let Some(count) = element.optional("NbOfTxs")? {
        let written = count.text(COUNT_CHARACTERS_MAX)?;
        let digits = written.bytes().all(|byte| byte.is_ascii_digit());
        let said = written.parse().ok().filter(|_| digits);
        let said: u64 = said.ok_or_else(|| count.invalid("it is no number"))?;
        if usize::try_from(said) != Ok(amounts.len()) {
            return Err(Refusal::WrongCount {
                place: place.to_owned(),
                said,
                counted: amounts.len(),
            });
        }
    }
    if let Some(sum) = element.optional("CtrlSum")? {
        let said = amount::read(sum.text(ID_CHARACTERS_MAX)?, amount::SUM_SCALE_MAX);
        let said = said.ok_or_else(|| sum.invalid("it is no sum"))?;
        let summed = amount::sum(amounts).ok_or_else(|| sum.invalid("the amounts sum to too much"))?;
        if !amount::equal(said, summed) {
            return Err(Refusal::WrongSum {
                place: place.to_owned(),
                said,
                summed,
            });
        }
    }
    Ok(())
}

/// Who sends the message. Identifiers go before the name, which may be written in many ways.
fn initiator(party: &Element) -> Result<String, Refusal> {
    if let Some(id) = party.optional("Id")? {
        for kind in ["OrgId", "PrvtId"] {
            let Some(kind) = id.optional(kind)? else {
                continue;
            };
            for name in ["LEI", "AnyBIC"] {
                if let Some(identifier) = kind.optional(name)? {
                    return text(identifier, ID_CHARACTERS_MAX);
                }
            }
            // There may be several; software writes them in an order of its own, and always in the same.
            if let Some(other) = kind.all("Othr").next() {
                return text(other.one("Id")?, ID_CHARACTERS_MAX);
            }
        }
    }
    let name = party.optional("Nm")?;
    let name = name.ok_or_else(|| party.invalid("it has neither an identifier nor a name"))?;
    text(name, NAME_CHARACTERS_MAX)
}

/// An instant. Without an offset from UTC it is in UTC.
fn time(element: &Element) -> Result<Timestamp, Refusal> {
    let written = element.text(ID_CHARACTERS_MAX)?;
    let universal = |time: DateTime| time.to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp());
    written
        .parse()
        .or_else(|_| written.parse().and_then(universal))
        .map_err(|_| element.invalid(format!("{written:?} is no time")))
}

/// A day, or an instant's day in UTC.
fn day(element: &Element) -> Result<Date, Refusal> {
    if let Some(instant) = element.optional("DtTm")? {
        // Which of them would count? The message is to say one.
        element.without("Dt", "it stands beside a DtTm, and only one of them can be meant")?;
        return time(instant).map(|time| time.to_zoned(TimeZone::UTC).date());
    }
    let day = element.one("Dt")?;
    let written = day.text(10)?;
    written
        .parse()
        .map_err(|_| day.invalid(format!("{written:?} is no day")))
}
