//! The program at the command line.

use std::io::Write;
use std::process::{Command, Stdio};

use payments::MESSAGE_BYTES_MAX;

use crate::scene::bank_folder;

#[test]
fn a_file_is_read_no_further_than_messages_are_long() {
    let folder = tempfile::tempdir().unwrap();
    let bank = folder.path().join("bank");
    bank_folder(&bank);
    let mut program = Command::new(env!("CARGO_BIN_EXE_payments"))
        .arg(&bank)
        .args(["book", "acme", "/dev/stdin"])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = program.stdin.take().unwrap();
    let spaces = [b' '; 1 << 16];
    let taken = (0..4 * MESSAGE_BYTES_MAX / spaces.len()).take_while(|_| input.write_all(&spaces).is_ok());
    // What it did not take, but its pipe.
    let taken = taken.count() * spaces.len();
    drop(input);
    let output = program.wait_with_output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("longer than 4194304 bytes"), "{told}");
    assert!(taken < 2 * MESSAGE_BYTES_MAX, "{taken} bytes were taken");
}

#[test]
fn a_message_has_no_say_in_what_a_terminal_does() {
    let folder = tempfile::tempdir().unwrap();
    let bank = folder.path().join("bank");
    bank_folder(&bank);
    let message = folder.path().join("message.xml");
    std::fs::write(&message, "<Document>\n<\u{1b}]0;paid\u{7}/></Document>").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_payments"))
        .arg(&bank)
        .args(["book", "acme"])
        .arg(&message)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        told.starts_with("refused: line 2: no element is called \"\\u{1b}]0;paid\\u{7}\""),
        "{told}"
    );
    assert_eq!(told.lines().count(), 1, "{told}");
    assert!(!told.trim_end().contains(char::is_control), "{told}");
}

#[test]
fn what_cannot_be_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_payments"));
        let output = command
            .args(arguments)
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).unwrap()
    };
    let told = refused(&["bank", "book", "acme", "message.xml"]);
    assert!(
        told.starts_with("refused: bank/accounts.json cannot be read: "),
        "{told}"
    );
    bank_folder(&folder.path().join("bank"));
    let told = refused(&["bank", "book", "acme", "message.xml"]);
    assert!(
        told.starts_with("refused: message.xml cannot be read: "),
        "{told}"
    );
}
