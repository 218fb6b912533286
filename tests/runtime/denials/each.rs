//! Whatever a component is denied: it is told, who listens is told, and it is on record, also when the run fails.

use std::fs;

use airs_runtime::{Access, Capabilities, Capability, Code, Component, Event, Manifest, StorageAccess};
use airs_tests::{Bench, Notes, component_with};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Drivers with less than they reach for, at `/probe-driver`, `/reacher` and `/reader`.
struct Scene {
    bench: Bench,
    told: Notes,
    _place: TempDir,
}

impl Scene {
    fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("local/rates");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("usd.json"), "1.25").unwrap();
        fs::write(place.path().join("secret"), "").unwrap();
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("../../secret", folder.join("link")).unwrap();
            fs::hard_link(place.path().join("secret"), folder.join("hard")).unwrap();
        }
        let (bench, told) = Bench::noting(
            &[],
            |builder| builder.files(place.path()),
            |event| match event {
                Event::Denied {
                    run,
                    component,
                    capability,
                    message,
                    ..
                } => Some(format!("{run} {component} {capability}: {message}")),
                _ => None,
            },
        );
        let scene = Self {
            bench,
            told,
            _place: place,
        };
        for name in ["probe-driver", "reacher", "reader"] {
            scene.load(name, |_| ());
            scene
                .bench
                .bind(&format!("/{name}"), name, &account(name), "operator")
                .unwrap();
        }
        scene
    }

    fn load(&self, name: &str, change: impl FnOnce(&mut Capabilities)) {
        let driver: Component = component_with(name, |manifest: &mut Manifest| {
            manifest.capabilities = match name {
                "reacher" => Capabilities::from([Capability::Storage]).with_http(
                    ["https://api.example/data/*", "http://name.example"]
                        .map(|pattern| pattern.parse().unwrap()),
                ),
                "reader" => Capabilities::default().with_files("rates".parse().unwrap(), Access::Read),
                _ => manifest.capabilities.clone(),
            };
            change(&mut manifest.capabilities);
        });
        let declared = driver.manifest().unwrap().capabilities.clone();
        self.bench.runtime.load(&driver, &declared.into()).unwrap();
    }

    /// What comes of an operation, and whether it is told once, and on record as it was told.
    fn meets(
        &self,
        driver: &str,
        operation: &str,
        input: &Value,
        capability: Capability,
    ) -> Result<Value, Code> {
        let before = self.bench.runtime.denials(None).unwrap().all.len();
        self.told.lock().unwrap().clear();
        let answer = self
            .bench
            .control(&format!("/{driver}"), operation, &input.to_string());
        let told = std::mem::take(&mut *self.told.lock().unwrap());
        let kept = self.bench.runtime.denials(None).unwrap();
        let kept: Vec<String> = kept.all[before..]
            .iter()
            .map(|denial| {
                format!(
                    "{} {} {}: {}",
                    denial.run, denial.component, denial.capability, denial.message
                )
            })
            .collect();
        let which = format!("{driver} {operation} {input}: {answer:?}");
        assert_eq!(told.len(), 1, "{which}: {told:?}");
        assert_eq!(told, kept, "{which}");
        assert!(
            told[0].contains(&format!(" {driver} {capability}: ")),
            "{which}: {told:?}"
        );
        answer
            .map(|output| serde_json::from_str(&output).unwrap())
            .map_err(|error| error.code())
    }

    /// It ends the run, or is what the driver's call answers.
    fn denied(&self, driver: &str, operation: &str, input: &Value, capability: Capability) {
        let met = self.meets(driver, operation, input, capability);
        assert_eq!(met, Err(Code::Denied), "{driver} {operation} {input}");
    }

    /// The standard library's own word for it.
    fn refused(&self, operation: &str, input: &Value, capability: Capability, word: &str) {
        let met = self.meets("reader", operation, input, capability).unwrap();
        let why = met["refused"].as_str().unwrap_or_default();
        assert!(why.starts_with(word), "{operation} {input}: {met}");
    }
}

fn account(driver: &str) -> String {
    if driver == "probe-driver" { "{}" } else { "null" }.to_owned()
}

#[test]
fn what_storage_denies_is_told_and_kept() {
    let scene = Scene::new();
    let write = json!(["key", "x".repeat(1_000)]);
    scene.load("probe-driver", |declared| {
        declared.storage = Some(StorageAccess {
            quota_bytes: 100,
            ..StorageAccess::DEFAULT
        });
    });
    scene.denied("probe-driver", "set", &write, Capability::Storage);
    scene.load("probe-driver", |declared| {
        declared.storage = Some(StorageAccess {
            access: Access::Read,
            ..StorageAccess::DEFAULT
        });
    });
    scene.denied("probe-driver", "set", &write, Capability::Storage);
}

#[test]
fn what_clocks_and_chance_deny_is_told_and_kept() {
    let scene = Scene::new();
    for capability in [Capability::Clock, Capability::Random] {
        scene.load("probe-driver", |declared| match capability {
            Capability::Clock => declared.clock = false,
            _ => declared.random = false,
        });
        scene.denied("probe-driver", "world", &Value::Null, capability);
    }
}

#[test]
fn what_http_denies_is_told_and_kept() {
    let scene = Scene::new();
    for url in [
        "https://other.example/",
        "https://api.example/database",
        "https://api.example/data/../admin",
        "http://api.example/data/1",
        "https://api.example:444/data/1",
        "http://127.0.0.1/",
        "http://localhost/",
    ] {
        scene.denied("reacher", "ask", &json!(["GET", url, []]), Capability::Http);
    }
    // Granted, and this machine: decided when the name is known.
    scene.load("reacher", |declared| {
        *declared = declared.clone().with_http(["http://localhost".parse().unwrap()]);
    });
    scene.denied(
        "reacher",
        "ask",
        &json!(["GET", "http://localhost/", []]),
        Capability::Http,
    );
    // Nor is there another way to the network, by address or by name.
    for server in ["127.0.0.1:80", "localhost:80"] {
        scene.refused("connect", &json!(server), Capability::Http, "Permission denied");
    }
}

#[test]
fn what_files_deny_is_told_and_kept() {
    let scene = Scene::new();
    let no = "Operation not permitted";
    let mut paths = vec!["/rates/../secret", "/rates/nul", "/rates/a:b", "/rates/usd.json."];
    if cfg!(unix) {
        paths.extend(["/rates/link", "/rates/hard"]);
    }
    for path in paths {
        for operation in ["read", "size", "list"] {
            scene.refused(operation, &json!(path), Capability::Files, no);
        }
    }
    for how in ["write", "remove", "rename", "make"] {
        let change = json!([how, "/rates/usd.json", "/rates/new"]);
        scene.refused("change", &change, Capability::Files, "Read-only file system");
    }
}
