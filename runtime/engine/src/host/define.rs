//! The functions of an embedder's interface, as wasmtime calls them.

use std::any::TypeId;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::Poll;

use airs_core::{Capability, Code, Error, Result, WitPackage};
use tokio::time::timeout_at;
use wasmtime::StoreContextMut;
use wasmtime::component::LinkerInstance;

use super::{Answered, Given, HostFunctions, HostInterface, Waiting};
use crate::cancelling::Cancelling;
use crate::guest::{Guest, GuestState};

/// The functions of one interface, on their way into a linker.
pub(super) struct Definition<'l, T: 'static, H> {
    instance: LinkerInstance<'l, T>,
    interface: Arc<H>,
    package: Arc<WitPackage>,
    outcome: wasmtime::Result<()>,
}

impl<'l, T: GuestState, H: HostInterface> Definition<'l, T, H> {
    pub(super) fn new(instance: LinkerInstance<'l, T>, interface: &Arc<H>, package: WitPackage) -> Self {
        Self {
            instance,
            interface: Arc::clone(interface),
            package: Arc::new(package),
            outcome: Ok(()),
        }
    }

    pub(super) fn finish(self) -> wasmtime::Result<()> {
        self.outcome
    }

    /// Notes the first thing that went wrong.
    fn note(&mut self, outcome: wasmtime::Result<()>) {
        if self.outcome.is_ok() {
            self.outcome = outcome;
        }
    }

    fn entry<F>(&self, name: &'static str, function: F) -> Arc<Entry<H, F>> {
        let (interface, package) = (Arc::clone(&self.interface), Arc::clone(&self.package));
        Arc::new(Entry {
            interface,
            package,
            name,
            function,
        })
    }

    /// Defines a function that is answered for by a future. One without a result in WIT answers nothing, the others
    /// a tuple of it.
    fn add_async<A: Given, R: Answered, F: Send + Sync + 'static>(
        &mut self,
        name: &'static str,
        function: F,
        call: impl for<'c> Fn(&'c Entry<H, F>, &'c mut Guest, A) -> Waiting<'c, R> + Copy + Send + Sync + 'static,
    ) {
        let entry = self.entry(name, function);
        let outcome = if is_unit::<R>() {
            self.instance
                .func_wrap_async(name, move |mut store: StoreContextMut<'_, T>, arguments: A| {
                    let entry = Arc::clone(&entry);
                    Box::new(async move {
                        let answer = call(&entry, store.data_mut().guest(), arguments).await;
                        answer.map(drop).map_err(wasmtime::Error::new)
                    })
                })
        } else {
            self.instance
                .func_wrap_async(name, move |mut store: StoreContextMut<'_, T>, arguments: A| {
                    let entry = Arc::clone(&entry);
                    Box::new(async move {
                        let answer = call(&entry, store.data_mut().guest(), arguments).await;
                        answer.map(|answer| (answer,)).map_err(wasmtime::Error::new)
                    })
                })
        };
        self.note(outcome);
    }
}

fn is_unit<R: 'static>() -> bool {
    TypeId::of::<R>() == TypeId::of::<()>()
}

impl<T: GuestState, H: HostInterface> HostFunctions<H::Session> for Definition<'_, T, H> {
    fn function<A: Given, R: Answered>(
        &mut self,
        name: &'static str,
        function: impl Fn(&mut H::Session, A) -> Result<R> + Send + Sync + 'static,
    ) {
        let entry = self.entry(name, function);
        let outcome = if is_unit::<R>() {
            self.instance
                .func_wrap(name, move |mut store: StoreContextMut<'_, T>, arguments: A| {
                    let answer = entry.compute(store.data_mut().guest(), arguments);
                    answer.map(drop).map_err(wasmtime::Error::new)
                })
        } else {
            self.instance
                .func_wrap(name, move |mut store: StoreContextMut<'_, T>, arguments: A| {
                    let answer = entry.compute(store.data_mut().guest(), arguments);
                    answer.map(|answer| (answer,)).map_err(wasmtime::Error::new)
                })
        };
        self.note(outcome);
    }

    fn blocking<A: Given, R: Answered>(
        &mut self,
        name: &'static str,
        function: impl Fn(&mut H::Session, A) -> Result<R> + Send + Sync + 'static,
    ) {
        self.add_async(name, Arc::new(function), |entry, guest, arguments| {
            Box::pin(entry.block(guest, arguments))
        });
    }

    fn waiting<A: Given, R: Answered>(
        &mut self,
        name: &'static str,
        function: impl for<'s> Fn(&'s mut H::Session, A) -> Waiting<'s, R> + Send + Sync + 'static,
    ) {
        self.add_async(name, function, |entry, guest, arguments| {
            Box::pin(entry.wait(guest, arguments))
        });
    }
}

/// One function of an interface.
struct Entry<H, F> {
    interface: Arc<H>,
    package: Arc<WitPackage>,
    name: &'static str,
    function: F,
}

impl<H: HostInterface, F> Entry<H, F> {
    /// The instance's session, the first time a new one, if the component may call the interface at all.
    fn session(&self, guest: &mut Guest) -> Result<Box<H::Session>> {
        if !guest.world().interfaces.contains(&self.package) {
            let message = format!("component \"{}\" may not call {}", guest.name(), self.full_name());
            return Err(guest.denied(Capability::Interfaces, message));
        }
        match guest.sessions.take(TypeId::of::<H>()) {
            Some(session) => Ok(session),
            None => self
                .caught(|| self.interface.session(&guest.caller()))
                .map(Box::new),
        }
    }

    fn full_name(&self) -> String {
        format!("{}.{}", H::NAME, self.name)
    }

    /// What an embedder's code answers; its panic is an error, and the session that it was in is gone.
    fn caught<R>(&self, call: impl FnOnce() -> Result<R>) -> Result<R> {
        catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|_| Err(self.panicked()))
    }

    fn panicked(&self) -> Error {
        Error::new(
            Code::Internal,
            format!("{} panicked in the host", self.full_name()),
        )
    }

    fn late(&self) -> Error {
        Error::new(
            Code::DeadlineExceeded,
            format!("{} was not done at the deadline", self.full_name()),
        )
    }

    fn compute<A, R>(&self, guest: &mut Guest, arguments: A) -> Result<R>
    where
        F: Fn(&mut H::Session, A) -> Result<R>,
    {
        let mut session = self.session(guest)?;
        let mut panicked = true;
        let answer = self.caught(|| {
            let answer = (self.function)(&mut session, arguments);
            panicked = false;
            answer
        });
        if !panicked {
            guest.sessions.put(TypeId::of::<H>(), session);
        }
        answer
    }

    async fn wait<A, R>(&self, guest: &mut Guest, arguments: A) -> Result<R>
    where
        F: for<'s> Fn(&'s mut H::Session, A) -> Waiting<'s, R>,
    {
        let (mut session, deadline) = (self.session(guest)?, guest.deadline());
        let mut work = self.caught(|| Ok((self.function)(&mut session, arguments)))?;
        let guarded = std::future::poll_fn(|context| {
            match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))) {
                Ok(Poll::Pending) => Poll::Pending,
                Ok(Poll::Ready(answer)) => Poll::Ready(Ok(answer)),
                Err(_) => Poll::Ready(Err(self.panicked())),
            }
        });
        let answer = timeout_at(deadline.into(), guarded)
            .await
            .map_err(|_| self.late())??;
        drop(work);
        guest.sessions.put(TypeId::of::<H>(), session);
        answer
    }
}

impl<H: HostInterface, F: Send + Sync + 'static> Entry<H, Arc<F>> {
    async fn block<A: Send + 'static, R: Send + 'static>(&self, guest: &mut Guest, arguments: A) -> Result<R>
    where
        F: Fn(&mut H::Session, A) -> Result<R>,
    {
        let (mut session, deadline) = (self.session(guest)?, guest.deadline());
        let function = Arc::clone(&self.function);
        let work = tokio::task::spawn_blocking(move || {
            let answer = function(&mut session, arguments);
            (session, answer)
        });
        // What waits for a thread is not done for a run that is gone; what is being done cannot be stopped.
        let work = Cancelling::of(work);
        let done = timeout_at(deadline.into(), work).await.map_err(|_| self.late())?;
        let (session, answer) = done.map_err(|_| self.panicked())?;
        guest.sessions.put(TypeId::of::<H>(), session);
        answer
    }
}
