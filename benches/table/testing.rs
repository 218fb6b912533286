//! A fresh runtime for a test: what the pipe to the tool costs over a runtime of this process.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use airs_runtime::{Capability, CodeCache, Component, EngineConfig, Runtime};

use crate::guests::{must, tool};
use crate::pairs::{Pairs, micros_each};
use crate::row::Row;

const PAIRS: usize = 40;
const FRESH: u32 = 20;
/// As the tool has them.
const INSTANCES_MAX: u32 = 32;
const THREADS: usize = 2;

pub(crate) fn rows(wanted: &str) -> Vec<Row> {
    if "test, fresh runtime".contains(wanted) {
        vec![fresh()]
    } else {
        Vec::new()
    }
}

/// A runtime with a driver and a program in service, whose code was kept: asked for over the pipe, and made here.
fn fresh() -> Row {
    let folder = tempfile::tempdir().expect("a folder");
    let scaffold = |kind: &str, name: &str, at: &Path| {
        let mut new = Command::new(tool());
        must(
            new.args(["airs", "new", kind, name, "--vcs", "none"])
                .current_dir(at),
        );
    };
    let project = folder.path().join("ledger");
    scaffold("driver", "ledger", folder.path());
    scaffold("program", "payment", &project);
    let mut served = Served::start(&project, &folder.path().join("cache"));
    let built = |name: &str| {
        let file = project.join(format!("target/airs/release/{name}.wasm"));
        Component::open(&file).expect("it was built")
    };
    let (ledger, payment) = (built("ledger"), built("payment"));
    let cache = CodeCache::open(folder.path().join("floor/code")).expect("the folder is private");
    let here = || {
        let engine = EngineConfig {
            instances_max: INSTANCES_MAX,
            threads: THREADS,
            ..EngineConfig::default()
        };
        let builder = Runtime::builder().engine(engine).code_cache(cache.clone());
        let runtime = builder.build().expect("it starts");
        let granted = [Capability::Storage].into();
        runtime.load(&ledger, &granted).expect("the driver loads");
        runtime.load(&payment, &[].into()).expect("the program loads");
        // Its threads end with it, and nobody waits for that over the pipe either.
        std::thread::spawn(move || drop(runtime));
    };
    let floor = || micros_each(FRESH, here) / 1e3;
    let value = || micros_each(FRESH, || served.fresh()) / 1e3;
    Row::ratio(
        "test, fresh runtime",
        "ms",
        &Pairs::measure(PAIRS, floor, value),
        1.3,
    )
}

/// The tool, as a test that nobody serves starts it.
struct Served {
    tool: Child,
    write: ChildStdin,
    read: BufReader<ChildStdout>,
    runtimes: u64,
}

impl Served {
    fn start(project: &Path, cache: &Path) -> Self {
        let mut command = Command::new(tool());
        command
            .args(["airs", "test", "--serve", "--release"])
            .current_dir(project)
            .env("AIRS_CACHE_DIR", cache)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut tool = command.spawn().expect("the tool starts");
        let write = tool.stdin.take().expect("a pipe");
        let read = BufReader::new(tool.stdout.take().expect("a pipe"));
        let mut served = Self {
            tool,
            write,
            read,
            runtimes: 0,
        };
        let ready = served.line();
        assert!(ready.starts_with("{\"ready\":"), "{ready}");
        served
    }

    /// Has a runtime made, and ended when it is there.
    fn fresh(&mut self) {
        self.runtimes += 1;
        let runtime = self.runtimes;
        let opening =
            r#"{"open":{"contexts":[],"components":null,"now_ms":0,"seed":0,"variables":[],"http":[]}}"#;
        for (request, ask) in [opening, r#""close""#].into_iter().enumerate() {
            let line = format!("{{\"request\":{request},\"runtime\":{runtime},\"ask\":{ask}}}\n");
            self.write.write_all(line.as_bytes()).expect("it listens");
            assert_eq!(
                self.line(),
                format!("{{\"request\":{request},\"answer\":\"done\"}}\n")
            );
        }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.read.read_line(&mut line).expect("it answers");
        line
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It was started here, and has nothing to save.
        let _ = self.tool.kill();
        let _ = self.tool.wait();
    }
}
