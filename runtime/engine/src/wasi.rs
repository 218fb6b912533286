//! The virtual WASI: always there, so that std works; empty, so that nothing can be done with it.
//!
//! Standard output and error are the guest's log. Time and chance are the run's; the environment and the folders are
//! what was granted. Everything else is absent: no network, no arguments. Which functions exist is read from the component
//! itself, so that any 0.2 version of WASI links.

mod filesystem;
mod filesystem_types;
mod streams;

use std::time::Duration;

use airs_core::{Code, Error, WitPackage};
use wasmtime::component::types::{ComponentInstance, ComponentItem};
use wasmtime::component::{
    ComponentType, Lift, Linker, LinkerInstance, Lower, Resource, ResourceAny, ResourceType, Val,
};
use wasmtime::{Engine, StoreContextMut};

use crate::files::Files;
use crate::guest::{Guest, GuestState};
use crate::resources::Resources;
use crate::stub;

use filesystem::{Descriptor, Listing};
use streams::{InputStream, IoError, OutputStream};

/// What a guest may write before it asks again, or draw, at once: no host call takes long.
const AT_ONCE_BYTES_MAX: u64 = 64 << 10;

enum Pollable {}
enum TerminalInput {}
enum TerminalOutput {}
enum Network {}

#[derive(ComponentType, Lift, Lower)]
#[component(record)]
struct Datetime {
    seconds: u64,
    nanoseconds: u32,
}

type Outcome<T> = wasmtime::Result<(T,)>;

/// Defines one imported interface of WASI.
pub(crate) fn link<T: GuestState>(
    linker: &mut Linker<T>,
    engine: &Engine,
    interface: &str,
    ty: &ComponentInstance,
    resources: &mut Resources,
) -> wasmtime::Result<()> {
    let package = WitPackage::unversioned(interface);
    let mut instance = linker.instance(interface)?;
    for (name, export) in ty.exports(engine) {
        match export.ty {
            ComponentItem::Resource(ty) => {
                define_resource(&mut instance, name, resources.of(ty, resource(name))?)?;
            }
            ComponentItem::ComponentFunc(_) if define(&mut instance, package, name)? => {}
            ComponentItem::ComponentFunc(_) => stub::define(&mut instance, interface, name)?,
            _ => {}
        }
    }
    Ok(())
}

fn define_resource<T: GuestState>(
    instance: &mut LinkerInstance<'_, T>,
    name: &str,
    ty: ResourceType,
) -> wasmtime::Result<()> {
    let close = match name {
        "descriptor" => Files::close,
        "directory-entry-stream" => Files::close_listing,
        "input-stream" => Files::close_stream,
        _ => return instance.resource(name, ty, |_, _| Ok(())),
    };
    instance.resource(name, ty, move |mut store, number| {
        let (files, meter) = store.data_mut().guest().files();
        close(files, number, meter);
        Ok(())
    })
}

/// The type of a resource that has a meaning here.
fn resource(name: &str) -> Option<ResourceType> {
    Some(match name {
        "error" => ResourceType::host::<IoError>(),
        "pollable" => ResourceType::host::<Pollable>(),
        "input-stream" => ResourceType::host::<InputStream>(),
        "output-stream" => ResourceType::host::<OutputStream>(),
        "terminal-input" => ResourceType::host::<TerminalInput>(),
        "terminal-output" => ResourceType::host::<TerminalOutput>(),
        "descriptor" => ResourceType::host::<Descriptor>(),
        "directory-entry-stream" => ResourceType::host::<Listing>(),
        "network" => ResourceType::host::<Network>(),
        _ => return None,
    })
}

/// Gives back the handles that a function was lent which looks at none of them: a call is not over before.
pub(crate) fn give_back<T: GuestState>(
    store: &mut StoreContextMut<'_, T>,
    params: &[Val],
) -> wasmtime::Result<()> {
    let handles = params.iter().filter_map(|param| match param {
        Val::Resource(handle) => Some(*handle),
        _ => None,
    });
    for handle in handles {
        let _ = given_back::<Descriptor, T>(handle, store)?
            || given_back::<Listing, T>(handle, store)?
            || given_back::<InputStream, T>(handle, store)?
            || given_back::<OutputStream, T>(handle, store)?
            || given_back::<Pollable, T>(handle, store)?
            || given_back::<IoError, T>(handle, store)?
            || given_back::<Network, T>(handle, store)?;
    }
    Ok(())
}

fn given_back<R: 'static, T: GuestState>(
    handle: ResourceAny,
    store: &mut StoreContextMut<'_, T>,
) -> wasmtime::Result<bool> {
    let is_one = handle.ty() == ResourceType::host::<R>();
    if is_one {
        Resource::<R>::try_from_resource_any(handle, store)?;
    }
    Ok(is_one)
}

/// Defines a function that has a meaning here; answers whether it has.
fn define<T: GuestState>(
    instance: &mut LinkerInstance<'_, T>,
    package: &str,
    name: &str,
) -> wasmtime::Result<bool> {
    match package.strip_prefix("wasi:").unwrap_or_default() {
        "io/streams" => streams::define(instance, name),
        "io/poll" => poll(instance, name),
        "clocks/monotonic-clock" | "clocks/wall-clock" => clocks(instance, package, name),
        "random/random" | "random/insecure" | "random/insecure-seed" => random(instance, name),
        "filesystem/preopens" if name == "get-directories" => filesystem::preopens(instance),
        "filesystem/types" => filesystem::define(instance, name),
        // There is no network; but what is asked of this one is refused with an error, which a standard library hands on.
        "sockets/instance-network" if name == "instance-network" => {
            instance.func_wrap(name, |_, ()| Ok((Resource::<Network>::new_own(0),)))?;
            Ok(true)
        }
        cli if cli.starts_with("cli/") => command(instance, name),
        _ => Ok(false),
    }
}

fn command<T: GuestState>(instance: &mut LinkerInstance<'_, T>, name: &str) -> wasmtime::Result<bool> {
    match name {
        "get-environment" => instance.func_wrap(name, |mut store: StoreContextMut<'_, T>, ()| {
            Ok((store.data_mut().guest().world().variables.clone(),))
        })?,
        "get-arguments" => instance.func_wrap(name, |_, ()| Ok((Vec::<String>::new(),)))?,
        "initial-cwd" => instance.func_wrap(name, |_, ()| Ok((None::<String>,)))?,
        "get-stdin" => instance.func_wrap(name, |_, ()| Ok((Resource::<InputStream>::new_own(0),)))?,
        "get-stdout" | "get-stderr" => {
            instance.func_wrap(name, |_, ()| Ok((Resource::<OutputStream>::new_own(0),)))?;
        }
        "get-terminal-stdin" => instance.func_wrap(name, |_, ()| Ok((None::<Resource<TerminalInput>>,)))?,
        "get-terminal-stdout" | "get-terminal-stderr" => {
            instance.func_wrap(name, |_, ()| Ok((None::<Resource<TerminalOutput>>,)))?;
        }
        "exit" => instance.func_wrap(
            name,
            |mut store: StoreContextMut<'_, T>, (_,): (Result<(), ()>,)| {
                let who = store.data_mut().guest().name().clone();
                let message = format!("component \"{who}\" called exit; it ends by returning");
                Err::<(), _>(wasmtime::Error::new(Error::new(Code::Trap, message)))
            },
        )?,
        _ => return Ok(false),
    }
    Ok(true)
}

/// Nothing is ever waited for: whatever can be polled is ready.
fn poll<T: GuestState>(instance: &mut LinkerInstance<'_, T>, name: &str) -> wasmtime::Result<bool> {
    match name {
        "[method]pollable.ready" => instance.func_wrap(name, |_, (_,): (Resource<Pollable>,)| Ok((true,)))?,
        "[method]pollable.block" => instance.func_wrap(name, |_, (_,): (Resource<Pollable>,)| Ok(()))?,
        "poll" => instance.func_wrap(
            name,
            |_, (all,): (Vec<Resource<Pollable>>,)| -> Outcome<Vec<u32>> {
                Ok(((0..).take(all.len()).collect(),))
            },
        )?,
        _ => return Ok(false),
    }
    Ok(true)
}

fn clocks<T: GuestState>(
    instance: &mut LinkerInstance<'_, T>,
    package: &str,
    name: &str,
) -> wasmtime::Result<bool> {
    let nanoseconds = |time: Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
    match (package, name) {
        ("wasi:clocks/wall-clock", "now") => {
            instance.func_wrap(name, |mut store: StoreContextMut<'_, T>, ()| {
                let now = store
                    .data_mut()
                    .guest()
                    .wall_clock()
                    .map_err(wasmtime::Error::new)?;
                Ok((Datetime {
                    seconds: now.as_secs(),
                    nanoseconds: now.subsec_nanos(),
                },))
            })?;
        }
        ("wasi:clocks/wall-clock", "resolution") => {
            instance.func_wrap(name, |_, ()| {
                Ok((Datetime {
                    seconds: 0,
                    nanoseconds: 1,
                },))
            })?;
        }
        (_, "now") => instance.func_wrap(name, move |mut store: StoreContextMut<'_, T>, ()| {
            let since = store.data_mut().guest().monotonic_clock();
            Ok((nanoseconds(since.map_err(wasmtime::Error::new)?),))
        })?,
        (_, "resolution") => instance.func_wrap(name, |_, ()| Ok((1_u64,)))?,
        (_, "subscribe-instant" | "subscribe-duration") => {
            let relative = name == "subscribe-duration";
            instance.func_wrap(name, move |mut store: StoreContextMut<'_, T>, (time,): (u64,)| {
                let (guest, time) = (store.data_mut().guest(), Duration::from_nanos(time));
                if relative {
                    guest.sleep_for(time);
                } else {
                    guest.sleep_until(time);
                }
                Ok((Resource::<Pollable>::new_own(0),))
            })?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn random<T: GuestState>(instance: &mut LinkerInstance<'_, T>, name: &str) -> wasmtime::Result<bool> {
    let insecure = name.contains("insecure");
    match name {
        "get-random-bytes" | "get-insecure-random-bytes" => {
            instance.func_wrap(
                name,
                move |mut store: StoreContextMut<'_, T>, (count,): (u64,)| {
                    draw(&mut store, insecure, count).map(|bytes| (bytes,))
                },
            )?;
        }
        "get-random-u64" | "get-insecure-random-u64" => {
            instance.func_wrap(name, move |mut store: StoreContextMut<'_, T>, ()| {
                draw_u64(&mut store, insecure).map(|n| (n,))
            })?;
        }
        "insecure-seed" => {
            instance.func_wrap(name, |mut store: StoreContextMut<'_, T>, ()| {
                Ok(((draw_u64(&mut store, true)?, draw_u64(&mut store, true)?),))
            })?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn check_at_once(guest: &Guest, did: &str, bytes: u64, what: &str) -> wasmtime::Result<()> {
    if bytes <= AT_ONCE_BYTES_MAX {
        return Ok(());
    }
    let name = guest.name();
    let message = format!("component \"{name}\" {did} {bytes} {what} at once, over {AT_ONCE_BYTES_MAX}");
    Err(wasmtime::Error::new(Error::new(Code::LimitExceeded, message)))
}

fn draw<T: GuestState>(
    store: &mut StoreContextMut<'_, T>,
    insecure: bool,
    count: u64,
) -> wasmtime::Result<Vec<u8>> {
    let guest = store.data_mut().guest();
    check_at_once(guest, "drew", count, "random bytes")?;
    let count = usize::try_from(count).unwrap_or_default();
    let drawn = if insecure {
        guest.insecure_random_bytes(count)
    } else {
        guest.random_bytes(count)
    };
    drawn.map_err(wasmtime::Error::new)
}

fn draw_u64<T: GuestState>(store: &mut StoreContextMut<'_, T>, insecure: bool) -> wasmtime::Result<u64> {
    let bytes = draw(store, insecure, 8)?;
    Ok(bytes
        .iter()
        .fold(0, |number, byte| (number << 8) | u64::from(*byte)))
}
