//! The one engine of a process, and how it is set up.

use std::fmt;
use std::sync::Arc;
use std::thread;

use airs_core::{Code, Error, Limits, Result};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use wasmtime::{InstanceAllocationStrategy, Store, UpdateDeadline};

use crate::code_goal::CodeGoal;
use crate::compile::Compiled;
use crate::compiler::{Compilation, Compiler, CompilerConfig};
use crate::executor::{Executor, TornDown};
use crate::giving_way;
use crate::guest::GuestState;
use crate::settings::{pool, settings, with_stacks};
use crate::ticker::{Ticker, Ticking};
use crate::{CompileProcess, FilePlaces};

/// How an engine is set up.
///
/// An example is at [`Engine`].
#[derive(Clone, Debug)]
pub struct EngineConfig {
    /// Guests alive at once; places for that many are reserved (address space, not memory).
    pub instances_max: u32,
    /// Threads of the engine's own for guests; 0 for as many as there are processors, and for a debugger one: what it
    /// steps through stays on its thread. A thread that waits for a guest executes it itself while there is less work than
    /// threads; with a debugger none does.
    pub threads: usize,
    /// Native stack of each guest, at most what [`Limits`] have for a maximum. A runtime has it from its limits.
    pub stack_bytes: u64,
    /// How components become code.
    pub compiler: CompilerConfig,
}

impl Default for EngineConfig {
    fn default() -> Self {
        // A run has one program and rarely more than three drivers: room for 128 runs at once.
        Self {
            instances_max: 512,
            threads: 0,
            stack_bytes: Limits::default().stack_bytes,
            compiler: CompilerConfig::default(),
        }
    }
}

/// Where guests' memories come from.
///
/// An example is at [`Engine`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allocation {
    /// From slots reserved in advance.
    Pooled,
    /// From the operating system, each time: slower, when address space for a pool could not be had.
    OnDemand,
}

/// The engine: compiles components, and executes guests on threads of its own.
///
/// ```
/// use airs_core::{Code, Limits};
/// use airs_engine::{Allocation, Compiled, Engine, EngineConfig};
///
/// let engine = Engine::new(&EngineConfig { instances_max: 4, threads: 1, ..EngineConfig::default() })?;
/// if engine.allocation() == Allocation::OnDemand {
///     eprintln!("no room for a pool: instances start slowly");
/// }
/// let empty_component = b"\0asm\x0d\0\x01\0";
/// let compiled: Compiled = engine.compile(empty_component)?;
/// compiled.check_limits(&Limits::default())?;
/// assert_eq!(engine.compile(b"#!/bin/sh").unwrap_err().code(), Code::InvalidComponent);
/// # Ok::<(), airs_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    // Dropped in this order: the guests' threads, the ticker, then the engine itself.
    executor: Executor,
    file_places: FilePlaces,
    ticker: Ticker,
    allocation: Allocation,
    compiler: Compiler,
    stack_bytes: u64,
    wasmtime: wasmtime::Engine,
}

impl Engine {
    /// Starts an engine.
    ///
    /// # Errors
    /// [`Code::Internal`] when the machine cannot run it, or refuses threads; [`Code::InvalidConfig`] in a process that
    /// was started to compile, when it would start such a process itself.
    pub fn new(config: &EngineConfig) -> Result<Self> {
        if config.compiler.process.is_some() && CompileProcess::is_this() {
            let message = "this process was started to compile a component, and goes on as if it was not";
            return Err(Error::new(Code::InvalidConfig, message)
                .hint("look at its arguments first, and have it call serve_compilation"));
        }
        let fault = |what: &str, cause: String| Error::new(Code::Internal, what.to_owned()).caused_by(cause);
        let goal = config.compiler.code_goal;
        let pooled = InstanceAllocationStrategy::Pooling(pool(config.instances_max));
        // An embedder's number was compared with nothing, and each place of the pool is as large.
        let stack_bytes = config.stack_bytes.clamp(1, Limits::UNRESTRICTED.stack_bytes);
        let settings = with_stacks(settings(goal), stack_bytes);
        let (wasmtime, allocation) = match wasmtime::Engine::new(settings.clone().allocation_strategy(pooled))
        {
            Ok(engine) => (engine, Allocation::Pooled),
            Err(_) => {
                let engine = wasmtime::Engine::new(&settings)
                    .map_err(|error| fault("the WebAssembly engine cannot start", format!("{error:#}")))?;
                (engine, Allocation::OnDemand)
            }
        };
        let threads = match config.threads {
            0 if goal == CodeGoal::Debugging => 1,
            0 => thread::available_parallelism().map_or(1, usize::from),
            threads => threads,
        };
        let fault = |error: std::io::Error| fault("no thread could be started for guests", error.to_string());
        let executor = Executor::start(threads, goal != CodeGoal::Debugging).map_err(fault)?;
        let ticker = Ticker::start(&wasmtime).map_err(fault)?;
        Ok(Self(Arc::new(Inner {
            executor,
            file_places: FilePlaces::default(),
            ticker,
            allocation,
            compiler: Compiler::new(&wasmtime, config.compiler.clone()),
            stack_bytes,
            wasmtime,
        })))
    }

    /// Compiles a component, in this process.
    ///
    /// It may take long, for large ones seconds: not for a thread that must answer.
    ///
    /// # Errors
    /// [`Code::InvalidComponent`] when the bytes are not a component, or one that this engine refuses.
    pub fn compile(&self, bytes: &[u8]) -> Result<Compiled> {
        self.0.compiler.compile_here(bytes)
    }

    /// The code of a component, by the digest of its bytes: what the cache has kept, or compiled, by the process for
    /// that if there is one. `tell` hears of what happened on the way.
    ///
    /// # Errors
    /// As [`compile`](Self::compile), and [`Code::LimitExceeded`] when compiling takes more than the process may.
    pub fn load(
        &self,
        component: &Arc<[u8]>,
        digest: &[u8; 32],
        tell: impl FnMut(Compilation),
    ) -> Result<Compiled> {
        self.0.compiler.compile(component, digest, tell)
    }

    /// Begins work that executes guests, on the engine's own threads.
    pub fn spawn<W>(&self, work: W) -> JoinHandle<W::Output>
    where
        W: Future<Output: Send + 'static> + Send + 'static,
    {
        self.0.executor.spawn(work)
    }

    /// The engine's own threads, on which guests execute and little else.
    pub fn executor(&self) -> &Handle {
        self.0.executor.handle()
    }

    /// Does work that executes guests, and waits for it: on the calling thread, where it saves waking another one, or on one
    /// of the engine's own. Not for a thread of an executor.
    ///
    /// # Errors
    /// When the work panicked.
    pub fn wait<T, W>(&self, work: impl FnOnce() -> W) -> std::result::Result<T, TornDown>
    where
        T: Send + 'static,
        W: Future<Output = T> + Send + 'static,
    {
        self.0.executor.wait(work)
    }

    /// The places that one component has in one context to wait for files, of those of this engine.
    pub fn file_places(&self) -> FilePlaces {
        self.0.file_places.of_another()
    }

    /// Where guests' memories come from.
    pub fn allocation(&self) -> Allocation {
        self.0.allocation
    }

    /// Whether everything that guests took from the pool has been given back.
    pub fn is_idle(&self) -> bool {
        let Some(metrics) = self.0.wasmtime.pooling_allocator_metrics() else {
            return true;
        };
        metrics.component_instances() == 0
            && metrics.core_instances() == 0
            && metrics.memories() == 0
            && metrics.tables() == 0
            && metrics.stacks() == 0
    }

    pub(crate) fn wasmtime(&self) -> &wasmtime::Engine {
        &self.0.wasmtime
    }

    /// To be held while guests run: without it they would neither give way nor meet their deadline.
    pub(crate) fn ticking(&self) -> Ticking {
        self.0.ticker.enter()
    }

    /// A Store with every limit in place.
    pub(crate) fn store<T: GuestState>(&self, mut state: T) -> Store<T> {
        let guest = state.guest();
        guest.stack_bytes = self.0.stack_bytes;
        let (host_call_bytes, handles) = (guest.host_call_bytes, guest.handles);
        let mut store = Store::new(&self.0.wasmtime, state);
        store.limiter(|state| &mut state.guest().meter);
        store.set_hostcall_fuel(host_call_bytes);
        store.set_max_component_handles(handles);
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(|mut store| {
            if store.data_mut().guest().has_ended() {
                return Ok(UpdateDeadline::Interrupt);
            }
            if !giving_way::is_due() {
                return Ok(UpdateDeadline::Continue(1));
            }
            // Not the plain yield, which wakes itself at once and starves the thread's other tasks.
            Ok(UpdateDeadline::YieldCustom(1, Box::pin(tokio::task::yield_now())))
        });
        store
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("allocation", &self.0.allocation)
            .finish_non_exhaustive()
    }
}
