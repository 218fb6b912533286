//! Compiling in a process of its own: what is hard to compile ends that process, and is an error.

#[cfg(unix)]
mod staying;

use airs_runtime::{
    CallConfig, Code, CodeCache, CodeSource, CompileProcess, Component, Error, Event, Runtime,
};

fn process() -> CompileProcess {
    CompileProcess::new(env!("CARGO_BIN_EXE_compile-component"), ["no", "arguments"])
}

fn runtime(process: CompileProcess) -> Runtime {
    Runtime::builder().compile_process(process).build().unwrap()
}

/// A component whose function has so many tables of branches, each to all of its blocks, with many values along: it is
/// short, and takes long to compile.
fn tangled(tables: usize) -> Component {
    tangled_like(tables, 0)
}

/// The same; with another number it is another one.
fn tangled_like(tables: usize, number: usize) -> Component {
    const BLOCKS: usize = 400;
    const VALUES: usize = 100;
    let values = "local.get 0 ".repeat(VALUES);
    let targets: String = (0..BLOCKS).map(|block| format!("{} ", block + 1)).collect();
    let table = format!("local.get 0 if {values} local.get 0 br_table {targets} end ");
    let text = format!(
        r#"(component
          (core module $m
            (type $t (func (result {types})))
            (func (export "f") (param i32) (result i32)
              i32.const {number} drop {open} {tables} {values} {close} {drops}))
          (core instance $i (instantiate $m))
          (func (export "f") (param "n" u32) (result u32) (canon lift (core func $i "f"))))"#,
        types = "i32 ".repeat(VALUES),
        open = "block (type $t) ".repeat(BLOCKS + 1),
        tables = table.repeat(tables),
        close = "end ".repeat(BLOCKS + 1),
        drops = "drop ".repeat(VALUES - 1),
    );
    Component::from_text(&text).unwrap()
}

fn load(runtime: &Runtime, component: &Component) -> Result<(), Error> {
    runtime.callable(component, &CallConfig::default()).map(drop)
}

#[test]
fn a_component_is_compiled_there_and_works_here() {
    let (sender, sources) = std::sync::mpsc::channel();
    let folder = tempfile::tempdir().unwrap();
    let cache = CodeCache::open(folder.path().join("code")).unwrap();
    let runtime = Runtime::builder()
        .compile_process(process())
        .code_cache(cache)
        .on_event(move |event| {
            if let Event::Compiled { source, .. } = event {
                sender.send(*source).unwrap();
            }
        });
    let runtime = runtime.build().unwrap();
    for _ in 0..2 {
        let callable = runtime.callable(&tangled(1), &CallConfig::default()).unwrap();
        let here = Runtime::builder()
            .build()
            .unwrap()
            .callable(&tangled(1), &CallConfig::default())
            .unwrap();
        let call =
            |callable: &airs_runtime::Callable| callable.call_blocking::<_, u32>("f", (7_u32,)).unwrap();
        assert_eq!(call(&callable), call(&here));
    }
    assert_eq!(
        sources.try_iter().collect::<Vec<_>>(),
        [CodeSource::Process, CodeSource::Cache]
    );
}

#[test]
fn what_takes_too_much_is_a_limit_and_nothing_else_suffers() {
    let (light, heavy) = (tangled(1), tangled(60));
    for (process, what) in [
        (
            CompileProcess {
                cpu_seconds: 1,
                ..process()
            },
            "1 s of processor time",
        ),
        (
            CompileProcess {
                memory_bytes: 600 << 20,
                ..process()
            },
            "629145600 bytes of memory",
        ),
        (
            CompileProcess {
                wall_ms: 20,
                ..process()
            },
            "20 ms",
        ),
    ] {
        let runtime = runtime(process);
        if what != "20 ms" {
            load(&runtime, &light).unwrap();
        }
        let error = load(&runtime, &heavy).unwrap_err();
        assert_eq!(error.code(), Code::LimitExceeded, "{what}: {error:?}");
        assert!(error.message().contains(what), "{error}");
    }
}

#[test]
fn a_component_that_is_none_is_refused_as_it_is_here() {
    // Valid in its structure; its code is not looked at before it is compiled.
    let text = r#"(component (core module $m (func (export "f") (result i32) nop)))"#;
    let component = Component::from_text(text).unwrap();
    let there = load(&runtime(process()), &component).unwrap_err();
    let here = load(&Runtime::builder().build().unwrap(), &component).unwrap_err();
    assert_eq!(there.code(), Code::InvalidComponent);
    assert_eq!(there, here);
}

#[test]
fn what_there_is_no_place_for_is_refused_as_it_is_here() {
    let several = |what: &str, count| what.repeat(count);
    let runtime = [runtime(process()), Runtime::builder().build().unwrap()];
    for (module, instances, why) in [
        ("(memory 16385)".to_owned(), 1, "memory"),
        ("(table 20001 funcref)".to_owned(), 1, "table"),
        (several("(memory 1)", 2), 1, "memories"),
        (several("(table 1 funcref)", 2), 1, "tables"),
        (String::new(), 17, "instances"),
        ("(memory 1)".to_owned(), 5, "memories"),
        ("(table 1 funcref)".to_owned(), 9, "tables"),
    ] {
        let instances = several("(core instance (instantiate $m))", instances);
        let text = format!("(component (core module $m {module}) {instances})");
        let component = Component::from_text(&text).unwrap();
        let [there, here] = runtime
            .each_ref()
            .map(|runtime| load(runtime, &component).unwrap_err());
        assert_eq!(there.code(), Code::InvalidComponent, "{text}");
        assert!(there.message().contains(why), "{there}");
        assert_eq!(there, here);
    }
}

fn refused(process: CompileProcess, code: Code, why: &str) {
    let shown = format!("{process:?}");
    let error = load(&runtime(process), &tangled(1)).unwrap_err();
    assert_eq!(error.code(), code, "{shown}: {error:?}");
    let cause = std::error::Error::source(&error).map(ToString::to_string);
    let said = format!("{error}: {}", cause.unwrap_or_default());
    assert!(said.contains(why), "{shown}: {said}");
}

#[test]
fn a_program_that_is_not_there_is_said_not_to_compile() {
    refused(
        CompileProcess::new("/nowhere/compile", [""; 0]),
        Code::Internal,
        "/nowhere/compile does not compile components",
    );
}

#[cfg(unix)]
fn shell(script: impl Into<String>) -> CompileProcess {
    CompileProcess::new("/bin/sh", ["-c".to_owned(), script.into()])
}

#[cfg(unix)]
#[test]
fn an_answer_that_is_none_is_said_to_be_none() {
    // Eight bytes of code are announced, in the order of the least first.
    let announced = "\\001\\010\\000\\000\\000\\000\\000\\000\\000";
    for (script, why) in [
        ("exit 0".to_owned(), "exit status: 0"),
        ("exit 7".to_owned(), "exit status: 7"),
        // It says back what it hears.
        ("exec cat".to_owned(), "it answers with something else"),
        ("kill -15 $$".to_owned(), "signal: 15"),
        (
            format!("printf '{announced}not code'"),
            "compiles for another runtime",
        ),
        (format!("printf '{announced}short'"), "its answer breaks off"),
        (
            // All of it ends in the middle of its answer.
            format!(
                "'{}' | (head -c 1000; kill -15 0)",
                env!("CARGO_BIN_EXE_compile-component")
            ),
            "its answer breaks off",
        ),
    ] {
        refused(shell(script), Code::Internal, why);
    }
}

#[cfg(unix)]
#[test]
fn an_answer_without_end_is_a_limit() {
    let endless = "printf '\\001\\000\\000\\000\\000\\000\\000\\001\\000'; exec cat /dev/zero";
    refused(
        shell(endless),
        Code::LimitExceeded,
        "makes 281474976710656 bytes of code, more than 268435456",
    );
}

#[cfg(unix)]
#[test]
fn a_process_that_does_not_end_is_ended() {
    for script in [
        "while :; do :; done",
        // One that says nothing more, and stays.
        "exec 1>&-; while :; do :; done",
        // One behind another, which does not end with that one.
        "(while :; do :; done) & wait",
        // One that does not listen, and has begun to answer.
        "exec 0<&-; printf '\\001'; while :; do :; done",
    ] {
        let process = CompileProcess {
            wall_ms: 50,
            ..shell(script)
        };
        refused(process, Code::LimitExceeded, "takes more than 50 ms");
    }
}

#[cfg(unix)]
#[test]
fn the_process_sees_nothing_of_this_one_s_environment() {
    // It ends with 9 only if it has no variables but those that the shell sets, and what tells it what it is.
    let script =
        r#"test -z "$HOME$USER$CARGO$CARGO_MANIFEST_DIR" && test -n "$AIRS_COMPILE_PROCESS" && exit 9"#;
    refused(shell(script), Code::Internal, "exit status: 9");
}

#[cfg(unix)]
#[test]
fn a_process_that_the_system_has_ended_took_too_much() {
    refused(
        shell("kill -9 $$"),
        Code::LimitExceeded,
        "was ended by the system",
    );
}

#[cfg(unix)]
#[test]
fn a_process_keeps_what_it_was_given_less_of() {
    let this = env!("CARGO_BIN_EXE_compile-component");
    let process = shell(format!(
        "ulimit -v {} && ulimit -t 20 && exec '{this}'",
        600 << 10
    ));
    let runtime = runtime(process);
    load(&runtime, &tangled(1)).unwrap();
    let error = load(&runtime, &tangled(60)).unwrap_err();
    assert_eq!(error.code(), Code::LimitExceeded, "{error:?}");
    assert!(error.message().contains("than there is"), "{error}");
}

#[cfg(unix)]
#[test]
fn code_that_does_not_fit_is_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let code = folder.path().join("code");
    let runtime = Runtime::builder()
        .compile_process(shell(
            "printf '\\001\\010\\000\\000\\000\\000\\000\\000\\000not code'",
        ))
        .code_cache(CodeCache::open(&code).unwrap());
    let error = load(&runtime.build().unwrap(), &tangled(1)).unwrap_err();
    assert!(
        error.message().contains("compiles for another runtime"),
        "{error}"
    );
    let files = std::fs::read_dir(code).unwrap();
    let files: Vec<_> = files.map(|file| file.unwrap().file_name()).collect();
    assert_eq!(files, ["key"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_program_whose_file_was_replaced_compiles_as_itself() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("program");
    std::fs::copy(env!("CARGO_BIN_EXE_compile-component"), &program).unwrap();
    let mut command = std::process::Command::new(&program);
    // It removes its file before it loads a component.
    let output = command.arg("replaced").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(!program.exists());
}

#[test]
fn a_process_that_was_started_to_compile_starts_no_other() {
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    let test = "compile_process::starting_another";
    let command = command
        .args([test, "--exact", "--ignored"])
        .env("AIRS_COMPILE_PROCESS", "1");
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

#[test]
#[ignore = "run by the test above, as a process of its own"]
fn starting_another() {
    let error = Runtime::builder().compile_process(process()).build().unwrap_err();
    assert_eq!(error.code(), Code::InvalidConfig, "{error}");
    Runtime::builder().build().unwrap();
}
