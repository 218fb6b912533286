//! A world in which nothing happens by itself: time stands still, chance is foreseeable, servers are not asked.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use airs_runtime::{
    Capabilities, Clock, Code, Error, Http, HttpError, HttpMethod, HttpRequest, HttpResponse, HttpUrl,
    Random, Room,
};
use serde::Deserialize;

use super::faults::{Faults, Place, Way};
use super::storage::BoxFuture;

/// A clock that stands where it is put.
#[derive(Clone, Debug)]
pub(super) struct FixedClock(Arc<AtomicU64>);

impl FixedClock {
    pub(super) fn at(now_ms: u64) -> Self {
        Self(Arc::new(AtomicU64::new(now_ms)))
    }

    pub(super) fn set(&self, now_ms: u64) {
        self.0.store(now_ms, Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> SystemTime {
        let since = Duration::from_millis(self.0.load(Ordering::SeqCst));
        UNIX_EPOCH.checked_add(since).unwrap_or(UNIX_EPOCH)
    }
}

/// Seeds of runs: the first one's, the second one's, and so on, of what was set last.
#[derive(Clone, Debug)]
pub(super) struct Seeded(Arc<Seeds>);

#[derive(Debug)]
struct Seeds {
    seed: AtomicU64,
    runs: AtomicU64,
}

impl Seeded {
    pub(super) fn with(seed: u64) -> Self {
        Self(Arc::new(Seeds {
            seed: AtomicU64::new(seed),
            runs: AtomicU64::new(0),
        }))
    }

    pub(super) fn set(&self, seed: u64) {
        self.0.seed.store(seed, Ordering::SeqCst);
        self.0.runs.store(0, Ordering::SeqCst);
    }
}

impl Random for Seeded {
    fn seed(&self) -> [u8; 32] {
        let (seed, run) = (
            self.0.seed.load(Ordering::SeqCst),
            self.0.runs.fetch_add(1, Ordering::SeqCst),
        );
        let mut bytes = [0; 32];
        // The engine hashes it; it only has to be another one for each.
        for (place, byte) in bytes
            .iter_mut()
            .zip(seed.to_le_bytes().into_iter().chain(run.to_le_bytes()))
        {
            *place = byte;
        }
        bytes
    }
}

/// What a server answers.
#[derive(Debug, Deserialize)]
pub(crate) struct CannedAnswer {
    url: String,
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// Servers that answer what they were told to, one after the other; the last answer is for all that follow.
#[derive(Debug)]
pub(super) struct Canned {
    servers: Mutex<Vec<(HttpUrl, VecDeque<HttpResponse>)>>,
    faults: Faults,
}

impl Canned {
    pub(super) fn new(answers: Vec<CannedAnswer>, faults: Faults) -> airs_runtime::Result<Self> {
        let mut servers: Vec<(HttpUrl, VecDeque<HttpResponse>)> = Vec::new();
        for answer in answers {
            let (url, response) = (parsed(&answer.url)?, answer.response()?);
            match servers.iter_mut().find(|(known, _)| *known == url) {
                Some((_, responses)) => responses.push_back(response),
                None => servers.push((url, VecDeque::from([response]))),
            }
        }
        Ok(Self {
            servers: Mutex::new(servers),
            faults,
        })
    }

    /// What is answered now.
    fn next(&self, url: &HttpUrl) -> Option<HttpResponse> {
        let mut servers = self.servers.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, responses) = servers.iter_mut().find(|(known, _)| known == url)?;
        match responses.len() {
            0 | 1 => responses.front().cloned(),
            _ => responses.pop_front(),
        }
    }

    fn answer(&self, request: &HttpRequest, room: &Room) -> Result<HttpResponse, HttpError> {
        let origin = || request.url().origin();
        let failed = |what| HttpError::Failed {
            origin: origin(),
            what,
            source: None,
        };
        let here = |place: &Place| matches!(place, Place::Http { url } if parsed(url).is_ok_and(|url| url == *request.url()));
        match self.faults.due(here).map(|due| due.way) {
            None => {}
            Some(Way::Late) => return Err(HttpError::Late { origin: origin() }),
            Some(_) => return Err(failed("its test wants that")),
        }
        let found = self.next(request.url());
        let mut response = found.ok_or_else(|| failed("its test has set no answer"))?;
        if request.method() == HttpMethod::Head {
            response.body.clear();
        }
        match room.is_there_for(response.bytes()) {
            true => Ok(response),
            false => Err(HttpError::NoRoom { origin: origin() }),
        }
    }
}

impl CannedAnswer {
    fn response(self) -> airs_runtime::Result<HttpResponse> {
        if !(200..=599).contains(&self.status) {
            let message = format!("{} is no status that an answer can have", self.status);
            return Err(Error::new(Code::InvalidInput, message).hint("it is from 200 to 599"));
        }
        Ok(HttpResponse {
            status: self.status,
            headers: self
                .headers
                .into_iter()
                .map(|(name, value)| (name, value.into_bytes()))
                .collect(),
            body: self.body,
        })
    }
}

/// A URL that a driver can ask.
pub(super) fn parsed(url: &str) -> airs_runtime::Result<HttpUrl> {
    url.parse::<HttpUrl>().map_err(|why| {
        let message = format!("{url:?} is no URL that could be asked: {why}");
        Error::new(Code::InvalidInput, message)
    })
}

impl Http for Canned {
    fn send(
        &self,
        request: Arc<HttpRequest>,
        granted: Arc<Capabilities>,
        _until: Instant,
        room: Room,
    ) -> BoxFuture<'_, Result<HttpResponse, HttpError>> {
        Box::pin(async move {
            HttpError::check_granted(&request, &granted)?;
            self.answer(&request, &room)
        })
    }
}

#[cfg(test)]
mod tests {
    use airs_runtime::{Code, HttpRequest, Room};

    use super::{Canned, CannedAnswer, Faults};

    #[test]
    fn an_answer_has_the_room_that_it_would_have_of_a_server() {
        let answer = CannedAnswer {
            url: "https://rates.example/usd".to_owned(),
            status: 200,
            headers: Vec::new(),
            body: b"1.16".to_vec(),
        };
        let servers = Canned::new(vec![answer], Faults::default()).unwrap();
        let url = "https://rates.example/usd";
        let asked = |method, bytes_max| {
            let request = HttpRequest::new(method, url, Vec::new(), None).unwrap();
            let room = Room::new(move |bytes| bytes <= bytes_max);
            let answer = servers.answer(&request, &room);
            answer.map(|answer| answer.body).map_err(|error| error.code())
        };
        assert_eq!(asked("GET", 4), Ok(b"1.16".to_vec()));
        assert_eq!(asked("GET", 3), Err(Code::LimitExceeded));
        assert_eq!(asked("HEAD", 3), Ok(Vec::new()));
    }
}
