//! A program that says one thing many times: what a text costs on its way.

use airs::{Json, Result, Rights, val};
use serde::Deserialize;

#[derive(Deserialize, airs::Schema)]
struct Task {
    path: String,
    times: u32,
    text_bytes: u32,
}

/// Says a text, and answers with the length of all answers.
#[airs::program]
fn talk(task: Task) -> Result<u64> {
    let asset = val::intend(&task.path, Rights::CONTROL)?;
    let text = Json::from("x".repeat(task.text_bytes as usize).as_str());
    let mut heard = 0;
    for _ in 0..task.times {
        heard += asset.control("echo", text.clone())?.as_str().len() as u64;
    }
    Ok(heard)
}
