//! A project of the templates: a ledger, and a payment from it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::guests::{must, tool};

/// The profile that the loop compiles in, as a manifest would say it.
pub(super) const PROFILE: &str = "
[profile.airs-dev]
inherits = \"dev\"
debug = \"line-tables-only\"
opt-level = 1
incremental = true
codegen-units = 16
lto = \"off\"
";

/// Where the ledger is edited: within a function that every payment calls.
const EDITED: &str = "        let path = call.path.clone();\n";

pub(super) struct Project {
    folder: PathBuf,
    source: String,
    edits: u32,
}

impl Project {
    /// Makes the project in this folder, which there need not be yet.
    pub(super) fn new(within: &Path) -> Self {
        fs::create_dir_all(within).expect("the folder can be made");
        airs(within, &["new", "driver", "ledger", "--vcs", "none"]);
        let folder = within.join("ledger");
        airs(&folder, &["new", "program", "payment", "--vcs", "none"]);
        let source = fs::read_to_string(folder.join("src/lib.rs")).expect("the template has a source");
        assert!(source.contains(EDITED), "the template has changed");
        Self {
            folder,
            source,
            edits: 0,
        }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Adds further drivers, which nobody asks for anything.
    pub(super) fn add_drivers(&self, count: usize) {
        for index in 0..count {
            airs(
                &self.folder,
                &["new", "driver", &format!("other-{index}"), "--vcs", "none"],
            );
        }
    }

    /// Adds a profile to the manifest.
    pub(super) fn set_profile(&self, profile: &str) {
        let path = self.folder.join("Cargo.toml");
        let manifest = fs::read_to_string(&path).expect("it has a manifest") + profile;
        fs::write(path, manifest).expect("it can be written");
    }

    /// Saves the ledger with a line of code that says which edit this is, and answers with that.
    pub(super) fn edit(&mut self) -> String {
        self.edits += 1;
        let says = format!("edit {}", self.edits);
        let edited = format!("{EDITED}        println!({says:?});\n");
        fs::write(
            self.folder.join("src/lib.rs"),
            self.source.replace(EDITED, &edited),
        )
        .expect("it can be written");
        says
    }

    /// What Cargo does for a change of the ledger, in the loop's profile.
    pub(super) fn build(&self) -> Command {
        let mut build = Command::new(env!("CARGO"));
        build
            .args([
                "build",
                "--offline",
                "--target",
                "wasm32-wasip2",
                "--profile",
                "airs-dev",
            ])
            .args(["-p", "ledger"])
            .current_dir(&self.folder);
        build
    }

    /// Opens accounts at the loop that serves, for a payment that always succeeds.
    pub(super) fn open_accounts(&self) {
        let account = r#"{"unit": "usd", "scale": 2}"#;
        let bind = ["bind", "/accounts", "--driver", "ledger", "--account", account];
        airs(
            &self.folder,
            &[&bind[..], &["--owner", "each", "--controller", "bank"]].concat(),
        );
        let amount = r#"{"amount": "1000000.00"}"#;
        let mint = [
            "control",
            "/accounts/alice/usd",
            "mint",
            "--as",
            "bank",
            "--input",
            amount,
        ];
        airs(&self.folder, &mint);
    }
}

fn airs(folder: &Path, arguments: &[&str]) {
    must(
        Command::new(tool())
            .arg("airs")
            .args(arguments)
            .current_dir(folder),
    );
}
