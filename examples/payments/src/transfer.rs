//! One credit transfer of a message.

use airs_runtime::Amount;

use crate::amount;
use crate::directory::Currency;
use crate::iban::Iban;
use crate::refusal::Refusal;
use crate::xml::Element;

/// What its parties call a transfer: `EndToEndId`, and other identifiers.
pub(crate) const ID_CHARACTERS_MAX: usize = 35;

/// Why it is refused when a message asks for another currency than it pays in.
const NOT_EXCHANGED: &str = "nothing is exchanged here";

/// One credit transfer: `CdtTrfTxInf`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Transfer {
    /// What the debtor calls it; the creditor sees it, too.
    pub(crate) end_to_end_id: String,
    /// How much.
    pub(crate) amount: Amount,
    /// In which currency: three letters.
    pub(crate) currency: String,
    /// To which account.
    pub(crate) creditor: Iban,
}

impl Transfer {
    pub(crate) fn read(element: &Element) -> Result<Self, Refusal> {
        // An amount to be exchanged, and at which rate.
        element.one("Amt")?.without("EqvtAmt", NOT_EXCHANGED)?;
        element.without("XchgRateInf", NOT_EXCHANGED)?;
        let amount = element.one("Amt/InstdAmt")?;
        let currency = currency_of(amount, amount.attribute("Ccy"))?;
        let account = element.one("CdtrAcct")?;
        if let Some(said) = account.optional("Ccy")? {
            check_currency(said, &currency)?;
        }
        Ok(Self {
            end_to_end_id: text(element.one("PmtId/EndToEndId")?, ID_CHARACTERS_MAX)?,
            currency,
            amount: read_amount(amount)?,
            creditor: read_iban(account.one("Id/IBAN")?)?,
        })
    }
}

/// Compares the currency that a message says an account has with that of the amount: they are one, or there would be
/// something to exchange.
fn check_currency(said: &Element, amount: &str) -> Result<(), Refusal> {
    let code = currency_of(said, Some(said.text(ID_CHARACTERS_MAX)?))?;
    if code == amount {
        return Ok(());
    }
    Err(said.invalid(format!("it is {code}, the amount in {amount}: {NOT_EXCHANGED}")))
}

pub(crate) fn text(element: &Element, characters_max: usize) -> Result<String, Refusal> {
    element.text(characters_max).map(ToOwned::to_owned)
}

pub(crate) fn read_iban(element: &Element) -> Result<Iban, Refusal> {
    let number = element.text(ID_CHARACTERS_MAX)?;
    number.parse().map_err(|fault: String| element.invalid(fault))
}

/// Three capital letters.
pub(crate) fn currency_of(element: &Element, code: Option<&str>) -> Result<String, Refusal> {
    let code = code.ok_or_else(|| element.invalid("it names no currency"))?;
    Currency::is_code(code)
        .then(|| code.to_owned())
        .ok_or_else(|| element.invalid(format!("{code:?} is no currency")))
}

fn read_amount(element: &Element) -> Result<Amount, Refusal> {
    let number = element.text(ID_CHARACTERS_MAX)?;
    amount::read(number, amount::AMOUNT_SCALE_MAX)
        .ok_or_else(|| element.invalid(format!("{number:?} is no amount")))
}
