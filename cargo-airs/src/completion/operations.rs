//! The operations of a driver, as its source has them: a component does not say which it has.

use std::fs;
use std::path::{Path, PathBuf};

/// Sources beyond that are not looked through: a person waits.
const FILES_MAX: usize = 256;

/// What `fn control` of the crate in a folder compares the operation with.
pub(super) fn of(folder: &Path) -> Vec<String> {
    let mut files = Vec::new();
    sources(&folder.join("src"), &mut files);
    let mut found: Vec<String> = files
        .iter()
        .filter_map(|file| fs::read_to_string(file).ok())
        .flat_map(|text| arms(&text))
        .collect();
    found.sort();
    found.dedup();
    found
}

fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match entry.file_type() {
            _ if files.len() >= FILES_MAX => return,
            Ok(kind) if kind.is_dir() => sources(&path, files),
            _ if path.extension().is_some_and(|ending| ending == "rs") => files.push(path),
            _ => {}
        }
    }
}

/// The patterns of arms in `fn control` that are text: `"mint" | "burn" => …`.
fn arms(text: &str) -> Vec<String> {
    let Some((_, after)) = text.split_once("fn control(") else {
        return Vec::new();
    };
    // The next function of the same block begins where this one does.
    let body = after.split("\n    fn ").next().unwrap_or_default();
    let patterns = body.lines().filter_map(|line| line.trim().split_once("=>"));
    let patterns = patterns.filter(|(pattern, _)| pattern.starts_with('"'));
    let literals = patterns.flat_map(|(pattern, _)| pattern.split('"').skip(1).step_by(2));
    let named = |text: &&str| {
        !text.is_empty()
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
    };
    literals.filter(named).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::arms;

    #[test]
    fn the_arms_of_control_are_its_operations() {
        let text = r#"
    fn view(open: &Open) -> Result<Value> {
        match x { "not" => 1 }
    }

    fn control(open: &Open, operation: &str, input: &Json) -> Result<Json> {
        let balance = match operation {
            "mint" | "burn" => 1,
            "a b" => 2,
            _ => 3,
        };
    }

    fn done(open: Open) {
        "nor" => 1
    }
"#;
        assert_eq!(arms(text), ["mint", "burn"]);
    }
}
