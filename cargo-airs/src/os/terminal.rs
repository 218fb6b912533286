//! A terminal, key by key.

/// A terminal that hands out each key at once, as long as this lives; then it is as it was.
pub(crate) struct Keyboard {
    #[cfg(unix)]
    before: nix::sys::termios::Termios,
}

#[cfg(unix)]
impl Keyboard {
    /// Takes the terminal, when somebody can press keys: standard input is the one that this program is in front of.
    pub(crate) fn take() -> Option<Self> {
        use std::io::{IsTerminal, stderr, stdin};

        use nix::sys::termios::{LocalFlags, SetArg, tcgetattr, tcsetattr};

        if !stdin().is_terminal() || !stderr().is_terminal() {
            return None;
        }
        // In the background, setting the terminal up would stop this program.
        if nix::unistd::tcgetpgrp(stdin()).ok()? != nix::unistd::getpgrp() {
            return None;
        }
        let before = tcgetattr(stdin()).ok()?;
        let mut keys = before.clone();
        // A key at once, and not shown. Ctrl-C stays what it is.
        keys.local_flags.remove(LocalFlags::ICANON | LocalFlags::ECHO);
        tcsetattr(stdin(), SetArg::TCSANOW, &keys).ok()?;
        Some(Self { before })
    }
}

#[cfg(unix)]
impl Drop for Keyboard {
    fn drop(&mut self) {
        use nix::sys::termios::{SetArg, tcsetattr};
        // A terminal that is gone needs nothing.
        let _ = tcsetattr(std::io::stdin(), SetArg::TCSANOW, &self.before);
    }
}

#[cfg(not(unix))]
impl Keyboard {
    /// Not there: lines only.
    pub(crate) fn take() -> Option<Self> {
        None
    }
}
