//! Drivers: compiled, linked, called.

mod instance;
mod verbs;

use std::fmt;
use std::sync::Arc;

use airs_core::{Capabilities, Capability, Result};
use wasmtime::Store;
use wasmtime::component::{InstancePre, Linker, ResourceAny};

use crate::compile::Compiled;
use crate::export::Export;
use crate::host::HostLinker;
use crate::http::Http;
use crate::lines::Lines;
use crate::link::{Imports, export};
use crate::storage::Storage;
use crate::trap::{Failure, fault};
use crate::{Engine, http, storage};

pub use instance::DriverInstance;

const INTERFACE: &str = "airs:driver/driver@0.1.0";

/// A driver's version, linked: what instances are made from.
///
/// ```
/// use std::sync::Arc;
/// use airs_core::{Call, Capability, Rights, Value};
/// use airs_engine::{DriverAsset, DriverCode, DriverInstance, Engine, Failure, Http, Storage};
///
/// async fn look<T: Storage + Http>(engine: &Engine, component: &[u8], state: T, call: &Call) -> Result<Value, Failure> {
///     // Once for each version of the driver,
///     let compiled = engine.compile(component).map_err(Failure::Refused)?;
///     let linked = DriverCode::link(engine, &compiled, &[Capability::Storage].into(), |_, _| None);
///     let driver = Arc::new(linked.map_err(Failure::Refused)?);
///     // and an instance for each attempt of a run.
///     let mut instance: DriverInstance<T> = driver.instantiate(state).await?;
///     let account = instance.bind(call, r#"{"unit":"usd","scale":2}"#).await?;
///     let asset: DriverAsset = instance.intend(call, &account, Rights::VIEW).await?;
///     let value = instance.view(asset).await?;
///     instance.done(asset).await?;
///     Ok(value)
/// }
/// ```
pub struct DriverCode<T: 'static> {
    engine: Engine,
    linked: InstancePre<T>,
    exports: Exports,
    lines: Lines,
}

struct Exports {
    bind: Export<verbs::Bind>,
    unbind: Export<verbs::Unbind>,
    intend: Export<verbs::Intend>,
    view: Export<verbs::View>,
    transfer: Export<verbs::Transfer>,
    control: Export<verbs::Control>,
    done: Export<verbs::Done>,
    migrate: Export<verbs::Migrate>,
}

/// A driver's own descriptor: it belongs to the instance that made it, which alone accepts it.
///
/// An example is at [`DriverCode`].
#[derive(Clone, Copy, Debug)]
pub struct DriverAsset(ResourceAny);

impl<T: Storage + Http> DriverCode<T> {
    /// Links a driver against the virtual WASI and what it declares, with `host` for what an embedder gives. What it
    /// is granted of that is looked at when it calls.
    ///
    /// # Errors
    /// [`Code::WrongWorld`](airs_core::Code::WrongWorld) or
    /// [`Code::Unsupported`](airs_core::Code::Unsupported), naming what is missing or not offered.
    pub fn link(
        engine: &Engine,
        compiled: &Compiled,
        declared: &Capabilities,
        mut host: impl FnMut(&str, &mut HostLinker<'_, T>) -> Option<Result<()>>,
    ) -> Result<Self> {
        let mut linker = Linker::new(engine.wasmtime());
        let linked = Imports::of(engine, compiled).link(&mut linker, |name, linker| match name {
            storage::INTERFACE if declared.contains(Capability::Storage) => Some(storage::link(linker)),
            http::INTERFACE if declared.contains(Capability::Http) => Some(http::link(linker)),
            _ => {
                let given = host(name, &mut HostLinker(linker));
                given.map(|defined| defined.map_err(wasmtime::Error::new))
            }
        })?;
        let of = |function| export(compiled, Some(INTERFACE), function);
        let exports = Exports {
            bind: Export::new(of("bind")?),
            unbind: Export::new(of("unbind")?),
            intend: Export::new(of("intend")?),
            view: Export::new(of("[method]asset.view")?),
            transfer: Export::new(of("[method]asset.transfer")?),
            control: Export::new(of("[method]asset.control")?),
            done: Export::new(of("done")?),
            migrate: Export::new(of("migrate")?),
        };
        Ok(Self {
            engine: engine.clone(),
            linked,
            exports,
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
    ) -> impl Future<Output = Result<DriverInstance<T>, Failure>> + use<T> {
        let (code, ticking) = (Arc::clone(self), self.engine.ticking());
        // The state is where it stays before anything is waited for: it would make the future larger.
        let mut store = self.engine.store(state);
        async move {
            let instance = code.linked.instantiate_async(&mut store).await;
            let instance = instance.map_err(|error| failed(&error, &mut store, &code.lines))?;
            Ok(DriverInstance {
                code,
                store,
                instance,
                _ticking: ticking,
            })
        }
    }
}

fn failed<T: Storage>(error: &wasmtime::Error, store: &mut Store<T>, lines: &Lines) -> Failure {
    let guest = store.data_mut().guest();
    let who = format!("driver {:?}", guest.name().as_str());
    Failure::Fault(fault(&who, error, guest, lines))
}

impl<T> fmt::Debug for DriverCode<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DriverCode").finish_non_exhaustive()
    }
}
