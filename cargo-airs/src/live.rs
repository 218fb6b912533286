//! The development loop of a project, as the other commands find it and ask it.
//!
//! `.airs/dev.json` names a socket in a folder that only this user can enter, and both sides look at who the other one
//! is. The socket is called after the folder that the file lies in: a file that came from elsewhere, with a copy of the
//! project or with somebody's repository, leads nowhere. One that leads nowhere, or is left of a loop that ended suddenly, is no
//! obstacle: the command works alone.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use airs_runtime::{Code, Digest, Name, Report as RunReport};
use serde::{Deserialize, Serialize};

use crate::error::{Failure, Reason, Result};
use crate::message::Message;
use crate::os::socket::{self, Connection, Stream};
use crate::settings::{self, StatePlace, USUAL_PROFILE};
use crate::{files, interrupt, workspace};

pub(crate) mod line;
mod said;
mod told;
mod work;

pub(crate) use said::Said;
pub(crate) use told::{Failed, Told};
pub(crate) use work::{FORM, Question, Work};

/// The file that says where the loop of a project is, in the project's own folder.
pub(crate) const FILE: &str = "dev.json";

/// What the file says.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Place {
    pub(crate) form: u32,
    /// The loop's process, for people.
    pub(crate) process: u32,
    pub(crate) socket: PathBuf,
    /// The context that the loop works in.
    pub(crate) context: String,
    /// The folder of the components that serve; of no others.
    pub(crate) components: PathBuf,
}

/// What the socket of a loop is called: after the project's own folder, wherever that really is.
pub(crate) fn socket_name(own_folder: &Path) -> std::io::Result<String> {
    let folder = own_folder.canonicalize()?;
    let digest = Digest::of(folder.as_os_str().as_encoded_bytes()).to_string();
    // Short: the path of a socket has some hundred bytes at most.
    Ok(format!("dev-{}.socket", digest.get(..16).unwrap_or(&digest)))
}

impl Place {
    /// What the project in whose own folder the file lies says of its loop; none when another project says it, or another
    /// version of this tool.
    fn of(own_folder: &Path) -> Result<Option<Self>> {
        let text = files::text(&own_folder.join(FILE))?.unwrap_or_default();
        let place: Option<Self> = serde_json::from_str(&text).ok();
        let Some(place) = place.filter(|place| place.form == FORM) else {
            return Ok(None);
        };
        let own = socket_name(own_folder).ok();
        let named = place.socket.file_name().and_then(|name| name.to_str());
        Ok((named.is_some() && named == own.as_deref()).then_some(place))
    }
}

/// What a loop says first to whoever connects.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Greeting {
    pub(crate) form: u32,
    /// The own folder of the project that it serves.
    pub(crate) own_folder: PathBuf,
}

/// A loop, which is there and listens.
#[derive(Debug)]
pub(crate) struct Live {
    place: Place,
    connection: Connection,
}

/// How long a loop may take to say that it is there; it has a thread for nothing else.
const GREETING_MAX: Duration = Duration::from_secs(5);

impl Live {
    /// The loop that serves what a command works on, if there is one: of the same project and context, and neither
    /// another state nor another build is asked for.
    pub(crate) fn of(settings: &settings::Node) -> Result<Option<Self>> {
        if settings.state != StatePlace::Project {
            return Ok(None);
        }
        let live = Self::serving(&settings.manifest, &settings.profile)?;
        Ok(live.filter(|live| live.place.context == settings.context.as_str()))
    }

    /// The loop of the project that a person is in, if what serves there is what is meant by a profile.
    pub(crate) fn serving(manifest: &settings::Manifest, profile: &str) -> Result<Option<Self>> {
        match profile {
            USUAL_PROFILE => Self::find(manifest),
            _ => Ok(None),
        }
    }

    fn find(manifest: &settings::Manifest) -> Result<Option<Self>> {
        let here = files::current_folder()?;
        let start = manifest.start.folder(&here);
        // What is wrong with the project's file is told by who needs it: the loop serves on. There may be none: a loop with a
        // state elsewhere does without.
        let has_file = !matches!(workspace::project(&start, &here), Ok(None));
        let marks = |folder: &&Path| {
            if has_file {
                folder.join(airs_runtime::Project::FILE_NAME).is_file()
            } else {
                folder.join(".airs").join(FILE).is_file()
            }
        };
        let Some(folder) = start.ancestors().find(marks) else {
            return Ok(None);
        };
        let own_folder = folder.join(".airs");
        let Some(place) = Place::of(&own_folder)? else {
            return Ok(None);
        };
        // The clock is there once it is waited for.
        let greeted = async { tokio::time::timeout(GREETING_MAX, greeted(&place.socket)).await };
        match interrupt::unless_pressed(greeted)? {
            Ok(Some((greeting, connection))) if greeting.is_of(&own_folder) => {
                Ok(Some(Self { place, connection }))
            }
            Ok(_) => Ok(None),
            Err(_) => {
                let process = place.process;
                let message = format!(
                    "`cargo airs dev` serves this project, as process {process}, and does not answer"
                );
                Err(Failure::unavailable(message)
                    .hint("it may be stopped: `fg` in its terminal has it go on; or end it"))
            }
        }
    }

    /// Where a component of the project is, if it serves.
    pub(crate) fn component(&self, name: &Name) -> Option<PathBuf> {
        let path = self.place.components.join(format!("{name}.wasm"));
        path.is_file().then_some(path)
    }

    /// The loop's process, for people.
    pub(crate) fn process(&self) -> u32 {
        self.place.process
    }

    /// Has the loop make a run, and tells what its guests log meanwhile. Ctrl-C closes the connection, which cancels it.
    pub(crate) fn perform(&self, question: &Question, log: impl Fn(&Message<'_>)) -> Result<RunReport> {
        let connection = self.connection.try_clone();
        let connection = connection
            .map_err(|cause| Failure::unavailable("cannot ask `cargo airs dev`").caused_by(cause))?;
        match interrupt::unless_pressed(asked(connection, question, log))? {
            Ok(told) => told.and_then(Told::report).ok_or_else(|| {
                Failure::new(
                    Reason::Airs(Code::OutcomeUnknown),
                    "`cargo airs dev` has ended before it answered",
                )
                .hint("what was asked for may be done: look before you repeat it")
            }),
            Err(cause) if cause.kind() == ErrorKind::FileTooLarge => {
                let message = "the input is too long to be handed to `cargo airs dev`";
                Err(Failure::new(Reason::Airs(Code::InvalidInput), message))
            }
            Err(cause) => Err(
                Failure::unavailable("`cargo airs dev` has ended before it was asked")
                    .caused_by(cause)
                    .hint("nothing was done: repeat it"),
            ),
        }
    }
}

impl Greeting {
    /// Whether it is said by the loop of the project that has this folder, as this tool says it.
    fn is_of(&self, own_folder: &Path) -> bool {
        let real = own_folder.canonicalize();
        self.form == FORM && real.is_ok_and(|real| real == self.own_folder)
    }
}

/// What somebody says who listens.
async fn greeted(socket: &Path) -> Option<(Greeting, Connection)> {
    let stream = socket::connect(socket).await?;
    let greeting = line::Reader::default().read(&stream).await.ok()??;
    // It is asked from another executor.
    Some((greeting, stream.into_std().ok()?))
}

/// What the loop answers, if it does; or why it could not be asked.
async fn asked(
    connection: Connection,
    question: &Question,
    log: impl Fn(&Message<'_>),
) -> std::io::Result<Option<Told>> {
    let stream = Stream::from_std(connection)?;
    line::write(&stream, question).await?;
    let mut reader = line::Reader::default();
    loop {
        match reader.read(&stream).await {
            Ok(Some(Said::Log(logged))) => log(&logged.message()),
            Ok(Some(Said::Ended(told))) => return Ok(Some(told)),
            Ok(None) | Err(_) => return Ok(None),
        }
    }
}
