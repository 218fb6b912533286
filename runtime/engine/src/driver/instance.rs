//! One instance of a driver, and the calls into it.

use std::fmt;
use std::sync::Arc;

use airs_core::{Call, Error, Receipt, Result, Rights, Value};
use wasmtime::Store;
use wasmtime::component::{ComponentExportIndex, ComponentNamedList, Instance, Lift, Lower};

use super::{Answer, DriverAsset, DriverCode, Exports, failed};
use crate::abi;
use crate::export::Export;
use crate::storage::Storage;
use crate::ticker::Ticking;
use crate::trap::Failure;

/// One instance of a driver, for one attempt of a run.
///
/// After a [`Failure::Fault`] it must not be called again, nor its descriptors released.
///
/// An example is at [`DriverCode`].
pub struct DriverInstance<T: 'static> {
    pub(super) code: Arc<DriverCode<T>>,
    pub(super) store: Store<T>,
    pub(super) instance: Instance,
    pub(super) _ticking: Ticking,
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
    pub fn intend(
        &mut self,
        call: &Call,
        account: Vec<u8>,
        rights: Rights,
    ) -> impl Future<Output = Result<DriverAsset, Failure>> + use<'_, T> {
        let params = (abi::Call::from(call), account, abi::Rights::from(rights));
        self.repeat(|exports| &exports.intend, params, |asset| Ok(DriverAsset(asset)))
    }

    /// What an asset holds.
    ///
    /// # Errors
    /// As the driver answers.
    pub fn view(&mut self, asset: DriverAsset) -> impl Future<Output = Result<Value, Failure>> {
        self.repeat(
            |exports| &exports.view,
            (asset.0,),
            |value| Value::try_from(value).map_err(Failure::Refused),
        )
    }

    /// Moves value from one asset to another.
    ///
    /// # Errors
    /// As the driver answers.
    pub fn transfer(
        &mut self,
        from: DriverAsset,
        to: DriverAsset,
        value: Value,
    ) -> impl Future<Output = Result<Receipt, Failure>> {
        let params = (from.0, to.0, abi::Value::from(value));
        self.repeat(
            |exports| &exports.transfer,
            params,
            |receipt| Ok(Receipt::from(receipt)),
        )
    }

    /// Calls an operation of the driver.
    ///
    /// # Errors
    /// As the driver answers.
    pub fn control(
        &mut self,
        asset: DriverAsset,
        operation: String,
        input: String,
    ) -> impl Future<Output = Result<String, Failure>> {
        self.repeat(|exports| &exports.control, (asset.0, operation, input), Ok)
    }

    /// Releases an asset.
    ///
    /// # Errors
    /// As the driver answers.
    pub fn done(&mut self, asset: DriverAsset) -> impl Future<Output = Result<(), Failure>> {
        self.repeat(|exports| &exports.done, (asset.0,), Ok)
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

    /// Like `call`, for a verb that most runs use; what a verb's own function would only await and convert is converted
    /// here, since a future around this one would be larger by all that it is given.
    async fn repeat<P, R, U>(
        &mut self,
        export: fn(&Exports) -> &Export<P, Answer<R>>,
        params: P,
        convert: fn(R) -> Result<U, Failure>,
    ) -> Result<U, Failure>
    where
        P: ComponentNamedList + Lower + Send + Sync + 'static,
        R: Send + Sync + 'static,
        Answer<R>: ComponentNamedList + Lift + Send + Sync,
    {
        let found = export(&self.code.exports).of(&self.instance, &mut self.store);
        let function = found.map_err(|error| failed(&error, &mut self.store, &self.code.lines))?;
        let answer = function.call_async(&mut self.store, params).await;
        self.finish(answer).and_then(convert)
    }

    fn finish<R>(&mut self, answer: wasmtime::Result<Answer<R>>) -> Result<R, Failure> {
        match answer {
            Ok((answer,)) => answer.map_err(|refused| Failure::Refused(Error::from(refused))),
            Err(error) => Err(failed(&error, &mut self.store, &self.code.lines)),
        }
    }
}

impl<T> fmt::Debug for DriverInstance<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DriverInstance").finish_non_exhaustive()
    }
}
