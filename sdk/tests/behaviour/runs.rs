//! What holds in every run: savepoints, rights, descriptors, time and chance.

use std::panic::{AssertUnwindSafe, catch_unwind};

use airs::{
    Amount, Code, Error, Result, Rights, json,
    testing::{Context, Owner, Purse},
    val,
};

use crate::tickets::Tickets;

fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

fn bank() -> Context {
    let context = Context::new();
    context
        .bind::<Purse>("/accounts", "{}", Owner::Each, &["bank"])
        .unwrap();
    Purse::fill(&context, "/accounts/alice/usd", "10").unwrap();
    context
}

fn held(context: &Context, path: &str) -> String {
    context.view(path).unwrap().amount().unwrap().to_string()
}

#[test]
fn a_run_that_fails_leaves_nothing() {
    let context = bank();
    let alice = context.caller("alice");
    let outcome: Result<()> = alice.run(|| {
        let own = val::intend("~/usd", Rights::VIEW | Rights::DEBIT)?;
        let receipt = own.transfer(&val::intend("/accounts/bob/usd", Rights::CREDIT)?, amount("4"))?;
        assert_eq!(receipt, airs::Receipt::Final);
        assert_eq!(own.view()?.amount()?, amount("6"), "a run sees what it wrote");
        Err(Error::rejected("changed my mind"))
    });
    assert_eq!(outcome.unwrap_err().code, Code::Rejected);
    assert_eq!(held(&context, "/accounts/alice/usd"), "10");
    assert_eq!(held(&context, "/accounts/bob/usd"), "0");
}

#[test]
fn a_call_that_fails_leaves_nothing_though_the_run_goes_on() {
    let context = Context::new();
    context
        .bind::<Tickets>("/opera", json!({ "name": "opera" }), Owner::Each, &["office"])
        .unwrap();
    context
        .caller("office")
        .control("/opera/alice", "print", json!(["1"]))
        .unwrap();
    let outcome = context.caller("alice").run(|| {
        let own = val::intend("/opera/alice", Rights::VIEW | Rights::DEBIT)?;
        let bob = val::intend("/opera/bob", Rights::CREDIT)?;
        // The first ticket is moved before the second turns out to be missing.
        let both = vec![airs::Item::new("1", []), airs::Item::new("9", [])];
        assert_eq!(own.transfer(&bob, both).unwrap_err().code, Code::NotFound);
        Ok(own.view()?.items()?.len())
    });
    assert_eq!(outcome.unwrap(), 1);
    assert_eq!(context.view("/opera/bob").unwrap().items().unwrap().len(), 0);
}

#[test]
fn only_the_owner_takes_value_out() {
    let context = bank();
    context.bind::<Purse>("/vault", "{}", "bank", &[]).unwrap();
    Purse::fill(&context, "/vault/gold", "5").unwrap();
    for (caller, path, allowed) in [
        ("alice", "/accounts/alice/usd", true),
        ("bob", "/accounts/alice/usd", false),
        ("alic", "/accounts/alice/usd", false),
        ("shop/alice", "/accounts/alice/usd", false),
        ("accounts", "/accounts", false),
        ("bank", "/vault/gold", true),
        ("gold", "/vault/gold", false),
    ] {
        let outcome = context
            .caller(caller)
            .run(|| val::intend(path, Rights::DEBIT).map(drop));
        assert_eq!(outcome.is_ok(), allowed, "{caller} {path}");
        if let Err(error) = outcome {
            assert_eq!(error.code, Code::Denied);
        }
    }
}

#[test]
fn only_controllers_control() {
    let context = bank();
    let mint = |caller: &str| {
        context
            .caller(caller)
            .control("/accounts/bob/usd", "mint", json!({ "amount": "1" }))
    };
    assert_eq!(mint("alice").unwrap_err().code, Code::Denied);
    assert_eq!(mint("bank").unwrap().as_str(), "\"1\"");
}

#[test]
fn a_descriptor_does_only_what_it_was_opened_for() {
    let context = bank();
    let outcome = context.caller("alice").run(|| {
        let own = val::intend("~/usd", Rights::VIEW)?;
        let bob = val::intend("/accounts/bob/usd", Rights::CREDIT)?;
        assert_eq!(own.transfer(&bob, amount("1")).unwrap_err().code, Code::Denied);
        assert_eq!(bob.view().unwrap_err().code, Code::Denied);
        assert_eq!(own.control("mint", "{}").unwrap_err().code, Code::Denied);
        let debit = val::intend("~/usd", Rights::DEBIT)?;
        assert_eq!(debit.transfer(&own, amount("1")).unwrap_err().code, Code::Denied);
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn the_longest_prefix_of_whole_segments_answers() {
    let context = bank();
    context
        .bind::<Tickets>("/accounts/alice/tickets", json!({ "name": "a" }), "alice", &[])
        .unwrap();
    let alice = context.caller("alice");
    assert!(alice.view("~/tickets").unwrap().items().is_ok());
    assert!(alice.view("~/tickets/opera").unwrap().items().is_ok());
    assert!(alice.view("~/ticketsales").unwrap().amount().is_ok());
    assert_eq!(alice.view("/account").unwrap_err().code, Code::Unbound);
    assert_eq!(alice.view("~/../bob").unwrap_err().code, Code::InvalidPath);
    assert_eq!(
        context.caller("shop/alice").view("~/usd").unwrap_err().code,
        Code::Denied
    );
    let error = context
        .bind::<Purse>("/accounts", "{}", Owner::Each, &[])
        .unwrap_err();
    assert_eq!(error.code, Code::AlreadyBound);
}

#[test]
fn a_descriptor_does_not_outlive_its_run() {
    let context = bank();
    let alice = context.caller("alice");
    let kept = alice.run(|| val::intend("~/usd", Rights::VIEW)).unwrap();
    assert_eq!(alice.run(|| kept.view()).unwrap_err().code, Code::BadDescriptor);
    assert_eq!(kept.view().unwrap_err().code, Code::Unsupported);
}

#[test]
fn a_driver_that_fails_when_a_descriptor_is_released_fails_the_run() {
    let context = Context::new();
    let hall = json!({ "name": "trap", "nobody_leaves": true });
    context
        .bind::<Tickets>("/opera", hall, Owner::Each, &["office"])
        .unwrap();
    let office = context.caller("office");
    // Left open, dropped, or released by hand; only then is there somebody who can go on.
    let opened = || val::intend("/opera/alice", Rights::CONTROL);
    assert_eq!(
        office.run(opened).unwrap_err().message,
        "releasing /opera/alice: nobody leaves"
    );
    assert_eq!(
        office.run(|| opened().map(drop)).unwrap_err().message,
        "nobody leaves"
    );
    assert_eq!(
        office.run(|| opened()?.done()).unwrap_err().message,
        "nobody leaves"
    );
    assert!(office.run(|| Ok(opened()?.done().is_err())).unwrap());
    assert_eq!(
        office
            .control("/opera/alice", "print", "[\"1\"]")
            .unwrap_err()
            .code,
        Code::Rejected
    );
    assert_eq!(
        context
            .inside::<Tickets, _>(|| Ok(airs::storage::scan("").count()))
            .unwrap(),
        0
    );
}

#[test]
fn open_descriptors_are_limited() {
    let context = bank();
    let outcome = context.caller("alice").run(|| {
        let mut open = Vec::new();
        loop {
            match val::intend("~/usd", Rights::VIEW) {
                Ok(asset) => open.push(asset),
                Err(error) => return Ok((open.len(), error.code)),
            }
        }
    });
    assert_eq!(outcome.unwrap(), (1024, Code::LimitExceeded));
}

#[test]
fn clock_and_random_numbers_are_those_of_the_run() {
    let draw = |context: &Context| {
        let numbers = || {
            Ok((
                airs::clock::now(),
                airs::random::u64(),
                airs::random::u64(),
                airs::random::bytes::<11>(),
            ))
        };
        context.caller("alice").run(numbers).unwrap()
    };
    let (one, other) = (bank(), bank());
    let first = draw(&one);
    assert_eq!(first, draw(&other), "the same each time a test runs");
    assert_ne!(first.1, first.2);
    assert_ne!(first.1, draw(&one).1, "another run draws others");
    other.set_seed(7);
    assert_ne!(draw(&one).1, draw(&other).1);
}

#[test]
fn a_run_inside_a_run_is_refused() {
    let context = bank();
    let alice = context.caller("alice");
    let error = alice.run(|| alice.view("~/usd")).unwrap_err();
    assert_eq!(error.code, Code::Unsupported);
    assert_eq!(held(&context, "/accounts/alice/usd"), "10");
}

#[test]
fn a_panic_leaves_the_context_as_it_was() {
    let context = bank();
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        context.inside::<Purse, ()>(|| {
            airs::storage::set_json("/accounts/alice/usd", &amount("99"))?;
            panic!("a driver's own fault")
        })
    }));
    assert!(panicked.is_err());
    assert_eq!(held(&context, "/accounts/alice/usd"), "10");
}

#[test]
fn a_transfer_to_oneself_changes_nothing_and_an_overdraft_is_refused() {
    let context = bank();
    let alice = context.caller("alice");
    let receipt = alice
        .transfer("~/usd", "/accounts/alice/usd", amount("3"))
        .unwrap();
    assert_eq!(receipt, airs::Receipt::Final);
    assert_eq!(held(&context, "/accounts/alice/usd"), "10");
    for path in ["~/usd", "/accounts/bob/usd"] {
        let error = alice.transfer("~/usd", path, amount("10.01")).unwrap_err();
        assert_eq!(error.code, Code::InsufficientFunds);
    }
}
