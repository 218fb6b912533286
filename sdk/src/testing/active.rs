//! The run that is active on this thread: what a component reaches when it calls the host.

use std::{
    any::TypeId,
    cell::RefCell,
    collections::hash_map::RandomState,
    hash::{BuildHasher, Hasher},
    rc::Rc,
    sync::atomic::{AtomicU64, Ordering},
    time::SystemTime,
};

use super::{
    binding::{Binding, resolve},
    driver_object::{AnyAsset, DriverObject},
    path,
    servers::Servers,
    store::Store,
};
use crate::{
    Call, Code, Error, Json, Receipt, Result, Rights, Value,
    http::{Request, Response},
};

const DESCRIPTORS_MAX: usize = 1024;

thread_local! {
    static ACTIVE: RefCell<Option<Run>> = const { RefCell::new(None) };
}

/// One run.
#[derive(Debug)]
pub(super) struct Run {
    /// Tells runs apart, within the whole process.
    serial: u64,
    pub(super) call: Call,
    pub(super) now: SystemTime,
    pub(super) random: u64,
    pub(super) bindings: Rc<Vec<Binding>>,
    pub(super) store: Store,
    /// Who answers what drivers ask servers.
    pub(super) servers: Servers,
    descriptors: Vec<Option<Open>>,
    /// The driver that is being asked; none while the program goes on.
    inside: Option<TypeId>,
    /// Why the run fails, whatever the program says.
    failure: Option<Error>,
}

impl Run {
    pub(super) fn new(
        call: Call,
        now: SystemTime,
        random: u64,
        bindings: Rc<Vec<Binding>>,
        store: Store,
        servers: Servers,
    ) -> Self {
        static SERIAL: AtomicU64 = AtomicU64::new(0);
        let serial = SERIAL.fetch_add(1, Ordering::Relaxed);
        Self {
            serial,
            call,
            now,
            random,
            bindings,
            store,
            servers,
            descriptors: Vec::new(),
            inside: None,
            failure: None,
        }
    }
}

/// What stands behind an open descriptor.
#[derive(Clone)]
struct Open {
    driver: Rc<dyn DriverObject>,
    asset: AnyAsset,
    rights: Rights,
    path: String,
}

impl std::fmt::Debug for Open {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.path, self.rights)
    }
}

impl Open {
    fn check(&self, right: Rights) -> Result<()> {
        if self.rights.contains(right) {
            return Ok(());
        }
        let message = format!(
            "the descriptor of {} was opened without the right to {right}",
            self.path
        );
        Err(Error::denied(message).hint("name the right when it is opened with intend"))
    }
}

/// What a program holds of a descriptor.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Handle {
    run: u64,
    index: usize,
}

/// Makes a run the active one of this thread.
pub(super) fn begin(run: Run) {
    ACTIVE.with_borrow_mut(|active| *active = Some(run));
}

/// Whether a run is active on this thread.
pub(super) fn is_active() -> bool {
    ACTIVE.with_borrow(Option::is_some)
}

/// Ends the active run of this thread.
pub(super) fn end() -> Option<Run> {
    ACTIVE.take()
}

/// Takes why the run fails although its program went well.
pub(super) fn take_failure() -> Option<Error> {
    with_run(|run| Ok(run.failure.take())).ok().flatten()
}

fn with_run<T>(look: impl FnOnce(&mut Run) -> Result<T>) -> Result<T> {
    ACTIVE.with_borrow_mut(|active| match active {
        Some(run) => look(run),
        None => Err(Error::new(
            Code::Unsupported,
            "nobody answers: there is no run on this thread",
        )
        .hint("call it inside `airs::testing::Context`, or in a component")),
    })
}

/// The store, and the driver whose part of it is meant.
pub(crate) fn with_storage<T>(ask: impl FnOnce(&mut Store, TypeId) -> Result<T>) -> Result<T> {
    with_run(|run| match run.inside {
        Some(driver) => ask(&mut run.store, driver),
        None => {
            Err(Error::unsupported("a program has no storage").hint("only drivers have; reach them by val"))
        }
    })
}

/// Asks whoever stands in for the servers, with the run left alone meanwhile.
pub(crate) fn http_send(request: &Request) -> Result<Response> {
    let servers = with_run(|run| match run.inside {
        Some(_) => Ok(run.servers.clone()),
        None => Err(Error::unsupported("a program has no http").hint("only drivers have; reach them by val")),
    })?;
    servers.answer(request)
}

/// Whether the run has written anything that was not undone.
pub(super) fn has_written() -> Result<bool> {
    with_run(|run| Ok(run.store.has_written()))
}

pub(crate) fn now() -> SystemTime {
    with_run(|run| Ok(run.now)).unwrap_or_else(|_| SystemTime::now())
}

pub(crate) fn random_u64() -> u64 {
    with_run(|run| Ok(splitmix(&mut run.random)))
        .unwrap_or_else(|_| RandomState::new().build_hasher().finish())
}

/// The next number of the SplitMix64 sequence: small, and good enough for tests.
fn splitmix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// Asks a driver: an error undoes what it wrote.
pub(super) fn ask<T>(driver: TypeId, question: impl FnOnce() -> Result<T>) -> Result<T> {
    let (savepoint, outside) = with_run(|run| Ok((run.store.savepoint(), run.inside.replace(driver))))?;
    let answer = question();
    with_run(|run| {
        run.inside = outside;
        if answer.is_err() {
            run.store.roll_back(savepoint);
        }
        Ok(())
    })?;
    answer
}

/// What the program's handle stands for.
fn open(handle: Handle) -> Result<Open> {
    with_run(|run| {
        outside_drivers(run)?;
        let open = if run.serial == handle.run {
            run.descriptors.get(handle.index)
        } else {
            None
        };
        open.and_then(Clone::clone).ok_or_else(|| {
            Error::new(
                Code::BadDescriptor,
                "the descriptor was released, or belongs to another run",
            )
        })
    })
}

fn outside_drivers(run: &Run) -> Result<()> {
    match run.inside {
        Some(_) => Err(Error::unsupported("a driver has no VAL").hint("only programs reach assets by val")),
        None => Ok(()),
    }
}

pub(crate) fn intend(text: &str, rights: Rights) -> Result<Handle> {
    let (call, binding) = with_run(|run| {
        outside_drivers(run)?;
        let path = path::parse(text, &run.call.caller, &run.call.context)?;
        let binding = resolve(&run.bindings, &path)?.clone();
        binding.check(&run.call.caller, &path, rights)?;
        if run.descriptors.iter().flatten().count() >= DESCRIPTORS_MAX {
            return Err(Error::new(
                Code::LimitExceeded,
                "more than 1,024 open descriptors",
            ));
        }
        Ok((
            Call {
                path,
                ..run.call.clone()
            },
            binding,
        ))
    })?;
    let driver = binding.driver;
    let asset = ask(driver.id(), || driver.intend(&call, &binding.account, rights))?;
    with_run(|run| {
        run.descriptors.push(Some(Open {
            driver,
            asset,
            rights,
            path: call.path,
        }));
        Ok(Handle {
            run: run.serial,
            index: run.descriptors.len() - 1,
        })
    })
}

pub(crate) fn view(handle: Handle) -> Result<Value> {
    let open = open(handle)?;
    open.check(Rights::VIEW)?;
    ask(open.driver.id(), || open.driver.view(&open.asset))
}

pub(crate) fn transfer(from: Handle, to: Handle, value: Value) -> Result<Receipt> {
    let (from, to) = (open(from)?, open(to)?);
    from.check(Rights::DEBIT)?;
    to.check(Rights::CREDIT)?;
    if from.driver.id() != to.driver.id() {
        let message = format!(
            "{} is an asset of driver {}, {} one of driver {}",
            from.path,
            from.driver.name(),
            to.path,
            to.driver.name()
        );
        return Err(Error::new(Code::DifferentDrivers, message));
    }
    ask(from.driver.id(), || {
        from.driver.transfer(&from.asset, &to.asset, value)
    })
}

pub(crate) fn control(handle: Handle, operation: &str, input: &str) -> Result<String> {
    let open = open(handle)?;
    open.check(Rights::CONTROL)?;
    let output = ask(open.driver.id(), || {
        open.driver.control(&open.asset, operation, &Json::input(input))
    })?;
    Ok(output.into_string())
}

pub(crate) fn done(handle: Handle) -> Result<()> {
    open(handle)?;
    release(handle).map_err(|(_, error)| error)
}

/// The program dropped its handle: a driver that fails now fails the run.
pub(crate) fn dropped(handle: Handle) {
    if let Err((_, error)) = release(handle) {
        let _ = with_run(|run| {
            run.failure.get_or_insert(error);
            Ok(())
        });
    }
}

/// Releases what is still open, the last opened first, up to the first that fails.
pub(super) fn release_all() -> Result<()> {
    let (run, count) = with_run(|run| Ok((run.serial, run.descriptors.len())))?;
    for index in (0..count).rev() {
        release(Handle { run, index }).map_err(|(path, error)| Error {
            message: format!("releasing {path}: {}", error.message),
            ..error
        })?;
    }
    Ok(())
}

/// Takes a descriptor out of the table and tells the driver; on failure, what path it was. One that is not
/// there is no error.
fn release(handle: Handle) -> Result<(), (String, Error)> {
    let open = with_run(|run| {
        let slot = run
            .descriptors
            .get_mut(handle.index)
            .filter(|_| run.serial == handle.run);
        Ok(slot.and_then(Option::take))
    });
    match open {
        Ok(Some(Open {
            driver, asset, path, ..
        })) => ask(driver.id(), || driver.done(asset)).map_err(|error| (path, error)),
        _ => Ok(()),
    }
}
