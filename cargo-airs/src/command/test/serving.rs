//! Serving tests: a thread that takes the connections of the processes that test.

use std::io::BufReader;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::error::{Failure, Result};
use crate::files;
use crate::os::socket::{self, Listener};
use crate::stage::{Stage, converse};

/// Where tests find who serves them.
const VARIABLE: &str = "AIRS_TEST_SOCKET";

/// How long it waits before it takes a connection again, when it could not.
const ACCEPT_AGAIN: Duration = Duration::from_millis(20);

/// Serves as long as it lives.
pub(super) struct Serving {
    /// None where there are no sockets that are this user's alone: tests then start the tool themselves.
    socket: Option<PathBuf>,
}

impl Serving {
    pub(super) fn begin(stage: Arc<Stage>) -> Result<Self> {
        let Some(folder) = socket::folder() else {
            return Ok(Self { socket: None });
        };
        let socket = folder.join(format!("test-{}.socket", std::process::id()));
        let failed = |cause| Failure::unavailable("cannot listen for tests").caused_by(cause);
        let executor = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let executor = executor.map_err(failed)?;
        let listener = {
            let _within = executor.enter();
            Listener::at(socket.clone()).map_err(failed)?
        };
        std::thread::spawn(move || executor.block_on(accept(&listener, &stage)));
        Ok(Self { socket: Some(socket) })
    }

    /// Tells a command, and what it starts, where that is.
    pub(super) fn tell(&self, command: &mut Command) {
        match &self.socket {
            Some(socket) => command.env(VARIABLE, socket),
            None => command.env_remove(VARIABLE),
        };
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        if let Some(socket) = &self.socket {
            files::remove(socket);
        }
    }
}

async fn accept(listener: &Listener, stage: &Arc<Stage>) {
    loop {
        let stream = listener.accept().await.and_then(socket::Stream::into_std);
        let both = stream.and_then(|stream| {
            stream.set_nonblocking(false)?;
            Ok((stream.try_clone()?, stream))
        });
        let Ok((read, write)) = both else {
            // Too many files are open. It is the same until one is closed, and no reason to stop listening.
            tokio::time::sleep_until(Instant::now() + ACCEPT_AGAIN).await;
            continue;
        };
        let stage = Arc::clone(stage);
        std::thread::spawn(move || converse(BufReader::new(read), write, &stage));
    }
}
