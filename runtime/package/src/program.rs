//! What a program says about itself.

use serde::Deserialize;

use crate::PackageError;
use crate::in_short::in_short;

/// A program's input and output, from the custom section `airs:program` that the SDK puts into its module.
///
/// An example is at [`Component`](crate::Component).
#[derive(Clone, Debug, PartialEq)]
pub struct ProgramInfo {
    /// The name of the function that is the program.
    pub name: String,
    /// The function's doc comment; empty without one.
    pub doc: String,
    /// The JSON schema of the input.
    pub input: serde_json::Value,
    /// The JSON schema of the output.
    pub output: serde_json::Value,
}

#[derive(Deserialize)]
struct Probe {
    version: u64,
}

/// Version 1. Keys that are not known here are left alone: the section describes and grants nothing.
#[derive(Deserialize)]
struct Version1 {
    name: String,
    #[serde(default)]
    doc: String,
    input: serde_json::Value,
    output: serde_json::Value,
}

impl ProgramInfo {
    pub(crate) const SECTION: &'static str = "airs:program";
    pub(crate) const VERSION: u64 = 1;

    pub(crate) fn from_section(bytes: &[u8]) -> Result<Self, PackageError> {
        let malformed = |error: serde_json::Error| PackageError::BadSection {
            section: Self::SECTION,
            message: in_short(&error.to_string()),
        };
        let probe: Probe = serde_json::from_slice(bytes).map_err(malformed)?;
        if probe.version != Self::VERSION {
            return Err(PackageError::NewerSection {
                section: Self::SECTION,
                found: probe.version,
                known: Self::VERSION,
            });
        }
        let Version1 {
            name,
            doc,
            input,
            output,
        } = serde_json::from_slice(bytes).map_err(malformed)?;
        Ok(Self {
            name,
            doc,
            input,
            output,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::ProgramInfo;
    use crate::PackageError;

    #[test]
    fn the_section_of_version_1_is_read() {
        let section = br#"{"version":1,"name":"pay","doc":"Pays.","input":{"type":"object"},"output":true}"#;
        let info = ProgramInfo::from_section(section).unwrap();
        assert_eq!((info.name.as_str(), info.doc.as_str()), ("pay", "Pays."));
        assert_eq!(info.input["type"], "object");
        assert_eq!(info.output, true);
    }

    #[test]
    fn a_newer_section_is_refused_and_two_sections_in_one_too() {
        let newer = ProgramInfo::from_section(br#"{"version":2,"entirely":"different"}"#).unwrap_err();
        assert!(
            matches!(newer, PackageError::NewerSection { found: 2, .. }),
            "{newer}"
        );
        let one = r#"{"version":1,"name":"a","input":{},"output":{}}"#;
        let two = ProgramInfo::from_section(format!("{one}{one}").as_bytes()).unwrap_err();
        assert!(matches!(two, PackageError::BadSection { .. }), "{two}");
    }
}
