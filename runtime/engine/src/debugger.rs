//! What a native debugger needs of a component's debug information, beyond what wasmtime makes of it.

use std::borrow::Cow;

use gimli::{
    DW_AT_entry_pc, DW_AT_low_pc, DW_AT_ranges, DW_FORM_implicit_const, DW_TAG_compile_unit, EndianSlice,
    LittleEndian, Reader as _, SectionId,
};

use crate::lines::Module;

/// A component whose variables in blocks a debugger finds, too.
///
/// A block is mostly several ranges of native code. gdb takes them as counted from an address that the block's unit
/// names, and ignores them where it names none; wasmtime drops the one that there is (`low_pc`, 0 where a unit has
/// ranges). Another one that gdb takes as well it leaves alone (`entry_pc`): the attribute is renamed, in its place.
pub(crate) fn with_bases(component: &[u8]) -> Cow<'_, [u8]> {
    let mut bytes = Cow::Borrowed(component);
    for module in Module::all(component) {
        let section = module.section(SectionId::DebugAbbrev);
        let names = component.get(section.clone()).map(low_pcs).unwrap_or_default();
        for at in names {
            if let Some(name) = bytes.to_mut().get_mut(section.start + at) {
                *name = ENTRY_PC;
            }
        }
    }
    bytes
}

/// As long as the other name, so that nothing moves.
const ENTRY_PC: u8 = {
    assert!(
        DW_AT_low_pc.0 < 0x80 && DW_AT_entry_pc.0 < 0x80,
        "names of one byte"
    );
    DW_AT_entry_pc.0 as u8
};

/// Where units that have ranges declare `low_pc`, up to where the declarations are malformed.
fn low_pcs(abbreviations: &[u8]) -> Vec<usize> {
    let mut found = Vec::new();
    let mut rest = EndianSlice::new(abbreviations, LittleEndian);
    while !rest.is_empty() {
        let Ok(unit) = declaration(&mut rest, abbreviations) else {
            break;
        };
        found.extend(unit);
    }
    found
}

/// Reads one declaration, or the end of a table of them.
fn declaration(rest: &mut EndianSlice<'_, LittleEndian>, all: &[u8]) -> gimli::Result<Option<usize>> {
    if rest.read_uleb128()? == 0 {
        return Ok(None);
    }
    let is_unit = rest.read_uleb128()? == u64::from(DW_TAG_compile_unit.0);
    rest.read_u8()?;
    let (mut low_pc, mut has_ranges) = (None, false);
    loop {
        let at = all.len() - rest.len();
        let (name, form) = (rest.read_uleb128()?, rest.read_uleb128()?);
        if (name, form) == (0, 0) {
            return Ok(low_pc.filter(|_| is_unit && has_ranges));
        }
        if form == u64::from(DW_FORM_implicit_const.0) {
            rest.read_sleb128()?;
        }
        has_ranges |= name == u64::from(DW_AT_ranges.0);
        if name == u64::from(DW_AT_low_pc.0) {
            low_pc = Some(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::low_pcs;

    /// Declarations of a unit (tag 0x11) and of a block (0x0b), with `low_pc` (0x11), `high_pc` (0x12), `ranges` (0x55).
    #[test]
    fn only_units_with_ranges_lose_their_address() {
        let with_ranges = [1, 0x11, 1, 0x25, 0x0e, 0x11, 0x01, 0x55, 0x17, 0, 0];
        let with_an_end = [2, 0x11, 1, 0x11, 0x01, 0x12, 0x06, 0, 0];
        let block = [3, 0x0b, 0, 0x11, 0x01, 0x55, 0x17, 0, 0];
        // A value that is part of the declaration, in two bytes.
        let with_a_constant = [4, 0x11, 1, 0x13, 0x21, 0x91, 0x11, 0x55, 0x17, 0x11, 0x01, 0, 0];
        let table = |declarations: &[&[u8]]| [declarations.concat(), vec![0]].concat();
        assert_eq!(low_pcs(&table(&[&with_ranges])), [5]);
        assert!(low_pcs(&table(&[&with_an_end, &block])).is_empty());
        let two = [table(&[&block, &with_ranges]), table(&[&with_a_constant])].concat();
        assert_eq!(low_pcs(&two), [9 + 5, 21 + 9]);
        // What breaks off, or is none at all, is left as it is.
        assert_eq!(low_pcs(&two[..25]), [14]);
        assert!(low_pcs(&[0xff; 40]).is_empty());
    }
}
