//! Http, as drivers import it (`wit/http.wit`).

use std::sync::Arc;

use airs_core::{HttpHeader, HttpRequest, HttpResponse, Result};
use wasmtime::StoreContextMut;
use wasmtime::component::{ComponentType, Lift, Linker, Lower};

use crate::abi;
use crate::guest::GuestState;

/// The interface's name.
pub(crate) const INTERFACE: &str = "airs:http/http@0.1.0";

/// What stands behind a driver's http.
///
/// ```
/// use std::sync::Arc;
/// use airs_core::{Code, Error, HttpRequest, HttpResponse, Result};
/// use airs_engine::{Guest, GuestState, Http};
///
/// /// Reaches nobody.
/// struct Alone(Guest);
///
/// impl GuestState for Alone {
///     fn guest(&mut self) -> &mut Guest {
///         &mut self.0
///     }
/// }
///
/// impl Http for Alone {
///     async fn send(&mut self, request: HttpRequest) -> Result<Arc<HttpResponse>> {
///         Err(Error::new(Code::Denied, format!("requests to {} are not granted", request.url().origin())))
///     }
/// }
/// ```
pub trait Http: GuestState {
    /// Sends a request and waits for the response.
    fn send(&mut self, request: HttpRequest) -> impl Future<Output = Result<Arc<HttpResponse>>> + Send;
}

#[derive(ComponentType, Lift, Lower)]
#[component(record)]
struct AbiHeader {
    name: String,
    value: Vec<u8>,
}

#[derive(ComponentType, Lift)]
#[component(record)]
struct AbiRequest {
    method: String,
    url: String,
    headers: Vec<AbiHeader>,
    body: Option<Vec<u8>>,
}

#[derive(ComponentType, Lower)]
#[component(record)]
struct AbiResponse {
    status: u16,
    headers: Vec<AbiHeader>,
    body: Vec<u8>,
}

impl AbiRequest {
    fn read(self) -> Result<HttpRequest> {
        let Self {
            method,
            url,
            headers,
            body,
        } = self;
        let headers: Vec<HttpHeader> = headers
            .into_iter()
            .map(|AbiHeader { name, value }| (name, value))
            .collect();
        HttpRequest::new(&method, &url, headers, body.as_deref())
    }
}

impl From<Arc<HttpResponse>> for AbiResponse {
    fn from(response: Arc<HttpResponse>) -> Self {
        // It is kept for later attempts, too.
        let HttpResponse {
            status,
            headers,
            body,
        } = Arc::unwrap_or_clone(response);
        let headers = headers.into_iter().map(|(name, value)| AbiHeader { name, value });
        Self {
            status,
            headers: headers.collect(),
            body,
        }
    }
}

/// Defines http in a driver's linker.
pub(crate) fn link<T: Http>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    linker.instance(INTERFACE)?.func_wrap_async(
        "send",
        |mut store: StoreContextMut<'_, T>, (request,): (AbiRequest,)| {
            Box::new(async move {
                let result = match request.read() {
                    Ok(request) => store.data_mut().send(request).await,
                    Err(error) => Err(error),
                };
                Ok((result.map(AbiResponse::from).map_err(abi::Error::from),))
            })
        },
    )
}
