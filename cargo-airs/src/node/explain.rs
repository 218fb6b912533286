//! What applies to a component of the project, and what it was denied lately.

use airs_runtime::{Component, ComponentExplained, Denial, Denials};

use super::{Node, state};
use crate::error::{Failure, Result};
use crate::workspace::{Crate, Workspace};

/// The newest say what is wrong; all of them are in the record.
const DENIALS_SHOWN: usize = 5;

impl Node {
    /// What would apply to a component of the project, were it put into service, and why it cannot be if it cannot.
    /// It is not executed, and nothing is looked at that is stored.
    pub(crate) fn explain_component(
        &self,
        one: &Crate,
        workspace: &Workspace,
    ) -> (ComponentExplained, Option<Failure>) {
        let granted = workspace.granted(&one.manifest.name);
        let built = self.built(one, workspace);
        // What it was built with is what applies.
        let inside = built.as_ref().ok().and_then(Component::manifest);
        let manifest = inside.unwrap_or(&one.manifest);
        if *manifest != one.manifest {
            let name = &manifest.name;
            self.report.warn(&format!(
                "{name} was built from another Cargo.toml than there is now; `cargo airs build -p {name}` builds it"
            ));
        }
        let mut explained = ComponentExplained::of(manifest, &granted, &self.request.context);
        let checked = built.and_then(|component| Ok(self.runtime.check(&component, &granted)?));
        match checked {
            Ok(loaded) => {
                let may = explained.effective.iter();
                let names = may.flat_map(|may| may.files.keys());
                let folder = |name| self.runtime.folder(&self.request.context, name);
                let folders = names.filter_map(folder);
                explained.folders = folders.map(|folder| workspace.near(&folder)).collect();
                explained.service = Some(loaded);
                (explained, None)
            }
            Err(failure) => (explained, Some(failure)),
        }
    }

    /// What a component was denied lately, the newest last. It is in the state that was asked for, at which the runtime
    /// need not look.
    pub(crate) fn denials(&self, component: &str, workspace: &Workspace) -> Result<Vec<Denial>> {
        let context = &self.request.context;
        let Denials { mut all, intact } = state(&self.request, workspace)?.denials(context)?;
        if !intact {
            let message = format!("the record of denials of context {context} is not as it was written");
            self.report.warn(&message);
        }
        all.retain(|denial| denial.component == component);
        Ok(all.split_off(all.len().saturating_sub(DENIALS_SHOWN)))
    }
}
