//! One instance of a driver, and the calls into it.

use std::fmt;
use std::sync::Arc;

use airs_core::{Call, Error, Receipt, Result, Rights, Value};
use wasmtime::Store;
use wasmtime::component::{Instance, Lift};

use super::{DriverAsset, DriverCode, Exports, failed};
use crate::abi;
use crate::export::{Export, Function};
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
        let call = abi::Call::from(call);
        self.call(|exports| &exports.bind, (&call, account), Ok).await
    }

    /// The binding at the call's path is to go.
    ///
    /// # Errors
    /// As the driver answers.
    pub async fn unbind(&mut self, call: &Call, account: &[u8]) -> Result<(), Failure> {
        let call = abi::Call::from(call);
        self.call(|exports| &exports.unbind, (&call, account), Ok).await
    }

    /// Opens an asset.
    ///
    /// # Errors
    /// As the driver answers.
    pub async fn intend(
        &mut self,
        call: &Call,
        account: &[u8],
        rights: Rights,
    ) -> Result<DriverAsset, Failure> {
        let call = abi::Call::from(call);
        let params = (&call, account, abi::Rights::from(rights));
        self.call(|exports| &exports.intend, params, |asset| Ok(DriverAsset(asset)))
            .await
    }

    /// What an asset holds.
    ///
    /// # Errors
    /// As the driver answers.
    pub fn view(&mut self, asset: DriverAsset) -> impl Future<Output = Result<Value, Failure>> {
        self.call(
            |exports| &exports.view,
            (asset.0,),
            |value| Value::try_from(value).map_err(Failure::Refused),
        )
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
        let value = abi::Value::from(value);
        let params = (from.0, to.0, &value);
        self.call(|exports| &exports.transfer, params, |receipt| Ok(receipt.into()))
            .await
    }

    /// Calls an operation of the driver.
    ///
    /// # Errors
    /// As the driver answers.
    pub fn control<'a>(
        &'a mut self,
        asset: DriverAsset,
        operation: &'a str,
        input: &'a str,
    ) -> impl Future<Output = Result<String, Failure>> {
        self.call(|exports| &exports.control, (asset.0, operation, input), Ok)
    }

    /// Releases an asset.
    ///
    /// # Errors
    /// As the driver answers.
    pub fn done(&mut self, asset: DriverAsset) -> impl Future<Output = Result<(), Failure>> {
        self.call(|exports| &exports.done, (asset.0,), Ok)
    }

    /// Brings what is stored to the driver's own schema version.
    ///
    /// # Errors
    /// As the driver answers.
    pub fn migrate(&mut self, from: u32) -> impl Future<Output = Result<u32, Failure>> {
        self.call(|exports| &exports.migrate, (from,), Ok)
    }

    /// Writes out what is left of the instance's log.
    pub fn finish_log(&mut self) {
        self.store.data_mut().guest().finish_log();
    }

    /// What a verb's own function would only await and convert is converted here, since a future around this one would
    /// be larger by all that it is given.
    async fn call<'a, F, R, U>(
        &'a mut self,
        export: fn(&Exports) -> &Export<F>,
        params: F::Params<'a>,
        convert: fn(R) -> Result<U, Failure>,
    ) -> Result<U, Failure>
    where
        F: Function<Answer = (Result<R, abi::Error>,)>,
        R: Lift + Send + Sync + 'static,
    {
        let found = export(&self.code.exports).of(&self.instance, &mut self.store);
        let function = found.map_err(|error| failed(&error, &mut self.store, &self.code.lines))?;
        match function.call_async(&mut self.store, params).await {
            Ok((Ok(answer),)) => convert(answer),
            Ok((Err(refused),)) => Err(Failure::Refused(Error::from(refused))),
            Err(error) => Err(failed(&error, &mut self.store, &self.code.lines)),
        }
    }
}

impl<T> fmt::Debug for DriverInstance<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DriverInstance").finish_non_exhaustive()
    }
}
