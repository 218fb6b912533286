//! Binding, minting, paying and looking, with good and with bad input.

use crate::project::{DOLLARS, accounts, ledger, succeed};
use crate::scene::Scene;

fn order(amount: &str) -> String {
    format!("{{\"from\":\"~/usd\",\"to\":\"/accounts/bob/usd\",\"amount\":{amount}}}")
}

fn all(scene: &mut Scene, lines: &[&str]) {
    for line in lines {
        scene.run(&line.replace("USD", DOLLARS));
    }
}

#[test]
fn money_is_moved_and_looked_at() {
    let mut scene = ledger("money");
    all(
        &mut scene,
        &[
            "bindings",
            "bind /accounts --driver ledger --account USD --owner each",
            "bind ~/eur --driver ledger --account '{\"unit\":\"eur\",\"scale\":2}' --as carol --context home",
            "bind /treasury --driver ledger --account USD --controller carol --controller home/dave",
            "bind /spare --driver ledger --account USD --message-format json",
            "bindings",
            "bindings --message-format json",
            "control /accounts/alice/usd mint --input '{\"amount\":\"100.00\"}'",
            "control /treasury mint --input '{\"amount\":\"5\"}' --as carol --message-format json",
        ],
    );
    scene.write("order.json", order("\"2.50\""));
    scene.run(&format!("run payment --as alice --input '{}'", order("\"10\"")));
    scene.run("run payment --as alice --input @order.json");
    scene.run_with("run payment --as alice --input -", &order("\"0.25\""));
    all(
        &mut scene,
        &[
            "run payment --as alice --input @order.json --message-format json",
            "run payment --as alice --input @order.json --timeout-ms 5000 -v",
            "run payment --as alice --input @order.json -q",
            "view /accounts/alice/usd",
            "view ~/usd --as bob",
            "view ~/usd --as bob --message-format json",
            "view /accounts/alice/usd --state memory",
            "view /accounts/alice/usd --context home",
            "unbind /spare",
            "bindings --context home",
            "unbind ~/eur --as carol --context home --message-format json",
            "bindings",
        ],
    );
    scene.check();
    let output = succeed(&scene, "run payment --as alice --input @order.json");
    assert_eq!(output, "\"final\"\n");
}

#[test]
fn a_state_may_be_anywhere() {
    let scene = ledger("state_anywhere");
    let bind = format!("bind /a --driver ledger --account {DOLLARS}");
    succeed(&scene, &format!("{bind} --state memory"));
    succeed(&scene, "bindings");
    succeed(&scene, "status");
    assert!(
        !scene.path().join(".airs/state").exists(),
        "looking has made a state"
    );
    succeed(&scene, &format!("{bind} --state elsewhere/state"));
    assert!(succeed(&scene, "bindings --state elsewhere/state").starts_with("/a "));
    assert_eq!(succeed(&scene, "bindings"), "nothing is bound\n");
}

#[test]
fn input_that_does_not_fit_is_named() {
    let mut scene = accounts("input_bad");
    std::fs::write(scene.path().join("latin.json"), b"\"\xfc\"").unwrap();
    let endless = std::fs::File::create(scene.path().join("endless.json")).unwrap();
    endless.set_len((64 << 20) + 1).unwrap();
    let inputs = [
        "{from:1}".to_owned(),
        String::new(),
        "{\"from\":\"~/usd\",\"to\":\"/accounts/bob/usd\"}".to_owned(),
        order("2.5"),
        order("\"ten\""),
        order("\"-1\""),
        order("\"0\""),
        order("\"0.001\""),
        order("\"1\",\"note\":\"x\""),
        order("\"1\"").replace("~/usd", "accounts/alice"),
        order("\"1\"").replace("~/usd", "~/eur"),
    ];
    for input in inputs {
        let output = scene.run(&format!("run payment --as alice --input '{input}'"));
        assert_eq!(output.status.code(), Some(2), "{input}");
    }
    for line in [
        "run payment --as alice",
        "run payment --input @nofile.json",
        "run payment --input @latin.json",
        "run payment --input @endless.json",
        "run payment --input @Cargo.toml",
        "run paymnet --input {}",
        "run ledger --input {}",
        "run payment --input {} --as 'Al ice'",
        "run payment --input {} --as alice/",
        "run payment --input {} --as local/alice",
        "run payment --input {} --context Home",
        "run payment --input {} --timeout-ms 0",
        "control /accounts/alice/usd mint",
        "control /accounts/alice/usd mint --input '{\"amount\":1}'",
        "control /nowhere mint --input '{\"amount\":\"1\"}'",
        "view /nowhere",
        "view nowhere",
        "view ''",
    ] {
        assert_eq!(scene.run(line).status.code(), Some(2), "{line}");
    }
    scene.run_with("run payment --input -", "");
    scene.check();
    assert_eq!(succeed(&scene, "view /accounts/alice/usd"), "100.00\n");
}

#[test]
fn what_is_not_allowed_is_refused_and_changes_nothing() {
    let mut scene = accounts("refused");
    let robbery = order("\"1\"").replace("~/usd", "/accounts/alice/usd");
    for line in [
        format!("run payment --as alice --input '{}'", order("\"100.01\"")),
        format!("run payment --as alice --input '{}' --message-format json", order("\"100.01\"")),
        format!("run payment --as bob --input '{robbery}'"),
        "run payment --as home/carol --input '{\"from\":\"~/usd\",\"to\":\"/accounts/bob/usd\",\"amount\":\"1\"}'".to_owned(),
        "control /accounts/alice/usd mint --input '{\"amount\":\"1\"}' --as alice".to_owned(),
        "control /accounts/alice/usd mnt --input '{\"amount\":\"1\"}'".to_owned(),
        "control /accounts/alice/usd burn --input '{\"amount\":\"100.01\"}'".to_owned(),
        format!("bind /elsewhere --driver ledger --account {DOLLARS} --as alice"),
        "unbind /accounts/bob/usd --as bob".to_owned(),
        "unbind /accounts/alice/usd".to_owned(),
    ] {
        assert_eq!(scene.run(&line).status.code(), Some(1), "{line}");
    }
    scene.run("view /accounts/alice/usd");
    scene.run("bindings");
    scene.check();
}

#[test]
fn a_binding_that_cannot_be_is_named() {
    let mut scene = accounts("bind_bad");
    let bind = format!("bind /accounts/carol --driver ledger --account {DOLLARS}");
    succeed(&scene, &format!("{bind} --controller carol"));
    for line in [
        "bind /accounts/carol --driver ledger --account USD",
        "bind /accounts --driver ledger --account USD --message-format json",
        "bind /accounts/carol/usd --driver ledger --account USD",
        "bind accounts/x --driver ledger --account USD",
        "bind /accounts/../x --driver ledger --account USD",
        "bind / --driver ledger --account USD",
        "bind /x --driver legder --account USD",
        "bind /x --driver payment --account USD",
        "bind /x --driver 'led ger' --account USD",
        "bind /x --driver ledger",
        "bind /x --driver ledger --account '{\"unit\":'",
        "bind /x --driver ledger --account '{\"unit\":\"usd\"}'",
        "bind /x --driver ledger --account '{\"unit\":\"US D\",\"scale\":2}'",
        "bind /x --driver ledger --account '{\"unit\":\"usd\",\"scale\":99}'",
        "bind /x --driver ledger --account USD --owner 'X Y'",
        "bind /x --driver ledger --account USD --controller ''",
        "unbind /accounts/alice",
        "unbind /x",
    ] {
        let line = line.replace("USD", DOLLARS);
        assert_eq!(scene.run(&line).status.code(), Some(2), "{line}");
    }
    scene.run("bindings");
    scene.check();
}
