//! The runtime itself.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use airs_core::{Code, Error, Event, Limits, Observer, Result, VariableName};
use airs_engine::{Allocation, CodeGoal, Engine, MemoryBudget};
use airs_process::{Routing, Table};
use arc_swap::ArcSwap;
use tokio::sync::Semaphore;

use crate::answers::ANSWERS_KEPT_MAX;
use crate::builder::RuntimeBuilder;
use crate::contexts::Contexts;
use crate::denials::recording;
use crate::load::Loaded;
use crate::migrate::Pending;
use crate::offer::Offers;
use crate::routes::{Generation, Routes};
use crate::surroundings::Surroundings;
use crate::turns::Turns;

/// The instances that a runtime counts for a run: it has one program and rarely more than three drivers. Runs have places
/// for a part of [`EngineConfig::instances_max`](airs_engine::EngineConfig::instances_max); others wait.
///
/// ```
/// use airs_runtime::{EngineConfig, INSTANCES_PER_RUN};
///
/// // Room for eight runs at once.
/// let engine = EngineConfig { instances_max: 8 * INSTANCES_PER_RUN, ..EngineConfig::default() };
/// ```
pub const INSTANCES_PER_RUN: u32 = 4;

/// Contexts with their state, and the components in service. Cheap to clone; all clones are one runtime,
/// which ends with the last of them.
///
/// ```
/// use airs_runtime::{Answer, Request, Runtime};
///
/// // One context, `local`, in memory; nothing in service, nothing bound.
/// let runtime = Runtime::builder().build()?;
/// assert!(runtime.components().is_empty());
/// let report = runtime.perform_blocking(Request::bindings());
/// assert_eq!(report.result?, Answer::Bindings(Vec::new()));
/// # Ok::<(), airs_runtime::Error>(())
/// ```
#[derive(Clone)]
pub struct Runtime {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) engine: Engine,
    pub(crate) contexts: Contexts,
    pub(crate) limits: Limits,
    /// What all guests take memory of.
    pub(crate) memory: MemoryBudget,
    pub(crate) observer: Observer,
    pub(crate) surroundings: Surroundings,
    /// What components may be granted to read.
    pub(crate) variables: BTreeMap<VariableName, String>,
    /// Where the folders of contexts are.
    pub(crate) files: Option<PathBuf>,
    /// How long a run's id is accepted again, and its answer kept.
    pub(crate) answers_kept: Duration,
    /// Whether old answers are removed only by who asks for it.
    pub(crate) forgets_when_asked: bool,
    /// What the embedder gives to components.
    pub(crate) offers: Offers,
    /// Places for runs: as many as the engine has instances for.
    pub(crate) places: Semaphore,
    /// Who may change what is in service under which name.
    pub(crate) turns: Turns,
    /// Migrations that are done for what is not in service yet.
    pub(crate) pending: Pending,
    /// How long the migrations of one load may take.
    pub(crate) migrations_max: Duration,
    /// Whether somebody may look at components while they execute.
    looked_at: bool,
    routes: ArcSwap<Routes>,
    /// Held while a new table is made from the old one; runs never wait for it.
    changing: Mutex<()>,
}

impl Runtime {
    /// Sets up a runtime.
    pub fn builder() -> RuntimeBuilder {
        RuntimeBuilder::new()
    }

    pub(crate) fn start(builder: RuntimeBuilder) -> Result<Self> {
        let RuntimeBuilder {
            state,
            limits,
            mut engine,
            contexts,
            prepared,
            observer,
            variables,
            files,
            http,
            surroundings,
            answers_kept,
            forgets_when_asked,
            migrations_max,
            offers,
            code_cache,
            compile_process,
            code_goal,
        } = builder;
        engine.stack_bytes = limits.stack_bytes;
        engine.compiler.cache = code_cache.or(engine.compiler.cache);
        engine.compiler.process = compile_process.or(engine.compiler.process);
        engine.compiler.code_goal = code_goal.unwrap_or(engine.compiler.code_goal);
        let looked_at = engine.compiler.code_goal == CodeGoal::Debugging;
        let (limits, migrations_max) = match looked_at {
            true => (timeless(limits), LOOKING_MAX),
            false => (limits, migrations_max),
        };
        offers.check()?;
        if answers_kept > ANSWERS_KEPT_MAX {
            let message = format!("answers can be kept for {} s at most", ANSWERS_KEPT_MAX.as_secs());
            return Err(Error::new(Code::InvalidConfig, message));
        }
        let places = Semaphore::new((engine.instances_max / INSTANCES_PER_RUN).max(1) as usize);
        let memory = MemoryBudget::of_node(limits.node_memory_bytes);
        let contexts = Contexts::open(
            &state,
            contexts,
            prepared,
            &http,
            (&memory, limits.context_memory_bytes),
        )?;
        let observer = recording(observer, &contexts);
        // Wherever the process goes from here.
        let place = |files| std::path::absolute(&files).unwrap_or(files);
        let files = files.or_else(|| state.beside("files")).map(place);
        let engine = Engine::new(&engine)?;
        let inner = Inner {
            engine,
            contexts,
            limits,
            memory,
            observer,
            surroundings,
            variables,
            files,
            answers_kept,
            forgets_when_asked,
            offers,
            places,
            turns: Turns::default(),
            pending: Pending::default(),
            migrations_max,
            looked_at,
            routes: ArcSwap::default(),
            changing: Mutex::new(()),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// What is in service, by name.
    pub fn components(&self) -> Vec<Loaded> {
        self.inner.routes().all()
    }

    /// Every generation that is in service, or that runs which began with it still hold: by name, the oldest first.
    pub fn generations(&self) -> Vec<Generation> {
        self.inner.routes().generations()
    }

    /// Where guests' memories come from.
    pub fn allocation(&self) -> Allocation {
        self.inner.engine.allocation()
    }

    /// Whether no guest holds anything of the engine's: true once all runs have ended.
    pub fn is_idle(&self) -> bool {
        self.inner.engine.is_idle()
    }
}

impl Inner {
    /// What a component that states these limits may use up.
    pub(crate) fn limits_of(&self, stated: &Limits) -> Limits {
        let limits = stated.min(&self.limits);
        if self.looked_at { timeless(limits) } else { limits }
    }

    pub(crate) fn routes(&self) -> Arc<Routes> {
        self.routes.load_full()
    }

    /// Replaces the table by what `change` makes of it; one change at a time.
    pub(crate) fn change(&self, change: impl FnOnce(&Routes) -> Routes) {
        // A panic while it was held left the old table in place, which is as good as new.
        let _one_at_a_time = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let next = change(&self.routes.load());
        self.routes.store(Arc::new(next));
    }

    /// Tells who listens. What happened stays so, also when an observer panics: the panic ends here.
    pub(crate) fn emit(&self, event: &Event<'_>) {
        let _ = catch_unwind(AssertUnwindSafe(|| (self.observer)(event)));
    }
}

/// How long somebody may look at what stands still.
const LOOKING_MAX: Duration = Duration::from_secs(24 * 3_600);

/// The same limits, but for those of time.
fn timeless(limits: Limits) -> Limits {
    let milliseconds = u64::try_from(LOOKING_MAX.as_millis()).unwrap_or(u64::MAX);
    Limits {
        deadline_ms: milliseconds,
        cpu_ms: milliseconds,
        ..limits
    }
}

impl Routing for Inner {
    fn table(&self) -> Arc<Table> {
        Arc::clone(&self.routes.load().table)
    }

    async fn replaced(&self, table: &Arc<Table>) -> bool {
        self.table_replaced(table).await
    }
}

impl std::fmt::Debug for Runtime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Runtime")
            .field("contexts", &self.inner.contexts)
            .finish_non_exhaustive()
    }
}
