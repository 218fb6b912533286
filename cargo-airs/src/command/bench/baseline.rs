//! What was measured before.

use std::path::PathBuf;

use airs_runtime::{Code, Name};
use serde::{Deserialize, Serialize};

use crate::error::{Failure, Reason, Result};
use crate::files;
use crate::message::Measured;
use crate::workspace::Workspace;

use super::conditions::Conditions;

/// The form of the file.
const VERSION: u32 = 2;

#[derive(Serialize)]
struct Kept<'a> {
    version: u32,
    conditions: &'a Conditions,
    measured: &'a Measured,
}

/// Whichever version it is.
#[derive(Deserialize)]
struct Head {
    version: u32,
}

/// What was measured, and how.
#[derive(Deserialize)]
pub(super) struct Baseline {
    pub(super) conditions: Conditions,
    pub(super) measured: Measured,
}

fn path(workspace: &Workspace, name: &Name) -> PathBuf {
    workspace.own_folder().join("bench").join(format!("{name}.json"))
}

pub(super) fn read(workspace: &Workspace, name: &Name) -> Result<Baseline> {
    let path = path(workspace, name);
    let shown = workspace.shown(&path);
    let Some(text) = files::text(&path)? else {
        return Err(Failure::new(
            Reason::Airs(Code::NotFound),
            format!("there is no baseline {name}: no {shown}"),
        )
        .hint(format!("`cargo airs bench … --save-baseline {name}` makes one")));
    };
    let malformed = |why: String| {
        Failure::new(
            Reason::Airs(Code::InvalidConfig),
            format!("{shown} is no baseline: {why}"),
        )
        .hint("measure it again, with --save-baseline")
    };
    let unreadable = |cause: serde_json::Error| malformed(cause.to_string());
    match serde_json::from_str::<Head>(&text).map_err(unreadable)?.version {
        VERSION => {
            let baseline = serde_json::from_str::<Baseline>(&text).map_err(unreadable)?;
            match baseline.measured.is_measurable() {
                true => Ok(baseline),
                false => Err(malformed("it has figures that are not above 0".to_owned())),
            }
        }
        other => Err(malformed(format!(
            "it has version {other}, and this airs reads {VERSION}"
        ))),
    }
}

pub(super) fn write(
    workspace: &Workspace,
    name: &Name,
    conditions: &Conditions,
    measured: &Measured,
) -> Result<()> {
    let kept = Kept {
        version: VERSION,
        conditions,
        measured,
    };
    let text = serde_json::to_vec_pretty(&kept).unwrap_or_default();
    files::write(&path(workspace, name), &text)
}
