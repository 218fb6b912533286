//! A new component's files, from the embedded templates.

use std::path::{Path, PathBuf};

use airs_core::{Kind, Name};
use airs_templates::{DRIVER, File, LOCK, PROFILES, PROGRAM, PROJECT, WORKSPACE};
use handlebars::Handlebars;
use serde_json::{Value, json};

use super::lock::Lock;
use crate::error::{Failure, Reason, Result};
use crate::settings::Sdk;

/// What the templates have places for.
#[derive(Debug)]
pub(crate) struct Scaffold {
    kind: Kind,
    name: Name,
    sdk: Dependency,
}

/// How a `Cargo.toml` names the SDK.
#[derive(Debug)]
struct Dependency {
    line: String,
    by_path: bool,
}

/// Files to write, each with its path in the new folder.
pub(crate) type Files = Vec<(PathBuf, String)>;

impl Scaffold {
    pub(crate) fn new(kind: Kind, name: Name, sdk: &Sdk) -> Result<Self> {
        Ok(Self {
            kind,
            name,
            sdk: Dependency::on(sdk)?,
        })
    }

    /// A project of this component alone.
    pub(crate) fn alone(&self) -> Result<Files> {
        let context = self.context(true);
        let mut files = render_all(self.template(), &context)?;
        files.extend(render_all(PROJECT, &context)?);
        files.push(("Cargo.lock".into(), self.lock()?.to_string()));
        Ok(files)
    }

    /// This component as a folder of a project.
    pub(crate) fn member(&self) -> Result<Files> {
        render_all(self.template(), &self.context(false))
    }

    /// The lock file of this component alone.
    pub(crate) fn lock(&self) -> Result<Lock> {
        let mut lock = Lock::parse(&render(LOCK, &self.context(true))?);
        if !self.sdk.by_path {
            lock.remove("airs-sdk");
            lock.remove("airs-macros");
        }
        Ok(lock)
    }

    fn template(&self) -> &'static [File] {
        match self.kind {
            Kind::Driver => DRIVER,
            Kind::Program => PROGRAM,
        }
    }

    fn context(&self, alone: bool) -> Value {
        json!({
            "name": self.name.as_str(),
            "sdk": self.sdk.line,
            "alone": alone,
            "profiles": PROFILES,
            "storage": self.kind == Kind::Driver,
        })
    }
}

/// The `Cargo.toml` of a workspace without members.
pub(crate) fn workspace() -> String {
    format!("{WORKSPACE}{PROFILES}")
}

impl Dependency {
    fn on(sdk: &Sdk) -> Result<Self> {
        match sdk {
            Sdk::Registry(version) => Ok(Self {
                line: format!("{{ package = \"airs-sdk\", version = \"{version}\" }}"),
                by_path: false,
            }),
            Sdk::Checkout(folder) => Ok(Self::at(folder)),
            Sdk::Given(folder) => given(folder).map(|folder| Self::at(&folder)),
        }
    }

    fn at(folder: &Path) -> Self {
        let path = toml_edit::Value::from(folder.to_string_lossy().as_ref());
        Self {
            line: format!("{{ package = \"airs-sdk\", path = {path} }}"),
            by_path: true,
        }
    }
}

/// The folder of the SDK, if it is one.
fn given(folder: &Path) -> Result<PathBuf> {
    let manifest = folder.join("Cargo.toml");
    let text = crate::files::text(&manifest)?.unwrap_or_default();
    let name = text
        .parse::<toml_edit::DocumentMut>()
        .ok()
        .and_then(|document| document.get("package")?.get("name")?.as_str().map(str::to_owned));
    if name.as_deref() != Some("airs-sdk") {
        return Err(Failure::usage(format!(
            "{} is not the SDK: it holds no package airs-sdk",
            folder.display()
        ))
        .hint("give the folder `sdk` of a checkout of airs"));
    }
    std::path::absolute(folder)
        .map_err(|cause| Failure::unavailable(format!("cannot find {}", folder.display())).caused_by(cause))
}

fn render_all(template: &[File], context: &Value) -> Result<Files> {
    let rendered = template
        .iter()
        .map(|(path, text)| match (path.strip_suffix(".hbs"), *path) {
            (Some(path), _) => Ok((path.into(), render(text, context)?)),
            (None, "gitignore") => Ok((".gitignore".into(), (*text).to_owned())),
            (None, path) => Ok((path.into(), (*text).to_owned())),
        });
    rendered.collect()
}

fn render(template: &str, context: &Value) -> Result<String> {
    let mut handlebars = Handlebars::new();
    handlebars.set_strict_mode(true);
    handlebars.register_escape_fn(handlebars::no_escape);
    handlebars.render_template(template, context).map_err(|cause| {
        Failure::new(Reason::Airs(airs_core::Code::Internal), "a template is malformed").caused_by(cause)
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use airs_core::Kind;

    use super::Scaffold;
    use crate::settings::Sdk;

    #[test]
    fn without_a_checkout_the_sdk_comes_from_the_registry() {
        let scaffold = Scaffold::new(Kind::Driver, "ledger".parse().unwrap(), &Sdk::Registry("0.1")).unwrap();
        let files = scaffold.alone().unwrap();
        let text = |name: &str| &files.iter().find(|(path, _)| path == Path::new(name)).unwrap().1;
        assert!(text("Cargo.toml").contains("airs = { package = \"airs-sdk\", version = \"0.1\" }\n"));
        // Its checksum is not known here: Cargo adds it, and keeps the rest.
        assert!(!text("Cargo.lock").contains("name = \"airs-sdk\""));
        assert!(text("Cargo.lock").contains("name = \"serde\""));
    }

    #[test]
    fn a_path_is_quoted_as_toml_needs_it() {
        let folder = r#"C:\it's "mine""#;
        let sdk = Sdk::Checkout(folder.into());
        let files = Scaffold::new(Kind::Program, "pay".parse().unwrap(), &sdk)
            .unwrap()
            .member()
            .unwrap();
        let manifest = &files
            .iter()
            .find(|(path, _)| path == Path::new("Cargo.toml"))
            .unwrap()
            .1;
        let document: toml_edit::DocumentMut = manifest.parse().unwrap();
        assert_eq!(document["dependencies"]["airs"]["path"].as_str(), Some(folder));
    }
}
