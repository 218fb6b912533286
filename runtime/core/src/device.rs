//! Names that some operating system has a device for, in every folder.

/// What Windows takes for a device, in every folder.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];
/// The same with a digit behind it, or one that is written small and raised.
const NUMBERED_DEVICES: [&str; 2] = ["com", "lpt"];

/// Whether an operating system would take `name`, in lower case and without what follows its first dot, for a device.
pub(crate) fn is_device(name: &str) -> bool {
    let is_digit = |character: char| character.is_ascii_digit() || "\u{b9}\u{b2}\u{b3}".contains(character);
    let numbered = |device: &&str| {
        let mut rest = name.strip_prefix(*device).unwrap_or_default().chars();
        rest.next().is_some_and(is_digit) && rest.next().is_none()
    };
    DEVICES.contains(&name) || NUMBERED_DEVICES.iter().any(numbered)
}
