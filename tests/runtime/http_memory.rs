//! What servers answer takes of the memory that all guests have.

use std::sync::Arc;
use std::time::Instant;

use airs_runtime::{
    Capabilities, Capability, Code, Http, HttpError, HttpRequest, HttpResponse, Limits, Room, RuntimeBuilder,
};
use airs_tests::{Bench, component_with};
use futures_util::future::BoxFuture;
use serde_json::json;

const MIB: usize = 1 << 20;

/// Answers with as many bytes as the path says, read in pieces.
#[derive(Debug)]
struct Large;

impl Http for Large {
    fn send(
        &self,
        request: Arc<HttpRequest>,
        _granted: Arc<Capabilities>,
        _until: Instant,
        room: Room,
    ) -> BoxFuture<'_, Result<HttpResponse, HttpError>> {
        Box::pin(async move {
            let target = request.url().target();
            let number = target.trim_start_matches('/').split('?').next();
            let bytes: usize = number.unwrap().parse().unwrap();
            let mut body = Vec::new();
            while body.len() < bytes {
                if !room.is_there_for(body.len() + 0x1_0000) {
                    let origin = request.url().origin();
                    return Err(HttpError::NoRoom { origin });
                }
                body.resize(body.len() + 0x1_0000, b'x');
            }
            Ok(HttpResponse {
                status: 200,
                body,
                ..HttpResponse::default()
            })
        })
    }
}

#[test]
fn an_answer_for_which_the_context_has_no_memory_ends_the_run() {
    let limits = Limits {
        context_memory_bytes: 12 * MIB as u64,
        ..Limits::default()
    };
    let bench = Bench::alone(&[], |builder: RuntimeBuilder| builder.limits(limits).http(Large));
    let granted = Capabilities::from([Capability::Storage]).with_http(["http://127.0.0.1".parse().unwrap()]);
    let driver = component_with("reacher", |manifest| manifest.capabilities = granted.clone());
    bench.runtime.load(&driver, &granted.into()).unwrap();
    bench.bind("/one", "reacher", "null", "operator").unwrap();
    let ask = |bytes: usize| {
        let question = json!([format!("http://127.0.0.1/{bytes}"), 1]).to_string();
        bench.control("/one", "ask-often", &question)
    };
    // It is once with the host, and once in the guest.
    assert_eq!(ask(3 * MIB).unwrap(), "1");
    let error = ask(12 * MIB).unwrap_err();
    assert_eq!(error.code(), Code::LimitExceeded);
    let said = "all of the context's 12582912 bytes was taken (context_memory_bytes)";
    assert!(
        error.message().ends_with(said) && error.message().contains("the host"),
        "{error}"
    );
    // It is given back with the run.
    for _ in 0..5 {
        assert_eq!(ask(3 * MIB).unwrap(), "1");
    }
}
