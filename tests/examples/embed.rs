//! `examples/embed`.

use std::process::Command;

use crate::{checkout, program};

#[test]
fn it_is_short_and_does_what_it_says() {
    let source = std::fs::read_to_string(checkout().join("examples/embed/src/main.rs")).unwrap();
    assert!(source.lines().count() < 50, "{} lines", source.lines().count());
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| {
        let path = folder.path().join(format!("{name}.wasm"));
        std::fs::write(&path, airs_tests::component(name).bytes()).unwrap();
        path
    };
    let output = Command::new(program("example-embed"))
        .arg(file("ledger"))
        .arg(file("payment"))
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success(),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "2 + 3 = 5");
    assert!(lines[1].starts_with("Bound("), "{text}");
    assert_eq!(lines[2], r#"Output("{\"balance\":\"100.00\"}")"#);
    assert!(lines[3].starts_with("Output("), "{text}");
    assert!(
        lines[4].starts_with("Value(Amount(") && lines.len() == 5,
        "{text}"
    );
}
