//! Drivers: compiled, linked, called.

use std::fmt;
use std::sync::Arc;

use airs_core::{Call, Capabilities, Capability, Error, Receipt, Result, Rights, Value};
use wasmtime::Store;
use wasmtime::component::ResourceAny;
use wasmtime::component::{
    ComponentExportIndex, ComponentNamedList, Instance, InstancePre, Lift, Linker, Lower,
};

use crate::compile::Compiled;
use crate::export::Export;
use crate::host::HostLinker;
use crate::http::Http;
use crate::lines::Lines;
use crate::link::{Imports, export};
use crate::storage::Storage;
use crate::ticker::Ticking;
use crate::trap::{Failure, fault};
use crate::{Engine, abi, http, storage};

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
///     let asset: DriverAsset = instance.intend(call, account, Rights::VIEW).await?;
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

type Answer<T> = (Result<T, abi::Error>,);

struct Exports {
    bind: ComponentExportIndex,
    unbind: ComponentExportIndex,
    intend: Export<(abi::Call, Vec<u8>, abi::Rights), Answer<ResourceAny>>,
    view: Export<(ResourceAny,), Answer<abi::Value>>,
    transfer: Export<(ResourceAny, ResourceAny, abi::Value), Answer<abi::Receipt>>,
    control: Export<(ResourceAny, String, String), Answer<String>>,
    done: Export<(ResourceAny,), Answer<()>>,
    migrate: ComponentExportIndex,
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
            bind: of("bind")?,
            unbind: of("unbind")?,
            intend: Export::new(of("intend")?),
            view: Export::new(of("[method]asset.view")?),
            transfer: Export::new(of("[method]asset.transfer")?),
            control: Export::new(of("[method]asset.control")?),
            done: Export::new(of("done")?),
            migrate: of("migrate")?,
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
            match code.linked.instantiate_async(&mut store).await {
                Ok(instance) => Ok(DriverInstance {
                    code,
                    store,
                    instance,
                    _ticking: ticking,
                }),
                Err(error) => Err(failed(&error, &mut store, &code.lines)),
            }
        }
    }
}

/// One instance of a driver, for one attempt of a run.
///
/// After a [`Failure::Fault`] it must not be called again, nor its descriptors released.
///
/// An example is at [`DriverCode`].
pub struct DriverInstance<T: 'static> {
    code: Arc<DriverCode<T>>,
    store: Store<T>,
    instance: Instance,
    _ticking: Ticking,
}

impl<T: Storage> DriverInstance<T> {
    /// The instance's state.
    pub fn state(&mut self) -> &mut T {
        self.store.data_mut()
    }

    /// Something is to be bound at the call's path.
    ///
    /// # Errors
    /// As the driver answers.
    pub async fn bind(&mut self, call: &Call, account: &str) -> Result<Vec<u8>, Failure> {
        self.call(self.code.exports.bind, (abi::Call::from(call), account))
            .await
    }

    /// The binding at the call's path is to go.
    ///
    /// # Errors
    /// As the driver answers.
    pub async fn unbind(&mut self, call: &Call, account: &[u8]) -> Result<(), Failure> {
        self.call(self.code.exports.unbind, (abi::Call::from(call), account))
            .await
    }

    /// Opens an asset.
    ///
    /// # Errors
    /// As the driver answers.
    pub async fn intend(
        &mut self,
        call: &Call,
        account: Vec<u8>,
        rights: Rights,
    ) -> Result<DriverAsset, Failure> {
        let params = (abi::Call::from(call), account, abi::Rights::from(rights));
        self.repeat(|exports| &exports.intend, params)
            .await
            .map(DriverAsset)
    }

    /// What an asset holds.
    ///
    /// # Errors
    /// As the driver answers.
    pub async fn view(&mut self, asset: DriverAsset) -> Result<Value, Failure> {
        let value = self.repeat(|exports| &exports.view, (asset.0,)).await?;
        Value::try_from(value).map_err(Failure::Refused)
    }

    /// Moves value from one asset to another.
    ///
    /// # Errors
    /// As the driver answers.
    pub async fn transfer(
        &mut self,
        from: DriverAsset,
        to: DriverAsset,
        value: Value,
    ) -> Result<Receipt, Failure> {
        let params = (from.0, to.0, abi::Value::from(value));
        self.repeat(|exports| &exports.transfer, params)
            .await
            .map(Receipt::from)
    }

    /// Calls an operation of the driver.
    ///
    /// # Errors
    /// As the driver answers.
    pub async fn control(
        &mut self,
        asset: DriverAsset,
        operation: String,
        input: String,
    ) -> Result<String, Failure> {
        self.repeat(|exports| &exports.control, (asset.0, operation, input))
            .await
    }

    /// Releases an asset.
    ///
    /// # Errors
    /// As the driver answers.
    pub async fn done(&mut self, asset: DriverAsset) -> Result<(), Failure> {
        self.repeat(|exports| &exports.done, (asset.0,)).await
    }

    /// Brings what is stored to the driver's own schema version.
    ///
    /// # Errors
    /// As the driver answers.
    pub async fn migrate(&mut self, from: u32) -> Result<u32, Failure> {
        self.call(self.code.exports.migrate, (from,)).await
    }

    /// Writes out what is left of the instance's log.
    pub fn finish_log(&mut self) {
        self.store.data_mut().guest().finish_log();
    }

    async fn call<P, R>(&mut self, index: ComponentExportIndex, params: P) -> Result<R, Failure>
    where
        P: ComponentNamedList + Lower + Send + Sync,
        R: Send + Sync + 'static,
        Answer<R>: ComponentNamedList + Lift + Send + Sync,
    {
        let found = self
            .instance
            .get_typed_func::<P, Answer<R>>(&mut self.store, index);
        let function = found.map_err(|error| failed(&error, &mut self.store, &self.code.lines))?;
        let answer = function.call_async(&mut self.store, params).await;
        self.finish(answer)
    }

    /// Like `call`, for a verb that most runs use.
    async fn repeat<P, R>(
        &mut self,
        export: fn(&Exports) -> &Export<P, Answer<R>>,
        params: P,
    ) -> Result<R, Failure>
    where
        P: ComponentNamedList + Lower + Send + Sync + 'static,
        R: Send + Sync + 'static,
        Answer<R>: ComponentNamedList + Lift + Send + Sync,
    {
        let found = export(&self.code.exports).of(&self.instance, &mut self.store);
        let function = found.map_err(|error| failed(&error, &mut self.store, &self.code.lines))?;
        let answer = function.call_async(&mut self.store, params).await;
        self.finish(answer)
    }

    fn finish<R>(&mut self, answer: wasmtime::Result<Answer<R>>) -> Result<R, Failure> {
        match answer {
            Ok((answer,)) => answer.map_err(|refused| Failure::Refused(Error::from(refused))),
            Err(error) => Err(failed(&error, &mut self.store, &self.code.lines)),
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

impl<T> fmt::Debug for DriverInstance<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DriverInstance").finish_non_exhaustive()
    }
}
