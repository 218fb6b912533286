//! A driver behind a reference, whatever its own types are.

use std::{
    any::{Any, TypeId, type_name},
    marker::PhantomData,
    rc::Rc,
};

use crate::{
    Call, Driver, Error, Json, Receipt, Result, Rights, Value,
    driver::{account_from_host, account_from_person, account_to_host},
};

/// A driver's own descriptor.
pub(super) type AnyAsset = Rc<dyn Any>;

/// What the host asks of a driver.
pub(super) trait DriverObject {
    /// Which driver it is: also the name space of its storage.
    fn id(&self) -> TypeId;
    /// The driver's name, for messages.
    fn name(&self) -> &'static str;
    fn bind(&self, call: &Call, account: &Json) -> Result<Vec<u8>>;
    fn unbind(&self, call: &Call, account: &[u8]) -> Result<()>;
    fn intend(&self, call: &Call, account: &[u8], rights: Rights) -> Result<AnyAsset>;
    fn view(&self, asset: &AnyAsset) -> Result<Value>;
    fn transfer(&self, from: &AnyAsset, to: &AnyAsset, value: Value) -> Result<Receipt>;
    fn control(&self, asset: &AnyAsset, operation: &str, input: &Json) -> Result<Json>;
    fn done(&self, asset: AnyAsset) -> Result<()>;
}

/// The driver `D`.
pub(super) struct Of<D>(PhantomData<D>);

impl<D: Driver> Of<D> {
    pub(super) fn rc() -> Rc<dyn DriverObject> {
        Rc::new(Self(PhantomData))
    }
}

fn asset<D: Driver>(asset: &AnyAsset) -> Result<&D::Asset> {
    asset
        .downcast_ref()
        .ok_or_else(|| Error::internal("a descriptor of another driver"))
}

impl<D: Driver> DriverObject for Of<D> {
    fn id(&self) -> TypeId {
        TypeId::of::<D>()
    }

    fn name(&self) -> &'static str {
        type_name::<D>().rsplit("::").next().unwrap_or_default()
    }

    fn bind(&self, call: &Call, account: &Json) -> Result<Vec<u8>> {
        let account = D::bind(call, account_from_person::<D>(account.as_str())?)?;
        account_to_host::<D>(&account)
    }

    fn unbind(&self, call: &Call, account: &[u8]) -> Result<()> {
        D::unbind(call, account_from_host::<D>(account)?)
    }

    fn intend(&self, call: &Call, account: &[u8], rights: Rights) -> Result<AnyAsset> {
        let asset = D::intend(call, account_from_host::<D>(account)?, rights)?;
        Ok(Rc::new(asset))
    }

    fn view(&self, any: &AnyAsset) -> Result<Value> {
        D::view(asset::<D>(any)?)
    }

    fn transfer(&self, from: &AnyAsset, to: &AnyAsset, value: Value) -> Result<Receipt> {
        D::transfer(asset::<D>(from)?, asset::<D>(to)?, value)
    }

    fn control(&self, any: &AnyAsset, operation: &str, input: &Json) -> Result<Json> {
        D::control(asset::<D>(any)?, operation, input)
    }

    fn done(&self, any: AnyAsset) -> Result<()> {
        let asset = any.downcast::<D::Asset>().ok().and_then(Rc::into_inner);
        D::done(asset.ok_or_else(|| Error::internal("a descriptor that is still in use"))?)
    }
}
