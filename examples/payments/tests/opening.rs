//! How a bank is opened: for the first time, again, by several at once.

use std::sync::Barrier;

use airs_runtime::Code;

use crate::scene::{ACCOUNTS, ACME, ALICE, balances, bind, next_context, open_in, try_open_in};

#[test]
fn several_may_open_a_bank_at_once() {
    const AT_ONCE: usize = 8;
    let (context, start) = (next_context(), Barrier::new(AT_ONCE));
    let banks: Vec<_> = std::thread::scope(|scope| {
        let openers: Vec<_> = (0..AT_ONCE)
            .map(|_| {
                scope.spawn(|| {
                    start.wait();
                    try_open_in(context.clone(), ACCOUNTS)
                })
            })
            .collect();
        openers.into_iter().map(|opener| opener.join().unwrap()).collect()
    });
    for bank in &banks {
        assert!(bank.is_ok(), "{bank:?}");
    }
    let bank = open_in(context);
    bank.deposit(&ACME.parse().unwrap(), "1.00").unwrap();
    assert_eq!(balances(&bank, [ACME, ALICE]), ["1.00", "0.00"]);
}

#[test]
fn a_bank_is_not_opened_around_what_is_another_s() {
    let context = next_context();
    // Below it, where the registers of messages would have to be above.
    bind(&context, "/messages/mine", "bob");
    let error = try_open_in(context, ACCOUNTS).unwrap_err();
    assert_eq!(error.code(), Code::AlreadyBound);
}

#[test]
fn the_decimals_of_a_currency_stay() {
    let context = next_context();
    open_in(context.clone());
    let other = ACCOUNTS.replacen("\"decimals\": 2", "\"decimals\": 3", 1);
    let error = try_open_in(context.clone(), &other).unwrap_err();
    assert_eq!(error.code(), Code::InvalidConfig);
    assert!(error.message().contains("EUR has 3 decimals"), "{error}");
    assert!(
        error.hint_text().unwrap().contains("\"decimals\": 2"),
        "{error:?}"
    );
    open_in(context);
}
