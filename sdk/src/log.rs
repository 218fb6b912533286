//! Lines for the people who operate the component.
//!
//! Each call is one line, whatever its text holds. The host says which run and which component it is from.
//!
//! ```
//! airs::log::info(format_args!("moved {} to {}", "12.50", "/accounts/bob/usd"));
//! ```

use std::fmt::Display;

use crate::host;

/// Something that only who looks for a fault wants to know.
pub fn debug(message: impl Display) {
    write("debug", &message);
}

/// Something worth knowing.
pub fn info(message: impl Display) {
    write("info", &message);
}

/// Something that went on, but should not have happened.
pub fn warn(message: impl Display) {
    write("warn", &message);
}

/// Something that failed.
pub fn error(message: impl Display) {
    write("error", &message);
}

fn write(level: &str, message: &dyn Display) {
    host::write_line(&line(level, message));
}

/// The line for a message: no character in it ends the line or moves the cursor.
fn line(level: &str, message: &dyn Display) -> String {
    let mut line = format!("[{level}] ");
    for character in message.to_string().chars() {
        if character.is_control() && character != '\t' {
            line.extend(character.escape_default());
        } else {
            line.push(character);
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn a_message_is_one_line_whatever_it_holds() {
        assert_eq!(line("info", &"a\nb\r\n\u{1b}[2J"), "[info] a\\nb\\r\\n\\u{1b}[2J");
        assert_eq!(line("warn", &"grüße\t1"), "[warn] grüße\t1");
    }
}
