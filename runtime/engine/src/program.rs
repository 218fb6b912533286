//! Programs: compiled, linked, running.

use std::fmt;
use std::sync::Arc;

use airs_core::{Error, Result};
use wasmtime::Store;
use wasmtime::component::{Instance, InstancePre, Linker};

use crate::compile::Compiled;
use crate::export::{Export, Function};
use crate::lines::Lines;
use crate::link::{Imports, export};
use crate::ticker::Ticking;
use crate::trap::{Failure, fault};
use crate::val::Val;
use crate::{Engine, abi, val};

/// A program's version, linked: what instances are made from.
///
/// ```
/// use std::sync::Arc;
///
/// use airs_core::Result;
/// use airs_engine::{Engine, Failure, ProgramCode, ProgramInstance, Val};
///
/// async fn run<T: Val>(engine: &Engine, component: &[u8], state: T, input: &str) -> Result<String> {
///     // Once for each version of the program,
///     let program = Arc::new(ProgramCode::link(engine, &engine.compile(component)?)?);
///     // and an instance for each attempt of a run.
///     let instance: ProgramInstance<T> = program.instantiate(state).await.map_err(Failure::into_error)?;
///     let (output, _state) = instance.run(input.into()).await;
///     output.map_err(Failure::into_error)
/// }
/// ```
pub struct ProgramCode<T: 'static> {
    engine: Engine,
    linked: InstancePre<T>,
    run: Export<Run>,
    lines: Lines,
}

struct Run;

impl Function for Run {
    type Params<'a> = (&'a str,);
    type Answer = (Result<String, abi::Error>,);
}

impl<T: Val> ProgramCode<T> {
    /// Links a program against the VAL and the virtual WASI.
    ///
    /// # Errors
    /// [`Code::WrongWorld`](airs_core::Code::WrongWorld), naming what is missing or not offered.
    pub fn link(engine: &Engine, compiled: &Compiled) -> Result<Self> {
        let mut linker = Linker::new(engine.wasmtime());
        let imports = Imports::of(engine, compiled);
        let linked = imports.link(&mut linker, |name, linker| match name {
            val::INTERFACE => Some(val::link(linker)),
            _ => None,
        })?;
        Ok(Self {
            engine: engine.clone(),
            linked,
            run: Export::new(export(compiled, None, "run")?),
            lines: compiled.lines.clone(),
        })
    }

    /// A fresh instance.
    ///
    /// # Errors
    /// A [`Failure::Fault`] when it does not start.
    pub fn instantiate(
        self: &Arc<Self>,
        state: T,
    ) -> impl Future<Output = Result<ProgramInstance<T>, Failure>> + use<T> {
        let (code, ticking) = (Arc::clone(self), self.engine.ticking());
        // The state is where it stays before anything is waited for: it would make the future larger.
        let mut store = self.engine.store(state);
        store.data_mut().guest().lines = Some(self.lines.clone());
        async move {
            let instance = code.linked.instantiate_async(&mut store).await;
            let instance =
                instance.map_err(|error| Failure::Fault(failed(&error, &mut store, &code.lines)))?;
            Ok(ProgramInstance {
                code,
                store,
                instance,
                _ticking: ticking,
            })
        }
    }
}

/// One instance of a program, for one attempt of a run.
///
/// An example is at [`ProgramCode`].
pub struct ProgramInstance<T: 'static> {
    store: Store<T>,
    instance: Instance,
    code: Arc<ProgramCode<T>>,
    _ticking: Ticking,
}

impl<T: Val> ProgramInstance<T> {
    /// Runs the program: JSON in, JSON out. The state comes back either way.
    pub async fn run(mut self, input: Arc<str>) -> (Result<String, Failure>, T) {
        let result = match self.call(&input).await {
            Ok(Ok(output)) => Ok(output),
            Ok(Err(refused)) => Err(Failure::Refused(refused.into())),
            Err(error) => Err(Failure::Fault(failed(&error, &mut self.store, &self.code.lines))),
        };
        self.store.data_mut().guest().finish_log();
        (result, self.store.into_data())
    }

    async fn call(&mut self, input: &str) -> wasmtime::Result<Result<String, abi::Error>> {
        let run = self.code.run.of(&self.instance, &mut self.store)?;
        Ok(run.call_async(&mut self.store, (input,)).await?.0)
    }
}

fn failed<T: Val>(error: &wasmtime::Error, store: &mut Store<T>, lines: &Lines) -> Error {
    let guest = store.data_mut().guest();
    let who = format!("program {:?}", guest.name().as_str());
    fault(&who, error, guest, lines)
}

impl<T> fmt::Debug for ProgramCode<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProgramCode").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for ProgramInstance<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProgramInstance").finish_non_exhaustive()
    }
}
