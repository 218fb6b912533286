//! What the engine keeps in every Store.

use std::sync::Arc;
use std::time::Duration;

use airs_core::{Limits, Name};

use crate::Environment;
use crate::log::Log;
use crate::meter::MemoryMeter;

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
    name: Arc<Name>,
    environment: Environment,
    log: Log,
    slept: Duration,
    random: RandomStream,
}

#[derive(Debug, Default)]
struct RandomStream {
    next_block: u64,
    buffer: Vec<u8>,
}

impl Guest {
    /// A guest named `name` in an attempt's environment, under limits.
    pub fn new(name: Arc<Name>, environment: Environment, limits: &Limits) -> Self {
        Self {
            meter: MemoryMeter::new(limits.memory_bytes),
            host_call_bytes: usize::try_from(limits.host_call_bytes).unwrap_or(usize::MAX),
            handles: usize::try_from(limits.handles).unwrap_or(usize::MAX),
            name,
            environment,
            log: Log::new(limits.log_bytes),
            slept: Duration::ZERO,
            random: RandomStream::default(),
        }
    }

    /// The component's name.
    pub fn name(&self) -> &Name {
        &self.name
    }

    pub(crate) fn is_late(&self) -> bool {
        self.environment.is_late()
    }

    pub(crate) fn write_log(&mut self, bytes: &[u8]) {
        let Self {
            log,
            environment,
            name,
            ..
        } = self;
        log.write(bytes, |line| environment.log(name, line));
    }

    pub(crate) fn finish_log(&mut self) {
        let Self {
            log,
            environment,
            name,
            ..
        } = self;
        log.finish(|line| environment.log(name, line));
    }

    pub(crate) fn panic(&self) -> Option<(&str, &str)> {
        self.log.panic()
    }

    /// The run's time of day. It stands still, but for what the guest slept.
    pub(crate) fn wall_clock(&self) -> Duration {
        self.environment.wall() + self.slept
    }

    /// Time since the guest began: what it slept. Time that passes is not observable in a run.
    pub(crate) fn monotonic_clock(&self) -> Duration {
        self.slept
    }

    /// Sleeping passes no time but the guest's own: a transaction has nothing to wait for.
    pub(crate) fn sleep_until(&mut self, instant: Duration) {
        self.slept = self.slept.max(instant);
    }

    pub(crate) fn random_bytes(&mut self, count: usize) -> Result<Vec<u8>, getrandom::Error> {
        while self.random.buffer.len() < count {
            let block = self
                .environment
                .random_block(&self.name, self.random.next_block)?;
            self.random.next_block += 1;
            self.random.buffer.extend_from_slice(&block);
        }
        let rest = self.random.buffer.split_off(count);
        Ok(std::mem::replace(&mut self.random.buffer, rest))
    }
}
