//! Sockets between processes of one user.

use std::path::{Path, PathBuf};

/// The longest path that a socket may have, without the zero at its end: macOS has 104 bytes for it, Linux 108.
pub(crate) const PATH_BYTES_MAX: usize = 103;
/// As long as the names of sockets in the [`folder`] are.
const LONGEST_NAME: &str = "dev-0123456789abcdef.socket";

/// Where sockets are, whether there are some or not: below the user's folder for such things, unless that is too long for
/// them. None where there is no such thing.
#[cfg(unix)]
pub(crate) fn place() -> Option<PathBuf> {
    let own = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    let own = own.filter(|folder| folder.is_absolute() && is_mine_alone(folder));
    let own = own.map(|own| own.join("airs"));
    Some(
        own.filter(|own| length(own) <= PATH_BYTES_MAX)
            .unwrap_or_else(|| {
                let user = rustix::process::geteuid().as_raw();
                std::env::temp_dir().join(format!("airs-{user}"))
            }),
    )
}

/// How long the paths of sockets in a folder are, in bytes.
pub(crate) fn length(folder: &Path) -> usize {
    folder.join(LONGEST_NAME).as_os_str().len()
}

/// A folder for sockets that nobody else can enter; made when it is missing. None where there is no such thing.
#[cfg(unix)]
pub(crate) fn folder() -> Option<PathBuf> {
    use std::os::unix::fs::DirBuilderExt;

    let folder = place()?;
    // It may be there; whose it is decides.
    let _ = std::fs::DirBuilder::new().mode(0o700).create(&folder);
    is_mine_alone(&folder).then_some(folder)
}

/// Whether a folder is this user's, and nobody else can enter it.
#[cfg(unix)]
pub(crate) fn is_mine_alone(folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;

    folder.symlink_metadata().is_ok_and(|metadata| {
        metadata.is_dir()
            && metadata.uid() == rustix::process::geteuid().as_raw()
            && metadata.mode() & 0o077 == 0
    })
}

#[cfg(not(unix))]
pub(crate) fn is_mine_alone(_folder: &Path) -> bool {
    false
}

#[cfg(not(unix))]
pub(crate) fn place() -> Option<PathBuf> {
    None
}

#[cfg(not(unix))]
pub(crate) fn folder() -> Option<PathBuf> {
    None
}

/// Whether a socket is there and no process listens at it.
#[cfg(unix)]
pub(crate) fn is_abandoned(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt;

    let is_socket = path
        .symlink_metadata()
        .is_ok_and(|about| about.file_type().is_socket());
    let refused = |error: std::io::Error| error.kind() == std::io::ErrorKind::ConnectionRefused;
    is_socket && std::os::unix::net::UnixStream::connect(path).is_err_and(refused)
}

#[cfg(not(unix))]
pub(crate) fn is_abandoned(_path: &Path) -> bool {
    false
}

/// A connection to another process.
#[cfg(unix)]
pub(crate) type Stream = tokio::net::UnixStream;

/// The same, that nobody waits for.
#[cfg(unix)]
pub(crate) type Connection = std::os::unix::net::UnixStream;

/// Where connections come in.
#[cfg(unix)]
#[derive(Debug)]
pub(crate) struct Listener {
    listener: tokio::net::UnixListener,
    path: PathBuf,
}

#[cfg(unix)]
impl Listener {
    /// Listens at a path in the [`folder`], which only this user can connect to.
    pub(crate) fn at(path: PathBuf) -> std::io::Result<Self> {
        use std::os::unix::fs::PermissionsExt;

        // Left of a process that ended suddenly.
        let _ = std::fs::remove_file(&path);
        let listener = tokio::net::UnixListener::bind(&path)?;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
        Ok(Self { listener, path })
    }

    /// The next connection of this user; others are closed.
    pub(crate) async fn accept(&self) -> std::io::Result<Stream> {
        loop {
            let (stream, _) = self.listener.accept().await?;
            if is_mine(&stream) {
                return Ok(stream);
            }
        }
    }
}

#[cfg(unix)]
impl Drop for Listener {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Connects to a process of this user; none when nobody listens there, or somebody else.
#[cfg(unix)]
pub(crate) async fn connect(path: &Path) -> Option<Stream> {
    if !is_mine_alone(path.parent()?) {
        return None;
    }
    let stream = Stream::connect(path).await.ok()?;
    is_mine(&stream).then_some(stream)
}

#[cfg(unix)]
fn is_mine(stream: &Stream) -> bool {
    let me = rustix::process::geteuid().as_raw();
    stream.peer_cred().is_ok_and(|peer| peer.uid() == me)
}

/// There is none.
#[cfg(not(unix))]
pub(crate) type Stream = tokio::net::TcpStream;

#[cfg(not(unix))]
pub(crate) type Connection = std::net::TcpStream;

#[cfg(not(unix))]
#[derive(Debug)]
pub(crate) struct Listener;

#[cfg(not(unix))]
impl Listener {
    pub(crate) fn at(_path: PathBuf) -> std::io::Result<Self> {
        Err(std::io::ErrorKind::Unsupported.into())
    }

    pub(crate) async fn accept(&self) -> std::io::Result<Stream> {
        Err(std::io::ErrorKind::Unsupported.into())
    }
}

#[cfg(not(unix))]
pub(crate) async fn connect(_path: &Path) -> Option<Stream> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::is_mine_alone;

    #[test]
    fn a_folder_that_others_can_enter_is_not_mine_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("one");
        std::fs::create_dir(&path).unwrap();
        let set = |mode| std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        set(0o700);
        assert!(is_mine_alone(&path));
        for open in [0o750, 0o701, 0o777] {
            set(open);
            assert!(!is_mine_alone(&path), "{open:o}");
        }
        set(0o700);
        let link = folder.path().join("link");
        symlink(&path, &link).unwrap();
        assert!(!is_mine_alone(&link));
        assert!(!is_mine_alone(&folder.path().join("none")));
    }
}
