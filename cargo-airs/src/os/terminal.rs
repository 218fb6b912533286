//! A terminal, key by key.
//!
//! It is a person's, and others use it meanwhile: a shell that this program is stopped or put into the background by takes
//! it, and sets it up as it likes. So it is taken again whenever this program is in front, and never touched when it is not.

#[cfg(unix)]
pub(crate) use unix::{Keyboard, give_back, give_back_before_stops};

#[cfg(unix)]
mod unix {
    use std::io::{IsTerminal, stderr, stdin};
    use std::sync::{Mutex, MutexGuard, PoisonError};
    use std::time::Duration;

    use nix::errno::Errno;
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
    use nix::sys::signal::{SigSet, Signal, raise};
    use nix::sys::termios::{LocalFlags, SetArg, Termios, tcgetattr, tcsetattr};

    /// How often it is looked whether this program is in front: nobody tells.
    const LOOK_AGAIN_MS: u16 = 250;

    /// What is read at once: more than any single key sends. A person presses one after the other.
    const AT_ONCE_MAX: usize = 64;

    static TERMINAL: Mutex<Terminal> = Mutex::new(Terminal {
        before: None,
        is_over: false,
    });

    struct Terminal {
        /// How it was before it was taken, while it is.
        before: Option<Termios>,
        /// Whether it is not to be taken any more.
        is_over: bool,
    }

    fn terminal() -> MutexGuard<'static, Terminal> {
        TERMINAL.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this program is the one that keys are meant for. From behind, setting the terminal up, or reading from it, would
    /// stop it.
    fn is_in_front() -> nix::Result<bool> {
        Ok(nix::unistd::tcgetpgrp(stdin())? == nix::unistd::getpgrp())
    }

    impl Terminal {
        /// Has it hand out each key at once, and not show it; Ctrl-C stays what it is. Answers whether it does.
        fn take(&mut self) -> nix::Result<bool> {
            if self.is_over || !is_in_front()? {
                return Ok(false);
            }
            let now = tcgetattr(stdin())?;
            let lines = LocalFlags::ICANON | LocalFlags::ECHO;
            if now.local_flags.intersects(lines) {
                let mut keys = now.clone();
                keys.local_flags.remove(lines);
                tcsetattr(stdin(), SetArg::TCSANOW, &keys)?;
                self.before = Some(now);
            }
            Ok(true)
        }

        fn give_back(&mut self) {
            let before = self.before.take().filter(|_| is_in_front() == Ok(true));
            // One that is gone needs nothing.
            let _ = before.map(|before| tcsetattr(stdin(), SetArg::TCSANOW, &before));
        }
    }

    /// Has the terminal be as it was, for good.
    pub(crate) fn give_back() {
        let mut terminal = terminal();
        terminal.is_over = true;
        terminal.give_back();
    }

    /// Whenever this program is stopped, by Ctrl-Z for one, the terminal is as it was. To be called before any other thread is
    /// there.
    pub(crate) fn give_back_before_stops() {
        let mut stops = SigSet::empty();
        stops.add(Signal::SIGTSTP);
        if !stdin().is_terminal() || stops.thread_block().is_err() {
            return;
        }
        std::thread::spawn(move || {
            while stops.wait().is_ok() {
                let mut terminal = terminal();
                terminal.give_back();
                // In the usual way, which is none when no shell is there to have it go on.
                let stopped = stops.thread_unblock().and_then(|()| raise(Signal::SIGTSTP));
                if stopped.and_then(|()| stops.thread_block()).is_err() {
                    return;
                }
            }
        });
    }

    /// A terminal that hands out each key at once.
    pub(crate) struct Keyboard(());

    impl Keyboard {
        /// Takes the terminal, if there is one; when this program is behind, as soon as it is in front.
        pub(crate) fn take() -> Option<Self> {
            if !stdin().is_terminal() || !stderr().is_terminal() {
                return None;
            }
            terminal().take().ok()?;
            Some(Self(()))
        }

        /// Waits for the next key; none when the terminal is gone, or was given back.
        pub(crate) fn next(&mut self) -> Option<u8> {
            // Whoever reads from behind all the same, since it was put there at this moment, is told so and not stopped.
            let mut told = SigSet::empty();
            told.add(Signal::SIGTTIN);
            told.thread_block().ok()?;
            loop {
                let is_taken = terminal().take().ok()?;
                if terminal().is_over {
                    return None;
                }
                if !is_taken {
                    std::thread::park_timeout(Duration::from_millis(LOOK_AGAIN_MS.into()));
                    continue;
                }
                let stdin = stdin();
                let mut waited = [PollFd::new(std::os::fd::AsFd::as_fd(&stdin), PollFlags::POLLIN)];
                if poll(&mut waited, PollTimeout::from(LOOK_AGAIN_MS)) == Ok(0) {
                    continue;
                }
                let mut keys = [0; AT_ONCE_MAX];
                match (nix::unistd::read(&stdin, &mut keys), keys) {
                    (Ok(0), _) => return None,
                    (Ok(1), [key, ..]) => return Some(key),
                    // An arrow, say, or something that is pasted.
                    (Ok(_), _) => {}
                    (Err(Errno::EINTR | Errno::EAGAIN), _) => {}
                    (Err(Errno::EIO), _) if is_in_front() == Ok(false) => {}
                    (Err(_), _) => return None,
                }
            }
        }
    }
}

/// Not there: lines only.
#[cfg(not(unix))]
pub(crate) struct Keyboard(());

#[cfg(not(unix))]
impl Keyboard {
    pub(crate) fn take() -> Option<Self> {
        None
    }

    pub(crate) fn next(&mut self) -> Option<u8> {
        None
    }
}

#[cfg(not(unix))]
pub(crate) fn give_back() {}

#[cfg(not(unix))]
pub(crate) fn give_back_before_stops() {}
