//! Single keys on a terminal.

use crate::os::{self, Keyboard};

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// `r`: build all again.
    Rebuild,
    /// `a`: make the run again.
    Again,
    /// `c`: clear the screen.
    Clear,
    /// `l`: show more of what happens, or the least again.
    Level,
    /// `q`: end.
    Quit,
}

impl Key {
    fn of(byte: u8) -> Option<Self> {
        match byte {
            b'r' => Some(Self::Rebuild),
            b'a' => Some(Self::Again),
            b'c' => Some(Self::Clear),
            b'l' => Some(Self::Level),
            b'q' => Some(Self::Quit),
            _ => None,
        }
    }
}

/// Keys are told as long as this lives; then the terminal is as it was.
pub(super) struct Keys(());

impl Keys {
    /// Reads keys, when somebody can press them.
    pub(super) fn read(tell: impl Fn(Key) + Send + 'static) -> Option<Self> {
        let mut keyboard = Keyboard::take()?;
        std::thread::spawn(move || {
            let keys = std::iter::from_fn(|| keyboard.next());
            keys.filter_map(Key::of).for_each(tell);
        });
        Some(Self(()))
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        os::give_terminal_back();
    }
}
