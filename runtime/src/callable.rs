//! Calling any component.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use airs_core::{Capabilities, Capability, Code, Error, Event, Limits, Name, Result, WitPackage};
use airs_engine::{
    Absent, Allowance, Arguments, CallableCode, Cancelling, Environment, Guest, Notation, Outcome, TornDown,
    World,
};
use airs_package::Component;

use crate::ending::Ending;
use crate::perform::may_wait;
use crate::runtime::Runtime;

/// How a component is to be called. Unless said otherwise nothing is granted to it that tells about anybody or
/// reaches anybody, and the runtime's limits count.
///
/// ```
/// use airs_runtime::{Absent, CallConfig, Capabilities, Limits};
///
/// let config = CallConfig {
///     name: Some("calculator".parse()?),
///     granted: Capabilities::none(),
///     limits: Limits { deadline_ms: 100, memory_bytes: 4 << 20, ..Limits::UNRESTRICTED },
///     absent: Absent::Denied,
/// };
/// # Ok::<(), airs_runtime::NameError>(())
/// ```
#[derive(Clone, Debug)]
pub struct CallConfig {
    /// What to call the component in its log and in messages; its manifest's name unless said, or
    /// `component`.
    pub name: Option<Name>,
    /// What is granted to it. It gets of that what its manifest declares, if it has one.
    pub granted: Capabilities,
    /// What a call may use up, where that is less than what the runtime and the component's manifest say.
    pub limits: Limits,
    /// What becomes of imports that are not there for it.
    pub absent: Absent,
}

impl Default for CallConfig {
    fn default() -> Self {
        Self {
            name: None,
            granted: Capabilities::default(),
            limits: Limits::UNRESTRICTED,
            absent: Absent::Refused,
        }
    }
}

/// A component whose exported functions can be called. Cheap to clone.
///
/// Each call has an instance of its own, which is gone when the call has ended: whatever the component does
/// in one call, no other call sees. It has no part in any run, and no state.
///
/// Rust values stand for values of WIT as their names suggest: `u32` for `u32`, `f64` for `f64`, [`String`]
/// for `string`, [`Vec`] for `list`, [`Option`] for `option`, [`std::result::Result`] for `result`, a tuple
/// for a `tuple`.
///
/// ```
/// use airs_runtime::{CallConfig, Component, Runtime};
///
/// // A component in its text form; a file is read with `Component::open`.
/// let component = Component::from_text(r#"(component
///     (core module $m (func (export "add") (param i32 i32) (result i32)
///         (i32.add (local.get 0) (local.get 1))))
///     (core instance $i (instantiate $m))
///     (func (export "add") (param "a" u32) (param "b" u32) (result u32)
///         (canon lift (core func $i "add"))))"#)?;
///
/// let runtime = Runtime::builder().build()?;
/// let calculator = runtime.callable(&component, &CallConfig::default())?;
/// let sum: u32 = calculator.call_blocking("add", (2_u32, 3_u32))?;
/// assert_eq!(sum, 5);
/// assert_eq!(calculator.call_wave_blocking("add(2, 3)")?, "5");
/// assert_eq!(calculator.call_json_blocking("add", "[2, 3]")?, "5");
/// # Ok::<(), airs_runtime::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Callable {
    runtime: Runtime,
    code: Arc<CallableCode>,
    name: Arc<Name>,
    limits: Limits,
    world: Arc<World>,
}

/// A function that a component exports.
///
/// ```
/// use airs_runtime::{Callable, Export};
///
/// fn print(component: &Callable) {
///     for Export { name, signature } in component.exports() {
///         println!("{name}\n    {signature}");
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// Its name, after its interface with a dot: `ns:package/interface@1.0.0.function`.
    pub name: String,
    /// Its type as WIT writes it, the types that it names written out: `add: func(a: u32) -> u32`.
    pub signature: String,
}

impl Runtime {
    /// Makes a component callable. It does not come into service: runs do not see it.
    ///
    /// It compiles the component, which may take long: not for a thread that must answer.
    ///
    /// # Errors
    /// [`Code::InvalidComponent`], [`Code::WrongWorld`] for an import that is not there,
    /// [`Code::LimitExceeded`] when it cannot start under its limits, and [`Code::Unsupported`] when it is
    /// granted what only drivers have.
    pub fn callable(&self, component: &Component, config: &CallConfig) -> Result<Callable> {
        let manifest = component.manifest();
        let stamped = || manifest.map(|manifest| manifest.name.clone());
        let name = config.name.clone().or_else(stamped).unwrap_or_else(Name::unnamed);
        self.called_directly(component, config, Arc::new(name.clone()))
            .map_err(|error| error.within(format!("component {name}")))
    }

    fn called_directly(
        &self,
        component: &Component,
        config: &CallConfig,
        name: Arc<Name>,
    ) -> Result<Callable> {
        let (mut limits, mut granted) = (config.limits.min(&self.inner.limits), config.granted.clone());
        if let Some(manifest) = component.manifest() {
            limits = limits.min(&manifest.limits);
            granted = granted.intersection(&manifest.capabilities);
        }
        if let Some(kind) = granted.kinds().find(|kind| NEED_A_CONTEXT.contains(kind)) {
            let message = format!("{kind} is granted, which only a driver in a context has");
            return Err(Error::new(Code::Unsupported, message));
        }
        let engine = &self.inner.engine;
        let compiled = self.inner.code(component)?;
        compiled.check_limits(&limits)?;
        let code = CallableCode::link(engine, &compiled, config.absent, |import, linker| {
            let package = WitPackage::of_interface(import)?;
            match (granted.interfaces.contains(&package), config.absent) {
                (true, _) => self.inner.offers.call(import, linker),
                (false, Absent::Denied) => None,
                (false, Absent::Refused) => Some(Err(ungranted(import, &package))),
            }
        })?;
        Ok(Callable {
            runtime: self.clone(),
            code: Arc::new(code),
            name,
            limits: self.inner.limits_of(&limits),
            world: self.inner.allowed(None, granted).world,
        })
    }
}

fn ungranted(import: &str, package: &WitPackage) -> Error {
    let message = format!("it imports {import}, and the interfaces of {package} are not granted to it");
    Error::new(Code::UngrantedCapability, message).hint("`CallConfig::granted` is where they are")
}

/// What a call from outside of any context cannot have.
const NEED_A_CONTEXT: [Capability; 3] = [Capability::Storage, Capability::Http, Capability::Files];

impl Callable {
    /// Every exported function, in the component's order.
    pub fn exports(&self) -> Vec<Export> {
        let all = self
            .code
            .exports()
            .map(|(name, signature)| Export { name, signature });
        all.collect()
    }

    /// The same component, with these limits where they are smaller.
    #[must_use]
    pub fn with_limits(&self, limits: &Limits) -> Self {
        Self {
            limits: self.limits.min(limits),
            ..self.clone()
        }
    }

    /// Calls a function with Rust values: a tuple of arguments in, the result out, `()` when there is none.
    ///
    /// The function is named alone, or after its interface with a dot; the interface in full, without its
    /// version, or by its last part. Guests execute on the runtime's own threads, so any executor may poll
    /// this. Dropping the future ends the call.
    ///
    /// # Errors
    /// [`Code::NotFound`] with the nearest names, [`Code::InvalidInput`] with the function's type when the
    /// values do not fit it, [`Code::Unsupported`] for resources, which cannot leave their instance;
    /// [`Code::Trap`], [`Code::DeadlineExceeded`], [`Code::LimitExceeded`] and [`Code::Denied`] for what the
    /// component did; [`Code::Busy`] when there was no place for an instance.
    pub async fn call<A: Arguments, R: Outcome>(&self, function: &str, arguments: A) -> Result<R> {
        self.execute(self.with_values(function, arguments)).await
    }

    /// As [`call`](Self::call), with the function and its arguments in WAVE, and the result in WAVE; an empty
    /// text when there is none.
    ///
    /// `greet("ada")`, `ns:package/interface.move({x: 1.5, y: -2}, some(left))`. Options at the end may be left
    /// out.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub async fn call_wave(&self, expression: &str) -> Result<String> {
        let (function, arguments) = in_wave(expression);
        self.execute(self.with_text(function, Notation::Wave, arguments))
            .await
    }

    /// As [`call`](Self::call), with an array of arguments in JSON, or an object of them by the parameters'
    /// names, and the result in JSON; `null` when there is none.
    ///
    /// Records are objects, lists and tuples arrays, flags arrays of names. A case is its name, or an object
    /// of that one name with what it carries; so are `ok`, `err`, and `some` where an option holds another.
    /// Numbers may also be given as text.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub async fn call_json(&self, function: &str, arguments: &str) -> Result<String> {
        self.execute(self.with_text(function, Notation::Json, arguments))
            .await
    }

    /// As [`call`](Self::call), waiting on the calling thread.
    ///
    /// # Errors
    /// As [`call`](Self::call), and [`Code::Unsupported`] within an asynchronous context, which it would block.
    pub fn call_blocking<A: Arguments, R: Outcome>(&self, function: &str, arguments: A) -> Result<R> {
        self.wait(self.with_values(function, arguments))
    }

    /// As [`call_wave`](Self::call_wave), waiting on the calling thread.
    ///
    /// # Errors
    /// As [`call_blocking`](Self::call_blocking).
    pub fn call_wave_blocking(&self, expression: &str) -> Result<String> {
        let (function, arguments) = in_wave(expression);
        self.wait(self.with_text(function, Notation::Wave, arguments))
    }

    /// As [`call_json`](Self::call_json), waiting on the calling thread.
    ///
    /// # Errors
    /// As [`call_blocking`](Self::call_blocking).
    pub fn call_json_blocking(&self, function: &str, arguments: &str) -> Result<String> {
        self.wait(self.with_text(function, Notation::Json, arguments))
    }

    fn with_values<A: Arguments, R: Outcome>(
        &self,
        function: &str,
        arguments: A,
    ) -> impl Future<Output = Result<R>> + Send + 'static + use<A, R> {
        let name = function.to_owned();
        let call =
            move |code: Arc<CallableCode>, guest| async move { code.call(guest, &name, arguments).await };
        self.called(function, call)
    }

    fn with_text(
        &self,
        function: &str,
        notation: Notation,
        arguments: &str,
    ) -> impl Future<Output = Result<String>> + Send + 'static + use<> {
        let (name, arguments) = (function.to_owned(), arguments.to_owned());
        let call = move |code: Arc<CallableCode>, guest| async move {
            code.call_text(guest, &name, notation, &arguments).await
        };
        self.called(function, call)
    }

    /// A call, and that it is told how it ended. To be polled where guests execute.
    fn called<T, F, C>(
        &self,
        function: &str,
        call: C,
    ) -> impl Future<Output = Result<T>> + Send + 'static + use<T, F, C>
    where
        F: Future<Output = Result<T>> + Send,
        C: FnOnce(Arc<CallableCode>, Guest) -> F + Send + 'static,
    {
        let (this, function) = (self.clone(), function.to_owned());
        let id: Arc<str> = Runtime::new_id().to_string().into();
        let deadline = Instant::now() + Duration::from_millis(self.limits.deadline_ms);
        async move {
            let inner = &this.runtime.inner;
            let tell = |failure| {
                inner.emit(&Event::Called {
                    call: &id,
                    component: &this.name,
                    function: &function,
                    failure,
                });
            };
            let ending = Ending::new(|why| tell(Some(why)));
            let called = async {
                let _place = inner.place(deadline).await?;
                call(Arc::clone(&this.code), this.guest(&id, deadline)).await
            };
            let result = called.await;
            ending.ended();
            tell(result.as_ref().err().map(Error::code));
            result
        }
    }

    /// Makes a call on the runtime's own threads.
    async fn execute<T: Send + 'static>(
        &self,
        call: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        let task = self.runtime.inner.engine.spawn(call);
        Cancelling::of(task).await.unwrap_or_else(|_| Err(torn_down()))
    }

    /// Makes a call, and waits for it on the calling thread.
    fn wait<T: Send + 'static>(&self, call: impl Future<Output = Result<T>> + Send + 'static) -> Result<T> {
        may_wait()?;
        let called = self.runtime.inner.engine.wait(|| call);
        called.unwrap_or_else(|TornDown| Err(torn_down()))
    }

    fn guest(&self, id: &Arc<str>, deadline: Instant) -> Guest {
        let observer = Arc::clone(&self.runtime.inner.observer);
        let allowance = Allowance {
            deadline,
            cpu_ms: self.limits.cpu_ms,
            memory: Some(self.runtime.inner.memory.clone()),
        };
        let now = self.runtime.inner.surroundings.clock.now();
        let environment = Environment::new(Arc::clone(id), None, now, allowance, observer);
        let (name, world) = (Arc::clone(&self.name), Arc::clone(&self.world));
        Guest::new(name, environment, world, &self.limits)
    }
}

/// The function, and its arguments, of a call in WAVE.
fn in_wave(expression: &str) -> (&str, &str) {
    let expression = expression.trim();
    let (function, arguments) = match expression.find('(') {
        Some(at) => expression.split_at(at),
        None => (expression, ""),
    };
    (function.trim(), arguments)
}

fn torn_down() -> Error {
    Error::new(Code::Internal, "the call was torn down before it ended")
}
