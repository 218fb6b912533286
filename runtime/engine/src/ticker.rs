//! The clock at whose ticks guests give way, and end.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use wasmtime::Engine;

/// How often a guest that computes gives way, and how exactly a deadline is kept.
pub(crate) const TICK_MS: u64 = 5;

/// Ticks without any guest after which the thread stops ticking: long enough that runs which follow each
/// other closely do not pay for waking it.
const IDLE_TICKS_MAX: u32 = 40;

/// Advances the engine's epoch while guests run. An idle engine costs nothing.
#[derive(Debug)]
pub(crate) struct Ticker {
    state: Arc<State>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct State {
    running: AtomicUsize,
    asleep: AtomicBool,
    stop: AtomicBool,
}

/// While it lives, the epoch advances.
#[derive(Debug)]
pub(crate) struct Ticking {
    state: Arc<State>,
}

impl Ticker {
    pub(crate) fn start(engine: &Engine) -> io::Result<Self> {
        let engine = engine.weak();
        Self::with(move || engine.upgrade().map(|engine| engine.increment_epoch()).is_some())
    }

    /// Ticks as long as that answers that there is somebody to tick for.
    fn with(mut tick: impl FnMut() -> bool + Send + 'static) -> io::Result<Self> {
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        let thread = thread::Builder::new().name("airs-ticker".into()).spawn(move || {
            let mut idle_ticks = 0;
            while !shared.stop.load(Ordering::Acquire) {
                thread::park_timeout(Duration::from_millis(TICK_MS));
                if !tick() {
                    return;
                }
                idle_ticks = if shared.running.load(Ordering::SeqCst) == 0 {
                    idle_ticks + 1
                } else {
                    0
                };
                if idle_ticks > IDLE_TICKS_MAX {
                    shared.sleep();
                    idle_ticks = 0;
                }
            }
        })?;
        Ok(Self {
            state,
            thread: Some(thread),
        })
    }

    pub(crate) fn enter(&self) -> Ticking {
        self.state.running.fetch_add(1, Ordering::SeqCst);
        if self.state.asleep.load(Ordering::SeqCst) {
            self.wake();
        }
        Ticking {
            state: Arc::clone(&self.state),
        }
    }

    fn wake(&self) {
        if let Some(thread) = &self.thread {
            thread.thread().unpark();
        }
    }
}

impl State {
    /// Parks until a guest comes. `asleep` is published before `running` is looked at again, and `enter`
    /// does the two in the opposite order, so that one of them sees the other.
    fn sleep(&self) {
        self.asleep.store(true, Ordering::SeqCst);
        while self.running.load(Ordering::SeqCst) == 0 && !self.stop.load(Ordering::Acquire) {
            thread::park();
        }
        self.asleep.store(false, Ordering::SeqCst);
    }
}

impl Drop for Ticking {
    fn drop(&mut self) {
        self.state.running.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.state.stop.store(true, Ordering::Release);
        self.wake();
        if let Some(thread) = self.thread.take() {
            // The ticker runs no guest and no callback: there is nothing in it that panics.
            drop(thread.join());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{self, Receiver};
    use std::time::Instant;

    use super::*;

    /// Nobody waits longer for what comes within ticks.
    const PATIENCE: Duration = Duration::from_secs(60);

    fn ticker() -> (Ticker, Receiver<()>) {
        let (ticked, ticks) = mpsc::channel();
        (Ticker::with(move || ticked.send(()).is_ok()).unwrap(), ticks)
    }

    fn wait(ticks: &Receiver<()>, count: u32) {
        (0..count).for_each(|_| ticks.recv_timeout(PATIENCE).unwrap());
    }

    /// Until no more ticks come; returns how many came before that.
    fn until_asleep(ticker: &Ticker, ticks: &Receiver<()>) -> u32 {
        let begun = Instant::now();
        while !ticker.state.asleep.load(Ordering::SeqCst) {
            assert!(begun.elapsed() < PATIENCE, "it never sleeps");
            thread::yield_now();
        }
        u32::try_from(ticks.try_iter().count()).unwrap()
    }

    #[test]
    fn without_guests_it_ticks_some_times_and_no_more() {
        let (ticker, ticks) = ticker();
        assert_eq!(until_asleep(&ticker, &ticks), IDLE_TICKS_MAX + 1);
        for _ in 0..3 {
            drop(ticker.enter());
            let again = until_asleep(&ticker, &ticks);
            assert!(again <= IDLE_TICKS_MAX + 1, "{again}");
        }
    }

    #[test]
    fn it_ticks_as_long_as_there_is_a_guest() {
        let (ticker, ticks) = ticker();
        until_asleep(&ticker, &ticks);
        let (one, other) = (ticker.enter(), ticker.enter());
        wait(&ticks, IDLE_TICKS_MAX + 2);
        drop(one);
        wait(&ticks, IDLE_TICKS_MAX + 2);
        drop(other);
        assert!(until_asleep(&ticker, &ticks) > IDLE_TICKS_MAX);
    }
}
