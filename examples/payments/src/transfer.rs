//! One credit transfer of a message.

use airs_runtime::Amount;

use crate::amount;
use crate::iban::Iban;
use crate::refusal::Refusal;
use crate::xml::Element;

/// What its parties call a transfer: `EndToEndId`, and other identifiers.
pub(crate) const ID_CHARACTERS_MAX: usize = 35;
/// What a party is called.
pub(crate) const NAME_CHARACTERS_MAX: usize = 140;
/// What a transfer is for, unstructured.
const REMITTANCE_CHARACTERS_MAX: usize = 140;

/// One credit transfer: `CdtTrfTxInf`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// What the debtor calls it; the creditor sees it, too.
    pub end_to_end_id: String,
    /// How much.
    pub amount: Amount,
    /// In which currency: three letters.
    pub currency: String,
    /// To which account.
    pub creditor: Iban,
    /// Who is paid.
    pub creditor_name: String,
    /// What for, if it says so.
    pub remittance: Option<String>,
}

impl Transfer {
    pub(crate) fn read(element: &Element) -> Result<Self, Refusal> {
        let amount = element.one("Amt/InstdAmt")?;
        let currency = amount.attribute("Ccy");
        let remittance = element.optional("RmtInf")?;
        let remittance = remittance.map(|info| info.one("Ustrd")).transpose()?;
        Ok(Self {
            end_to_end_id: text(element.one("PmtId/EndToEndId")?, ID_CHARACTERS_MAX)?,
            currency: currency_of(amount, currency)?,
            amount: read_amount(amount)?,
            creditor: read_iban(element.one("CdtrAcct/Id/IBAN")?)?,
            creditor_name: text(element.one("Cdtr/Nm")?, NAME_CHARACTERS_MAX)?,
            remittance: remittance
                .map(|unstructured| text(unstructured, REMITTANCE_CHARACTERS_MAX))
                .transpose()?,
        })
    }
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
    let fits = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    fits.then(|| code.to_owned())
        .ok_or_else(|| element.invalid(format!("{code:?} is no currency")))
}

fn read_amount(element: &Element) -> Result<Amount, Refusal> {
    let number = element.text(ID_CHARACTERS_MAX)?;
    amount::read(number, amount::AMOUNT_SCALE_MAX)
        .ok_or_else(|| element.invalid(format!("{number:?} is no amount")))
}
