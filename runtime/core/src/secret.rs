//! What of an environment is not for everybody.

/// How many bytes the value of a variable has at least that is taken for a secret: what is told of a denial has the variable's
/// name in its place. Shorter ones are in every other text by chance.
///
/// ```
/// use airs_core::SECRET_BYTES_MIN;
///
/// fn hidden(text: &str, name: &str, value: &str) -> String {
///     let is_secret = value.len() >= SECRET_BYTES_MIN;
///     if is_secret { text.replace(value, name) } else { text.to_owned() }
/// }
/// assert_eq!(hidden("at s3cret-key", "KEY", "s3cret-key"), "at KEY");
/// assert_eq!(hidden("at a place", "A", "a"), "at a place");
/// ```
pub const SECRET_BYTES_MIN: usize = 6;
