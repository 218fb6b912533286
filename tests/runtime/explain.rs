//! What is said of a path and of a component, and that it is what holds.

use airs_runtime::{
    AssetPath, Capabilities, Capability, Code, ComponentExplained, Error, Limits, Name, Owner, PathExplained,
    Rights,
};
use airs_tests::{Bench, Script, component, component_with};

fn explain(bench: &Bench, path: &str, caller: &str) -> Result<PathExplained, Error> {
    let context: Name = bench.context().parse().unwrap();
    let caller = caller.parse().unwrap();
    bench.runtime.explain_path_blocking(path, &caller, Some(&context))
}

fn parts(error: &Error) -> (Code, &str, Option<&str>) {
    (error.code(), error.message(), error.hint_text())
}

#[test]
fn what_is_said_of_rights_is_what_holds() {
    let bench = Bench::with_dollars("10.00");
    for caller in ["alice", "bob", "operator", "acme/alice"] {
        for path in ["/accounts/alice/usd", "/accounts/bob", "/accounts"] {
            let explained = explain(&bench, path, caller).unwrap();
            assert_eq!(explained.rights.len(), 4);
            for (right, said) in &explained.rights {
                let script = Script::new().intend(path, &right.to_string());
                let holds = bench.play(caller, &script).map(drop);
                match (said, &holds) {
                    // The driver may have something to say of its own, such as that nothing is kept at the root.
                    (Ok(()), Err(error)) => assert_ne!(error.code(), Code::Denied, "{caller} {path} {right}"),
                    (Err(said), Err(holds)) => {
                        assert_eq!(parts(said), parts(holds), "{caller} {path} {right}")
                    }
                    (said, holds) => assert_eq!(said.is_ok(), holds.is_ok(), "{caller} {path} {right}"),
                }
            }
        }
    }
}

#[test]
fn a_path_leads_to_a_binding_and_a_generation() {
    let bench = Bench::with_dollars("10.00");
    let explained = explain(&bench, "~/usd", "alice").unwrap();
    assert_eq!(
        explained.path,
        AssetPath::absolute("/accounts/alice/usd").unwrap()
    );
    assert_eq!(
        (explained.bound_at.as_str(), explained.binding.owner),
        ("/accounts", Owner::Each)
    );
    assert_eq!(explained.owner.as_deref(), Some("alice"));
    let allowed = explained.rights.iter().filter(|(_, answer)| answer.is_ok());
    let allowed = allowed.fold(Rights::NONE, |all, (right, _)| all | *right);
    assert_eq!(allowed, Rights::VIEW | Rights::CREDIT | Rights::DEBIT);
    let driver = explained.driver.unwrap();
    let loaded = bench.runtime.components();
    let loaded = loaded.iter().find(|one| one.name.as_str() == "ledger");
    assert_eq!(driver.service.as_ref(), loaded);
    assert!(driver.effective.unwrap().contains(Capability::Storage));
    // The root belongs to nobody; elsewhere nothing is bound.
    assert_eq!(explain(&bench, "/accounts", "alice").unwrap().owner, None);
    let code = |path| explain(&bench, path, "alice").unwrap_err().code();
    assert_eq!(
        (code("/elsewhere"), code("accounts")),
        (Code::Unbound, Code::InvalidPath)
    );
}

#[test]
fn a_driver_out_of_service_is_said_to_be() {
    let bench = Bench::alone(&["probe-driver"], |builder| builder);
    bench.bind("/one", "probe-driver", "{}", "alice").unwrap();
    bench.runtime.unload(&"probe-driver".parse().unwrap()).unwrap();
    let explained = explain(&bench, "/one", "alice").unwrap();
    assert_eq!(explained.owner.as_deref(), Some("alice"));
    assert_eq!(explained.driver.unwrap_err().code(), Code::NotFound);
}

#[test]
fn a_component_is_explained_context_by_context() {
    let bench = Bench::alone(&[], |builder| {
        let contexts = ["local", "guests"].map(|name| name.parse().unwrap());
        contexts
            .into_iter()
            .fold(builder, |builder, name| builder.context(name))
    });
    let (local, guests): (Name, Name) = ("local".parse().unwrap(), "guests".parse().unwrap());
    let driver = component_with("probe-driver", |manifest| {
        manifest.capabilities =
            Capabilities::from([Capability::Storage]).with_http(["api.example.com/rates/*".parse().unwrap()]);
    });
    let wide = Capabilities::from([Capability::Storage]).with_http(["*.example.com".parse().unwrap()]);
    let grants = airs_runtime::Grants::from(wide.clone()).in_context(guests.clone(), Capabilities::default());
    bench.runtime.load(&driver, &grants).unwrap();
    let name = "probe-driver".parse().unwrap();
    let explain = |context| bench.runtime.explain_component(&name, Some(context)).unwrap();
    let here = explain(&local);
    assert_eq!(
        (&here.granted, here.table.as_str()),
        (&wide, "[grants.probe-driver]")
    );
    // What is declared is narrower than what is granted.
    assert_eq!(here.effective.unwrap().http, here.declared.http);
    let there = explain(&guests);
    assert_eq!(there.table, "[contexts.guests.grants.probe-driver]");
    let why = there.effective.unwrap_err();
    assert_eq!(why.code(), Code::UngrantedCapability);
    // It is what a run meets there, and what would be said before it is put into service.
    let before = ComponentExplained::of(driver.manifest().unwrap(), &grants, &guests);
    assert_eq!(parts(&before.effective.unwrap_err()), parts(&why));
    assert_eq!(before.service, None);
    let missing = bench.runtime.explain_component(&"nobody".parse().unwrap(), None);
    assert_eq!(missing.unwrap_err().code(), Code::NotFound);
    let nowhere = bench
        .runtime
        .explain_component(&name, Some(&"nowhere".parse().unwrap()));
    assert_eq!(nowhere.unwrap_err().code(), Code::NotFound);
}

#[test]
fn a_program_is_explained_like_a_driver() {
    let bench = Bench::alone(&[], |builder| builder);
    bench.load(&component("probe"));
    let explained = bench
        .runtime
        .explain_component(&"probe".parse().unwrap(), None)
        .unwrap();
    assert_eq!(explained.service.unwrap().generation, 1);
    assert_eq!(explained.effective, Ok(explained.declared));
}

/// What no instance of has room is not in service, and who asks is told so beforehand.
#[test]
fn what_has_no_room_under_the_limits_of_all_is_said_without_executing_it() {
    for (limit, value, why) in [
        (
            "node_memory_bytes",
            1_000,
            "all guests of the node have 1000 together",
        ),
        (
            "context_memory_bytes",
            1_000,
            "all guests of a context have 1000 together",
        ),
        // As many bytes as it starts with are not enough, as whole mebibytes are taken.
        (
            "context_memory_bytes",
            (1 << 20) - 1,
            "all guests of a context have 1048575 together",
        ),
        ("stack_bytes", 1, "it cannot be called on a stack of 1 bytes"),
        (
            "stack_bytes",
            4_095,
            "it cannot be called on a stack of 4095 bytes",
        ),
    ] {
        let mut limits = Limits::default();
        *limits.by_name_mut(limit).unwrap() = value;
        let bench = Bench::alone(&[], |builder| builder.limits(limits));
        for name in ["probe-driver", "probe"] {
            let granted = [Capability::Storage].into();
            let checked = bench.runtime.check(&component(name), &granted).unwrap_err();
            let loaded = bench.runtime.load(&component(name), &granted).unwrap_err();
            assert_eq!(checked.code(), Code::LimitExceeded, "{limit}: {checked:?}");
            assert!(checked.message().contains(why), "{limit}: {checked:?}");
            assert!(checked.message().contains(&format!("({limit})")), "{checked:?}");
            assert_eq!(checked.to_string(), loaded.to_string());
        }
    }
    for (limit, value) in [
        ("node_memory_bytes", 2 << 20),
        ("context_memory_bytes", 2 << 20),
        ("stack_bytes", 4_096),
    ] {
        let mut limits = Limits::default();
        *limits.by_name_mut(limit).unwrap() = value;
        let bench = Bench::alone(&["probe"], |builder| builder.limits(limits));
        // One after the other: there is room for one that starts.
        bench.load(&component("probe-driver"));
        bench.bind("/one", "probe-driver", "{}", "operator").unwrap();
    }
}
