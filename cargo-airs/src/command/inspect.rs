//! `cargo airs inspect`: what a component is, imports, exports and needs.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use airs_runtime::{Capabilities, Capability, Component, Extern, Kind};
use serde::Serialize;

use crate::chosen::Chosen;
use crate::error::Result;
use crate::message::{Message, size};
use crate::report::Report;
use crate::settings::Inspect;

/// Everything that there is to say about a component.
#[derive(Debug, Serialize)]
pub(crate) struct Inspection {
    name: Option<String>,
    version: Option<String>,
    kind: Option<&'static str>,
    world: Option<&'static str>,
    /// Why it is not of its world, if it is not.
    misfit: Option<String>,
    path: PathBuf,
    digest: String,
    size_bytes: u64,
    sections: Vec<Section>,
    imports: Vec<String>,
    exports: Vec<String>,
    capabilities: CapabilitySets,
    limits: BTreeMap<&'static str, u64>,
    program: Option<Program>,
    wit: String,
}

#[derive(Debug, Serialize)]
struct Section {
    name: String,
    size_bytes: u64,
}

#[derive(Debug, Serialize)]
struct CapabilitySets {
    /// By kind, as it is written in the manifest.
    declared: BTreeMap<&'static str, String>,
    needed: Vec<&'static str>,
}

#[derive(Debug, Serialize)]
struct Program {
    function: String,
    doc: String,
    input: serde_json::Value,
    output: serde_json::Value,
}

pub(crate) fn run(settings: &Inspect, report: &Report) -> Result<()> {
    let chosen = Chosen::find(&settings.component, &settings.profile, &settings.manifest)?;
    let component = chosen.open()?;
    let inspection = Inspection::of(&component, chosen.shown.into());
    report.say(&Message::ComponentInspected(Box::new(inspection)));
    Ok(())
}

impl Inspection {
    fn of(component: &Component, path: PathBuf) -> Self {
        let manifest = component.manifest();
        let kind = manifest
            .map(|manifest| manifest.kind)
            .or_else(|| component.kind());
        let declared = manifest
            .map(|manifest| manifest.capabilities.clone())
            .unwrap_or_default();
        let misfit = kind.and_then(|kind| component.check_world(kind).err());
        let names = |externs: &[Extern]| externs.iter().map(|one| one.name().to_owned()).collect();
        Self {
            name: manifest.map(|manifest| manifest.name.to_string()),
            version: manifest.map(|manifest| manifest.version.to_string()),
            kind: kind.map(Kind::as_str),
            world: kind.map(|kind| match kind {
                Kind::Driver => "airs:worlds/driver@0.1.0",
                Kind::Program => "airs:worlds/program@0.1.0",
            }),
            misfit: misfit.map(|error| error.to_string()),
            path,
            digest: component.digest().to_string(),
            size_bytes: component.bytes().len() as u64,
            sections: component.sections().iter().map(Section::from).collect(),
            imports: names(component.imports()),
            exports: names(component.exports()),
            capabilities: CapabilitySets {
                declared: written(&declared),
                needed: component
                    .needed_capabilities()
                    .into_iter()
                    .map(Capability::as_str)
                    .collect(),
            },
            limits: manifest
                .map(|manifest| manifest.limits.stated().collect())
                .unwrap_or_default(),
            program: component.program().map(Program::from),
            wit: component.wit(),
        }
    }
}

impl From<&airs_runtime::SectionSize> for Section {
    fn from(section: &airs_runtime::SectionSize) -> Self {
        Self {
            name: section.name.clone(),
            size_bytes: section.bytes,
        }
    }
}

impl From<&airs_runtime::ProgramInfo> for Program {
    fn from(info: &airs_runtime::ProgramInfo) -> Self {
        Self {
            function: info.name.clone(),
            doc: info.doc.clone(),
            input: info.input.clone(),
            output: info.output.clone(),
        }
    }
}

/// What the component says itself: nothing of what is there unless it is taken away.
fn written(declared: &Capabilities) -> BTreeMap<&'static str, String> {
    let unstated = Capabilities::default();
    let stated = |kind: &Capability| declared.contains(*kind) != unstated.contains(*kind);
    let kinds = Capability::ALL.into_iter().filter(stated);
    kinds.map(|kind| (kind.as_str(), declared.value(kind))).collect()
}

impl fmt::Display for Inspection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name.as_deref().unwrap_or("(without a manifest)");
        let version = self.version.as_deref().unwrap_or_default();
        writeln!(f, "{} {name} {version}", self.kind.unwrap_or("component"))?;
        line(f, "file", &self.path.display().to_string())?;
        line(f, "digest", &format!("sha256:{}", self.digest))?;
        line(f, "size", &size(self.size_bytes))?;
        if let Some(world) = self.world {
            line(
                f,
                "world",
                &format!(
                    "{world}{}",
                    if self.misfit.is_some() {
                        ", which it does not fit"
                    } else {
                        ""
                    }
                ),
            )?;
        }
        let list = |words: &[String]| {
            if words.is_empty() {
                "none".to_owned()
            } else {
                words.join(", ")
            }
        };
        let declared = self.capabilities.declared.iter();
        let declared: Vec<String> = declared
            .map(|(kind, value)| format!("{kind} = {value}"))
            .collect();
        line(f, "declared", &list(&declared))?;
        let needed: Vec<String> = self.capabilities.needed.iter().map(ToString::to_string).collect();
        line(f, "needed", &list(&needed))?;
        if let Some(misfit) = &self.misfit {
            writeln!(f, "\n{misfit}")?;
        }
        if !self.limits.is_empty() {
            writeln!(f, "\nlimits")?;
        }
        for (name, value) in &self.limits {
            writeln!(f, "  {name:<22}{value:>12}")?;
        }
        if let Some(program) = &self.program {
            // Whoever wrote the component wrote this: it is not to look like more than it is.
            let (function, doc) = (program.function.escape_debug(), program.doc.trim());
            let colon = if doc.is_empty() { "" } else { ": " };
            writeln!(f, "\nprogram {function}{colon}{}", doc.replace('\n', "\n  "))?;
            writeln!(f, "\ninput schema\n{:#}", program.input)?;
            writeln!(f, "\noutput schema\n{:#}", program.output)?;
        }
        writeln!(f, "\nsize by section")?;
        for section in &self.sections {
            let name = section.name.escape_debug().to_string();
            writeln!(f, "  {name:<22}{:>12}", size(section.size_bytes))?;
        }
        write!(f, "\nwit\n{}", self.wit.trim_end())
    }
}

fn line(f: &mut fmt::Formatter<'_>, key: &str, value: &str) -> fmt::Result {
    writeln!(f, "  {key:<10}{value}")
}
