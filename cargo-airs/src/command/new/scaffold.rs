//! A new component's files, from the embedded templates.

use std::path::{Path, PathBuf};

use airs_runtime::{Kind, Name, Project};
use airs_templates::{DRIVER, File, LOCK, PROFILES, PROGRAM, PROJECT, WORKSPACE};
use handlebars::{Handlebars, RenderError};
use serde_json::{Value, json};

use super::lock::Lock;
use super::template::Template;
use crate::command::schema::SCHEMA_FILE;
use crate::error::{Failure, Reason, Result};
use crate::settings::Sdk;

/// What the templates have places for.
#[derive(Debug)]
pub(crate) struct Scaffold {
    kind: Kind,
    name: Name,
    sdk: Dependency,
    /// A person's own template, instead of the embedded one.
    template: Option<Template>,
}

/// How a `Cargo.toml` names the SDK.
#[derive(Debug)]
struct Dependency {
    line: String,
    /// The same for what integration tests use.
    testing: String,
    by_path: bool,
}

/// Files to write, each with its path in the new folder.
pub(crate) type Files = Vec<(PathBuf, Vec<u8>)>;

impl Scaffold {
    pub(crate) fn new(kind: Kind, name: Name, sdk: &Sdk, template: Option<&str>) -> Result<Self> {
        Ok(Self {
            kind,
            name,
            sdk: Dependency::on(sdk)?,
            template: template.map(Template::read).transpose()?,
        })
    }

    /// A project of this component alone.
    pub(crate) fn alone(&self) -> Result<Files> {
        let context = self.context(true);
        let mut files = self.own(&context)?;
        if let Some(template) = &self.template {
            template.check_project(&self.name, &files)?;
        }
        // A person's own template may bring some of them.
        for file in render_all(PROJECT, &context)? {
            if files.iter().all(|(path, _)| *path != file.0) {
                files.push(file);
            }
        }
        if let Some(lock) = self.lock()? {
            files.push(("Cargo.lock".into(), lock.to_string().into_bytes()));
        }
        let names_schema = |(path, text): &(PathBuf, Vec<u8>)| {
            path == Path::new(Project::FILE_NAME)
                && text.starts_with(format!("#:schema {SCHEMA_FILE}").as_bytes())
        };
        if files.iter().any(names_schema) {
            files.push((SCHEMA_FILE.into(), Project::SCHEMA.as_bytes().to_vec()));
        }
        Ok(files)
    }

    /// This component as a folder of a project.
    pub(crate) fn member(&self) -> Result<Files> {
        let mut files = self.own(&self.context(false))?;
        // These are the project's.
        files.retain(|(path, _)| {
            !["airs.toml", "Cargo.lock"]
                .iter()
                .any(|own| path == Path::new(own))
        });
        Ok(files)
    }

    /// The lock file of this component alone. What a person's own template depends on, only that tells.
    pub(crate) fn lock(&self) -> Result<Option<Lock>> {
        if self.template.is_some() {
            return Ok(None);
        }
        let mut lock = Lock::parse(&embedded(LOCK, &self.context(true))?);
        if !self.sdk.by_path {
            lock.remove("airs-sdk");
            lock.remove("airs-macros");
            lock.remove("airs-testing");
        }
        Ok(Some(lock))
    }

    /// Whether it is granted storage from the beginning: the embedded driver is known to need it, and nothing else.
    pub(crate) fn is_granted_storage(&self) -> bool {
        self.kind == Kind::Driver && self.template.is_none()
    }

    fn own(&self, context: &Value) -> Result<Files> {
        match (&self.template, self.kind) {
            (Some(template), kind) => template.render(kind, &self.name, context),
            (None, Kind::Driver) => render_all(DRIVER, context),
            (None, Kind::Program) => render_all(PROGRAM, context),
        }
    }

    fn context(&self, alone: bool) -> Value {
        json!({
            "name": self.name.as_str(),
            "kind": self.kind.as_str(),
            "sdk": self.sdk.line,
            "testing": self.sdk.testing,
            "alone": alone,
            "profiles": PROFILES,
            "storage": self.is_granted_storage(),
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
                testing: format!("\"{version}\""),
                by_path: false,
            }),
            Sdk::Checkout(folder) => Ok(Self::at(folder)),
            Sdk::Given(folder) => given(folder).map(|folder| Self::at(&folder)),
        }
    }

    fn at(folder: &Path) -> Self {
        let path = |folder: &Path| toml_edit::Value::from(folder.to_string_lossy().as_ref());
        Self {
            line: format!("{{ package = \"airs-sdk\", path = {} }}", path(folder)),
            testing: format!("{{ path = {} }}", path(&folder.join("testing"))),
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
            (Some(path), _) => Ok((path.into(), embedded(text, context)?.into_bytes())),
            (None, "gitignore") => Ok((".gitignore".into(), (*text).into())),
            (None, path) => Ok((path.into(), (*text).into())),
        });
    rendered.collect()
}

/// Fills the places of a template.
pub(crate) fn render(template: &str, context: &Value) -> std::result::Result<String, RenderError> {
    let mut handlebars = Handlebars::new();
    handlebars.set_strict_mode(true);
    // There is nothing to go through but the values themselves, which within each other would never end.
    handlebars.unregister_helper("each");
    handlebars.register_escape_fn(handlebars::no_escape);
    handlebars.render_template(template, context)
}

fn embedded(template: &str, context: &Value) -> Result<String> {
    render(template, context).map_err(|cause| {
        Failure::new(
            Reason::Airs(airs_runtime::Code::Internal),
            "a template is malformed",
        )
        .caused_by(cause)
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use airs_runtime::Kind;

    use super::Scaffold;
    use crate::settings::Sdk;

    #[test]
    fn without_a_checkout_the_sdk_comes_from_the_registry() {
        let scaffold = Scaffold::new(
            Kind::Driver,
            "ledger".parse().unwrap(),
            &Sdk::Registry("0.1"),
            None,
        )
        .unwrap();
        let files = scaffold.alone().unwrap();
        let text = |name: &str| {
            let (_, bytes) = files.iter().find(|(path, _)| path == Path::new(name)).unwrap();
            str::from_utf8(bytes).unwrap()
        };
        assert!(text("Cargo.toml").contains("airs = { package = \"airs-sdk\", version = \"0.1\" }\n"));
        // Its checksum is not known here: Cargo adds it, and keeps the rest.
        assert!(!text("Cargo.lock").contains("name = \"airs-sdk\""));
        assert!(text("Cargo.lock").contains("name = \"serde\""));
    }

    #[test]
    fn a_path_is_quoted_as_toml_needs_it() {
        let folder = r#"C:\it's "mine""#;
        let sdk = Sdk::Checkout(folder.into());
        let files = Scaffold::new(Kind::Program, "pay".parse().unwrap(), &sdk, None)
            .unwrap()
            .member()
            .unwrap();
        let manifest = &files
            .iter()
            .find(|(path, _)| path == Path::new("Cargo.toml"))
            .unwrap()
            .1;
        let document: toml_edit::DocumentMut = str::from_utf8(manifest).unwrap().parse().unwrap();
        assert_eq!(document["dependencies"]["airs"]["path"].as_str(), Some(folder));
    }
}
