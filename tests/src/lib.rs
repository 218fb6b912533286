//! What the integration tests of airs stand on: guests, built once, and a runtime with them in service.

#![expect(clippy::expect_used, reason = "a fixture that cannot be made ends the test, and says why")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, OnceLock};

use airs_package::{Manifest, stamp};
use airs_runtime::{Answer, Capability, Component, Error, Event, Placement, Report, Request, Runtime, RuntimeBuilder};

/// Builds the guests of `tests/guests`, once for each test binary, and says where they are.
fn guests() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("guests");
        let target = target_folder().join("guests");
        let status = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--locked", "--target", "wasm32-wasip2", "--manifest-path"])
            .arg(sources.join("Cargo.toml"))
            .env("CARGO_TARGET_DIR", &target)
            // Not those of the build that this test was made by.
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .status()
            .expect("cargo starts");
        assert!(status.success(), "the guests do not build");
        target.join("wasm32-wasip2/debug")
    })
}

/// The target folder of this test's own build.
pub fn target_folder() -> PathBuf {
    let binary = std::env::current_exe().expect("a running program has a path");
    let folder = binary.ancestors().nth(3).expect("target/<profile>/deps/<binary>");
    folder.to_owned()
}

/// The bytes of a guest as the compiler leaves them: without a manifest.
pub fn raw(name: &str) -> Vec<u8> {
    std::fs::read(guests().join(format!("{}.wasm", name.replace('-', "_")))).expect("the guest was built")
}

/// A guest with the manifest of its `Cargo.toml`.
pub fn component(name: &str) -> Component {
    component_with(name, |manifest| manifest)
}

/// A guest with its manifest changed, for example to give it another name.
pub fn component_with(name: &str, change: impl FnOnce(Manifest) -> Manifest) -> Component {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("guests").join(name).join("Cargo.toml");
    let text = std::fs::read_to_string(&path).expect("the guest has a Cargo.toml");
    let version = "0.1.0".parse().expect("a version");
    let manifest = Manifest::from_cargo_toml_inheriting(&path, &text, &version).expect("it is well-formed");
    let manifest = change(manifest.expect("the guest is a component"));
    let stamped = stamp(&raw(name), &manifest).expect("the guest is a component");
    Component::read(stamped).expect("a stamped component is one")
}

/// A runtime with all guests in service, and what it logged.
#[derive(Debug)]
pub struct Bench {
    /// The runtime.
    pub runtime: Runtime,
    lines: Arc<Mutex<Vec<String>>>,
}

impl Bench {
    /// With state in memory.
    pub fn new() -> Self {
        Self::with(|builder| builder)
    }

    /// Set up further by `set_up`.
    pub fn with(set_up: impl FnOnce(RuntimeBuilder) -> RuntimeBuilder) -> Self {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&lines);
        let builder = Runtime::builder().on_event(move |event| {
            if let Event::Log { component, attempt, line, .. } = event {
                log.lock().expect("no test panics with it").push(format!("{component}#{attempt}: {line}"));
            }
        });
        let runtime = set_up(builder).build().expect("the runtime starts");
        let bench = Self { runtime, lines };
        for guest in ["ledger", "payment", "probe", "probe-driver"] {
            bench.load(&component(guest));
        }
        bench
    }

    /// Puts a component into service, with storage granted.
    pub fn load(&self, component: &Component) {
        self.runtime.load(component, &[Capability::Storage].into()).expect("the component loads");
    }

    /// Makes a run as `caller`.
    pub fn perform(&self, caller: &str, request: Request) -> Report {
        self.runtime.perform_blocking(request.caller(caller.parse().expect("a caller")))
    }

    /// Makes a run as `caller` that answers with JSON, or a value's text.
    ///
    /// # Errors
    /// As the run.
    pub fn ask(&self, caller: &str, request: Request) -> Result<String, Error> {
        Ok(match self.perform(caller, request).result? {
            Answer::Output(output) => output,
            Answer::Value(airs_runtime::Value::Amount(amount)) => amount.to_string(),
            other => format!("{other:?}"),
        })
    }

    /// Binds `driver` to `path` as the operator, owned by `owner`.
    ///
    /// # Errors
    /// As the run.
    pub fn bind(&self, path: &str, driver: &str, account: &str, owner: &str) -> Result<(), Error> {
        let owner = match owner {
            "each" => airs_runtime::Owner::Each,
            caller => airs_runtime::Owner::Caller(caller.to_owned()),
        };
        let placement = Placement {
            path: path.to_owned(),
            driver: driver.to_owned(),
            account: account.to_owned(),
            owner: Some(owner),
            controllers: Vec::new(),
        };
        self.perform("operator", Request::bind(placement)).result.map(drop)
    }

    /// Homes for every caller, in dollars, with `amount` in alice's.
    pub fn with_dollars(amount: &str) -> Self {
        let bench = Self::new();
        bench.fund(amount);
        bench
    }

    /// Binds `/accounts` to the ledger, a home for each caller, and mints `amount` for alice.
    pub fn fund(&self, amount: &str) {
        self.bind("/accounts", "ledger", r#"{"unit":"usd","scale":2}"#, "each").expect("it can be bound");
        let input = format!(r#"{{"amount":"{amount}"}}"#);
        self.ask("operator", Request::control("/accounts/alice/usd", "mint", input)).expect("it can be minted");
    }

    /// What is at `path`, as text.
    pub fn balance(&self, path: &str) -> String {
        self.ask("operator", Request::view(path)).expect("it can be looked at")
    }

    /// What the guests have logged: `component#attempt: line`.
    pub fn lines(&self) -> Vec<String> {
        self.lines.lock().expect("no test panics with it").clone()
    }
}

impl Default for Bench {
    fn default() -> Self {
        Self::new()
    }
}

/// A request to pay from the caller's dollars to another's.
pub fn pay(to: &str, amount: &str) -> Request {
    Request::run("payment", format!(r#"{{"from":"~/usd","to":"/accounts/{to}/usd","amount":"{amount}"}}"#))
}
