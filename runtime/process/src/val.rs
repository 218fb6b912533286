//! The host side of the VAL: what a program's imports reach.

use airs_core::{Receipt, Result, Rights, Value};
use airs_driver::Session;
use airs_engine::{AssetHandle, Guest, GuestState, Val};

/// The state of a running program: the engine's share, and the session that its VAL calls go to.
///
/// An example is at [`Program`](crate::Program).
#[derive(Debug)]
pub struct ProgramState {
    guest: Guest,
    /// Boxed: the state is moved several times on its way into a Store and out of it.
    session: Box<Session>,
}

impl ProgramState {
    pub(crate) fn new(guest: Guest, session: Box<Session>) -> Self {
        Self { guest, session }
    }

    pub(crate) fn into_session(self) -> Box<Session> {
        self.session
    }
}

impl GuestState for ProgramState {
    fn guest(&mut self) -> &mut Guest {
        &mut self.guest
    }
}

/// Each is the session's own future: another one around it would be larger by all that it is given.
impl Val for ProgramState {
    fn intend(&mut self, path: &str, rights: Rights) -> impl Future<Output = Result<AssetHandle>> + Send {
        self.session.intend(path, rights)
    }

    fn view(&mut self, asset: AssetHandle) -> impl Future<Output = Result<Value>> + Send {
        self.session.view(asset)
    }

    fn transfer(
        &mut self,
        from: AssetHandle,
        to: AssetHandle,
        value: Value,
    ) -> impl Future<Output = Result<Receipt>> + Send {
        self.session.transfer(from, to, value)
    }

    fn control(
        &mut self,
        asset: AssetHandle,
        operation: &str,
        input: &str,
    ) -> impl Future<Output = Result<String>> + Send {
        self.session.control(asset, operation, input)
    }

    fn done(&mut self, asset: AssetHandle) -> impl Future<Output = Result<()>> + Send {
        self.session.done(asset)
    }

    fn path_of(&self, asset: Option<AssetHandle>) -> Option<String> {
        self.session.path_of(asset)
    }

    fn dropped(&mut self, asset: AssetHandle) -> impl Future<Output = ()> + Send {
        self.session.dropped(asset)
    }
}
