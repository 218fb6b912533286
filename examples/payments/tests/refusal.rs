//! Messages that are refused before anything is done.

use payments::{Bank, Refusal, TRANSACTIONS_MAX};

use crate::message::Message;
use crate::scene::{ACME, ACME_DOLLARS, ALICE, BOB, STRANGER, bank, book, expect_untouched};

fn good() -> Message {
    Message::of("M-1", &[(ALICE, "100.00"), (BOB, "200.00")])
}

/// Sends a changed message, and says why it was refused; nothing of it was booked.
#[track_caller]
fn refused(bank: &Bank, change: impl FnOnce(&mut Message)) -> Refusal {
    let mut message = good();
    change(&mut message);
    let refusal = book(bank, &message).unwrap_err();
    expect_untouched(bank);
    refusal
}

/// The same, with the message's text changed in one place.
#[track_caller]
fn refused_with(bank: &Bank, from: &str, to: &str) -> String {
    let text = good().text();
    assert!(text.contains(from), "{from}");
    let outcome = bank.book(&"acme".parse().unwrap(), text.replacen(from, to, 1).as_bytes());
    expect_untouched(bank);
    outcome.unwrap_err().to_string()
}

#[test]
fn a_wrong_count_is_refused() {
    let refusal = refused(&bank(), |message| message.count = "3".to_owned());
    assert!(
        matches!(
            refusal,
            Refusal::WrongCount {
                said: 3,
                counted: 2,
                ..
            }
        ),
        "{refusal}"
    );
}

#[test]
fn a_wrong_sum_is_refused_though_by_little() {
    let bank = bank();
    for sum in [
        "300.01",
        "299.99",
        "300.00000000000001",
        "0",
        "3e2",
        "-300",
        "300,00",
    ] {
        let refusal = refused(&bank, |message| message.sum = sum.to_owned());
        let is_number = sum.parse::<f64>().is_ok() && !sum.contains(['e', '-']);
        let as_expected = match refusal {
            Refusal::WrongSum { .. } => is_number,
            Refusal::Invalid { .. } => !is_number,
            _ => false,
        };
        assert!(as_expected, "{sum}");
    }
    let mut message = good();
    message.sum = "300".to_owned();
    assert!(book(&bank, &message).is_ok());
}

#[test]
fn count_and_sum_of_a_payment_count_too() {
    let bank = bank();
    let refusal = refused_with(&bank, "<ReqdExctnDt>", "<NbOfTxs>1</NbOfTxs><ReqdExctnDt>");
    assert!(refusal.contains("payment M-1-A: NbOfTxs is 1"), "{refusal}");
    let refusal = refused_with(&bank, "<ReqdExctnDt>", "<CtrlSum>1.0</CtrlSum><ReqdExctnDt>");
    assert!(refusal.contains("payment M-1-A: CtrlSum is 1.0"), "{refusal}");
}

#[test]
fn an_unknown_creditor_or_debtor_is_refused() {
    let bank = bank();
    let refusal = refused(&bank, |message| message.transfers[1].1 = STRANGER.to_owned());
    assert!(
        refusal
            .to_string()
            .contains(&format!("M-1-2: there is no account {STRANGER}"))
    );
    let refusal = refused(&bank, |message| message.debtor = STRANGER.to_owned());
    assert!(matches!(refusal, Refusal::UnknownAccount { .. }), "{refusal}");
}

#[test]
fn an_account_number_with_wrong_check_digits_is_refused() {
    let wrong = ALICE.replace("402", "420");
    let refusal = refused(&bank(), |message| message.transfers[0].1 = wrong);
    assert!(refusal.to_string().contains("check digits"), "{refusal}");
}

#[test]
fn nothing_is_exchanged() {
    let bank = bank();
    let in_dollars = |message: &mut Message| message.transfers[0].3 = "USD".to_owned();
    let refusal = refused(&bank, in_dollars);
    assert!(matches!(refusal, Refusal::WrongCurrency { .. }), "{refusal}");
    let refusal = refused(&bank, |message| message.debtor = ACME_DOLLARS.to_owned());
    assert!(matches!(refusal, Refusal::WrongCurrency { .. }), "{refusal}");
    let refusal = refused(&bank, |message| {
        message.debtor = ACME_DOLLARS.to_owned();
        message
            .transfers
            .iter_mut()
            .for_each(|transfer| transfer.3 = "USD".to_owned());
    });
    assert!(refusal.to_string().contains(ALICE), "{refusal}");
    let refusal = refused(&bank, |message| message.transfers[0].3 = "euro".to_owned());
    assert!(matches!(refusal, Refusal::Invalid { .. }), "{refusal}");
    let account = format!("<DbtrAcct><Id><IBAN>{ACME}</IBAN></Id>");
    let refusal = refused_with(&bank, &account, &format!("{account}<Ccy>USD</Ccy>"));
    assert!(refusal.contains("is in EUR"), "{refusal}");
}

#[test]
fn what_asks_for_an_exchange_is_refused_where_it_does() {
    let bank = bank();
    let equivalent = "<EqvtAmt><Amt Ccy=\"EUR\">90</Amt><CcyOfTrf>USD</CcyOfTrf></EqvtAmt>";
    let rate = "<XchgRateInf><XchgRate>1.16</XchgRate></XchgRateInf>";
    let creditor = format!("{ALICE}</IBAN></Id>");
    for (place, added, expected) in [
        ("<Amt>", equivalent, "line 10: EqvtAmt: nothing is exchanged"),
        ("100.00</InstdAmt>", equivalent, "line 10: EqvtAmt: nothing is"),
        (
            "100.00</InstdAmt></Amt>",
            rate,
            "line 10: XchgRateInf: nothing is",
        ),
        (
            creditor.as_str(),
            "<Ccy>USD</Ccy>",
            "line 11: Ccy: it is USD, the amount",
        ),
        (
            creditor.as_str(),
            "<Ccy>euro</Ccy>",
            "line 11: Ccy: \"euro\" is no currency",
        ),
    ] {
        let refusal = refused_with(&bank, place, &format!("{place}{added}"));
        assert!(refusal.contains(expected), "{added}: {refusal}");
    }
    // The same currency asks for nothing.
    let named = format!("{creditor}<Ccy>EUR</Ccy>");
    let text = good().text().replacen(creditor.as_str(), &named, 1);
    assert!(bank.book(&"acme".parse().unwrap(), text.as_bytes()).is_ok());
}

#[test]
fn a_payment_for_another_day_is_refused() {
    let refusal = refused(&bank(), |message| message.day = "9999-12-31".to_owned());
    assert!(matches!(refusal, Refusal::NotYet { .. }), "{refusal}");
    let refusal = refused(&bank(), |message| message.day = "2026-02-30".to_owned());
    assert!(matches!(refusal, Refusal::Invalid { .. }), "{refusal}");
}

#[test]
fn a_day_beside_an_instant_is_refused() {
    let bank = bank();
    let refusal = refused_with(
        &bank,
        "<ReqdExctnDt>",
        "<ReqdExctnDt><DtTm>2026-01-02T03:04:05Z</DtTm>",
    );
    assert!(
        refusal.contains("line 6: Dt: it stands beside a DtTm"),
        "{refusal}"
    );
}

#[test]
fn a_refusal_shows_nothing_that_a_terminal_acts_on() {
    let bank = bank();
    let name = "<MsgId>M-1</MsgId>";
    for (from, to) in [
        (name, "<\u{1b}[2J>M-1</\u{1b}[2J>"),
        (name, "<MsgId>M-1</\u{1b}[2J>"),
        (name, "<MsgId>M-1</a\nhelp: all is well>"),
        (name, "<MsgId \u{9b}2J='1' \u{9b}2J='2'>M-1</MsgId>"),
        (name, "<MsgId>&\u{1b};</MsgId>"),
        ("Ccy=\"EUR\"", "Ccy=\"\u{9b}2J\""),
        (ALICE, "\u{202e}4711"),
        ("<PmtInfId>M-1-A<", "<NbOfTxs>7</NbOfTxs><PmtInfId>M-1\u{202e}A<"),
    ] {
        let refusal = refused_with(&bank, from, to);
        let acted_on = |character: char| character.is_control() || character == '\u{202e}';
        assert!(!refusal.contains(acted_on), "{refusal:?}");
    }
}

#[test]
fn too_many_transactions_are_refused() {
    let refusal = refused(&bank(), |message| {
        message.transfers = vec![message.transfers[0].clone(); TRANSACTIONS_MAX + 1];
        message.settle();
    });
    assert!(refusal.to_string().contains("more than 1000"), "{refusal}");
    let refusal = refused(&bank(), |message| message.transfers.clear());
    assert!(refusal.to_string().contains("no transaction"), "{refusal}");
}

#[test]
fn a_message_that_is_cut_off_or_broken_is_refused() {
    let bank = bank();
    let text = good().text();
    let customer = "acme".parse().unwrap();
    let end = text.trim_end().len();
    for length in (0..end).step_by(97).chain([end - 1]) {
        let outcome = bank.book(&customer, &text.as_bytes()[..length]);
        assert!(matches!(outcome, Err(Refusal::Malformed { .. })), "{length}");
    }
    expect_untouched(&bank);
}

#[test]
fn a_message_that_is_something_else_is_refused() {
    let bank = bank();
    for (from, to, expected) in [
        ("pain.001.001.09", "pain.001.001.03", "line 2: Document"),
        ("<MsgId>M-1</MsgId>", "", "GrpHdr: it has no MsgId"),
        ("<MsgId>M-1</MsgId>", "<MsgId/>", "MsgId: it is empty"),
        ("<MsgId>", "<MsgId>M-0</MsgId><MsgId>", "there are two of it"),
        (
            "<MsgId>M-1<",
            "<MsgId>M-1234567890123456789012345678901234<",
            "longer than 35",
        ),
        ("<NbOfTxs>2</NbOfTxs>", "", "GrpHdr: it has no NbOfTxs"),
        ("<NbOfTxs>2<", "<NbOfTxs>two<", "it is no number"),
        ("<NbOfTxs>2<", "<NbOfTxs>+2<", "it is no number"),
        (
            "<PmtInf>",
            "<PmtInf><PmtInfId>B</PmtInfId><PmtMtd>TRF</PmtMtd></PmtInf><PmtInf>",
            "PmtInf: it has no transaction",
        ),
        (
            "<InitgPty><Nm>Acme Tools GmbH</Nm>",
            "<InitgPty>",
            "InitgPty: it has neither an identifier nor a name",
        ),
        (
            "<CdtTrfTxInf>",
            "<CdtTrfTxInf xmlns=\"urn:other\">",
            "a namespace of its own",
        ),
        ("<CreDtTm>20", "<CreDtTm>MM", "is no time"),
        ("<PmtMtd>TRF<", "<PmtMtd>CHK<", "only credit transfers"),
        ("100.00", "<b>100.00</b>", "elements, not text"),
        ("100.00", "1e2", "is no amount"),
        (" Ccy=\"EUR\"", "", "names no currency"),
    ] {
        let refusal = refused_with(&bank, from, to);
        assert!(refusal.contains(expected), "{to}: {refusal}");
    }
}

/// A thousand million letters in a few hundred bytes, for who expands them.
const BOMB: &str = r#"<!DOCTYPE Document [
<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;">
<!ENTITY f "&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;"><!ENTITY g "&f;&f;&f;&f;&f;&f;&f;&f;&f;&f;">
<!ENTITY h "&g;&g;&g;&g;&g;&g;&g;&g;&g;&g;"><!ENTITY i "&h;&h;&h;&h;&h;&h;&h;&h;&h;&h;">]>
<Document"#;

#[test]
fn entities_are_refused_where_they_are_declared() {
    let bank = bank();
    let outside = r#"<!DOCTYPE Document [<!ENTITY a SYSTEM "file:///etc/hostname">]><Document"#;
    for declared in [BOMB, outside] {
        let text = good()
            .text()
            .replacen("<Document", declared, 1)
            .replacen("Acme", "&a;", 1);
        let outcome = bank.book(&"acme".parse().unwrap(), text.as_bytes());
        let refusal = outcome.unwrap_err().to_string();
        assert!(refusal.contains("no document type"), "{refusal}");
    }
    let refusal = refused_with(&bank, "Acme", "&a;");
    assert!(refusal.contains("entity"), "{refusal}");
    expect_untouched(&bank);
}
