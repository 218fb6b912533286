//! What a text with places may hold. Who wrote it is a stranger: it must cost neither the stack nor minutes.

use handlebars::{RenderError, RenderErrorReason};

/// Bytes of one file with places. For each place the parser goes through what is before it.
pub(super) const TEXT_BYTES_MAX: usize = 64 << 10;
/// Bytes of all of them together, so that a thousand of the longest do not take as long a thousand times.
pub(super) const TEXTS_BYTES_MAX: usize = 1 << 20;
/// Places in one file, each `{{`: time grows with their number and with the length of the file.
pub(super) const PLACES_MAX: usize = 1_000;
/// Blocks within each other: the parser and the renderer call themselves once more for each.
pub(super) const BLOCKS_MAX: usize = 16;
/// Parentheses in one place, for the same reason.
pub(super) const PARENTHESES_MAX: usize = 16;
/// Backslashes in a row: from each of them the parser looks for the end of the row.
pub(super) const BACKSLASHES_MAX: usize = 64;
/// Characters of what the parser or the renderer says of a text, which it may quote.
pub(super) const REASON_CHARACTERS_MAX: usize = 200;

/// What the parser takes for space between two words.
const BLANKS: [char; 4] = [' ', '\t', '\r', '\n'];

/// Whether a text is one that can be rendered at little cost; else what is wrong with it.
///
/// It finds the places as the parser does, without calling itself. Where a place could be read in two ways, with braces
/// in it for one, the text is refused: nothing that a template needs has that form.
pub(super) fn check(text: &str) -> Result<(), String> {
    if text.len() > TEXT_BYTES_MAX {
        return Err(format!("it is longer than {} KiB", TEXT_BYTES_MAX >> 10));
    }
    if text.contains(&"\\".repeat(BACKSLASHES_MAX + 1)) {
        return Err(format!("it has more than {BACKSLASHES_MAX} backslashes in a row"));
    }
    let (mut rest, mut places, mut blocks) = (text, 0, Blocks::default());
    while let Some((before, after)) = rest.split_once("{{") {
        places += 1;
        if places > PLACES_MAX {
            return Err(format!("it has more than {PLACES_MAX} {{{{"));
        }
        if is_escaped(before) {
            rest = after.strip_prefix("{{").unwrap_or(after);
            continue;
        }
        let (place, following) = split(after)?;
        blocks.pass(place)?;
        rest = following;
    }
    Ok(())
}

/// Whether braces after this text are themselves: there is one backslash before them. Two are a backslash before a place.
fn is_escaped(before: &str) -> bool {
    before.len() - before.trim_end_matches('\\').len() == 1
}

/// What stands in a place, of which this is the text after `{{`, and what follows it. Of a comment nothing stands there.
fn split(after: &str) -> Result<(&str, &str), String> {
    if let Some(comment) = after.strip_prefix('!') {
        let ended = match comment.trim_start_matches(BLANKS).strip_prefix("--") {
            Some(long) => long.split_once("--}}"),
            None => comment.split_once("}}"),
        };
        let (_, following) = ended.ok_or("a comment of it has no end")?;
        return Ok(("", following));
    }
    if after.starts_with("{{") {
        return Err("it has more than three braces in a row".to_owned());
    }
    let (place, following) = after.split_once("}}").ok_or("a place of it, {{, has no end")?;
    let place = place.trim_start_matches(['{', '~', ' ', '\t', '\r', '\n']);
    // Lists and objects begin with them, which could hold each other without end, and names that hold anything.
    if place.contains(['{', '[']) {
        return Err("a place of it holds a brace or a bracket".to_owned());
    }
    if has_open_text(place) {
        return Err("a place of it holds a text without an end".to_owned());
    }
    if place.matches('(').count() > PARENTHESES_MAX {
        return Err(format!(
            "a place of it has more than {PARENTHESES_MAX} parentheses"
        ));
    }
    Ok((place, following))
}

/// Whether a text in quotes goes on where the place ends, which then is not where it ends.
fn has_open_text(place: &str) -> bool {
    let (mut open, mut characters) = (None, place.chars());
    while let Some(character) = characters.next() {
        match (open, character) {
            (None, '"' | '\'') => open = Some(character),
            (Some(_), '\\') => {
                characters.next();
            }
            (Some(quote), _) if quote == character => open = None,
            _ => {}
        }
    }
    open.is_some()
}

/// The blocks around a place, each with how deep it makes what is in it: every `else` of a block is one within the one
/// before.
#[derive(Default)]
struct Blocks(Vec<usize>);

impl Blocks {
    fn pass(&mut self, place: &str) -> Result<(), String> {
        let is_else = place.starts_with('^') || place.starts_with("else");
        if place.starts_with('#') {
            self.0.push(1);
        } else if place.starts_with('/') {
            self.0.pop();
        } else if is_else && let Some(block) = self.0.last_mut() {
            *block += 1;
        }
        if self.0.iter().sum::<usize>() > BLOCKS_MAX {
            return Err(format!("its blocks are nested more than {BLOCKS_MAX} deep"));
        }
        Ok(())
    }
}

/// Why a text cannot be rendered, on one line and no longer than a person reads.
pub(super) fn reason(cause: &RenderError) -> String {
    let (at, reason) = match cause.reason() {
        // It shows the lines around the fault, which may be as long as the file.
        RenderErrorReason::TemplateError(fault) => (fault.pos(), fault.reason().to_string()),
        reason => (cause.line_no.zip(cause.column_no), reason.to_string()),
    };
    let at = at.map(|(line, column)| format!("line {line}, column {column}: "));
    format!("{}{}", at.unwrap_or_default(), in_short(&reason))
}

fn in_short(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(REASON_CHARACTERS_MAX) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}
