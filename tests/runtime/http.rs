//! What a driver learns of the world, and what the world learns of it.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Once};

use airs_runtime::{Capabilities, Capability, Code, Component, Error, Event};
use airs_tests::{Bench, Script, component_with};
use serde_json::{Value, json};

/// A server that answers with how often it was asked.
struct Counter {
    port: u16,
    asked: Arc<AtomicUsize>,
}

impl Counter {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (port, asked) = (
            listener.local_addr().unwrap().port(),
            Arc::new(AtomicUsize::new(0)),
        );
        let counting = Arc::clone(&asked);
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let mut request = Vec::new();
                let mut byte = [0];
                while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
                    request.push(byte[0]);
                }
                let number = (counting.fetch_add(1, Ordering::SeqCst) + 1).to_string();
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", number.len());
                // Nobody may be waiting any more.
                let _ = stream.write_all(format!("{head}{number}").as_bytes());
            }
        });
        Self { port, asked }
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

fn granting(patterns: &[&str]) -> Capabilities {
    let patterns = patterns.iter().map(|pattern| pattern.parse().unwrap());
    Capabilities::from([Capability::Storage]).with_http(patterns)
}

/// The reacher, called so, that declares these patterns.
fn reacher(name: &str, patterns: &[&str]) -> Component {
    component_with("reacher", |manifest| {
        manifest.name = name.parse().unwrap();
        manifest.capabilities = granting(patterns);
    })
}

/// A runtime with the reacher at `/one`, which is granted these patterns; and what was denied.
fn reaching(patterns: &[&str]) -> (Bench, Arc<Mutex<Vec<String>>>) {
    let denials = Arc::new(Mutex::new(Vec::new()));
    let noting = Arc::clone(&denials);
    let bench = Bench::watched(&["probe"], move |event| {
        if let Event::Denied { message, .. } = event {
            noting.lock().unwrap().push((*message).to_owned());
        }
    });
    bench
        .runtime
        .load(&reacher("reacher", patterns), &granting(patterns).into())
        .unwrap();
    bench.bind("/one", "reacher", "null", "operator").unwrap();
    (bench, denials)
}

fn ask(bench: &Bench, method: &str, url: &str, headers: &Value) -> Result<Value, Error> {
    let input = json!([method, url, headers]).to_string();
    bench
        .control("/one", "ask", &input)
        .map(|output| serde_json::from_str(&output).unwrap())
}

fn get(bench: &Bench, url: &str) -> Result<Value, Error> {
    ask(bench, "GET", url, &json!([]))
}

#[test]
fn a_driver_asks_whom_it_was_granted_to_ask() {
    let server = Counter::start();
    let (bench, denials) = reaching(&[&server.url("/data/*")]);
    assert_eq!(
        get(&bench, &server.url("/data/x?y=z")).unwrap(),
        json!({ "status": 200, "body": "1" })
    );
    for url in [
        server.url("/"),
        server.url("/database"),
        server.url("/data/../x"),
        server.url("/data/%2e%2e%2fx"),
        format!("http://localhost:{}/data/x", server.port),
        format!("http://127.0.0.1:{}/data/x", server.port ^ 1),
        format!("https://127.0.0.1:{}/data/x", server.port),
        "http://169.254.169.254/data/x".to_owned(),
    ] {
        let error = get(&bench, &url).unwrap_err();
        assert_eq!(error.code(), Code::Denied, "{url}: {error}");
    }
    assert_eq!((server.asked(), denials.lock().unwrap().len()), (1, 8));
    let origin = server.url("");
    assert_eq!(
        denials.lock().unwrap()[0],
        format!("driver reacher: requests to {origin} with that path are not granted")
    );
}

#[test]
fn a_name_does_not_lead_to_this_machine() {
    let server = Counter::start();
    let by_name = format!("http://localhost:{}", server.port);
    let (bench, denials) = reaching(&[&by_name]);
    let error = get(&bench, &by_name).unwrap_err();
    assert_eq!(error.code(), Code::Denied);
    assert!(
        error
            .hint_text()
            .unwrap()
            .contains("the address itself can be granted"),
        "{error:?}"
    );
    assert_eq!((server.asked(), denials.lock().unwrap().len()), (0, 1));
}

#[test]
fn a_run_has_no_effect_on_a_server() {
    let server = Counter::start();
    let (bench, _) = reaching(&[&server.url("")]);
    let url = server.url("/");
    let code = |method, headers| ask(&bench, method, &url, &headers).unwrap_err().code();
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"] {
        assert_eq!(code(method, json!([])), Code::EffectInRun, "{method}");
    }
    for method in ["get", "GET / HTTP/1.1\r\nhost: x\r\n\r\nGET", ""] {
        assert_eq!(code(method, json!([])), Code::InvalidInput, "{method:?}");
    }
    for header in [
        ["host", "elsewhere"],
        ["content-length", "5"],
        ["transfer-encoding", "chunked"],
        ["x", "y\r\nhost: elsewhere"],
        ["x\r\nhost", "elsewhere"],
        ["x y", "z"],
    ] {
        assert_eq!(code("GET", json!([header])), Code::InvalidInput, "{header:?}");
    }
    for url in [
        "",
        "/",
        "http://",
        "http://a@127.0.0.1/",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1\\@x/",
    ] {
        assert_eq!(
            get(&bench, url).unwrap_err().code(),
            Code::InvalidInput,
            "{url:?}"
        );
    }
    assert_eq!(server.asked(), 0);
}

#[test]
fn a_later_attempt_hears_what_the_first_one_heard() {
    let server = Counter::start();
    let (bench, _) = reaching(&[&server.url("")]);
    let other = bench.again();
    let once = Once::new();
    bench.at("now", move || {
        once.call_once(|| drop(other.control("/one", "set", r#"["key","changed"]"#).unwrap()));
    });
    let question = json!(["GET", server.url("/"), []]);
    let script = Script::new()
        .intend("/one", "control")
        .control(0, "get", json!("key"))
        .control(0, "ask", question.clone())
        .control(0, "ask", question)
        .log("now")
        .control(0, "set", json!(["mine", "x"]));
    let report = bench.perform("operator", script.request());
    assert_eq!(report.attempts, 2);
    let output = format!("{:?}", report.result.unwrap());
    // The second attempt has read the other key's change, and has the answers of the first one, in their order.
    assert!(output.contains("changed"), "{output}");
    let answers: Vec<&str> = output
        .split(r#"\"body\":\""#)
        .skip(1)
        .filter_map(|rest| rest.get(..1))
        .collect();
    assert_eq!((answers, server.asked()), (vec!["1", "2"], 2));
    // Another run asks anew.
    assert_eq!(get(&bench, &server.url("/")).unwrap()["body"], "3");
}

#[test]
fn drivers_do_not_hear_what_others_were_told() {
    let server = Counter::start();
    let (bench, _) = reaching(&[&server.url("")]);
    bench
        .runtime
        .load(&reacher("deaf", &["a.example"]), &granting(&["a.example"]).into())
        .unwrap();
    bench.bind("/two", "deaf", "null", "operator").unwrap();
    let question = json!(["GET", server.url("/"), []]);
    let script = Script::new()
        .stubborn()
        .intend("/one", "control")
        .intend("/two", "control")
        .control(0, "ask", question.clone())
        .control(1, "ask", question);
    let outcomes = bench.play("operator", &script).unwrap();
    assert_eq!(
        (&outcomes[2]["ok"]["body"], &outcomes[3]["error"]),
        (&json!("1"), &json!("denied"))
    );
}

#[test]
fn a_run_that_sends_more_requests_than_it_may_ends() {
    let server = Counter::start();
    let (bench, _) = reaching(&[&server.url("")]);
    let often = |times: u32| json!([server.url("/"), times]);
    let answered = bench.control("/one", "ask-often", &often(64).to_string());
    assert_eq!((answered.unwrap().as_str(), server.asked()), ("64", 64));
    // Its driver asks on, and says in the end that all is well.
    let script = Script::new()
        .stubborn()
        .intend("/one", "control")
        .control(0, "set", json!(["key", "value"]))
        .control(0, "ask-often", often(1_000));
    let error = bench.play("operator", &script).unwrap_err();
    assert_eq!(error.code(), Code::LimitExceeded, "{error}");
    assert_eq!(server.asked(), 128);
    assert_eq!(bench.control("/one", "get", r#""key""#).unwrap(), "null");
}

#[test]
fn a_server_that_says_nothing_costs_a_run_its_deadline_and_nobody_else_anything() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (bench, _) = reaching(&[&url]);
    let input = json!(["GET", url, []]).to_string();
    let waiting = airs_runtime::Request::control("/one", "ask", input).deadline_ms(300);
    let error = bench.perform("operator", waiting).result.unwrap_err();
    assert_eq!(error.code(), Code::DeadlineExceeded, "{error}");
    assert!(bench.runtime.is_idle());
    bench.control("/one", "set", r#"["key","value"]"#).unwrap();
}

#[test]
fn what_is_imported_is_declared_and_what_is_declared_is_granted() {
    let (bench, _) = reaching(&["a.example"]);
    let silent = component_with("reacher", |manifest| {
        manifest.capabilities = [Capability::Storage].into()
    });
    let error = bench
        .runtime
        .load(&silent, &granting(&["a.example"]).into())
        .unwrap_err();
    assert_eq!(error.code(), Code::UndeclaredCapability);
    let error = bench
        .runtime
        .load(
            &reacher("reacher", &["b.example"]),
            &granting(&["a.example"]).into(),
        )
        .unwrap_err();
    assert_eq!(error.code(), Code::UngrantedCapability);
    let hint = error.hint_text().unwrap();
    assert!(
        hint.contains(r#"write `http = ["https://a.example", "https://b.example"]` under [grants.reacher]"#),
        "{hint}"
    );
}
