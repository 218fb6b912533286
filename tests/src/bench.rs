//! A context of a runtime, with guests in service.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use airs_runtime::{
    Answer, Capability, Component, EngineConfig, Error, Event, Name, Owner, Placement, Report, Request,
    Runtime, RuntimeBuilder, Value,
};

use crate::guests::component;
use crate::hooks::Hooks;
use crate::script::Script;

/// What is in service where tests share a runtime.
const GUESTS: [&str; 4] = ["ledger", "payment", "probe", "probe-driver"];
/// More than there are tests.
const CONTEXTS: usize = 400;
/// A hook keeps one waiting while it makes a run on another.
const THREADS: usize = 8;

/// What was noted of events, in their order.
pub type Notes = Arc<Mutex<Vec<String>>>;

/// A context with state of its own in memory, of a runtime with all guests in service.
#[derive(Debug)]
pub struct Bench {
    /// The runtime.
    pub runtime: Runtime,
    context: Option<Name>,
    hooks: Hooks,
}

impl Bench {
    /// A fresh context of a runtime that tests share. What changes the runtime itself needs one
    /// [alone](Self::alone).
    pub fn new() -> Self {
        static SHARED: LazyLock<Bench> = LazyLock::new(|| {
            Bench::alone(&GUESTS, |builder| {
                (0..CONTEXTS).fold(builder, |builder, next| builder.context(numbered(next)))
            })
        });
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let next = NEXT.fetch_add(1, Ordering::Relaxed);
        assert!(next < CONTEXTS, "CONTEXTS is too small");
        let Self { runtime, hooks, .. } = &*SHARED;
        Self {
            runtime: runtime.clone(),
            context: Some(numbered(next)),
            hooks: hooks.clone(),
        }
    }

    /// A runtime that no other test uses, with these guests in service; set up further by `set_up`. The fewer
    /// there are, the sooner it is there: each takes some tenths of a second to compile.
    pub fn alone(guests: &[&str], set_up: impl FnOnce(RuntimeBuilder) -> RuntimeBuilder) -> Self {
        let bench = Self::empty(set_up);
        std::thread::scope(|scope| {
            for guest in guests {
                let bench = &bench;
                scope.spawn(move || bench.load(&component(guest)));
            }
        });
        bench
    }

    /// A runtime as one [alone](Self::alone), and what `note` makes of its events.
    pub fn noting(
        guests: &[&str],
        set_up: impl FnOnce(RuntimeBuilder) -> RuntimeBuilder,
        note: impl Fn(&Event<'_>) -> Option<String> + Send + Sync + 'static,
    ) -> (Self, Notes) {
        let (hooks, notes) = (Hooks::default(), Notes::default());
        let (noticing, noted) = (hooks.clone(), Arc::clone(&notes));
        let bench = Self::alone(guests, |builder| {
            set_up(builder).on_event(move |event| {
                noticing.notice(event);
                let mut noted = noted.lock().expect("no test panics with it");
                noted.extend(note(event));
            })
        });
        (Self { hooks, ..bench }, notes)
    }

    /// A runtime as one [alone](Self::alone), with the contexts of [`two_contexts`], whose events are told to `watch`.
    pub fn watched(guests: &[&str], watch: impl Fn(&Event<'_>) + Send + Sync + 'static) -> Self {
        let note = move |event: &Event<'_>| {
            watch(event);
            None
        };
        Self::noting(guests, two_contexts, note).0
    }

    /// A runtime with nothing in service.
    fn empty(set_up: impl FnOnce(RuntimeBuilder) -> RuntimeBuilder) -> Self {
        let hooks = Hooks::default();
        let noticing = hooks.clone();
        let engine = EngineConfig {
            threads: THREADS,
            ..EngineConfig::default()
        };
        let builder = Runtime::builder()
            .engine(engine)
            .on_event(move |event| noticing.notice(event));
        let runtime = set_up(builder).build().expect("the runtime starts");
        Self {
            runtime,
            context: None,
            hooks,
        }
    }

    /// The context's name.
    pub fn context(&self) -> &str {
        self.context.as_ref().map_or("local", Name::as_str)
    }

    /// Puts a component into service, with storage granted.
    pub fn load(&self, component: &Component) {
        self.runtime
            .load(component, &[Capability::Storage].into())
            .expect("the component loads");
    }

    /// The request, in this context, for `caller`.
    pub fn addressed(&self, caller: &str, request: Request) -> Request {
        let request = request.caller(caller.parse().expect("a caller"));
        match &self.context {
            Some(context) => request.context(context.clone()),
            None => request,
        }
    }

    /// Makes a run as `caller`.
    pub fn perform(&self, caller: &str, request: Request) -> Report {
        self.runtime.perform_blocking(self.addressed(caller, request))
    }

    /// Makes a run as `caller` that answers with JSON, or a value's text.
    ///
    /// # Errors
    /// As the run.
    pub fn ask(&self, caller: &str, request: Request) -> Result<String, Error> {
        Ok(match self.perform(caller, request).result? {
            Answer::Output(output) => output,
            Answer::Value(Value::Amount(amount)) => amount.to_string(),
            other => format!("{other:?}"),
        })
    }

    /// Plays a script as `caller`; the answer has what came of each step: `{"ok": …}` or `{"error": "code"}`.
    ///
    /// # Errors
    /// As the run.
    pub fn play(&self, caller: &str, script: &Script) -> Result<Vec<serde_json::Value>, Error> {
        self.ask(caller, script.request()).map(|output| outcomes(&output))
    }

    /// Binds `driver` to `path` as the operator, owned by `owner`: a caller, or `each`.
    ///
    /// # Errors
    /// As the run.
    pub fn bind(&self, path: &str, driver: &str, account: &str, owner: &str) -> Result<(), Error> {
        self.bind_as("operator", path, driver, account, owner)
    }

    /// Binds `driver` to `path` as `caller`, owned by `owner`: a caller, or `each`.
    ///
    /// # Errors
    /// As the run.
    pub fn bind_as(
        &self,
        caller: &str,
        path: &str,
        driver: &str,
        account: &str,
        owner: &str,
    ) -> Result<(), Error> {
        let owner = match owner {
            "each" => Owner::Each,
            caller => Owner::Caller(caller.to_owned()),
        };
        let placement = Placement::new(path, driver, account).owned_by(owner);
        self.perform(caller, Request::bind(placement)).result.map(drop)
    }

    /// Homes for every caller, in dollars, with `amount` in alice's.
    pub fn with_dollars(amount: &str) -> Self {
        let bench = Self::new();
        bench.fund(amount);
        bench
    }

    /// Binds `/accounts` to the ledger, a home for each caller, and mints `amount` for alice.
    pub fn fund(&self, amount: &str) {
        self.bind("/accounts", "ledger", r#"{"unit":"usd","scale":2}"#, "each")
            .expect("it can be bound");
        self.mint("/accounts/alice/usd", amount)
            .expect("it can be minted");
    }

    /// Mints as the operator.
    ///
    /// # Errors
    /// As the run.
    pub fn mint(&self, path: &str, amount: &str) -> Result<String, Error> {
        self.control(path, "mint", &format!(r#"{{"amount":"{amount}"}}"#))
    }

    /// Calls an operation as the operator.
    ///
    /// # Errors
    /// As the run.
    pub fn control(&self, path: &str, operation: &str, input: &str) -> Result<String, Error> {
        self.ask("operator", Request::control(path, operation, input))
    }

    /// What is at `path`, as text.
    pub fn balance(&self, path: &str) -> String {
        self.ask("operator", Request::view(path))
            .expect("it can be looked at")
    }

    /// The balances of these callers in dollars.
    pub fn dollars<const N: usize>(&self, callers: [&str; N]) -> [String; N] {
        callers.map(|caller| self.balance(&format!("/accounts/{caller}/usd")))
    }

    /// What the guests of a run logged: `component#attempt: line`.
    pub fn lines(&self, report: &Report) -> Vec<String> {
        self.hooks.lines(&report.run)
    }

    /// Does something whenever a guest, of any bench of the same runtime, writes exactly this line. The guest
    /// waits for it.
    pub fn at(&self, line: &str, hook: impl Fn() + Send + Sync + 'static) {
        self.hooks.set(line, hook);
    }

    /// The same runtime, in another of its contexts.
    pub fn within(&self, context: &str) -> Self {
        Self {
            context: Some(context.parse().expect("a name")),
            ..self.again()
        }
    }

    /// Another view of the same context, for a hook or a thread.
    pub fn again(&self) -> Self {
        Self {
            runtime: self.runtime.clone(),
            context: self.context.clone(),
            hooks: self.hooks.clone(),
        }
    }
}

impl Default for Bench {
    fn default() -> Self {
        Self::new()
    }
}

/// Gives a runtime the contexts `local` and `guests`.
pub fn two_contexts(builder: RuntimeBuilder) -> RuntimeBuilder {
    builder
        .context("local".parse().expect("a name"))
        .context("guests".parse().expect("a name"))
}

fn numbered(number: usize) -> Name {
    format!("context-{number}").parse().expect("a name")
}

fn outcomes(output: &str) -> Vec<serde_json::Value> {
    let output: serde_json::Value = serde_json::from_str(output).expect("a program answers with JSON");
    let outcomes = output.get("outcomes").and_then(serde_json::Value::as_array);
    outcomes.expect("a script has outcomes").clone()
}

/// A request to pay from the caller's dollars to another's.
pub fn pay(to: &str, amount: &str) -> Request {
    Request::run(
        "payment",
        format!(r#"{{"from":"~/usd","to":"/accounts/{to}/usd","amount":"{amount}"}}"#),
    )
}
