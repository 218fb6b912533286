//! A program that looks at one asset many times: what a later call costs.

use airs::{Amount, Result, Rights, val};
use serde::Deserialize;

#[derive(Deserialize, airs::Schema)]
struct Task {
    path: String,
    times: u32,
}

/// Looks, and answers with what it saw last.
#[airs::program]
fn look(task: Task) -> Result<Amount> {
    let asset = val::intend(&task.path, Rights::VIEW)?;
    let mut seen = asset.view()?.amount()?;
    for _ in 0..task.times {
        seen = asset.view()?.amount()?;
    }
    Ok(seen)
}
