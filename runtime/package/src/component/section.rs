//! Where a component's bytes go.

use std::collections::BTreeMap;

use wasmparser::Payload;

use super::Component;

/// How many bytes of a component one kind of section has, with the sections' headers.
///
/// An example is at [`Component`](crate::Component).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SectionSize {
    /// `code`, `data`, `debug information`, `names`, `types` and so on; a custom section has its own name.
    pub name: String,
    /// How many bytes, over all modules of the component.
    pub bytes: u64,
}

impl Component {
    /// Whether it says of its instructions where they are in its source. How much it says is not looked at.
    pub fn has_debug_info(&self) -> bool {
        self.sections.iter().any(|section| section.name == DEBUG)
    }
}

/// Names that are listed; more than compilers make, and a bound for the custom sections of strangers.
const NAMES_MAX: usize = 64;

#[derive(Default)]
pub(super) struct Sizes {
    by_name: BTreeMap<String, u64>,
    /// Bytes besides debug information and names.
    pub(super) stripped: u64,
}

impl Sizes {
    pub(super) fn add(&mut self, payload: &Payload<'_>, bytes: u64) {
        let mut name = match payload {
            Payload::CustomSection(custom) => custom_name(custom.name()),
            payload => standard_name(payload),
        };
        if !matches!(name, DEBUG | NAMES) {
            self.stripped += bytes;
        }
        if let Some(sum) = self.by_name.get_mut(name) {
            *sum += bytes;
            return;
        }
        if self.by_name.len() >= NAMES_MAX {
            name = "other custom sections";
        }
        *self.by_name.entry(name.to_owned()).or_default() += bytes;
    }

    pub(super) fn finish(self) -> Vec<SectionSize> {
        let sizes = self.by_name.into_iter().filter(|(_, bytes)| *bytes > 0);
        let mut sizes: Vec<_> = sizes.map(|(name, bytes)| SectionSize { name, bytes }).collect();
        sizes.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.name.cmp(&b.name)));
        sizes
    }
}

const DEBUG: &str = "debug information";
const NAMES: &str = "names";

fn custom_name(name: &str) -> &str {
    match name {
        "name" | "component-name" => NAMES,
        name if name.starts_with(".debug") => DEBUG,
        name => name,
    }
}

fn standard_name(payload: &Payload<'_>) -> &'static str {
    match payload {
        Payload::CodeSectionStart { .. } | Payload::CodeSectionEntry(_) => "code",
        Payload::DataSection(_) | Payload::DataCountSection { .. } => "data",
        Payload::TypeSection(_) | Payload::CoreTypeSection(_) | Payload::ComponentTypeSection(_) => "types",
        Payload::ImportSection(_) | Payload::ComponentImportSection(_) => "imports",
        Payload::ExportSection(_) | Payload::ComponentExportSection(_) => "exports",
        Payload::FunctionSection(_) => "functions",
        Payload::ElementSection(_) | Payload::TableSection(_) => "tables",
        Payload::InstanceSection(_)
        | Payload::ComponentInstanceSection(_)
        | Payload::ComponentAliasSection(_)
        | Payload::ComponentCanonicalSection(_)
        | Payload::ComponentStartSection { .. } => "linking",
        _ => "other",
    }
}
