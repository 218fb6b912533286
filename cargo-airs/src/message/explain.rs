//! What `explain` reports.

use std::fmt;
use std::path::Path;

use airs_runtime::{Capability, ComponentExplained, Denial, Kind};
use serde::Serialize;

use super::Bound;
use crate::error::Failure;

/// What applies to a path.
#[derive(Debug, Serialize)]
pub(crate) struct PathShown {
    pub(crate) path: String,
    pub(crate) context: String,
    pub(crate) caller: String,
    pub(crate) binding: Bound,
    /// Who may take value out; nobody at the root of a binding for each caller.
    pub(crate) owner: Option<String>,
    pub(crate) rights: Vec<RightShown>,
    pub(crate) driver: ComponentShown,
}

/// A right, and why the caller does not have it.
#[derive(Debug, Serialize)]
pub(crate) struct RightShown {
    pub(crate) right: String,
    pub(crate) denied: Option<Why>,
}

/// What applies to a component in a context.
#[derive(Debug, Serialize)]
pub(crate) struct ComponentShown {
    name: String,
    kind: &'static str,
    generation: Option<u64>,
    digest: Option<String>,
    /// Why it is not in service.
    out_of_service: Option<Why>,
    /// What it declares or is granted, by kind.
    capabilities: Vec<CapabilityShown>,
    /// The folders that it may look into.
    folders: Vec<FolderShown>,
    /// What it was denied lately, the newest last.
    denials: Vec<Denial>,
    /// Why it may use nothing in the context.
    denied: Option<Why>,
}

/// One kind of capability, as it is written in manifests and grants.
#[derive(Debug, Serialize)]
struct CapabilityShown {
    capability: &'static str,
    declared: Option<String>,
    granted: Option<String>,
    /// What of it may be used.
    effective: Option<String>,
}

/// A folder that a component may look into.
#[derive(Debug, Serialize)]
struct FolderShown {
    path: String,
    /// Whether it is there. When it is not, it is as if it were empty.
    exists: bool,
}

/// Why something is denied.
#[derive(Debug, Serialize)]
pub(crate) struct Why {
    code: &'static str,
    message: String,
    hint: Option<String>,
}

impl From<&Failure> for Why {
    fn from(failure: &Failure) -> Self {
        let hint = failure.hints().join("\n");
        Self {
            code: failure.reason().as_str(),
            message: failure.message().to_owned(),
            hint: Some(hint).filter(|hint| !hint.is_empty()),
        }
    }
}

impl Why {
    /// The same, where it was said already what it is about.
    fn without(mut self, subject: &str) -> Self {
        if let Some(message) = self.message.strip_prefix(subject) {
            self.message = message.to_owned();
        }
        self
    }
}

impl ComponentShown {
    pub(crate) fn new(explained: &ComponentExplained, out_of_service: Option<&Failure>) -> Self {
        let capability = |kind: Capability| {
            let written = |set: &airs_runtime::Capabilities| set.contains(kind).then(|| set.value(kind));
            CapabilityShown {
                capability: kind.as_str(),
                declared: written(&explained.declared),
                granted: written(&explained.granted),
                effective: explained.effective.as_ref().ok().and_then(written),
            }
        };
        let denied = explained.effective.as_ref().err().cloned();
        let subject = format!("{} {}: ", explained.kind, explained.name);
        Self {
            name: explained.name.to_string(),
            kind: explained.kind.as_str(),
            generation: explained.service.as_ref().map(|service| service.generation),
            digest: explained.service.as_ref().map(|service| service.digest.clone()),
            out_of_service: out_of_service.map(|why| Why::from(why).without(&subject)),
            capabilities: Capability::ALL
                .into_iter()
                .map(capability)
                .filter(|shown| shown.declared.is_some() || shown.granted.is_some())
                .collect(),
            folders: explained
                .folders
                .iter()
                .map(|path| FolderShown::of(path))
                .collect(),
            denials: Vec::new(),
            denied: denied.map(|error| Why::from(&Failure::from(error))),
        }
    }

    /// Whether runs can use it in the context.
    fn works(&self) -> bool {
        self.out_of_service.is_none() && self.denied.is_none()
    }

    /// The same, and what it was denied lately.
    pub(crate) fn denied_lately(mut self, denials: Vec<Denial>) -> Self {
        self.denials = denials;
        self
    }

    /// A driver that something is bound to, and that is not here.
    pub(crate) fn unknown(name: &str, why: &Failure) -> Self {
        Self {
            name: name.to_owned(),
            kind: Kind::Driver.as_str(),
            generation: None,
            digest: None,
            out_of_service: Some(Why::from(why)),
            capabilities: Vec::new(),
            folders: Vec::new(),
            denials: Vec::new(),
            denied: None,
        }
    }
}

impl fmt::Display for PathShown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            path,
            context,
            caller,
            binding,
            ..
        } = self;
        writeln!(f, "{path} for {caller} in context {context}")?;
        writeln!(f, "  {:<11} {}", "binding", binding.line())?;
        writeln!(
            f,
            "  {:<11} {}",
            "owner",
            self.owner.as_deref().unwrap_or("nobody")
        )?;
        if !self.driver.works() {
            let why = "no run comes through: the driver does not work here, see below";
            writeln!(f, "  {:<11} {why}", "but")?;
        }
        for RightShown { right, denied } in &self.rights {
            match denied {
                None => writeln!(f, "  {right:<11} allowed")?,
                Some(why) => writeln!(f, "  {right:<11} {why}")?,
            }
        }
        write!(f, "\n{}", self.driver)
    }
}

impl fmt::Display for ComponentShown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.name)?;
        match (&self.generation, &self.digest) {
            (Some(generation), Some(digest)) => {
                let digest: String = digest.chars().take(12).collect();
                writeln!(f, ", generation {generation}, sha256 {digest}")?;
            }
            _ => writeln!(f, ", not in service")?,
        }
        // That it is out of service may be for the same reason.
        if let Some(why) = self.out_of_service.as_ref().or(self.denied.as_ref()) {
            writeln!(f, "  {:<11} {why}", "why")?;
        }
        for capability in &self.capabilities {
            writeln!(f, "  {capability}")?;
        }
        for folder in &self.folders {
            writeln!(f, "  {folder}")?;
        }
        let mut denials = self.denials.iter();
        denials.try_for_each(|denial| {
            let Denial {
                run,
                capability,
                message,
                ..
            } = denial;
            writeln!(f, "  {:<11} {capability} in run {run}: {message}", "denied")
        })
    }
}

impl fmt::Display for CapabilityShown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<11} ", self.capability)?;
        let granted = self.granted.as_deref().unwrap_or("nothing");
        match (&self.declared, &self.effective) {
            (_, Some(effective)) if effective == granted => f.write_str(effective),
            (_, Some(effective)) => write!(f, "{effective} of {granted}, which is granted"),
            (None, None) => write!(f, "not declared; granted is {granted}"),
            (Some(declared), None) if declared == granted => f.write_str(declared),
            (Some(declared), None) => write!(f, "declared is {declared}, granted is {granted}"),
        }
    }
}

impl FolderShown {
    fn of(path: &Path) -> Self {
        Self {
            path: path.display().to_string(),
            exists: path.is_dir(),
        }
    }
}

impl fmt::Display for FolderShown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let missing = if self.exists { "" } else { ", which is not there" };
        write!(f, "{:<11} {}{missing}", "folder", self.path)
    }
}

/// A reason and, on lines of their own, what could be done.
impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)?;
        let hints = self.hint.iter().flat_map(|hint| hint.lines());
        hints
            .into_iter()
            .try_for_each(|hint| write!(f, "\n{:14}{hint}", ""))
    }
}
