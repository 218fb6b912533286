//! When a guest that computes gives its thread to others.

use std::cell::Cell;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use crate::ticker::TICK_MS;

/// Work that has gone on for less keeps its thread at a tick: most runs are far shorter, and it is by chance that a tick
/// comes during one. Each that gave way then would wait for others, which take a tick each, and again for each of its guests.
const KEPT_FOR: Duration = Duration::from_millis(TICK_MS / 2);

thread_local! {
    /// Since when this thread has been at what it does.
    static SINCE: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Work that executes guests, and for which it is known how long a thread has been at it.
pub(crate) struct Watched<W>(pub(crate) W);

impl<W: Future + Unpin> Future for Watched<W> {
    type Output = W::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        SINCE.set(Some(Instant::now()));
        Pin::new(&mut self.0).poll(context)
    }
}

/// Whether a guest on this thread is to give way at a tick. It is, when nobody knows for how long it has been there.
pub(crate) fn is_due() -> bool {
    SINCE.get().is_none_or(|since| since.elapsed() >= KEPT_FOR)
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::pin::pin;
    use std::sync::Arc;
    use std::task::Waker;
    use std::time::SystemTime;

    use airs_core::Limits;
    use wasmtime::{Instance, Module};

    use super::*;
    use crate::{Allowance, Engine, EngineConfig, Environment, Guest, GuestState, World};

    struct Alone(Guest);

    impl GuestState for Alone {
        fn guest(&mut self) -> &mut Guest {
            &mut self.0
        }
    }

    fn alone() -> Alone {
        let until = Allowance::until(Instant::now() + Duration::from_secs(3_600));
        let environment = Environment::new("run".into(), None, SystemTime::now(), until, Arc::new(|_| ()));
        let world = Arc::new(World::default());
        Alone(Guest::new(
            Arc::new("alone".parse().unwrap()),
            environment,
            world,
            &Limits::default(),
        ))
    }

    /// How often work is polled until a guest in it has ended, for which a tick has come before it began. The thread has been at it
    /// for so long by then.
    fn polls_of_a_guest(engine: &Engine, module: &Module, been_at_it_for: Duration) -> u32 {
        let mut store = engine.store(alone());
        let mut work = Watched(Box::pin(async move {
            let instance = Instance::new_async(&mut store, module, &[]).await.unwrap();
            let run = instance.get_typed_func::<(), ()>(&mut store, "run").unwrap();
            engine.wasmtime().increment_epoch();
            SINCE.set(SINCE.get().and_then(|since| since.checked_sub(been_at_it_for)));
            run.call_async(&mut store, ()).await.unwrap();
        }));
        let mut context = Context::from_waker(Waker::noop());
        let mut polls = 1;
        while Pin::new(&mut work).poll(&mut context).is_pending() {
            polls += 1;
        }
        polls
    }

    #[test]
    fn a_guest_gives_way_at_a_tick_when_its_thread_has_been_at_it_for_long() {
        let engine = Engine::new(&EngineConfig::default()).unwrap();
        let bytes = wat::parse_str(r#"(module (func (export "run")))"#).unwrap();
        let module = Module::new(engine.wasmtime(), bytes).unwrap();
        assert!(polls_of_a_guest(&engine, &module, KEPT_FOR) > 1);
        // A machine that stalls makes it long, but not each time.
        let kept = (0..1_000).any(|_| polls_of_a_guest(&engine, &module, Duration::ZERO) == 1);
        assert!(kept, "it gives way at every tick");
    }

    #[test]
    fn who_has_just_begun_or_gone_on_keeps_the_thread() {
        let mut polls = 0;
        let work = poll_fn(|_| {
            polls += 1;
            let begun = SINCE.get().unwrap();
            assert!(!is_due() || begun.elapsed() >= KEPT_FOR);
            SINCE.set(begun.checked_sub(KEPT_FOR));
            assert!(is_due());
            if polls < 3 {
                Poll::Pending
            } else {
                Poll::Ready(polls)
            }
        });
        let mut work = Watched(pin!(work));
        let mut context = Context::from_waker(Waker::noop());
        assert!(Pin::new(&mut work).poll(&mut context).is_pending());
        assert!(Pin::new(&mut work).poll(&mut context).is_pending());
        assert_eq!(Pin::new(&mut work).poll(&mut context), Poll::Ready(3));
    }
}
