//! Any component: compiled, linked, called.

use std::any::{Any, TypeId};
use std::fmt;

use airs_core::{Code, Error, Result};
use wasmtime::Store;
use wasmtime::component::{ComponentNamedList, ComponentType, Func, InstancePre, Lift, Linker, Lower, Val};

use crate::Engine;
use crate::compile::Compiled;
use crate::dynamic::Notation;
use crate::functions::{Function, Functions};
use crate::guest::{Guest, GuestState};
use crate::host::HostLinker;
use crate::lines::Lines;
use crate::link::{Absent, Imports};
use crate::ticker::Ticking;
use crate::trap::fault;

/// The state of an instance that is called directly.
///
/// ```
/// use airs_core::Result;
/// use airs_engine::{CallState, HostLinker};
///
/// fn nothing(_import: &str, _linker: &mut HostLinker<'_, CallState>) -> Option<Result<()>> {
///     None
/// }
/// ```
#[derive(Debug)]
pub struct CallState(Guest);

impl GuestState for CallState {
    fn guest(&mut self) -> &mut Guest {
        &mut self.0
    }
}

/// The arguments of a call: a tuple of Rust values, one for each parameter of the WIT function.
///
/// An example is at [`CallableCode`].
pub trait Arguments: ComponentNamedList + Lower + Send + Sync + 'static {}

impl<T: ComponentNamedList + Lower + Send + Sync + 'static> Arguments for T {}

/// The result of a call: the Rust value of the WIT function's result, or `()` when it has none.
///
/// An example is at [`CallableCode`].
pub trait Outcome: ComponentType + Lift + Send + Sync + 'static {}

impl<T: ComponentType + Lift + Send + Sync + 'static> Outcome for T {}

/// A component's version, linked: any of its exported functions can be called, each call in an instance
/// of its own.
///
/// ```
/// use airs_core::Result;
/// use airs_engine::{Absent, Arguments, CallableCode, Engine, Guest, Notation, Outcome};
///
/// async fn call<A: Arguments, R: Outcome>(engine: &Engine, component: &[u8], guest: Guest, values: A) -> Result<R> {
///     // Once for each version of the component,
///     let code = CallableCode::link(engine, &engine.compile(component)?, Absent::Refused, |_, _| None)?;
///     // and a guest, which brings limits and a deadline, for each call.
///     code.call(guest, "add", values).await
/// }
///
/// async fn call_by_text(code: &CallableCode, guest: Guest) -> Result<String> {
///     code.call_text(guest, "add", Notation::Wave, "(2, 3)").await
/// }
/// ```
pub struct CallableCode {
    engine: Engine,
    linked: InstancePre<CallState>,
    functions: Functions,
    lines: Lines,
}

impl CallableCode {
    /// Links a component against the virtual WASI, with `host` for what an embedder gives.
    ///
    /// # Errors
    /// [`Code::WrongWorld`], naming an import that is not there, unless `absent` lets it be.
    pub fn link(
        engine: &Engine,
        compiled: &Compiled,
        absent: Absent,
        mut host: impl FnMut(&str, &mut HostLinker<'_, CallState>) -> Option<Result<()>>,
    ) -> Result<Self> {
        let mut linker = Linker::new(engine.wasmtime());
        let imports = Imports::of(engine, compiled).absent(absent);
        let linked = imports.link(&mut linker, |name, linker| {
            let given = host(name, &mut HostLinker(linker));
            given.map(|defined| defined.map_err(wasmtime::Error::new))
        })?;
        let functions = Functions::of(engine.wasmtime(), &compiled.component);
        Ok(Self {
            engine: engine.clone(),
            linked,
            functions,
            lines: compiled.lines.clone(),
        })
    }

    /// Every function that can be called, with its type as WIT writes it.
    pub fn exports(&self) -> impl Iterator<Item = (String, String)> {
        self.functions
            .iter()
            .map(|one| (one.full_name(), one.signature.to_string()))
    }

    /// Calls a function with typed values.
    ///
    /// # Errors
    /// [`Code::NotFound`], [`Code::InvalidInput`] and [`Code::Unsupported`] when the function cannot be called
    /// like this; otherwise whatever the call ended in.
    pub async fn call<A: Arguments, R: Outcome>(
        &self,
        guest: Guest,
        function: &str,
        arguments: A,
    ) -> Result<R> {
        let function = self.function(function)?;
        let mut instance = self.instantiate(guest, function).await?;
        let called = instance.call(function, arguments).await;
        instance.end(called)
    }

    /// Calls a function with arguments as text, and answers with its result as text; in WAVE the empty text,
    /// in JSON `null`, when it has none.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub async fn call_text(
        &self,
        guest: Guest,
        function: &str,
        notation: Notation,
        arguments: &str,
    ) -> Result<String> {
        let function = self.function(function)?;
        // Before anything of the component runs.
        let arguments = notation.read(arguments, &function.signature)?;
        let mut results = vec![Val::Bool(false); usize::from(function.signature.result.is_some())];
        let mut instance = self.instantiate(guest, function).await?;
        let called = instance
            .func
            .call_async(&mut instance.store, &arguments, &mut results)
            .await;
        instance.end(called)?;
        notation.write(results.first())
    }

    fn function(&self, name: &str) -> Result<&Function> {
        let function = self.functions.find(name)?;
        function.signature.check_values()?;
        Ok(function)
    }

    async fn instantiate(&self, guest: Guest, function: &Function) -> Result<Instance> {
        let ticking = self.engine.ticking();
        let mut store = self.engine.store(CallState(guest));
        let func = match self.linked.instantiate_async(&mut store).await {
            Ok(instance) => instance.get_func(&mut store, function.index),
            Err(error) => return Err(failed(&error, &mut store, &self.lines)),
        };
        let missing = || Error::new(Code::Internal, format!("{:?} is not there", function.full_name()));
        let func = func.ok_or_else(missing)?;
        Ok(Instance {
            store,
            func,
            lines: self.lines.clone(),
            _ticking: ticking,
        })
    }
}

/// One instance, for one call.
struct Instance {
    store: Store<CallState>,
    func: Func,
    lines: Lines,
    _ticking: Ticking,
}

impl Instance {
    async fn call<A: Arguments, R: Outcome>(
        &mut self,
        function: &Function,
        arguments: A,
    ) -> wasmtime::Result<R> {
        let store = &mut self.store;
        // The Rust value of one result is that result; of none, it is ().
        if TypeId::of::<R>() == TypeId::of::<()>() {
            let func = self
                .func
                .typed::<A, ()>(&store)
                .map_err(|error| misfit(&error, function))?;
            func.call_async(store, arguments).await?;
            let unit: Box<dyn Any> = Box::new(());
            let unit = unit.downcast::<R>();
            return unit
                .map(|unit| *unit)
                .map_err(|_| wasmtime::format_err!("() is not ()"));
        }
        let func = self
            .func
            .typed::<A, (R,)>(&store)
            .map_err(|error| misfit(&error, function))?;
        Ok(func.call_async(store, arguments).await?.0)
    }

    fn end<T>(mut self, called: wasmtime::Result<T>) -> Result<T> {
        let result = called.map_err(|error| failed(&error, &mut self.store, &self.lines));
        self.store.data_mut().guest().finish_log();
        result
    }
}

/// The caller's Rust types are not those of the function.
fn misfit(error: &wasmtime::Error, function: &Function) -> wasmtime::Error {
    let message = format!("the Rust types of the call do not fit: {error:#}");
    wasmtime::Error::new(
        Error::new(Code::InvalidInput, message).hint(format!("it is {}", function.signature)),
    )
}

fn failed(error: &wasmtime::Error, store: &mut Store<CallState>, lines: &Lines) -> Error {
    let guest = store.data_mut().guest();
    let who = format!("component {:?}", guest.name().as_str());
    fault(&who, error, guest, lines)
}

impl fmt::Debug for CallableCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallableCode").finish_non_exhaustive()
    }
}
