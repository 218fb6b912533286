//! What commands that use the runtime report.

use std::fmt;

use airs_runtime::{Amount, Item, Value};
use serde::Serialize;

use super::{short, size};

/// What an asset holds: `{"amount":"12.50"}`, `{"items":[…]}` or `{"data":"0a1b"}`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ValueShown {
    /// A decimal number, as text: no reader rounds it.
    Amount(String),
    Items(Vec<ItemShown>),
    /// Hexadecimal.
    Data(String),
}

#[derive(Debug, Serialize)]
pub(crate) struct ItemShown {
    id: String,
    data: String,
}

impl From<Value> for ValueShown {
    fn from(value: Value) -> Self {
        match value {
            Value::Amount(amount) => Self::Amount(Amount::to_string(&amount)),
            Value::Items(items) => Self::Items(items.into_iter().map(ItemShown::from).collect()),
            Value::Data(data) => Self::Data(hexadecimal(&data)),
        }
    }
}

impl From<Item> for ItemShown {
    fn from(item: Item) -> Self {
        Self {
            id: item.id,
            data: hexadecimal(&item.data),
        }
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl fmt::Display for ValueShown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Amount(text) | Self::Data(text) => f.write_str(text),
            Self::Items(items) => {
                let lines: Vec<String> = items
                    .iter()
                    .map(|item| format!("{} {}", item.id, item.data))
                    .collect();
                f.write_str(&lines.join("\n"))
            }
        }
    }
}

/// A binding.
#[derive(Debug, Serialize)]
pub(crate) struct Bound {
    pub(crate) path: String,
    pub(crate) driver: String,
    pub(crate) owner: String,
    pub(crate) controllers: Vec<String>,
}

impl Bound {
    pub(super) fn line(&self) -> String {
        format!("{} to {}", self.path, self.held())
    }

    /// By which driver, and by whom.
    fn held(&self) -> String {
        let Self {
            driver,
            owner,
            controllers,
            ..
        } = self;
        format!(
            "{driver}, owned by {owner}, controlled by {}",
            controllers.join(", ")
        )
    }
}

/// Bindings, one a line.
pub(super) fn listed(bindings: &[Bound]) -> String {
    if bindings.is_empty() {
        return "nothing is bound".to_owned();
    }
    let width = bindings
        .iter()
        .map(|bound| bound.path.len())
        .max()
        .unwrap_or_default();
    let line = |bound: &Bound| format!("{:<width$}  {}", bound.path, bound.held());
    bindings.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// A project at a glance.
#[derive(Debug, Serialize)]
pub(crate) struct Status {
    pub(crate) project: Option<String>,
    pub(crate) profile: String,
    pub(crate) context: String,
    pub(crate) state: String,
    /// The process of the loop that serves the project, if one does.
    pub(crate) dev_process: Option<u32>,
    pub(crate) components: Vec<ComponentStatus>,
    pub(crate) bindings: Vec<Bound>,
}

/// How a component stands.
#[derive(Debug, Serialize)]
pub(crate) struct ComponentStatus {
    pub(crate) name: String,
    pub(crate) kind: &'static str,
    pub(crate) version: String,
    pub(crate) digest: Option<String>,
    pub(crate) size_bytes: Option<u64>,
    /// up-to-date, out-of-date or not-built.
    pub(crate) freshness: &'static str,
    /// A file that was changed since it was built.
    pub(crate) changed: Option<String>,
    /// What it declares and is not granted: it is not put into service.
    pub(crate) ungranted: Vec<String>,
    /// What of it the loop has in service, if one serves, and it does.
    pub(crate) serving: Option<ServingStatus>,
}

/// What of a component is in service in a loop, which builds apart.
#[derive(Debug, Serialize)]
pub(crate) struct ServingStatus {
    pub(crate) digest: String,
    pub(crate) size_bytes: u64,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "project  {}",
            self.project.as_deref().unwrap_or("none: no airs.toml")
        )?;
        writeln!(f, "state    {}, context {}", self.state, self.context)?;
        if let Some(process) = self.dev_process {
            writeln!(
                f,
                "serving  `cargo airs dev`, process {process}, which builds apart"
            )?;
        }
        writeln!(f, "\ncomponents, profile {}", self.profile)?;
        for component in &self.components {
            writeln!(f, "  {}", component.line(self.dev_process.is_some()))?;
        }
        writeln!(f, "\nbindings")?;
        for line in listed(&self.bindings).lines() {
            writeln!(f, "  {line}")?;
        }
        Ok(())
    }
}

impl ComponentStatus {
    /// For people; where a loop serves, what it serves comes first.
    fn line(&self, is_loop_there: bool) -> String {
        let Self {
            name, kind, version, ..
        } = self;
        let mut line = format!("{kind:<8} {name} {version}: ");
        if is_loop_there {
            line += &match &self.serving {
                Some(ServingStatus { digest, size_bytes }) => {
                    format!("serves, {}, sha256 {}; ", size(*size_bytes), short(digest))
                }
                None => "does not serve; ".to_owned(),
            };
            line += "`cargo airs build` of it: ";
        }
        line += &self.freshness.replace('-', " ");
        if let Some(changed) = &self.changed {
            line += &format!(" ({changed} was changed)");
        }
        if let (Some(digest), Some(bytes)) = (&self.digest, self.size_bytes) {
            line += &format!(", {}, sha256 {}", size(bytes), short(digest));
        }
        if !self.ungranted.is_empty() {
            line += &format!(", not granted: {}", self.ungranted.join(", "));
        }
        line
    }
}
