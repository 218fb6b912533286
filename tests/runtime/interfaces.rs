//! Interfaces that an embedder gives to components.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use airs_runtime::{
    CallConfig, Callable, Capabilities, Capability, Code, Component, Error, Event, HostCaller, HostFunctions,
    HostInterface, Limits, Result, Runtime, RuntimeBuilder,
};

/// Does what its argument says, and counts.
#[derive(Clone, Default)]
pub(crate) struct Tools {
    sessions: Arc<AtomicU32>,
    pub(crate) notes: Arc<Notes>,
    callers: Arc<Mutex<Vec<String>>>,
    pub(crate) deadlines: Arc<Mutex<Vec<Instant>>>,
}

#[derive(Default)]
pub(crate) struct Notes {
    all: Mutex<Vec<u32>>,
    more: Condvar,
    /// How often something has begun to block, and to wait.
    pub(crate) blocked: AtomicU32,
    pub(crate) waited: AtomicU32,
}

impl Notes {
    pub(crate) fn add(&self, note: u32) {
        self.all.lock().unwrap().push(note);
        self.more.notify_all();
    }

    /// Blocks until there is such a note; not for ever, as nobody takes a blocked thread away.
    fn wait_for(&self, note: u32) {
        let all = self.all.lock().unwrap();
        let missing = |all: &mut Vec<u32>| !all.contains(&note);
        drop(
            self.more
                .wait_timeout_while(all, Duration::from_secs(20), missing)
                .unwrap(),
        );
    }
}

pub(crate) struct Session {
    calls: u32,
    notes: Arc<Notes>,
}

impl HostInterface for Tools {
    const NAME: &'static str = "demo:host/tools@1.0.0";
    type Session = Session;

    fn session(&self, caller: &HostCaller<'_>) -> Result<Session> {
        self.sessions.fetch_add(1, Ordering::Relaxed);
        let shown = format!(
            "{} {:?} {}",
            caller.component(),
            caller.context(),
            caller.attempt()
        );
        assert_eq!(caller.call().len(), 26, "a ULID");
        self.callers.lock().unwrap().push(shown);
        self.deadlines.lock().unwrap().push(caller.deadline());
        Ok(Session {
            calls: 0,
            notes: Arc::clone(&self.notes),
        })
    }

    fn define(functions: &mut impl HostFunctions<Session>) {
        functions.function("count", |session, (by,): (u32,)| {
            session.calls += by;
            Ok(session.calls)
        });
        functions.function("note", |session, (note,): (u32,)| {
            session.notes.add(note);
            Ok(())
        });
        functions.blocking("block", |session, (note,): (u32,)| {
            session.notes.blocked.fetch_add(1, Ordering::Relaxed);
            session.notes.wait_for(note);
            session.calls += 10;
            Ok(session.calls)
        });
        functions.waiting("wait", |session, (milliseconds,): (u32,)| {
            session.notes.waited.fetch_add(1, Ordering::Relaxed);
            #[expect(
                clippy::disallowed_methods,
                reason = "time that passes while a guest waits is the subject"
            )]
            Box::pin(async move {
                tokio::time::sleep(Duration::from_millis(milliseconds.into())).await;
                session.calls += 100;
                Ok(session.calls)
            })
        });
        functions.function("fail", |_, (how,): (u32,)| -> Result<u32> {
            match how {
                0 => Err(Error::new(Code::Rejected, "as asked")),
                _ => panic!("as asked, too"),
            }
        });
        functions.waiting("fail-later", |_, (_,): (u32,)| {
            Box::pin(async { panic!("later") as Result<u32> })
        });
        functions.blocking("fail-elsewhere", |_, (_,): (u32,)| -> Result<u32> {
            panic!("elsewhere")
        });
    }
}

const FUNCTIONS: [&str; 6] = ["count", "block", "wait", "fail", "fail-later", "fail-elsewhere"];

/// A component with a function for each of the interface, that calls it; `twice` calls `count` two times.
pub(crate) fn component(interface: &str, result: &str) -> Component {
    let each = |text: &dyn Fn(&str) -> String| FUNCTIONS.iter().map(|name| text(name)).collect::<String>();
    let text = format!(
        r#"(component
          (import "{interface}" (instance $tools
            (export "note" (func (param "n" u32))) {imports}))
          (core func $note (canon lower (func $tools "note"))) {lowered}
          (core module $m
            (import "h" "note" (func $note (param i32))) {core_imports}
            (func (export "note") (param i32) (call $note (local.get 0))) {functions}
            (func (export "twice") (param i32) (result i32)
              (drop (call $count (local.get 0))) (call $count (local.get 0))))
          (core instance $i (instantiate $m (with "h" (instance (export "note" (func $note)) {given}))))
          (func (export "note") (param "n" u32) (canon lift (core func $i "note")))
          (func (export "twice") (param "n" u32) (result u32) (canon lift (core func $i "twice"))) {lifted})"#,
        imports = each(&|name| format!(r#"(export "{name}" (func (param "n" u32) (result {result})))"#)),
        lowered = each(&|name| format!(r#"(core func ${name} (canon lower (func $tools "{name}")))"#)),
        core_imports =
            each(&|name| format!(r#"(import "h" "{name}" (func ${name} (param i32) (result i32)))"#)),
        functions = each(&|name| format!(
            r#"(func (export "{name}") (param i32) (result i32) (call ${name} (local.get 0)))"#
        )),
        given = each(&|name| format!(r#"(export "{name}" (func ${name}))"#)),
        lifted = each(&|name| format!(
            r#"(func (export "{name}") (param "n" u32) (result u32) (canon lift (core func $i "{name}")))"#
        )),
    );
    Component::from_text(&text).unwrap()
}

fn granted() -> CallConfig {
    let granted = Capabilities::default().with_interfaces(["demo:host".parse().unwrap()]);
    CallConfig {
        granted,
        ..CallConfig::default()
    }
}

pub(crate) fn with(tools: &Tools, build: impl FnOnce(RuntimeBuilder) -> RuntimeBuilder) -> Callable {
    let runtime = build(Runtime::builder().interface(tools.clone()))
        .build()
        .unwrap();
    runtime
        .callable(&component(Tools::NAME, "u32"), &granted())
        .unwrap()
}

pub(crate) fn call(callable: &Callable, function: &str, argument: u32) -> Result<u32> {
    callable.call_blocking(function, (argument,))
}

#[test]
fn each_way_of_defining_a_function_reaches_the_session_of_the_instance() {
    let tools = Tools::default();
    let callable = with(&tools, |builder| builder);
    assert_eq!(call(&callable, "twice", 3).unwrap(), 6);
    assert_eq!(call(&callable, "count", 3).unwrap(), 3);
    let () = callable.call_blocking("note", (7_u32,)).unwrap();
    assert_eq!(*tools.notes.all.lock().unwrap(), [7]);
    assert_eq!(call(&callable, "block", 7).unwrap(), 10);
    assert_eq!(call(&callable, "wait", 1).unwrap(), 100);
    assert_eq!(tools.sessions.load(Ordering::Relaxed), 5);
    assert_eq!(tools.callers.lock().unwrap()[0], "component None 1");
}

#[test]
fn an_error_and_a_panic_end_that_call_alone() {
    let callable = with(&Tools::default(), |builder| builder);
    let error = call(&callable, "fail", 0).unwrap_err();
    assert_eq!((error.code(), error.message()), (Code::Rejected, "as asked"));
    for (function, argument) in [("fail", 1), ("fail-later", 0), ("fail-elsewhere", 0)] {
        let error = call(&callable, function, argument).unwrap_err();
        assert_eq!(error.code(), Code::Internal, "{function}");
        assert_eq!(
            error.message(),
            format!("demo:host/tools@1.0.0.{function} panicked in the host")
        );
        assert_eq!(call(&callable, "count", 1).unwrap(), 1);
    }
}

#[test]
fn a_function_that_takes_too_long_ends_at_the_deadline() {
    let limits = Limits {
        deadline_ms: 60,
        ..Limits::default()
    };
    let callable = with(&Tools::default(), |builder| builder.limits(limits));
    for function in ["block", "wait"] {
        let error = call(&callable, function, 60_000).unwrap_err();
        assert_eq!(error.code(), Code::DeadlineExceeded, "{function}");
        assert!(error.message().contains(function), "{error}");
    }
    assert_eq!(call(&callable, "count", 1).unwrap(), 1);
}

#[test]
fn while_a_function_blocks_other_guests_go_on() {
    let callable = with(&Tools::default(), |builder| {
        builder.engine(airs_runtime::EngineConfig {
            threads: 1,
            ..Default::default()
        })
    });
    std::thread::scope(|scope| {
        let blocked = scope.spawn(|| call(&callable, "block", 7));
        assert_eq!(call(&callable, "count", 1).unwrap(), 1);
        let () = callable.call_blocking("note", (7_u32,)).unwrap();
        assert_eq!(blocked.join().unwrap().unwrap(), 10);
    });
}

#[test]
fn an_interface_that_does_not_fit_is_named_when_the_component_is_loaded() {
    let runtime = Runtime::builder().interface(Tools::default()).build().unwrap();
    for (interface, result) in [(Tools::NAME, "s32"), ("demo:host/tools@2.0.0", "u32")] {
        let error = runtime
            .callable(&component(interface, result), &granted())
            .unwrap_err();
        assert_eq!(error.code(), Code::WrongWorld, "{interface} {result}: {error}");
        assert!(error.message().contains("demo:host/tools"), "{error}");
    }
    let older = component("demo:host/tools@1.0.0-rc1", "u32");
    assert_eq!(
        runtime.callable(&older, &granted()).unwrap_err().code(),
        Code::WrongWorld
    );
}

#[test]
fn what_is_not_granted_is_denied_when_it_is_called_and_told() {
    let (sender, denied) = std::sync::mpsc::channel();
    let builder = Runtime::builder()
        .interface(Tools::default())
        .on_event(move |event| {
            if let Event::Denied {
                component,
                capability,
                ..
            } = event
            {
                sender.send((component.to_string(), *capability)).unwrap();
            }
        });
    let runtime = builder.build().unwrap();
    let config = CallConfig {
        absent: airs_runtime::Absent::Denied,
        ..CallConfig::default()
    };
    let callable = runtime.callable(&component(Tools::NAME, "u32"), &config).unwrap();
    assert_eq!(call(&callable, "count", 1).unwrap_err().code(), Code::Denied);
    // Without a result there is nothing to refuse with: it does not look as if it had been done.
    let noted: Result<()> = callable.call_blocking("note", (1_u32,));
    assert_eq!(noted.unwrap_err().code(), Code::Denied);
    let told = ("component".to_owned(), Capability::Interfaces);
    assert_eq!(denied.try_iter().collect::<Vec<_>>(), [told.clone(), told]);
    // It was in no context, and so is in no context's record.
    assert!(runtime.denials(None).unwrap().all.is_empty());
}

struct Reserved;

impl HostInterface for Reserved {
    const NAME: &'static str = "airs:storage/storage@0.1.0";
    type Session = ();

    fn session(&self, _: &HostCaller<'_>) -> Result<()> {
        Ok(())
    }

    fn define(_: &mut impl HostFunctions<()>) {}
}

#[test]
fn what_cannot_be_given_is_refused_when_the_runtime_is_built() {
    let error = Runtime::builder().interface(Reserved).build().unwrap_err();
    assert_eq!(error.code(), Code::InvalidConfig);
    let twice = Runtime::builder()
        .interface(Tools::default())
        .interface(Tools::default());
    assert_eq!(twice.build().unwrap_err().code(), Code::InvalidConfig);
}
