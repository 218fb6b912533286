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

impl Val for ProgramState {
    async fn intend(&mut self, path: String, rights: Rights) -> Result<AssetHandle> {
        self.session.intend(&path, rights).await
    }

    async fn view(&mut self, asset: AssetHandle) -> Result<Value> {
        self.session.view(asset).await
    }

    async fn transfer(&mut self, from: AssetHandle, to: AssetHandle, value: Value) -> Result<Receipt> {
        self.session.transfer(from, to, value).await
    }

    async fn control(&mut self, asset: AssetHandle, operation: String, input: String) -> Result<String> {
        self.session.control(asset, operation, input).await
    }

    async fn done(&mut self, asset: AssetHandle) -> Result<()> {
        self.session.done(asset).await
    }

    fn path_of(&self, asset: Option<AssetHandle>) -> Option<String> {
        self.session.path_of(asset)
    }

    async fn dropped(&mut self, asset: AssetHandle) {
        self.session.dropped(asset).await;
    }
}
