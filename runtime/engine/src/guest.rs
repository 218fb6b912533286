//! What the engine keeps in every Store.

use std::sync::Arc;
use std::time::{Duration, Instant};

use airs_core::{Capability, Code, Error, Limits, Name};

use crate::files::Files;
use crate::host::{HostCaller, Sessions};
use crate::lines::Lines;
use crate::log::Log;
use crate::meter::MemoryMeter;
use crate::{Environment, HeldMemory, World};

/// A Store's data holds a [`Guest`] and lends it.
///
/// An example is at [`Val`](crate::Val).
pub trait GuestState: Send + 'static {
    /// The guest's part of the state.
    fn guest(&mut self) -> &mut Guest;
}

/// One guest's share of a run: its limits, its log, its view of time and chance.
///
/// An example is at [`Val`](crate::Val).
#[derive(Debug)]
pub struct Guest {
    pub(crate) meter: MemoryMeter,
    pub(crate) host_call_bytes: usize,
    pub(crate) handles: usize,
    /// As its engine says, from when it has a Store.
    pub(crate) stack_bytes: u64,
    /// Where it has its code from, of a program: what comes of a call of its is told with the place.
    pub(crate) lines: Option<Lines>,
    name: Arc<Name>,
    environment: Environment,
    world: Arc<World>,
    log: Log,
    slept: Duration,
    random: RandomStream,
    /// What it has open; most guests never have anything.
    files: Option<Box<Files>>,
    /// With the interfaces that the embedder gives.
    pub(crate) sessions: Sessions,
}

#[derive(Debug, Default)]
struct RandomStream {
    next_block: u64,
    buffer: Vec<u8>,
}

impl Guest {
    /// A guest named `name` in an attempt's environment, which sees this of the world, under limits.
    pub fn new(name: Arc<Name>, environment: Environment, world: Arc<World>, limits: &Limits) -> Self {
        Self {
            meter: MemoryMeter::new(limits.memory_bytes, environment.share()),
            host_call_bytes: usize::try_from(limits.host_call_bytes).unwrap_or(usize::MAX),
            handles: usize::try_from(limits.handles).unwrap_or(usize::MAX),
            stack_bytes: 0,
            lines: None,
            name,
            environment,
            world,
            log: Log::new(limits.log_bytes),
            slept: Duration::ZERO,
            random: RandomStream::default(),
            files: None,
            sessions: Sessions::default(),
        }
    }

    /// What one call of the host may take out of the guest, or hand to it at once.
    pub fn host_call_bytes(&self) -> usize {
        self.host_call_bytes
    }

    /// The component's name, shared.
    pub fn shared_name(&self) -> Arc<Name> {
        Arc::clone(&self.name)
    }

    /// The component's name.
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// When the run has to be over.
    pub fn deadline(&self) -> Instant {
        self.environment.deadline()
    }

    /// The guest as interfaces of the embedder's own see it.
    pub(crate) fn caller(&self) -> HostCaller<'_> {
        self.environment.caller(&self.name)
    }

    /// Whether it is to be stopped, where it has computed for one more tick.
    pub(crate) fn has_ended(&self) -> bool {
        self.environment.tick();
        self.environment.is_late() || self.environment.is_exhausted()
    }

    /// The most time that the run may compute, when it has computed for longer.
    pub(crate) fn exhausted_ms(&self) -> Option<u64> {
        (!self.environment.is_late() && self.environment.is_exhausted()).then(|| self.environment.cpu_ms())
    }

    /// Refuses what was not granted: tells who listens, and makes the error that the guest meets. What is told is kept for
    /// long: a value of the guest's own environment gives way to its name.
    pub fn denied(&self, capability: Capability, message: impl Into<String>) -> Error {
        let message = self.world.without_values(message.into());
        self.environment.denied(&self.name, capability, &message);
        Error::new(Code::Denied, message)
    }

    /// Memory for what the host keeps for the guest's run, beside the guest's own.
    pub fn hold_memory(&self) -> HeldMemory {
        HeldMemory::of(self.environment.share())
    }

    /// What it has open, and the memory that this is taken of.
    pub(crate) fn files(&mut self) -> (&mut Files, &mut MemoryMeter) {
        (self.files.get_or_insert_default(), &mut self.meter)
    }

    pub(crate) fn world(&self) -> &World {
        &self.world
    }

    pub(crate) fn shared_world(&self) -> Arc<World> {
        Arc::clone(&self.world)
    }

    pub(crate) fn write_log(&mut self, bytes: &[u8]) {
        let panicked = self.log.panic().is_some();
        let (log, emit) = self.log_and_emit();
        log.write(bytes, emit);
        if self.log.panic().is_some() != panicked {
            // Whoever dies of a refusal of memory does not come to say anything.
            self.meter.forget_refusal();
        }
    }

    pub(crate) fn finish_log(&mut self) {
        let (log, emit) = self.log_and_emit();
        log.finish(emit);
    }

    /// The log, and what is done with a line of it. Without the capability it is looked at all the same: a panic says
    /// there where it was.
    fn log_and_emit(&mut self) -> (&mut Log, impl FnMut(&str)) {
        let Self {
            log,
            environment,
            world,
            name,
            ..
        } = self;
        let emit = |line: &str| {
            if world.log {
                environment.log(name, line);
            }
        };
        (log, emit)
    }

    pub(crate) fn panic(&self) -> Option<(&str, &str)> {
        self.log.panic()
    }

    /// The run's time of day. It stands still, but for what the guest slept.
    pub(crate) fn wall_clock(&self) -> Result<Duration, Error> {
        self.check_clock()?;
        // A guest can sleep until the end of all time.
        Ok(self.environment.wall().saturating_add(self.slept))
    }

    /// Time since the guest began: what it slept. Time that passes is not observable in a run.
    pub(crate) fn monotonic_clock(&self) -> Result<Duration, Error> {
        self.check_clock()?;
        Ok(self.slept)
    }

    /// A clock has no way to say no: what asks for the time without the right to it ends there.
    fn check_clock(&self) -> Result<(), Error> {
        if self.world.clock {
            return Ok(());
        }
        Err(self.denied(
            Capability::Clock,
            format!("component \"{}\" has no clock", self.name),
        ))
    }

    /// Sleeping passes no time but the guest's own: a transaction has nothing to wait for.
    pub(crate) fn sleep_until(&mut self, instant: Duration) {
        self.slept = self.slept.max(instant);
    }

    pub(crate) fn sleep_for(&mut self, duration: Duration) {
        self.slept = self.slept.saturating_add(duration);
    }

    /// What nobody can foresee, except for who knows the run's seed.
    pub(crate) fn random_bytes(&mut self, count: usize) -> Result<Vec<u8>, Error> {
        if self.world.random {
            return self.draw(count);
        }
        Err(self.denied(
            Capability::Random,
            format!("component \"{}\" has no randomness", self.name),
        ))
    }

    /// What need not be unforeseeable, such as the seed of a hash table. Without the right to randomness it is the
    /// same in each run.
    pub(crate) fn insecure_random_bytes(&mut self, count: usize) -> Result<Vec<u8>, Error> {
        self.draw(count)
    }

    fn draw(&mut self, count: usize) -> Result<Vec<u8>, Error> {
        while self.random.buffer.len() < count {
            let number = self.random.next_block;
            let block = if self.world.random {
                self.environment.random_block(&self.name, number)
            } else {
                Ok(Environment::foreseeable_block(&self.name, number))
            };
            let block = block.map_err(|error| {
                Error::new(Code::Internal, "the operating system has no randomness to give")
                    .caused_by(error.to_string())
            })?;
            self.random.next_block += 1;
            self.random.buffer.extend_from_slice(&block);
        }
        let rest = self.random.buffer.split_off(count);
        Ok(std::mem::replace(&mut self.random.buffer, rest))
    }
}
