//! Single keys on a terminal.

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// `r`: build all again.
    Rebuild,
    /// `a`: make the run again.
    Again,
    /// `c`: clear the screen.
    Clear,
    /// `l`: show what components log, or do not.
    Logs,
    /// `q`: end.
    Quit,
}

impl Key {
    fn of(byte: u8) -> Option<Self> {
        match byte.to_ascii_lowercase() {
            b'r' => Some(Self::Rebuild),
            b'a' => Some(Self::Again),
            b'c' => Some(Self::Clear),
            b'l' => Some(Self::Logs),
            b'q' => Some(Self::Quit),
            _ => None,
        }
    }
}

/// Keys are told as long as this lives; then the terminal is as it was.
pub(super) struct Keys {
    #[cfg(unix)]
    before: nix::sys::termios::Termios,
}

#[cfg(unix)]
impl Keys {
    /// Reads keys, when somebody can press them: standard input is the terminal that this program is in front of.
    pub(super) fn read(tell: impl Fn(Key) + Send + 'static) -> Option<Self> {
        use std::io::{IsTerminal, Read, stderr, stdin};

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
        std::thread::spawn(move || {
            let bytes = stdin().lock().bytes();
            bytes.map_while(Result::ok).filter_map(Key::of).for_each(tell);
        });
        Some(Self { before })
    }
}

#[cfg(unix)]
impl Drop for Keys {
    fn drop(&mut self) {
        use nix::sys::termios::{SetArg, tcsetattr};
        // A terminal that is gone needs nothing.
        let _ = tcsetattr(std::io::stdin(), SetArg::TCSANOW, &self.before);
    }
}

#[cfg(not(unix))]
impl Keys {
    /// Not there: lines only.
    pub(super) fn read(_tell: impl Fn(Key) + Send + 'static) -> Option<Self> {
        let _ = Key::of(0);
        None
    }
}
