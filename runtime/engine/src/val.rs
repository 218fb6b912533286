//! The VAL, as programs import it (`wit/val.wit`).

use airs_core::{Receipt, Result, Rights, Value};
use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, Resource, ResourceType};

use crate::abi;
use crate::guest::GuestState;
use crate::stack::note_call;

/// The interface's name.
pub(crate) const INTERFACE: &str = "airs:val/val@0.1.0";

/// A program's handle on a descriptor: the host's own number for it. The guest never sees the number.
///
/// An example is at [`Val`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AssetHandle(pub u32);

/// What stands behind a program's imports. An error is the program's to see; nothing here traps it.
///
/// ```
/// use std::sync::Arc;
/// use airs_core::{Code, Error, Limits, Name, Receipt, Result, Rights, Value};
/// use airs_engine::{AssetHandle, Environment, Guest, GuestState, Val, World};
///
/// /// A world in which nothing is bound.
/// struct Desert(Guest);
///
/// impl GuestState for Desert {
///     fn guest(&mut self) -> &mut Guest {
///         &mut self.0
///     }
/// }
///
/// fn nothing<T>() -> Result<T> {
///     Err(Error::new(Code::Unbound, "nothing is bound here"))
/// }
///
/// impl Val for Desert {
///     async fn intend(&mut self, _path: &str, _rights: Rights) -> Result<AssetHandle> { nothing() }
///     async fn view(&mut self, _asset: AssetHandle) -> Result<Value> { nothing() }
///     async fn transfer(&mut self, _: AssetHandle, _: AssetHandle, _: Value) -> Result<Receipt> { nothing() }
///     async fn control(&mut self, _: AssetHandle, _: &str, _: &str) -> Result<String> { nothing() }
///     async fn done(&mut self, _asset: AssetHandle) -> Result<()> { nothing() }
///     fn path_of(&self, _asset: Option<AssetHandle>) -> Option<String> { None }
///     async fn dropped(&mut self, _asset: AssetHandle) {}
/// }
///
/// fn state(program: Arc<Name>, attempt: &Environment, world: &Arc<World>) -> Desert {
///     Desert(Guest::new(program, attempt.clone(), Arc::clone(world), &Limits::default()))
/// }
/// ```
pub trait Val: GuestState {
    /// Opens an asset.
    fn intend(&mut self, path: &str, rights: Rights) -> impl Future<Output = Result<AssetHandle>> + Send;
    /// What an asset holds.
    fn view(&mut self, asset: AssetHandle) -> impl Future<Output = Result<Value>> + Send;
    /// Moves value from one asset to another.
    fn transfer(
        &mut self,
        from: AssetHandle,
        to: AssetHandle,
        value: Value,
    ) -> impl Future<Output = Result<Receipt>> + Send;
    /// Calls an operation of the asset's driver.
    fn control(
        &mut self,
        asset: AssetHandle,
        operation: &str,
        input: &str,
    ) -> impl Future<Output = Result<String>> + Send;
    /// Releases a descriptor.
    fn done(&mut self, asset: AssetHandle) -> impl Future<Output = Result<()>> + Send;
    /// The path of what a descriptor is of, or of what was opened or released last, for people; nothing of a descriptor
    /// that is none.
    fn path_of(&self, asset: Option<AssetHandle>) -> Option<String>;
    /// The program dropped a descriptor without a word.
    fn dropped(&mut self, asset: AssetHandle) -> impl Future<Output = ()> + Send;
}

type Asset = Resource<AssetHandle>;
type Answer<T> = wasmtime::Result<(Result<T, abi::Error>,)>;

/// What a program asks for: the verb, and on what. Nothing stands for what is being opened or released.
struct Asked(&'static str, Option<AssetHandle>, Option<AssetHandle>);

impl Asked {
    fn on(verb: &'static str, asset: &Asset) -> Self {
        Self(verb, Some(handle(asset)), None)
    }

    fn told<T: Val>(self, state: &mut T) -> String {
        let Self(verb, from, to) = self;
        let path = |asset| state.path_of(asset).unwrap_or_else(|| "nothing".to_owned());
        let what = match to {
            Some(to) => format!("{verb} from {} to {}", path(from), path(Some(to))),
            None => format!("{verb} of {}", path(from)),
        };
        format!("program {:?} asked for {what}", state.guest().name().as_str())
    }

    /// What the program is told. A fault is told to others, too, with the call that led there.
    fn answer<S: Val, T, U>(
        self,
        store: &mut StoreContextMut<'_, S>,
        result: Result<T>,
        convert: impl FnOnce(T) -> U,
    ) -> Answer<U> {
        if let Err(error) = &result {
            note_call(error, store, |state| self.told(state));
        }
        Ok((result.map(convert).map_err(abi::Error::from),))
    }
}

fn handle(asset: &Asset) -> AssetHandle {
    AssetHandle(asset.rep())
}

/// Defines the VAL in a program's linker.
pub(crate) fn link<T: Val>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    let mut val = linker.instance(INTERFACE)?;
    val.resource_async(
        "asset",
        ResourceType::host::<AssetHandle>(),
        |mut store: StoreContextMut<'_, T>, rep| {
            Box::new(async move {
                store.data_mut().dropped(AssetHandle(rep)).await;
                Ok(())
            })
        },
    )?;
    val.func_wrap_async(
        "intend",
        |mut store: StoreContextMut<'_, T>, (path, rights): (String, abi::Rights)| {
            Box::new(async move {
                let result = store.data_mut().intend(&path, rights.into()).await;
                Asked("intend", None, None).answer(&mut store, result, |asset| Asset::new_own(asset.0))
            })
        },
    )?;
    val.func_wrap_async(
        "[method]asset.view",
        |mut store: StoreContextMut<'_, T>, (asset,): (Asset,)| {
            Box::new(async move {
                let result = store.data_mut().view(handle(&asset)).await;
                Asked::on("view", &asset).answer(&mut store, result, abi::Value::from)
            })
        },
    )?;
    val.func_wrap_async(
        "[method]asset.transfer",
        |mut store: StoreContextMut<'_, T>, (from, to, value): (Asset, Asset, abi::Value)| {
            Box::new(async move {
                let result = match Value::try_from(value) {
                    Ok(value) => store.data_mut().transfer(handle(&from), handle(&to), value).await,
                    Err(error) => Err(error),
                };
                Asked("transfer", Some(handle(&from)), Some(handle(&to))).answer(
                    &mut store,
                    result,
                    abi::Receipt::from,
                )
            })
        },
    )?;
    val.func_wrap_async(
        "[method]asset.control",
        |mut store: StoreContextMut<'_, T>, (asset, operation, input): (Asset, String, String)| {
            Box::new(async move {
                let result = store.data_mut().control(handle(&asset), &operation, &input).await;
                Asked::on("control", &asset).answer(&mut store, result, |output| output)
            })
        },
    )?;
    val.func_wrap_async("done", |mut store: StoreContextMut<'_, T>, (asset,): (Asset,)| {
        Box::new(async move {
            let result = store.data_mut().done(handle(&asset)).await;
            Asked("done", None, None).answer(&mut store, result, |()| ())
        })
    })
}
