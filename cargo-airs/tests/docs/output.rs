//! What a command prints, compared with what the page says it prints.

/// Whether `expected` describes `actual`.
pub(crate) fn fits(expected: &[String], actual: &[String]) -> bool {
    match expected.split_first() {
        None => actual.is_empty(),
        Some((line, rest)) if line.trim() == "..." => {
            (0..=actual.len()).any(|skipped| fits(rest, &actual[skipped..]))
        }
        Some((line, rest)) => actual
            .split_first()
            .is_some_and(|(first, others)| line_fits(line, first) && fits(rest, others)),
    }
}

fn line_fits(expected: &str, actual: &str) -> bool {
    let mut parts = expected.split("...");
    let Some(mut rest) = parts.next().and_then(|begin| actual.strip_prefix(begin)) else {
        return false;
    };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    true
}

/// The lines of a text, without those that are empty, and without what differs from time to time.
pub(crate) fn plain<'t>(lines: impl Iterator<Item = &'t str>) -> Vec<String> {
    lines
        .filter(|line| !line.trim().is_empty())
        .map(measures)
        .collect()
}

/// Replaces sizes, times, digests and ids.
fn measures(line: &str) -> String {
    let line = line.trim_end();
    let mut replaced = String::new();
    let mut rest = line;
    while !rest.is_empty() {
        let part = |c: char| c.is_ascii_alphanumeric() || c == '.';
        let word = &rest[..rest.find(|c| !part(c)).unwrap_or(rest.len())];
        let after = &rest[word.len()..];
        let next = after
            .trim_start_matches(' ')
            .split(|c| !part(c))
            .next()
            .unwrap_or_default();
        replaced.push_str(&measure(word, next));
        let gap = after.find(part).unwrap_or(after.len());
        replaced.push_str(&after[..gap]);
        rest = &after[gap..];
    }
    if replaced == line {
        return replaced;
    }
    // Columns are as wide as what stands in them.
    for unit in ["KiB", "MiB"] {
        replaced = replaced.replace(&format!("[N] {unit}"), "[N] B");
    }
    replaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn measure(word: &str, next: &str) -> String {
    let number = |word: &str| word.starts_with(|c: char| c.is_ascii_digit()) && word.parse::<f64>().is_ok();
    let hexadecimal = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    if word.len() >= 12 && word.chars().all(hexadecimal) {
        return "[DIGEST]".to_owned();
    }
    if word.len() == 26 && word.starts_with("01") {
        return "[ID]".to_owned();
    }
    if word.strip_suffix('s').is_some_and(number) {
        return "[N]s".to_owned();
    }
    if number(word) && ["B", "KiB", "MiB", "s", "ms"].contains(&next) {
        return "[N]".to_owned();
    }
    word.to_owned()
}

#[test]
fn dots_stand_for_anything_and_nothing_else_does() {
    let lines = |text: &str| plain(text.lines());
    let fit = |expected: &str, actual: &str| fits(&lines(expected), &lines(actual));
    assert!(fit("a\n...\nd", "a\nb\nc\nd"));
    assert!(fit("a\n...\nd", "a\nd"));
    assert!(!fit("a\n...\nd", "a\nb"));
    assert!(fit("ok. 9 passed; ...", "ok. 9 passed; 0 failed"));
    assert!(!fit("ok. 9 passed", "ok. 9 passed; 0 failed"));
    assert!(fit("... a ... b", "x a y b"));
    assert!(!fit("... a ... b", "x a y"));
}

#[test]
fn only_measures_may_differ() {
    assert_eq!(
        measures("  code   326.7 KiB, sha256 a7cae5f33d03 in 0.71 s, 0.06s"),
        "code [N] B, sha256 [DIGEST] in [N] s, [N]s"
    );
    assert_eq!(
        measures(r#"{"run":"01M7YPMSCXBYKGDCTEZN207YXE"}"#),
        r#"{"run":"[ID]"}"#
    );
    assert_eq!(
        measures("  holds 87.50 usd, not 1000.00"),
        "  holds 87.50 usd, not 1000.00"
    );
}
