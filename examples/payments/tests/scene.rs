//! A bank with money in some accounts.

use std::path::Path;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use airs_runtime::{Answer, Component, Error, Name, Placement, Request, Runtime, State};
use airs_tests::{component, of_example};
use payments::{Bank, Booked, Directory, Refusal};

use crate::message::Message;

pub(crate) const ACCOUNTS: &str = include_str!("../messages/accounts.json");

/// The accounts of `messages/accounts.json`: acme's in euros and in dollars, and those of others.
pub(crate) const ACME: &str = "DE12500105170648489890";
pub(crate) const ACME_DOLLARS: &str = "GB29NWBK60161331926819";
pub(crate) const ALICE: &str = "DE02100500000054540402";
pub(crate) const BOB: &str = "NL91ABNA0417164300";
pub(crate) const CAROL: &str = "FR1420041010050500013M02606";
/// A number that nobody has here, though its check digits fit.
pub(crate) const STRANGER: &str = "IE29AIBK93115212345678";

/// The components that a bank is made of, built once.
pub(crate) fn components() -> Vec<Component> {
    static BUILT: LazyLock<Vec<Component>> = LazyLock::new(|| {
        vec![
            component("ledger"),
            of_example("payments", "register"),
            of_example("payments", "batch"),
        ]
    });
    BUILT.clone()
}

/// More than there are banks in tests.
const CONTEXTS: usize = 50;

/// A bank in which acme has 1,000 euros.
pub(crate) fn bank() -> Bank {
    bank_with("1000.00")
}

/// A bank of its own, of a runtime that tests share.
pub(crate) fn bank_with(euros: &str) -> Bank {
    let bank = open_in(next_context());
    bank.deposit(&ACME.parse().unwrap(), euros).unwrap();
    bank
}

/// What is without a bank's own checks: the program is run, in a bank's context, with this input.
pub(crate) fn run(context: &Name, caller: &str, input: &serde_json::Value) -> Result<Answer, Error> {
    let request = Request::run("batch", input.to_string()).caller(caller.parse().unwrap());
    let report = shared().perform_blocking(request.context(context.clone()));
    report.result
}

pub(crate) fn open_in(context: Name) -> Bank {
    try_open_in(context, ACCOUNTS).unwrap()
}

/// A bank with these accounts, if it can be opened.
pub(crate) fn try_open_in(context: Name, accounts: &str) -> airs_runtime::Result<Bank> {
    Bank::open(shared(), context, Directory::parse(accounts).unwrap())
}

/// Binds a ledger in a bank's context, as its operator, for a controller.
pub(crate) fn bind(context: &Name, path: &str, controller: &str) {
    let request = Request::bind(Placement {
        path: path.to_owned(),
        driver: "ledger".to_owned(),
        account: r#"{"unit":"eur","scale":2}"#.to_owned(),
        owner: None,
        controllers: vec![controller.to_owned()],
    });
    let report = shared().perform_blocking(request.context(context.clone()));
    report.result.unwrap();
}

/// What the README has a reader put into a folder, there.
#[cfg(unix)]
pub(crate) fn bank_folder(folder: &Path) {
    std::fs::create_dir(folder).unwrap();
    std::fs::write(folder.join("accounts.json"), ACCOUNTS).unwrap();
    for component in components() {
        let name = &component.manifest().unwrap().name;
        std::fs::write(folder.join(format!("{name}.wasm")), component.bytes()).unwrap();
    }
}

/// A context that no other test uses.
pub(crate) fn next_context() -> Name {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let next = NEXT.fetch_add(1, Ordering::Relaxed);
    assert!(next < CONTEXTS, "CONTEXTS is too small");
    numbered(next)
}

fn shared() -> &'static Runtime {
    static SHARED: LazyLock<Runtime> = LazyLock::new(|| {
        let builder = (0..CONTEXTS).fold(Runtime::builder(), |builder, number| {
            builder.context(numbered(number))
        });
        Bank::start(builder, components()).unwrap()
    });
    &SHARED
}

fn numbered(number: usize) -> Name {
    format!("bank-{number}").parse().unwrap()
}

/// A bank with its state in a folder.
pub(crate) fn open(folder: &Path) -> Bank {
    let builder = Runtime::builder().state(State::folder(folder));
    let runtime = Bank::start(builder, components()).unwrap();
    Bank::open(&runtime, Name::local(), directory()).unwrap()
}

fn directory() -> Directory {
    Directory::parse(ACCOUNTS).unwrap()
}

/// Acme sends a message.
pub(crate) fn book(bank: &Bank, message: &Message) -> Result<Booked, Refusal> {
    bank.book(&"acme".parse().unwrap(), message.text().as_bytes())
}

pub(crate) fn balances<const N: usize>(bank: &Bank, ibans: [&str; N]) -> [String; N] {
    ibans.map(|iban| bank.balance(&iban.parse().unwrap()).unwrap().to_string())
}

/// Nothing was booked: acme has what it had, and nobody else has anything.
#[track_caller]
pub(crate) fn expect_untouched(bank: &Bank) {
    let balances = balances(bank, [ACME, ALICE, BOB, CAROL]);
    assert_eq!(balances, ["1000.00", "0.00", "0.00", "0.00"]);
}
