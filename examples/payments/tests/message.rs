//! Messages of a test, written as a customer's software writes them.

use std::fmt::Write;

use jiff::Timestamp;

/// A message with one payment.
#[derive(Clone)]
pub(crate) struct Message {
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) initiator: String,
    pub(crate) count: String,
    pub(crate) sum: String,
    pub(crate) day: String,
    pub(crate) debtor: String,
    /// What each transfer is called, and to whom, how much, in which currency it is.
    pub(crate) transfers: Vec<(String, String, String, String)>,
}

impl Message {
    /// A message from acme's account in euros, made now.
    pub(crate) fn of(id: &str, transfers: &[(&str, &str)]) -> Self {
        let numbered = transfers.iter().zip(1..);
        let transfers = numbered.map(|((creditor, amount), number)| {
            let (creditor, amount) = ((*creditor).to_owned(), (*amount).to_owned());
            (format!("{id}-{number}"), creditor, amount, "EUR".to_owned())
        });
        let mut message = Self {
            id: id.to_owned(),
            created: Timestamp::now(),
            initiator: "Acme Tools GmbH".to_owned(),
            count: String::new(),
            sum: String::new(),
            day: String::new(),
            debtor: crate::scene::ACME.to_owned(),
            transfers: transfers.collect(),
        };
        message.day = message.created.to_string()[..10].to_owned();
        message.settle();
        message
    }

    /// Says how many transfers there are, and their sum in cents, by a way of counting of its own.
    pub(crate) fn settle(&mut self) {
        let cents = |amount: &str| -> u64 {
            let (whole, fraction) = amount.split_once('.').unwrap_or((amount, ""));
            format!("{whole}{fraction:0<2.2}").parse().unwrap()
        };
        let sum: u64 = self.transfers.iter().map(|(_, _, amount, _)| cents(amount)).sum();
        self.count = self.transfers.len().to_string();
        self.sum = format!("{}.{:02}", sum / 100, sum % 100);
    }

    pub(crate) fn text(&self) -> String {
        let Self {
            id,
            created,
            initiator,
            count,
            sum,
            day,
            debtor,
            transfers,
        } = self;
        let mut text = format!(
            r#"<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09">
<CstmrCdtTrfInitn>
<GrpHdr><MsgId>{id}</MsgId><CreDtTm>{created}</CreDtTm><NbOfTxs>{count}</NbOfTxs><CtrlSum>{sum}</CtrlSum>
<InitgPty><Nm>{initiator}</Nm></InitgPty></GrpHdr>
<PmtInf><PmtInfId>{id}-A</PmtInfId><PmtMtd>TRF</PmtMtd><ReqdExctnDt><Dt>{day}</Dt></ReqdExctnDt>
<Dbtr><Nm>Acme Tools GmbH</Nm></Dbtr><DbtrAcct><Id><IBAN>{debtor}</IBAN></Id></DbtrAcct>
<DbtrAgt><FinInstnId><BICFI>INGDDEFF</BICFI></FinInstnId></DbtrAgt>
"#
        );
        for (name, creditor, amount, currency) in transfers {
            write!(
                text,
                r#"<CdtTrfTxInf><PmtId><EndToEndId>{name}</EndToEndId></PmtId>
<Amt><InstdAmt Ccy="{currency}">{amount}</InstdAmt></Amt>
<Cdtr><Nm>Creditor of {name}</Nm></Cdtr><CdtrAcct><Id><IBAN>{creditor}</IBAN></Id></CdtrAcct>
<RmtInf><Ustrd>Salary &amp; expenses {name}</Ustrd></RmtInf></CdtTrfTxInf>
"#
            )
            .unwrap();
        }
        text + "</PmtInf>\n</CstmrCdtTrfInitn>\n</Document>\n"
    }
}
