//! How a runtime is set up.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use airs_core::{Event, Interposer, Limits, Name, Observer, Result, VariableName};
use airs_driver::Context;
use airs_engine::{CodeCache, CodeGoal, CompileProcess, EngineConfig, HostInterface};
use airs_platform::{Clock, Http, Network, Random, Storage};

use crate::answers;
use crate::contexts;
use crate::migrate;
use crate::offer::Offers;
use crate::runtime::Runtime;
use crate::surroundings::Surroundings;

/// Where contexts keep their state.
///
/// An example is at [`RuntimeBuilder`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// In memory: gone with the runtime.
    Memory,
    /// In a folder, one file for each context; made when it is not there.
    Folder(PathBuf),
}

impl State {
    /// State in a folder.
    pub fn folder(path: impl Into<PathBuf>) -> Self {
        Self::Folder(path.into())
    }

    /// A place in the same folder, for what belongs to the state.
    pub(crate) fn beside(&self, name: &str) -> Option<PathBuf> {
        match self {
            Self::Memory => None,
            Self::Folder(folder) => Some(folder.join(name)),
        }
    }

    /// Whether a context has state here already, which opening it would make. In doubt it has, and whoever opens it
    /// learns more.
    pub fn has(&self, context: &Name) -> bool {
        match self {
            Self::Memory => false,
            Self::Folder(folder) => !matches!(contexts::file(folder, context).try_exists(), Ok(false)),
        }
    }

    /// Whether the state that a context has here can be used: it is one of airs, in a form that is known, and whole as
    /// far as its head and its tables go. It stays as it is, also one of an older form, and so does who uses it
    /// meanwhile. Where there is none, none is made.
    ///
    /// ```
    /// use airs_runtime::{Name, State};
    ///
    /// State::folder("not/there").examine(&Name::local())?;
    /// # Ok::<(), airs_runtime::Error>(())
    /// ```
    ///
    /// # Errors
    /// As opening a runtime over it has; [`Code::Busy`](crate::Code::Busy) when another process keeps it to itself for a
    /// moment.
    pub fn examine(&self, context: &Name) -> Result<()> {
        match self {
            Self::Folder(folder) if self.has(context) => contexts::examine(folder, context),
            _ => Ok(()),
        }
    }

    /// The same, and whether what it holds is as it was written: how its pages hang together, and every row by its sum.
    /// Ends when so much time is over; returns whether that was enough for all of it.
    ///
    /// ```
    /// use std::time::Duration;
    /// use airs_runtime::{Name, State};
    ///
    /// let state = State::folder("not/there");
    /// assert!(state.examine_rows(&Name::local(), Duration::from_secs(1))?);
    /// # Ok::<(), airs_runtime::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`examine`](Self::examine).
    pub fn examine_rows(&self, context: &Name, time_max: Duration) -> Result<bool> {
        match self {
            Self::Folder(folder) if self.has(context) => contexts::examine_rows(folder, context, time_max),
            _ => Ok(true),
        }
    }
}

/// Sets up a [`Runtime`]. Unless told otherwise, it has one context, `local`, in memory.
///
/// ```
/// use airs_runtime::{EngineConfig, Event, Limits, Runtime, State};
///
/// let runtime = Runtime::builder()
///     .state(State::Memory)
///     .context("acme".parse()?)
///     .limits(Limits { deadline_ms: 500, ..Limits::default() })
///     .engine(EngineConfig { threads: 1, ..EngineConfig::default() })
///     .on_event(|event| {
///         if let Event::RunEnded { what, failure: Some(code), .. } = event {
///             eprintln!("{what}: {code}");
///         }
///     })
///     .build()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub struct RuntimeBuilder {
    pub(crate) state: State,
    pub(crate) limits: Limits,
    pub(crate) engine: EngineConfig,
    pub(crate) contexts: Vec<Name>,
    pub(crate) prepared: Vec<Context>,
    pub(crate) observer: Observer,
    pub(crate) variables: BTreeMap<VariableName, String>,
    pub(crate) files: Option<PathBuf>,
    pub(crate) http: Arc<dyn Http>,
    pub(crate) surroundings: Surroundings,
    pub(crate) answers_kept: Duration,
    pub(crate) forgets_when_asked: bool,
    pub(crate) migrations_max: Duration,
    pub(crate) offers: Offers,
    pub(crate) code_cache: Option<CodeCache>,
    pub(crate) compile_process: Option<CompileProcess>,
    pub(crate) code_goal: Option<CodeGoal>,
}

impl RuntimeBuilder {
    pub(crate) fn new() -> Self {
        Self {
            state: State::Memory,
            limits: Limits::default(),
            engine: EngineConfig::default(),
            contexts: Vec::new(),
            prepared: Vec::new(),
            observer: Arc::new(|_| {}),
            variables: BTreeMap::new(),
            files: None,
            http: Arc::new(Network::new()),
            surroundings: Surroundings::default(),
            answers_kept: answers::KEPT,
            forgets_when_asked: false,
            migrations_max: migrate::MIGRATION_MAX,
            offers: Offers::default(),
            code_cache: None,
            compile_process: None,
            code_goal: None,
        }
    }

    /// Where contexts keep their state.
    pub fn state(mut self, state: State) -> Self {
        self.state = state;
        self
    }

    /// What a run may use up at most. A component's own limits count where they are smaller.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// How the engine is set up.
    pub fn engine(mut self, config: EngineConfig) -> Self {
        self.engine = config;
        self
    }

    /// Adds a context. The first one named takes the place of `local` as the default.
    pub fn context(mut self, name: Name) -> Self {
        self.contexts.push(name);
        self
    }

    /// Adds a context whose state is kept by a storage of one's own. It comes after those that are
    /// [named](Self::context).
    ///
    /// ```
    /// use airs_runtime::Runtime;
    /// use airs_runtime::storage::Memory;
    ///
    /// let runtime = Runtime::builder().context_in("shop".parse()?, Memory::new()).build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn context_in(mut self, name: Name, storage: impl Storage + 'static) -> Self {
        self.prepared.push(Context::new(name, Arc::new(storage)));
        self
    }

    /// How long the id of a run is accepted again and its answer kept, counted from the id's own time: a day unless
    /// said, [`ANSWERS_KEPT_MAX`](crate::ANSWERS_KEPT_MAX) at most. Every answer takes place in the state until
    /// then. An id that was too old once stays so when this is made longer later.
    pub fn keep_answers_for(mut self, time: Duration) -> Self {
        self.answers_kept = time;
        self
    }

    /// Leaves the removal of old answers to whoever calls
    /// [`forget_expired_answers`](Runtime::forget_expired_answers): nothing is read or written beside runs then.
    pub fn forget_answers_when_asked(mut self) -> Self {
        self.forgets_when_asked = true;
        self
    }

    /// How long a driver that is loaded may take to migrate what it has stored, in all contexts together: a minute
    /// unless said, a day at most.
    pub fn migrate_within(mut self, time: Duration) -> Self {
        self.migrations_max = time;
        self
    }

    /// Sets a variable of the environment that components see, each as far as it was granted by name. The
    /// environment of the process itself is never looked at.
    pub fn variable(mut self, name: VariableName, value: impl Into<String>) -> Self {
        self.variables.insert(name, value.into());
        self
    }

    /// Where the folders of contexts are, to be looked into by the components that are granted them by name:
    /// `place/CONTEXT/NAME`. Beside the state, in `files`, unless said; a runtime with its state in memory has none.
    /// A folder that is not there is empty.
    pub fn files(mut self, place: impl Into<PathBuf>) -> Self {
        self.files = Some(place.into());
        self
    }

    /// Keeps the code of components on disk, so that each is compiled once. Without it each is compiled whenever it is
    /// loaded. It goes before what [`EngineConfig::compiler`] says, whichever was said last.
    pub fn code_cache(mut self, cache: CodeCache) -> Self {
        self.code_cache = Some(cache);
        self
    }

    /// Compiles in a process of its own, within limits. Without it this process compiles: components of strangers have
    /// then only the limits of [`Component`](airs_package::Component) on what they are made of. It goes before what
    /// [`EngineConfig::compiler`] says, whichever was said last.
    pub fn compile_process(mut self, process: CompileProcess) -> Self {
        self.compile_process = Some(process);
        self
    }

    /// What the machine code of components is made for: to be executed fast unless said. With [`CodeGoal::Debugging`]
    /// nothing is said to take too long: time passes also while somebody looks. What a request says of its own deadline
    /// holds. It is for components that one knows: what their debug information is turned into is not as well guarded
    /// against strangers as their code. It goes before what [`EngineConfig::compiler`] says, whichever was said last.
    ///
    /// ```
    /// use airs_runtime::{CodeGoal, Runtime};
    ///
    /// let runtime = Runtime::builder().code_goal(CodeGoal::Turnaround).build()?;
    /// # Ok::<(), airs_runtime::Error>(())
    /// ```
    pub fn code_goal(mut self, goal: CodeGoal) -> Self {
        self.code_goal = Some(goal);
        self
    }

    /// Gives components an interface of one's own: those that declare its WIT package in their `interfaces` and are
    /// granted it.
    pub fn interface(mut self, interface: impl HostInterface) -> Self {
        self.offers.add(interface);
        self
    }

    /// Adds a context that is open already: over a storage of a test's own, or with a guard dropped.
    #[cfg(feature = "sabotage")]
    pub fn prepared(mut self, context: Context) -> Self {
        self.prepared.push(context);
        self
    }

    /// How requests of drivers reach servers: over the network of this machine unless said. The service decides which
    /// ones may.
    pub fn http(mut self, service: impl Http + 'static) -> Self {
        self.http = Arc::new(service);
        self
    }

    /// What time it is for runs, and for how old their ids are: this machine's unless said. Deadlines keep to the
    /// machine's.
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.surroundings.clock = Arc::new(clock);
        self
    }

    /// What the random numbers of runs are made of: drawn from the operating system unless said. Whoever can foresee
    /// it can foresee whatever components draw.
    pub fn random(mut self, random: impl Random + 'static) -> Self {
        self.surroundings.random = Some(Arc::new(random));
        self
    }

    /// Has `interposer` asked before each call of a component in a run.
    pub fn interpose(mut self, interposer: impl Interposer + 'static) -> Self {
        self.surroundings.interposer = Some(Arc::new(interposer));
        self
    }

    /// Calls `observer` with everything that happens. It is called on the threads that execute guests, that of
    /// who waits for one among them, while they wait: it should hand the event on and return.
    pub fn on_event(mut self, observer: impl Fn(&Event<'_>) + Send + Sync + 'static) -> Self {
        self.observer = Arc::new(observer);
        self
    }

    /// Starts the runtime: its engine, its threads, its contexts' state.
    ///
    /// # Errors
    /// When the engine cannot start, or a context's state cannot be opened, and
    /// [`Code::InvalidConfig`](airs_core::Code::InvalidConfig) for an interface that cannot be given.
    pub fn build(self) -> Result<Runtime> {
        Runtime::start(self)
    }
}

impl std::fmt::Debug for RuntimeBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RuntimeBuilder")
            .field("state", &self.state)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
