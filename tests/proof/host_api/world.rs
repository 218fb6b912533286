//! What the roamer finds: a folder, with more beside it, and a server that answers from memory.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use airs_runtime::{Access, Capabilities, Http, HttpError, HttpHeader, HttpRequest, HttpResponse, Room};
use futures_util::future::BoxFuture;

#[path = "../../guests/roamer/src/laid_out.rs"]
mod laid_out;

/// What must not be seen.
const OTHERS: [(&str, u64); 3] = [("other/a", 77), ("a", 78), ("rates2", 79)];

/// Lays the folders of a context out, with one byte that is not what it should be if that is wanted.
pub(super) fn lay_out(place: &Path, is_damaged: bool) {
    let folder = place.join("rates");
    let files = laid_out::FILES.map(|(path, length)| (folder.join(path), length));
    let others = OTHERS.map(|(path, length)| (place.join(path), length));
    for (path, length) in files.into_iter().chain(others) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let mut content: Vec<u8> = (0..length).map(|at| laid_out::byte(length, at)).collect();
        if is_damaged && let Some(byte) = content.get_mut(5) {
            *byte ^= 1;
        }
        fs::write(path, content).unwrap();
    }
    fs::create_dir_all(folder.join("b/d")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("../other/a", folder.join("out")).unwrap();
}

/// What the roamer may do, as it knows, and one server more if that is wanted.
pub(super) fn granted(and_more: bool) -> Capabilities {
    let servers = ["http://127.0.0.1", "http://127.0.0.2"];
    let servers = servers.iter().take(if and_more { 2 } else { 1 });
    Capabilities::default()
        .with_files("rates".parse().unwrap(), Access::Read)
        .with_http(servers.map(|server| server.parse().unwrap()))
}

/// Answers with the path that is asked for, whoever asks, and notes requests that should not have come.
#[derive(Debug)]
pub(super) struct Answers {
    wrong: Arc<Mutex<Vec<String>>>,
}

impl Answers {
    /// The service, and where it notes what is wrong.
    pub(super) fn new() -> (Self, Arc<Mutex<Vec<String>>>) {
        let wrong = Arc::default();
        let noted = Arc::clone(&wrong);
        (Self { wrong }, noted)
    }

    /// It is granted, and nothing in it ends before its end.
    fn mind(&self, request: &HttpRequest, granted: &Capabilities) {
        let is_value = |byte: &u8| *byte == b'\t' || (*byte >= b' ' && *byte != 0x7f);
        let is_name = |byte: u8| byte.is_ascii_graphic() && byte != b':';
        let of_field = |(name, value): &HttpHeader| {
            !name.is_empty() && name.bytes().all(is_name) && value.iter().all(is_value)
        };
        let (headers, target) = (request.headers(), request.url().target());
        if HttpError::check_granted(request, granted).is_err()
            || !headers.iter().all(of_field)
            || !target.bytes().all(|byte| byte.is_ascii_graphic())
        {
            self.wrong
                .lock()
                .unwrap()
                .push(format!("{target:?} with {headers:?}"));
        }
    }
}

impl Http for Answers {
    fn send(
        &self,
        request: Arc<HttpRequest>,
        granted: Arc<Capabilities>,
        _until: Instant,
        _room: Room,
    ) -> BoxFuture<'_, Result<HttpResponse, HttpError>> {
        Box::pin(async move {
            self.mind(&request, &granted);
            Ok(HttpResponse {
                status: 200,
                body: request.url().target().as_bytes().to_vec(),
                ..HttpResponse::default()
            })
        })
    }
}
