//! Answering other commands: a thread that takes their questions, and has the runtime make their runs.

use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use airs_runtime::{Code, Error, Name, Report as RunReport, Request, Runtime};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::sync::{RwLock, watch};
use tokio::time::Instant;

use crate::error::{Failure, Result};
use crate::interrupt::Staged;
use crate::live::{FILE, FORM, Greeting, Place, Question, Said, Told, Work, line, socket_name};
use crate::os::socket::{self, Listener, Stream};
use crate::workspace::Workspace;
use crate::{files, settings};

/// How long the loop waits before it takes a connection again, when it could not: nobody notices it, and the processor
/// is free meanwhile.
const ACCEPT_AGAIN: Duration = Duration::from_millis(100);

/// Whether there is something that can answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// There may be, soon: it is built for the first time.
    Building,
    /// There is nothing: that has failed, and a change is waited for.
    Waiting,
    /// There is, from now on.
    Serving,
}

impl Standing {
    /// What comes of it.
    pub(super) fn becomes(&mut self, next: Self) -> bool {
        let is_new = *self != Self::Serving && *self != next;
        if is_new {
            *self = next;
        }
        is_new
    }
}

/// Answers as long as it lives.
pub(super) struct Answering {
    /// The file that says where, and the socket: whoever comes after them works alone.
    _there: [Staged; 2],
}

impl Answering {
    /// Begins to answer for a project, which has a folder of its own. None where there are no such sockets.
    pub(super) fn begin(
        workspace: &Workspace,
        settings: &settings::Node,
        runtime: Runtime,
        standing: watch::Receiver<Standing>,
        writing: &Arc<RwLock<()>>,
    ) -> Result<Option<Self>> {
        let own_folder = workspace.own_folder();
        if socket::place().is_none() {
            return Ok(None);
        }
        let folder = socket::folder().ok_or_else(|| {
            Failure::unavailable("there is no folder for a socket that is this user's alone")
        })?;
        let failed = |cause| Failure::unavailable("cannot listen for other commands").caused_by(cause);
        let socket = folder.join(socket_name(&own_folder).map_err(failed)?);
        let executor = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let executor = executor.map_err(failed)?;
        let listener = {
            let _within = executor.enter();
            Listener::at(socket.clone()).map_err(failed)?
        };
        let components = workspace.output(&settings.profile);
        // What an earlier loop has left there does not serve.
        files::remove(&components);
        let place = Place {
            form: FORM,
            process: std::process::id(),
            socket: socket.clone(),
            context: settings.context.to_string(),
            components,
        };
        let file = own_folder.join(FILE);
        let there = [file.clone(), socket].map(Staged::new);
        files::write(&file, &serde_json::to_vec(&place).unwrap_or_default())?;
        let answers = Answers {
            greeting: Arc::new(Greeting {
                form: FORM,
                own_folder: own_folder.canonicalize().map_err(failed)?,
            }),
            runtime,
            context: settings.context.clone(),
            standing,
            writing: Arc::clone(writing),
        };
        std::thread::spawn(move || executor.block_on(answers.accept(&listener)));
        Ok(Some(Self { _there: there }))
    }
}

/// What is answered with.
#[derive(Clone)]
struct Answers {
    greeting: Arc<Greeting>,
    runtime: Runtime,
    context: Name,
    standing: watch::Receiver<Standing>,
    /// Held while the files of what serves are written.
    writing: Arc<RwLock<()>>,
}

impl Answers {
    async fn accept(self, listener: &Listener) {
        loop {
            let Ok(stream) = listener.accept().await else {
                // Too many files are open. It is the same until one is closed, and no reason to stop listening.
                tokio::time::sleep_until(Instant::now() + ACCEPT_AGAIN).await;
                continue;
            };
            let answers = self.clone();
            tokio::spawn(async move { answers.converse(&stream).await });
        }
    }

    /// Answers what is asked over a connection, one question after the other. When it cannot, nobody listens any more.
    async fn converse(&self, stream: &Stream) -> Option<()> {
        // The files of what serves may be looked at from then on.
        drop(self.writing.read().await);
        line::write(stream, &*self.greeting).await.ok()?;
        let mut reader = line::Reader::default();
        while let Ok(Some(question)) = reader.read::<Question>(stream).await {
            if question.form != FORM {
                return None;
            }
            let ready = unless_closed(stream, self.ready(&question)).await?;
            let told = match ready.and_then(|()| question.request()) {
                Ok(request) => self.perform(stream, request).await?,
                Err(error) => not_made(error),
            };
            line::write(stream, &Said::Ended(Told::from(told))).await.ok()?;
        }
        None
    }

    /// Waits for the end of a first build, for as long as who asks wants to wait. What is bound is known without one.
    async fn ready(&self, question: &Question) -> airs_runtime::Result<()> {
        if question.work == Work::Bindings {
            return Ok(());
        }
        let mut standing = self.standing.clone();
        let told = async move {
            let told = standing
                .wait_for(|standing| *standing != Standing::Building)
                .await;
            told.is_ok_and(|standing| *standing == Standing::Serving)
        };
        let most = question.timeout_ms.map(Duration::from_millis);
        let told = match most {
            Some(most) => tokio::time::timeout(most, told).await.ok(),
            None => Some(told.await),
        };
        match told {
            Some(true) => Ok(()),
            Some(false) => Err(
                Error::new(Code::NotFound, "nothing serves yet: the first build has failed")
                    .hint("`cargo airs dev` shows why, and builds again when something is saved"),
            ),
            None => {
                let message = "nothing serves yet: the first build goes on";
                Err(Error::new(Code::DeadlineExceeded, message))
            }
        }
    }

    async fn perform(&self, stream: &Stream, request: Request) -> Option<RunReport> {
        // Bounded by what a run may log.
        let (tell, said) = unbounded_channel();
        let request = request.context(self.context.clone()).on_event(move |event| {
            if let Some(said) = Said::of(event) {
                // Who has gone away hears nothing.
                let _ = tell.send(said);
            }
        });
        let followed = followed(stream, said, self.runtime.perform(request));
        unless_closed(stream, followed).await.flatten()
    }
}

/// What is answered when there is no run.
fn not_made(error: Error) -> RunReport {
    RunReport {
        run: String::new(),
        attempts: 0,
        replayed: false,
        result: Err(error),
    }
}

/// Waits for a run, and passes on what is said of it meanwhile; none when nobody listens any more.
async fn followed(
    stream: &Stream,
    mut said: UnboundedReceiver<Said>,
    run: impl Future<Output = RunReport>,
) -> Option<RunReport> {
    let mut run = std::pin::pin!(run);
    loop {
        let next = std::future::poll_fn(|context| {
            if let Poll::Ready(Some(said)) = said.poll_recv(context) {
                return Poll::Ready(Err(said));
            }
            run.as_mut().poll(context).map(Ok)
        });
        match next.await {
            Err(said) => line::write(stream, &said).await.ok()?,
            Ok(report) => {
                while let Ok(said) = said.try_recv() {
                    line::write(stream, &said).await.ok()?;
                }
                return Some(report);
            }
        }
    }
}

/// Waits for a run; who asked may go away, or say something out of turn, and then it is cancelled.
async fn unless_closed<T>(stream: &Stream, run: impl Future<Output = T>) -> Option<T> {
    let mut run = std::pin::pin!(run);
    let closed = async {
        loop {
            let readable = stream.readable().await;
            match stream.try_read(&mut [0]) {
                Err(error) if readable.is_ok() && error.kind() == std::io::ErrorKind::WouldBlock => {}
                _ => return,
            }
        }
    };
    let mut closed = std::pin::pin!(closed);
    std::future::poll_fn(|context| {
        if let Poll::Ready(done) = run.as_mut().poll(context) {
            return Poll::Ready(Some(done));
        }
        closed.as_mut().poll(context).map(|()| None)
    })
    .await
}
