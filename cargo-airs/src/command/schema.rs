//! `cargo airs schema`: the schemas of what people and this program write.

use std::path::Path;

use airs_runtime::{Manifest, Project};
use serde_json::value::RawValue;

use crate::error::{Failure, Reason, Result};
use crate::files;
use crate::message::{self, Message};
use crate::report::Report;
use crate::settings::{Schema, SchemaOf};
use crate::workspace::Workspace;

/// Where a project has the schema of its `airs.toml`, as that names it in its first line.
pub(crate) const SCHEMA_FILE: &str = ".airs/airs.schema.json";

/// Sees to it that the schema that an `airs.toml` names is there: `.airs` is not in version control.
pub(crate) fn keep(workspace: &Workspace) {
    let Some(project) = workspace.project() else {
        return;
    };
    let named = format!("#:schema {SCHEMA_FILE}");
    let file = project.root().join(SCHEMA_FILE);
    let is = |path: &Path, wanted: &dyn Fn(&str) -> bool| {
        files::text(path).is_ok_and(|text| text.is_some_and(|text| wanted(&text)))
    };
    if is(&project.path, &|text| text.starts_with(&named)) && !is(&file, &|text| text == Project::SCHEMA) {
        // An editor misses it, and nothing else.
        let _ = files::write(&file, Project::SCHEMA.as_bytes());
    }
}

pub(crate) fn run(settings: &Schema, report: &Report) -> Result<()> {
    let (of, text) = match settings.of {
        SchemaOf::Project => ("project", Project::SCHEMA),
        SchemaOf::Manifest => ("manifest", Manifest::SCHEMA),
        SchemaOf::Messages => ("messages", message::SCHEMA),
    };
    let content = RawValue::from_string(text.to_owned()).map_err(|cause| {
        Failure::new(
            Reason::Airs(airs_runtime::Code::Internal),
            "a schema is malformed",
        )
        .caused_by(cause)
    })?;
    report.say(&Message::SchemaShown { of, content });
    Ok(())
}
