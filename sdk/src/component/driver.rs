//! The exports of a driver's component.

use std::fmt;

use crate::{
    Driver, Json,
    bindings::{
        driver::exports::airs::driver::driver::{Asset, AssetBorrow, Guest, GuestAsset},
        types,
    },
    driver::{DriverComponent, account_from_host, account_from_person, account_to_host},
};

type Result<T> = std::result::Result<T, types::Error>;

/// A descriptor of the driver `D`, kept by the component's table.
pub struct Descriptor<D: Driver>(D::Asset);

impl<D: Driver> fmt::Debug for Descriptor<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Descriptor")
    }
}

impl<D: Driver> GuestAsset for Descriptor<D> {
    fn view(&self) -> Result<types::Value> {
        Ok(D::view(&self.0)?.into())
    }

    fn transfer(&self, to: AssetBorrow<'_>, value: types::Value) -> Result<types::Receipt> {
        Ok(D::transfer(&self.0, &to.get::<Self>().0, value.try_into()?)?.into())
    }

    fn control(&self, operation: String, input: String) -> Result<String> {
        Ok(D::control(&self.0, &operation, &Json::input(input))?.into_string())
    }
}

impl<D: Driver> Guest for DriverComponent<D> {
    type Asset = Descriptor<D>;

    fn bind(call: types::Call, account: String) -> Result<Vec<u8>> {
        let account = D::bind(&call.into(), account_from_person::<D>(&account)?)?;
        Ok(account_to_host::<D>(&account)?)
    }

    fn unbind(call: types::Call, account: Vec<u8>) -> Result<()> {
        Ok(D::unbind(&call.into(), account_from_host::<D>(&account)?)?)
    }

    fn intend(call: types::Call, account: Vec<u8>, rights: types::Rights) -> Result<Asset> {
        let asset = D::intend(&call.into(), account_from_host::<D>(&account)?, rights.into())?;
        Ok(Asset::new(Descriptor::<D>(asset)))
    }

    fn done(asset: Asset) -> Result<()> {
        Ok(D::done(asset.into_inner::<Descriptor<D>>().0)?)
    }

    fn migrate(from: u32) -> Result<u32> {
        Ok(D::migrate(from)?)
    }
}
