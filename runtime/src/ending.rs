//! That something has ended is told once, however it ends.

use airs_core::Code;

/// Something that has begun. Dropped before it has [ended](Self::ended), it was given up: by its caller or by the end of
/// the executor, [`Code::Cancelled`], or by a panic of the host, [`Code::Internal`].
pub(crate) struct Ending<F: FnOnce(Code)> {
    given_up: Option<F>,
}

impl<F: FnOnce(Code)> Ending<F> {
    /// `given_up` tells that it was.
    pub(crate) fn new(given_up: F) -> Self {
        Self {
            given_up: Some(given_up),
        }
    }

    pub(crate) fn ended(mut self) {
        self.given_up = None;
    }
}

impl<F: FnOnce(Code)> Drop for Ending<F> {
    fn drop(&mut self) {
        if let Some(tell) = self.given_up.take() {
            tell(if std::thread::panicking() {
                Code::Internal
            } else {
                Code::Cancelled
            });
        }
    }
}
