//! Edits of what is not a component's own source: exactly the components that they concern.

use std::fs;

use serde_json::json;

use super::super::verdict::{ensure, holds, misses};
use super::builds::Builds;
use crate::scene::Scene;

/// Makes a constant of a WIT file, and has the compiler know that it was read, as generators of bindings do.
const MACRO: &str = r#"use proc_macro::TokenStream;

#[proc_macro]
pub fn interface(_: TokenStream) -> TokenStream {
    let path = format!("{}/wit/tally.wit", std::env::var("CARGO_MANIFEST_DIR").unwrap());
    let text = std::fs::read_to_string(&path).unwrap();
    let name = text.lines().find_map(|line| line.strip_prefix("interface ")).unwrap();
    let name = name.trim_end_matches(" {");
    let code = format!("const _: &[u8] = include_bytes!({path:?}); pub(crate) const WORD: &str = {name:?};");
    code.parse().unwrap()
}
"#;

const WIT: &str = "package test:tally;\n\ninterface one {\n    count: func() -> u32;\n}\n";

/// A macro that reads WIT, a feature, and what Cargo's configuration sets.
fn prepared(scene: &mut Scene) {
    let manifest = "[package]\nname = \"elsewhere-wits\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\
                    [lib]\nproc-macro = true\n[workspace]\n";
    let depends = "serde_json = \"1\"\n";
    scene
        .write("../wits/Cargo.toml", manifest)
        .write("../wits/src/lib.rs", MACRO)
        .write("tally/wit/tally.wit", WIT)
        .write("tally/src/word.rs", "wits::interface!();\n")
        .edit("tally/Cargo.toml", depends, &format!("{depends}wits = {{ package = \"elsewhere-wits\", path = \"../../wits\" }}\n"))
        .edit("tally/src/lib.rs", "{count} {}", "{count} {}{}{}")
        .edit(
            "tally/src/lib.rs",
            "word::WORD,",
            "if cfg!(feature = \"more\") { \"more \" } else { \"\" }, if cfg!(loud) { \"loud \" } else { \"\" }, word::WORD,",
        )
        .edit("bump/src/lib.rs", "{answer} {}\", generated::WORDS", "{answer} {}{}\", generated::WORDS, TONE.unwrap_or(\"\")")
        .edit("bump/src/lib.rs", "mod generated;\n", "mod generated;\n\nconst TONE: Option<&str> = option_env!(\"TONE\");\n");
    // What Cargo chooses of what there is on this machine: it chooses the same once the file is gone.
    fs::remove_file(scene.path().join("Cargo.lock")).unwrap();
    let locked = scene.cargo("generate-lockfile --offline");
    assert!(locked.status.success(), "{locked:?}");
}

fn tone(tone: &str) -> String {
    format!("[env]\nTONE = \" {tone}\"\n")
}

fn sources(edits: &mut Builds) -> Result<(), String> {
    let tally = &["tally"][..];
    edits.one("a path dependency", tally, "one note 8 words", |scene| {
        scene.write("../outside/src/lib.rs", "pub const NUMBER: u32 = 8;\n");
    })?;
    edits.alike("code for a feature that there is not", tally, |scene| {
        scene.write(
            "../outside/src/lib.rs",
            "pub const NUMBER: u32 = if cfg!(feature = \"nine\") { 9 } else { 8 };\n",
        );
    })?;
    edits.project("its manifest", tally, "one note 9 words", |scene| {
        scene.edit(
            "../outside/Cargo.toml",
            "[workspace]",
            "[features]\ndefault = [\"nine\"]\nnine = []\n[workspace]",
        );
    })?;
    edits.one("a WIT file", tally, "two note 9 words", |scene| {
        scene.edit("tally/wit/tally.wit", "interface one", "interface two");
    })?;
    edits.one("an included file", tally, "two letter 9 words", |scene| {
        scene.write("tally/src/note.txt", "letter\n");
    })?;
    edits.project("a feature", tally, "more two letter 9 words", |scene| {
        scene.edit("tally/Cargo.toml", "more = []", "default = [\"more\"]\nmore = []");
    })?;
    Ok(())
}

fn configuration(edits: &mut Builds) -> Result<(), String> {
    let (tally, bump) = (&["tally"][..], &["bump"][..]);
    edits.project(
        "new configuration above",
        bump,
        "more two letter 9 words low",
        |scene| {
            scene.write("../.cargo/config.toml", tone("low"));
        },
    )?;
    edits.none("a comment in it", |scene| {
        scene.write("../.cargo/config.toml", format!("# Why.\n{}", tone("low")));
    })?;
    edits.project("configuration", bump, "more two letter 9 words high", |scene| {
        scene.write("../.cargo/config.toml", tone("high"));
    })?;
    edits.project(
        "nearer configuration",
        bump,
        "more two letter 9 words near",
        |scene| {
            scene.write(".cargo/config.toml", tone("near"));
        },
    )?;
    edits.project(
        "flags of the compiler",
        tally,
        "more loud two letter 9 words near",
        |scene| {
            let flags = "[target.wasm32-wasip2]\nrustflags = [\"--cfg\", \"loud\"]\n";
            scene.write(".cargo/config.toml", format!("{}{flags}", tone("near")));
        },
    )?;
    edits.project(
        "no configuration",
        &["tally", "bump"],
        "more two letter 9 words",
        |scene| {
            for folder in [".cargo", "../.cargo"] {
                fs::remove_dir_all(scene.path().join(folder)).unwrap();
            }
        },
    )?;
    Ok(())
}

fn of_the_project(edits: &mut Builds) -> Result<(), String> {
    let tally = &["tally"][..];
    edits.project("a toolchain file", &[], "", |scene| {
        scene.write("rust-toolchain.toml", "[toolchain]\nchannel = \"stable\"\n");
    })?;
    ensure!(
        edits
            .warnings
            .iter()
            .any(|said| said.contains("toolchain file counts from the next start")),
        "it does not say what the toolchain file needs: {:?}",
        edits.warnings
    );
    edits.project("grants", tally, "more two letter 9 words", |scene| {
        scene.edit(
            "airs.toml",
            "storage = true",
            "storage = true\nenvironment = [\"TONE\"]",
        );
    })?;
    edits.project(
        "limits of a component",
        tally,
        "more two letter 9 words",
        |scene| {
            let capabilities = "[package.metadata.airs.capabilities]";
            let limits = "[package.metadata.airs.limits]\nmemory_bytes = 33554432\n";
            scene.edit(
                "tally/Cargo.toml",
                capabilities,
                &format!("{limits}\n{capabilities}"),
            );
        },
    )?;
    edits.project("no lock file", &[], "", |scene| {
        fs::remove_file(scene.path().join("Cargo.lock")).unwrap();
    })?;
    Ok(())
}

const NAME: &str = "edits elsewhere";

#[test]
fn an_edit_elsewhere_concerns_exactly_the_components_that_are_made_of_it() {
    let mut edits = Builds::of("elsewhere", prepared);
    edits.counts_by(41);
    holds(NAME, 14, |_| {
        sources(&mut edits)?;
        configuration(&mut edits)?;
        of_the_project(&mut edits)?;
        Ok(json!({ "inputs": 14, "builds": edits.builds }))
    });
    misses(
        NAME,
        "and of a file that both are made of",
        &["are new in service"],
        1,
        |_| {
            edits.project("a feature", &["tally"], "", |scene| {
                scene
                    .edit("tally/Cargo.toml", "default = [\"more\"]", "default = []")
                    .write("bump/words.txt", "other\n");
            })?;
            Ok(json!(null))
        },
    );
}
