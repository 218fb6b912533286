//! What differs by operating system is in one module of a crate.

use crate::tree::{Source, expect_none, sources};

/// What a line says that holds on some systems only.
const PARTICULAR: [&str; 6] = [
    "(unix",
    "(windows",
    "target_os",
    "std::os::",
    "not(unix)",
    "not(windows)",
];

/// A crate's own code, without its tests.
fn product(source: &Source) -> Option<String> {
    let is_product = [
        "cargo-airs/src/",
        "runtime/",
        "sdk/src/",
        "sdk-macros/src/",
        "templates/src/",
    ];
    let named =
        is_product.iter().any(|folder| source.path.starts_with(folder)) && source.path.contains("src/");
    let is_tests = source.name() == "tests.rs" || source.path.contains("/tests/");
    if !source.is_rust() || source.is_generated() || !named || is_tests {
        return None;
    }
    let code = source.text.split("#[cfg(test)]").next();
    code.map(str::to_owned)
}

#[test]
fn what_differs_by_system_is_in_one_module_of_a_crate() {
    let mut offences = Vec::new();
    let mut modules = 0;
    for source in sources() {
        let Some(code) = product(&source) else { continue };
        if source.path.ends_with("src/os.rs") || source.path.contains("src/os/") {
            modules += 1;
            continue;
        }
        let lines = (1..).zip(code.lines());
        let particular = |line: &str| PARTICULAR.iter().any(|mark| line.contains(mark));
        let found = lines.filter(|(_, line)| !line.trim_start().starts_with("//") && particular(line));
        offences.extend(found.map(|(number, line)| format!("{}:{number}: {}", source.path, line.trim())));
    }
    assert!(modules >= 4, "the modules are not where they should be");
    expect_none("what differs by system, outside of os.rs", &offences);
}
