//! One request and its response, on a connection of their own.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use airs_core::{Capabilities, Host, HttpMethod, HttpRequest, HttpResponse, Scheme};
use http_body_util::{BodyExt, Empty};
use hyper::body::{Body, Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::header::{HeaderName, HeaderValue};
use hyper::http::request::Builder;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::{timeout, timeout_at};
use tokio_rustls::TlsConnector;

use super::address::{is_own, is_public};
use super::fault::Fault;
use super::network::{Ending, Reach};
use super::{HttpError, Room};

/// The most addresses of a name that are tried.
const ADDRESSES_MAX: usize = 4;

/// The most header fields of a response, and the most bytes of all of them with the status line. Servers send some
/// twenty fields; cookies and policies make them long.
pub(super) const RESPONSE_FIELDS_MAX: usize = 128;
pub(super) const RESPONSE_HEAD_BYTES_MAX: usize = 64 * 1024;
/// The most bytes of a response's body. It is held in the host and copied into the guest, whose memory is eight times
/// that by default.
const RESPONSE_BODY_BYTES_MAX: usize = 8 << 20;

/// How long an exchange may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Time {
    pub(super) until: Instant,
    /// To connect to one address.
    pub(super) connect: Duration,
}

/// Makes an exchange: resolves, decides, connects, asks, and reads.
pub(super) async fn exchange(
    reach: &Reach,
    request: &HttpRequest,
    granted: &Arc<Capabilities>,
    room: &Room,
    time: Time,
) -> Result<HttpResponse, HttpError> {
    let fault = Fault {
        origin: request.url().origin(),
    };
    let until = time.until.into();
    // Who waits for a name has no place yet: names have places of their own.
    let found = timeout_at(until, addresses(reach, request, granted, &fault)).await;
    let addresses = found.map_err(|_| fault.late())??;
    let place = timeout_at(until, reach.places.take(granted)).await;
    let place = place.map_err(|_| fault.no_place())?;
    let _place = place.map_err(|closed| fault.failed("requests are not served any more", closed))?;
    let asked = ask(reach, request, &addresses, room, time.connect, &fault);
    timeout_at(until, asked).await.map_err(|_| fault.late())?
}

async fn ask(
    reach: &Reach,
    request: &HttpRequest,
    addresses: &[IpAddr],
    room: &Room,
    connect_within: Duration,
    fault: &Fault,
) -> Result<HttpResponse, HttpError> {
    let stream = connect(addresses, request.url().port(), connect_within, fault).await?;
    match request.url().scheme() {
        Scheme::Http => converse(TokioIo::new(stream), request, room, fault).await,
        Scheme::Https => {
            let config = reach
                .config()
                .await
                .map_err(|error| fault.failed("it is not known whom to trust", error))?;
            let name = server_name(request.url().host())
                .map_err(|error| fault.failed("its name is none that a server proves", error))?;
            let stream = TlsConnector::from(config).connect(name, stream).await;
            let stream =
                stream.map_err(|error| fault.failed("it does not prove that it is that host", error))?;
            converse(TokioIo::new(stream), request, room, fault).await
        }
    }
}

/// The addresses that may be connected to: public ones, and those that were granted as addresses.
async fn addresses(
    reach: &Reach,
    request: &HttpRequest,
    granted: &Arc<Capabilities>,
    fault: &Fault,
) -> Result<Vec<IpAddr>, HttpError> {
    let url = request.url();
    let mut found = match url.host() {
        Host::Address(address) => vec![*address],
        Host::Name(name) => {
            let found = reach.lookups.resolve(name, granted).await;
            found.map_err(|error| fault.failed("its name cannot be resolved", error))?
        }
    };
    if found.is_empty() {
        return Err(fault.failed_plainly("its name has no address"));
    }
    let is_granted = |address: IpAddr| {
        granted
            .http
            .iter()
            .any(|pattern| pattern.names_address(url, address))
    };
    // In the one form that was looked at.
    found
        .iter_mut()
        .for_each(|address| *address = address.to_canonical());
    let is_anybodys = |address: IpAddr| is_public(address) && !is_own(address);
    found.retain(|address| is_granted(*address) || is_anybodys(*address));
    found.truncate(ADDRESSES_MAX);
    if found.is_empty() {
        let origin = fault.origin.clone();
        return Err(HttpError::NotPublic { origin });
    }
    Ok(found)
}

async fn connect(
    addresses: &[IpAddr],
    port: u16,
    within: Duration,
    fault: &Fault,
) -> Result<TcpStream, HttpError> {
    let mut last = io::Error::from(io::ErrorKind::TimedOut);
    for address in addresses {
        let address = SocketAddr::new(*address, port);
        match timeout(within, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => last = error,
            Err(_) => last = io::ErrorKind::TimedOut.into(),
        }
    }
    Err(fault.failed("it cannot be connected to", last))
}

fn server_name(host: &Host) -> io::Result<ServerName<'static>> {
    match host {
        Host::Address(address) => Ok(ServerName::IpAddress((*address).into())),
        Host::Name(name) => ServerName::try_from(name.clone()).map_err(io::Error::other),
    }
}

async fn converse<S>(
    stream: S,
    request: &HttpRequest,
    room: &Room,
    fault: &Fault,
) -> Result<HttpResponse, HttpError>
where
    S: hyper::rt::Read + hyper::rt::Write + Send + Unpin + 'static,
{
    let connection = http1::Builder::new()
        .max_headers(RESPONSE_FIELDS_MAX)
        .max_header_size(RESPONSE_HEAD_BYTES_MAX)
        .handshake(stream)
        .await;
    let (mut sender, connection) = connection.map_err(|error| fault.of(error))?;
    // It ends with this exchange, whatever becomes of that.
    let _connection = Ending(tokio::spawn(connection));
    let request = message(request).map_err(|error| fault.failed("the request cannot be written", error))?;
    let response = sender
        .send_request(request)
        .await
        .map_err(|error| fault.of(error))?;
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        return Err(fault.failed_plainly("it wants to speak another protocol"));
    }
    read(response, room, fault).await
}

/// The request as it is written. Its parts were looked at when it was made; here they are only put together.
fn message(request: &HttpRequest) -> hyper::http::Result<Request<Empty<Bytes>>> {
    let method = match request.method() {
        HttpMethod::Get => Method::GET,
        HttpMethod::Head => Method::HEAD,
    };
    let has = |name: &str| request.headers().iter().any(|(known, _)| known == name);
    let mut message = Request::builder()
        .method(method)
        .uri(request.url().target())
        .header("host", request.url().authority())
        .header("connection", "close");
    let unless_said = |message: Builder, name: &'static str, value: &'static str| {
        if has(name) {
            message
        } else {
            message.header(name, value)
        }
    };
    message = unless_said(message, "user-agent", concat!("airs/", env!("CARGO_PKG_VERSION")));
    message = unless_said(message, "accept", "*/*");
    for (name, value) in request.headers() {
        message = message.header(
            HeaderName::from_bytes(name.as_bytes())?,
            HeaderValue::from_bytes(value)?,
        );
    }
    message.body(Empty::new())
}

async fn read(response: Response<Incoming>, room: &Room, fault: &Fault) -> Result<HttpResponse, HttpError> {
    let too_large = || fault.too_large(format!("{RESPONSE_BODY_BYTES_MAX} bytes"));
    let status = response.status().as_u16();
    let fields = response.headers().iter();
    let headers = fields
        .map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()))
        .collect();
    let mut read = HttpResponse {
        status,
        headers,
        body: Vec::new(),
    };
    let head_bytes = read.bytes();
    let mut body = response.into_body();
    if body.size_hint().lower() > RESPONSE_BODY_BYTES_MAX as u64 {
        return Err(too_large());
    }
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| fault.of(error))?;
        if let Some(data) = frame.data_ref() {
            let bytes = read.body.len() + data.len();
            if bytes > RESPONSE_BODY_BYTES_MAX {
                return Err(too_large());
            }
            if !room.is_there_for(head_bytes + bytes) {
                return Err(fault.no_room());
            }
            read.body.extend_from_slice(data);
        }
    }
    read.body.shrink_to_fit();
    Ok(read)
}
