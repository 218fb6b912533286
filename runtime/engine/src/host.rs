//! Interfaces that an embedder gives to components.

mod define;

use std::any::{Any, TypeId};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;

use airs_core::{Code, Error, Name, Result, WitPackage};
use wasmtime::component::{ComponentNamedList, ComponentType, Lift, Linker, Lower};

use crate::guest::GuestState;
use define::Definition;

/// An interface of an embedder's own, for components that declare and are granted its WIT package.
///
/// It has a [`Session`](Self::Session) for each instance of a component, made when the instance calls it for the
/// first time and dropped with the instance. What a function changes outside of the session is no part of a run:
/// it stays when the run fails, and happens again when the run is attempted again. Let drivers read, or make what
/// they write safe to repeat, by [`HostCaller::call`]'s id.
///
/// ```
/// use airs_core::Result;
/// use airs_engine::{HostCaller, HostFunctions, HostInterface};
///
/// /// `interface greetings { greet: func(name: string) -> string; }`
/// struct Greetings {
///     word: String,
/// }
///
/// impl HostInterface for Greetings {
///     const NAME: &'static str = "example:greetings/greetings@1.0.0";
///     type Session = String;
///
///     fn session(&self, caller: &HostCaller<'_>) -> Result<String> {
///         Ok(format!("{} from {}", self.word, caller.component()))
///     }
///
///     fn define(functions: &mut impl HostFunctions<String>) {
///         functions.function("greet", |greeting, (name,): (String,)| Ok(format!("{greeting}, {name}")));
///     }
/// }
/// ```
pub trait HostInterface: Send + Sync + 'static {
    /// The interface's name in WIT, with its version: `example:database/database@0.1.0`. Its package is what
    /// components declare and are granted.
    const NAME: &'static str;

    /// What one instance of a component has of it, such as a connection.
    type Session: Send + 'static;

    /// What an instance gets that calls for the first time.
    ///
    /// # Errors
    /// An error ends the component's call with it.
    fn session(&self, caller: &HostCaller<'_>) -> Result<Self::Session>;

    /// Defines every function of the interface, by its name in WIT. A component that imports one that is not
    /// defined, or of another type, is refused when it is linked.
    fn define(functions: &mut impl HostFunctions<Self::Session>);
}

/// Where an interface's functions are defined.
///
/// The arguments are a tuple with a Rust value for each parameter; the answer is the Rust value of the result, or
/// `()`. What a component may meet is part of the WIT result, as in `Ok(Err(NoSuchRow))`. An error beside it ends the
/// component's call, and what was begun with it; so do a panic, and running past the deadline.
///
/// An example is at [`HostInterface`].
pub trait HostFunctions<S: Send + 'static> {
    /// A function that only computes. It runs on a thread of the guests, and others wait meanwhile.
    fn function<A: Given, R: Answered>(
        &mut self,
        name: &'static str,
        function: impl Fn(&mut S, A) -> Result<R> + Send + Sync + 'static,
    );

    /// A function that blocks, as files, databases and locks do. It runs on a thread of its own; the guest waits for
    /// it no longer than its deadline, but what it does goes on to its end.
    fn blocking<A: Given, R: Answered>(
        &mut self,
        name: &'static str,
        function: impl Fn(&mut S, A) -> Result<R> + Send + Sync + 'static,
    );

    /// A function that waits without blocking. It is dropped at the deadline.
    fn waiting<A: Given, R: Answered>(
        &mut self,
        name: &'static str,
        function: impl for<'s> Fn(&'s mut S, A) -> Waiting<'s, R> + Send + Sync + 'static,
    );
}

/// What a function that waits is until it is done.
///
/// ```
/// use airs_engine::Waiting;
///
/// fn later(session: &mut u32, (more,): (u32,)) -> Waiting<'_, u32> {
///     Box::pin(async move {
///         *session += more;
///         Ok(*session)
///     })
/// }
/// # let _ = later(&mut 1, (2,));
/// ```
pub type Waiting<'s, R> = Pin<Box<dyn Future<Output = Result<R>> + Send + 's>>;

/// The arguments that a component gives a function: a tuple of Rust values.
///
/// ```
/// fn given<A: airs_engine::Given>(_arguments: A) {}
/// given(("a text".to_owned(), vec![1_u8, 2]));
/// ```
pub trait Given: ComponentNamedList + Lift + Send + 'static {}

impl<T: ComponentNamedList + Lift + Send + 'static> Given for T {}

/// What a function answers: the Rust value of its WIT result, or `()`.
///
/// ```
/// fn answered<R: airs_engine::Answered>(_result: R) {}
/// answered(Ok::<u64, String>(7));
/// answered(());
/// ```
pub trait Answered: ComponentType + Lower + Send + Sync + 'static {}

impl<T: ComponentType + Lower + Send + Sync + 'static> Answered for T {}

/// Who calls an interface.
///
/// An example is at [`HostInterface`].
#[derive(Clone, Copy, Debug)]
pub struct HostCaller<'g> {
    pub(crate) component: &'g Name,
    pub(crate) context: Option<&'g Name>,
    pub(crate) call: &'g str,
    pub(crate) attempt: u32,
    pub(crate) deadline: Instant,
}

impl<'g> HostCaller<'g> {
    /// The component's name.
    pub fn component(&self) -> &'g Name {
        self.component
    }

    /// The context of the run; none when the component was called from outside of any.
    pub fn context(&self) -> Option<&'g Name> {
        self.context
    }

    /// The id of the run, or of the call from outside of any: a ULID.
    pub fn call(&self) -> &'g str {
        self.call
    }

    /// The attempt of the run, from 1. What an earlier attempt did, this one is about to do again.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// When it has to be over.
    pub fn deadline(&self) -> Instant {
        self.deadline
    }
}

/// The sessions of one instance, by the interface that they are of.
#[derive(Default)]
pub(crate) struct Sessions(Vec<(TypeId, Box<dyn Any + Send>)>);

impl Sessions {
    fn take<S: 'static>(&mut self, interface: TypeId) -> Option<Box<S>> {
        let at = self.0.iter().position(|(known, _)| *known == interface)?;
        self.0.swap_remove(at).1.downcast().ok()
    }

    fn put<S: Send + 'static>(&mut self, interface: TypeId, session: Box<S>) {
        self.0.push((interface, session));
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not what is in them: an embedder's secrets may be.
        f.debug_struct("Sessions").field("open", &self.0.len()).finish()
    }
}

/// Where interfaces are defined for components of one kind.
///
/// ```
/// use std::sync::Arc;
/// use airs_core::Result;
/// use airs_engine::{GuestState, HostInterface, HostLinker};
///
/// fn offer<T: GuestState, H: HostInterface>(linker: &mut HostLinker<'_, T>, interface: &Arc<H>) -> Result<()> {
///     linker.define(interface)
/// }
/// ```
pub struct HostLinker<'l, T: 'static>(pub(crate) &'l mut Linker<T>);

impl<T: GuestState> HostLinker<'_, T> {
    /// Defines an interface.
    ///
    /// # Errors
    /// [`Code::InvalidConfig`] when its name is no interface of a package that an embedder may give, or a function is
    /// defined twice.
    pub fn define<H: HostInterface>(&mut self, interface: &Arc<H>) -> Result<()> {
        let package = package_of::<H>()?;
        let fault = |cause: wasmtime::Error| {
            Error::new(
                Code::InvalidConfig,
                format!("{} cannot be given: {cause:#}", H::NAME),
            )
        };
        let instance = self.0.instance(H::NAME).map_err(fault)?;
        let mut definition = Definition::new(instance, interface, package);
        H::define(&mut definition);
        definition.finish().map_err(fault)
    }
}

impl<T> fmt::Debug for HostLinker<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostLinker").finish_non_exhaustive()
    }
}

/// The package of an interface.
///
/// ```
/// # use airs_core::Result;
/// # use airs_engine::{HostCaller, HostFunctions, HostInterface};
/// struct Storage;
///
/// impl HostInterface for Storage {
///     const NAME: &'static str = "airs:storage/storage@0.1.0";
/// #   type Session = ();
/// #   fn session(&self, _: &HostCaller<'_>) -> Result<()> {
/// #       Ok(())
/// #   }
/// #   fn define(_: &mut impl HostFunctions<()>) {}
/// }
///
/// // Not for an embedder to give.
/// assert!(airs_engine::package_of::<Storage>().is_err());
/// ```
///
/// # Errors
/// [`Code::InvalidConfig`] when its name is no interface of a package that an embedder may give.
pub fn package_of<H: HostInterface>() -> Result<WitPackage> {
    WitPackage::of_interface(H::NAME).ok_or_else(|| {
        let message = format!("{:?} is no interface that can be given to components", H::NAME);
        Error::new(Code::InvalidConfig, message).hint(
            "it is named as example:database/database@0.1.0, and its package is neither of airs nor of wasi",
        )
    })
}
