//! What a driver states, what it has when it states nothing, and what it sees of the world.

use airs::{
    Amount, Call, Code, Driver, Error, Item, Json, Receipt, Result, Rights, Value, json, storage,
    testing::{Context, Owner, Purse, PurseAccount},
    val,
};

use crate::tickets::Tickets;

fn hall(context: &Context) -> Result<()> {
    context.bind::<Tickets>("/opera", json!({ "name": "opera" }), Owner::Each, &["office"])?;
    context
        .caller("office")
        .control("/opera/alice", "print", json!(["1", "2"]))
        .map(drop)
}

fn ids(value: Value) -> Vec<String> {
    value.items().unwrap().into_iter().map(|item| item.id).collect()
}

#[test]
fn items_move_one_by_one_with_their_data() {
    let context = Context::new();
    hall(&context).unwrap();
    let moved = context
        .caller("alice")
        .transfer("/opera/alice", "/opera/bob", Item::new("2", []));
    assert_eq!(moved.unwrap(), Receipt::Final);
    assert_eq!(ids(context.view("/opera/alice").unwrap()), ["1"]);
    assert_eq!(
        context.view("/opera/bob").unwrap(),
        Value::Items(vec![Item::new("2", b"OPERA".to_vec())])
    );
}

#[test]
fn account_data_that_does_not_fit_is_refused_and_nothing_is_bound() {
    let context = Context::new();
    for account in [
        "{}",
        r#"{"name": ""}"#,
        r#"{"name": "a", "size": 1}"#,
        "opera",
        "",
    ] {
        let error = context
            .bind::<Tickets>("/opera", account, Owner::Each, &[])
            .unwrap_err();
        assert_eq!(error.code, Code::InvalidInput, "{account}");
        assert_eq!(context.view("/opera/a").unwrap_err().code, Code::Unbound);
    }
}

#[test]
fn a_driver_may_keep_its_binding() {
    let context = Context::new();
    hall(&context).unwrap();
    assert_eq!(context.unbind("/opera").unwrap_err().code, Code::Rejected);
    let alice = context.caller("alice");
    context
        .bind::<Tickets>("/empty", json!({ "name": "empty" }), "alice", &[])
        .unwrap();
    assert_eq!(alice.view("/empty").unwrap(), Value::Items(Vec::new()));
    context.unbind("/empty").unwrap();
    assert_eq!(alice.view("/empty").unwrap_err().code, Code::Unbound);
    assert_eq!(context.unbind("/empty").unwrap_err().code, Code::Unbound);
}

#[test]
fn a_driver_may_narrow_rights_by_the_callers_role() {
    let context = Context::new();
    hall(&context).unwrap();
    let banned = context.caller("alice").role("banned");
    let error = banned
        .transfer("/opera/alice", "/opera/bob", Item::new("1", []))
        .unwrap_err();
    assert_eq!(error, Error::denied("banned callers keep their tickets"));
    assert_eq!(ids(banned.view("/opera/alice").unwrap()), ["1", "2"]);
}

#[test]
fn functions_of_a_driver_can_be_called_one_by_one() {
    let context = Context::new();
    hall(&context).unwrap();
    let call = context.call("alice", "/opera/alice");
    let value = context.inside::<Tickets, _>(|| {
        let hall = serde_json::from_value(json!({ "name": "OPERA" })).unwrap();
        let asset = Tickets::intend(&call, hall, Rights::VIEW)?;
        Tickets::view(&asset)
    });
    assert_eq!(ids(value.unwrap()), ["1", "2"]);
    assert_eq!(Tickets::migrate(0).unwrap(), 2);
}

/// What a driver is that states only what it must.
struct Nothing;

impl Driver for Nothing {
    type Account = PurseAccount;
    type Asset = ();

    fn intend(_call: &Call, _account: PurseAccount, _rights: Rights) -> Result<()> {
        Ok(())
    }

    fn view(_asset: &()) -> Result<Value> {
        Ok(Value::Data(Vec::new()))
    }

    fn transfer(_from: &(), _to: &(), _value: Value) -> Result<Receipt> {
        Err(Error::unsupported("nothing moves"))
    }
}

#[test]
fn what_a_driver_leaves_out_has_a_default() {
    let context = Context::new();
    context
        .bind::<Nothing>("/nothing", "{}", "alice", &["alice"])
        .unwrap();
    let alice = context.caller("alice");
    let error = alice.control("/nothing", "mint", json!({})).unwrap_err();
    assert_eq!(error, Error::unsupported("no operation \"mint\""));
    assert_eq!(Nothing::migrate(0).unwrap(), 0);
    assert_eq!(Nothing::migrate(7).unwrap_err().code, Code::Rejected);
    context.unbind("/nothing").unwrap();
}

#[test]
fn drivers_do_not_see_each_others_storage_and_do_not_mix() {
    let context = Context::new();
    hall(&context).unwrap();
    context
        .bind::<Purse>("/accounts", "{}", Owner::Each, &[])
        .unwrap();
    Purse::fill(&context, "/accounts/alice/usd", "1").unwrap();
    let entries = context.inside::<Tickets, _>(|| airs::storage::scan("").collect::<Result<Vec<_>>>());
    assert_eq!(entries.unwrap().len(), 2);
    let amount: Amount = "1".parse().unwrap();
    let error = context
        .caller("alice")
        .transfer("~/usd", "/opera/alice", amount)
        .unwrap_err();
    assert_eq!(error.code, Code::DifferentDrivers);
}

#[test]
fn a_driver_has_no_val_and_a_program_no_storage() {
    let context = Context::new();
    let error = context
        .inside::<Purse, _>(|| val::intend("/a", Rights::VIEW))
        .unwrap_err();
    assert_eq!(error.code, Code::Unsupported);
    let error = context
        .caller("alice")
        .run(|| airs::storage::get("a"))
        .unwrap_err();
    assert_eq!(error.code, Code::Unsupported);
    let error = airs::storage::get("a").unwrap_err();
    assert!(error.hint.unwrap().contains("airs::testing::Context"));
}

#[test]
fn storage_keeps_its_limits() {
    Context::new()
        .inside::<Purse, _>(|| {
            let code = |outcome: Result<()>| outcome.unwrap_err().code;
            assert_eq!(code(airs::storage::set("", "")), Code::InvalidInput);
            assert_eq!(code(airs::storage::set(vec![0; 1025], "")), Code::LimitExceeded);
            assert_eq!(
                code(airs::storage::set("a", vec![0; (1 << 20) + 1])),
                Code::LimitExceeded
            );
            assert_eq!(
                code(airs::storage::get_many(vec!["a"; 257]).map(drop)),
                Code::LimitExceeded
            );
            airs::storage::set(vec![0; 1024], vec![0; 1 << 20])?;
            airs::storage::set("a", vec![0; 1 << 20])?;
            assert_eq!(
                code(airs::storage::get_many(vec!["a"; 9]).map(drop)),
                Code::LimitExceeded
            );
            airs::storage::get_many(vec!["a"; 8]).map(drop)
        })
        .unwrap();
}

#[test]
fn a_scan_sees_every_page() {
    let count = Context::new().inside::<Purse, _>(|| {
        for number in 0..1000 {
            airs::storage::set(format!("n/{number:04}"), "")?;
        }
        airs::storage::set("o", "")?;
        let keys = airs::storage::scan("n/").map(|entry| entry.map(|entry| entry.key));
        let keys = keys.collect::<Result<Vec<_>>>()?;
        assert!(keys.is_sorted());
        Ok(keys.len())
    });
    assert_eq!(count.unwrap(), 1000);
}

#[test]
fn json_that_does_not_fit_is_called_what_it_is() {
    let context = Context::new();
    context
        .bind::<Purse>("/purse", "{}", "alice", &["alice"])
        .unwrap();
    let alice = context.caller("alice");
    let error = alice
        .control("/purse", "mint", json!({ "amount": 1 }))
        .unwrap_err();
    assert!(
        error
            .message
            .starts_with("the input does not fit: `amount`: invalid type: integer `1`"),
        "{error}"
    );
    let held = alice.control("/purse", "mint", json!({ "amount": "1" })).unwrap();
    let error = held.parse::<bool>().unwrap_err();
    assert!(error.message.starts_with("the JSON does not fit: "), "{error}");
}

#[test]
fn what_was_stored_in_another_form_is_an_internal_fault_that_names_the_key() {
    let error = Context::new().inside::<Purse, _>(|| {
        airs::storage::set("balance", "much")?;
        airs::storage::get_json::<Amount>("balance")
    });
    let error = error.unwrap_err();
    assert_eq!(error.code, Code::Internal);
    assert!(error.message.contains("\"balance\""), "{error}");
    assert_eq!(
        Json::from("much").parse::<Amount>().unwrap_err().code,
        Code::InvalidInput
    );
}

#[test]
fn a_migration_is_all_or_nothing_and_says_which_version_it_made() {
    /// It answers with the version that is stored under `to`, if there is one, and writes.
    struct Restless;

    impl Driver for Restless {
        type Account = PurseAccount;
        type Asset = ();

        fn intend(_call: &Call, _account: PurseAccount, _rights: Rights) -> Result<()> {
            Ok(())
        }

        fn view(_asset: &()) -> Result<Value> {
            Ok(Value::Data(Vec::new()))
        }

        fn transfer(_from: &(), _to: &(), _value: Value) -> Result<Receipt> {
            Err(Error::unsupported("nothing moves"))
        }

        fn migrate(from: u32) -> Result<u32> {
            storage::set("migrated from", from.to_string())?;
            storage::get_json("to")?.ok_or_else(|| Error::rejected("nobody said to which"))
        }
    }

    let context = Context::new();
    let kept = || {
        context
            .inside::<Restless, _>(|| storage::get("migrated from"))
            .unwrap()
    };
    let to = |version: u32| {
        context
            .inside::<Restless, _>(|| storage::set_json("to", &version))
            .unwrap();
    };
    let refused = |from| context.migrate::<Restless>(from).unwrap_err().message;
    assert_eq!(refused(1), "nobody said to which");
    to(2);
    assert!(refused(3).contains("knows schema version 2"));
    assert!(refused(2).contains("stays at schema version 2"));
    assert_eq!(kept(), None);
    assert_eq!(context.migrate::<Restless>(1).unwrap(), 2);
    assert_eq!(kept().unwrap(), b"1");
    // There are no versions of a driver that does not say so.
    assert_eq!(context.migrate::<Nothing>(0).unwrap(), 0);
    assert_eq!(context.migrate::<Nothing>(1).unwrap_err().code, Code::Rejected);
}
