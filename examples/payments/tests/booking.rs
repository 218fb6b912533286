//! What is booked, and how often.

use airs_runtime::Code;
use jiff::Timestamp;
use payments::{Refusal, TRANSACTIONS_MAX};
use serde_json::json;

use crate::message::Message;
use crate::scene::{
    ACME, ACME_DOLLARS, ALICE, BOB, CAROL, balances, bank, bank_with, book, expect_untouched, next_context,
    open, open_in, run,
};

/// The code of the run that refused.
#[track_caller]
fn code<T>(outcome: Result<T, Refusal>) -> Code {
    match outcome.map(drop).unwrap_err() {
        Refusal::Run(error) => error.code(),
        other => panic!("{other}"),
    }
}

#[test]
fn a_message_is_booked_as_a_whole() {
    let bank = bank();
    let message = Message::of(
        "M-1",
        &[(ALICE, "312.45"), (BOB, "278"), (CAROL, "0.5"), (ALICE, "0.05")],
    );
    let booked = book(&bank, &message).unwrap();
    assert_eq!((booked.transactions, booked.before), (4, false));
    assert_eq!(
        balances(&bank, [ACME, ALICE, BOB, CAROL]),
        ["409.00", "312.50", "278.00", "0.50"]
    );
}

#[test]
fn what_a_message_says_beyond_who_pays_whom_is_as_free_as_the_schema_has_it() {
    let bank = bank_with("2000.00");
    bank.deposit(&ACME_DOLLARS.parse().unwrap(), "800.00").unwrap();
    let now = format!("{:.0}", Timestamp::now());
    let invoices = include_str!("../messages/invoices.xml");
    let text = invoices
        .replace("2026-11-20T08:15:30Z", &now)
        .replace("2026-11-20", &now[..10]);
    let book = || bank.book(&"acme".parse().unwrap(), text.as_bytes()).unwrap();
    assert_eq!((book().before, book().before), (false, true));
    assert_eq!(
        balances(&bank, [ACME, ACME_DOLLARS, ALICE, BOB, CAROL]),
        ["510.20", "19.50", "49.90", "1190.00", "249.90"]
    );
}

#[test]
fn a_message_sent_twice_is_booked_once() {
    let bank = bank();
    let message = Message::of("M-1", &[(ALICE, "100.00"), (BOB, "200.00")]);
    let first = book(&bank, &message).unwrap();
    let second = book(&bank, &message).unwrap();
    assert_eq!(
        (&first.run, first.before, second.before),
        (&second.run, false, true)
    );
    assert_eq!(
        balances(&bank, [ACME, ALICE, BOB]),
        ["700.00", "100.00", "200.00"]
    );
}

#[test]
fn a_message_sent_many_times_at_once_is_booked_once() {
    let bank = bank();
    let message = Message::of("M-1", &[(ALICE, "100.00")]);
    let fresh = std::thread::scope(|scope| {
        let senders: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| book(&bank, &message).unwrap()))
            .collect();
        let booked = senders.into_iter().map(|sender| sender.join().unwrap());
        booked.filter(|booked| !booked.before).count()
    });
    assert_eq!(fresh, 1);
    assert_eq!(balances(&bank, [ACME, ALICE]), ["900.00", "100.00"]);
}

#[test]
fn a_message_is_booked_once_though_the_bank_was_closed_in_between() {
    let folder = tempfile::tempdir().unwrap();
    let message = Message::of("M-1", &[(ALICE, "100.00")]);
    let bank = open(folder.path());
    bank.deposit(&ACME.parse().unwrap(), "1000.00").unwrap();
    assert!(!book(&bank, &message).unwrap().before);
    drop(bank);
    let bank = open(folder.path());
    assert!(book(&bank, &message).unwrap().before);
    assert_eq!(balances(&bank, [ACME, ALICE]), ["900.00", "100.00"]);
}

#[test]
fn an_id_is_not_used_for_another_message() {
    let bank = bank();
    let message = Message::of("M-1", &[(ALICE, "100.00")]);
    book(&bank, &message).unwrap();

    let mut content = Message::of("M-1", &[(ALICE, "100.01")]);
    content.created = message.created;
    assert_eq!(code(book(&bank, &content)), Code::IdReused);

    let mut creditor = message.clone();
    creditor.transfers[0].1 = BOB.to_owned();
    assert_eq!(code(book(&bank, &creditor)), Code::IdReused);

    // Another time is another run: it is the register that knows the message.
    let mut later = message.clone();
    later.created = message.created + jiff::SignedDuration::from_secs(1);
    assert_eq!(code(book(&bank, &later)), Code::IdReused);

    assert_eq!(balances(&bank, [ACME, ALICE, BOB]), ["900.00", "100.00", "0.00"]);
}

#[test]
fn another_party_may_call_its_message_the_same() {
    let bank = bank();
    let message = Message::of("M-1", &[(ALICE, "100.00")]);
    let mut other = message.clone();
    other.initiator = "Acme Tools Payroll Ltd".to_owned();
    assert!(!book(&bank, &message).unwrap().before);
    assert!(!book(&bank, &other).unwrap().before);
    assert_eq!(balances(&bank, [ACME, ALICE]), ["800.00", "200.00"]);
}

#[test]
fn a_party_is_known_by_its_identifier_whatever_it_is_called() {
    let bank = bank();
    let mut message = Message::of("M-1", &[(ALICE, "100.00")]);
    let as_sent = |message: &Message, identifier: &str| {
        let name = format!("<Nm>{}</Nm>", message.initiator);
        let text = message
            .text()
            .replacen(&name, &format!("{name}<Id>{identifier}</Id>"), 1);
        bank.book(&"acme".parse().unwrap(), text.as_bytes())
    };
    for (number, identifier) in [
        "<OrgId><AnyBIC>INGDDEFF</AnyBIC></OrgId>",
        "<OrgId><Othr><Id>4711</Id></Othr><Othr><Id>0815</Id></Othr></OrgId>",
        "<PrvtId><Othr><Id>C02</Id></Othr></PrvtId>",
    ]
    .iter()
    .enumerate()
    {
        message.initiator = format!("Acme Tools {number}");
        assert!(!as_sent(&message, identifier).unwrap().before, "{identifier}");
        // Under another name it is the same party, and the message another with the same id.
        message.initiator = "ACME TOOLS".to_owned();
        assert_eq!(
            code(as_sent(&message, identifier)),
            Code::IdReused,
            "{identifier}"
        );
    }
    assert_eq!(balances(&bank, [ACME, ALICE]), ["700.00", "300.00"]);
}

#[test]
fn an_overdraft_in_the_middle_leaves_nothing() {
    let bank = bank();
    let mut transfers = vec![(ALICE, "90.00"); 20];
    transfers.push((BOB, "1.00"));
    let message = Message::of("M-1", &transfers);
    let refusal = book(&bank, &message).unwrap_err();
    assert!(refusal.to_string().contains("transfer 12 (M-1-12)"), "{refusal}");
    assert_eq!(code(Err::<(), _>(refusal)), Code::InsufficientFunds);
    expect_untouched(&bank);

    // What was refused used no id up: with money in the account the same message is booked.
    bank.deposit(&ACME.parse().unwrap(), "1000.00").unwrap();
    assert!(!book(&bank, &message).unwrap().before);
    assert_eq!(balances(&bank, [ACME, ALICE, BOB]), ["199.00", "1800.00", "1.00"]);
}

#[test]
fn nobody_pays_from_the_account_of_another() {
    let bank = bank();
    let message = Message::of("M-1", &[(BOB, "100.00")]);
    let outcome = bank.book(&"bob".parse().unwrap(), message.text().as_bytes());
    assert_eq!(code(outcome), Code::Denied);
    expect_untouched(&bank);
}

#[test]
fn nobody_writes_into_the_register_of_another() {
    let context = next_context();
    let _bank = open_in(context.clone());
    let note = |register: &str, entry: &str| {
        let message = json!({ "register": register, "entry": entry, "sha256": "" });
        let outcome = run(&context, "bob", &json!({ "message": message, "transfers": [] }));
        outcome.map_err(|error| error.code())
    };
    assert_eq!(note("/messages/acme", "/messages/acme/m"), Err(Code::Denied));
    for entry in ["/messages/acme/m", "/messages/bobby", "/messages/bob"] {
        assert_eq!(note("/messages/bob", entry), Err(Code::InvalidInput), "{entry}");
    }
    assert!(note("/messages/bob", "/messages/bob/m").is_ok());
    assert_eq!(note("/messages/bob", "/messages/bob/m"), Err(Code::IdReused));
}

#[test]
fn money_has_the_decimal_places_of_its_currency() {
    let bank = bank();
    for amount in ["1.005", "0.00", "0"] {
        let mut message = Message::of("M-1", &[(ALICE, "1.00"), (BOB, amount)]);
        message.sum = if amount == "1.005" { "2.005" } else { "1" }.to_owned();
        assert_eq!(code(book(&bank, &message)), Code::InvalidInput, "{amount}");
    }
    expect_untouched(&bank);
    // Zeros at the end are no places.
    book(&bank, &Message::of("M-2", &[(ALICE, "1.00000")])).unwrap();
    assert_eq!(balances(&bank, [ALICE]), ["1.00"]);
}

#[test]
fn a_message_is_neither_too_old_nor_of_a_time_to_come() {
    let bank = bank();
    let mut message = Message::of("M-1", &[(ALICE, "100.00")]);
    let hours = |hours| jiff::SignedDuration::from_hours(hours);
    let now = message.created;
    message.created = now - hours(32 * 24);
    assert_eq!(code(book(&bank, &message)), Code::IdExpired);
    message.created = now + hours(1);
    assert_eq!(code(book(&bank, &message)), Code::InvalidInput);
    expect_untouched(&bank);
}

/// A message with a thousand transfers to three accounts, of amounts that differ; always the same ones.
fn thousand() -> Message {
    let amounts = (1..=TRANSACTIONS_MAX).map(|n| format!("{}.{:02}", n * 37 % 991, n * 61 % 99 + 1));
    let amounts: Vec<String> = amounts.collect();
    let creditors = [ALICE, BOB, CAROL].into_iter().cycle();
    let transfers: Vec<(&str, &str)> = creditors.zip(amounts.iter().map(String::as_str)).collect();
    Message::of("M-1000", &transfers)
}

#[test]
fn a_thousand_transactions_fit_into_the_default_limits_of_a_run() {
    let message = thousand();
    let bank = bank_with(&message.sum);
    assert_eq!(book(&bank, &message).unwrap().transactions, TRANSACTIONS_MAX);
    assert!(book(&bank, &message).unwrap().before);

    // Cents that the test counts by itself.
    let cents = |iban: &str| -> u64 {
        let to_it = message.transfers.iter().filter(|(_, to, ..)| to == iban);
        to_it
            .map(|(_, _, amount, _)| amount.replace('.', "").parse::<u64>().unwrap())
            .sum()
    };
    let expected = [ALICE, BOB, CAROL].map(|iban| format!("{}.{:02}", cents(iban) / 100, cents(iban) % 100));
    assert_eq!(balances(&bank, [ALICE, BOB, CAROL]), expected);
    assert_eq!(balances(&bank, [ACME]), ["0.00"]);
}

#[test]
fn a_thousand_transactions_are_none_when_the_last_one_fails() {
    let message = thousand();
    let mut less = message.sum.clone();
    // A cent too little.
    let last = less.pop().unwrap();
    assert!(last > '0', "the sum ends so that a cent can be taken from it");
    less.push(char::from(last as u8 - 1));
    let bank = bank_with(&less);
    let refusal = book(&bank, &message).unwrap_err();
    assert!(refusal.to_string().contains("transfer 1000 "), "{refusal}");
    assert_eq!(code(Err::<(), _>(refusal)), Code::InsufficientFunds);
    assert_eq!(balances(&bank, [ACME, ALICE]), [less.as_str(), "0.00"]);
}
