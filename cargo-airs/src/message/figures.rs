//! Figures for people.

/// As much of a digest as tells two builds apart for people.
pub(crate) fn short(digest: &str) -> &str {
    digest.get(..12).unwrap_or(digest)
}

/// A time for people.
pub(crate) fn seconds(milliseconds: u64) -> String {
    format!("{}.{:02} s", milliseconds / 1000, milliseconds % 1000 / 10)
}

/// A number of bytes for people.
pub(crate) fn size(bytes: u64) -> String {
    const KIB: u64 = 1 << 10;
    const MIB: u64 = 1 << 20;
    let tenths = |unit: u64| {
        let tenths = (u128::from(bytes) * 10 + u128::from(unit) / 2) / u128::from(unit);
        format!("{}.{}", tenths / 10, tenths % 10)
    };
    // What would be rounded to 1024.0 KiB is 1.0 MiB.
    const ALMOST_MIB: u64 = MIB - KIB / 20;
    match bytes {
        0..KIB => format!("{bytes} B"),
        KIB..ALMOST_MIB => format!("{} KiB", tenths(KIB)),
        _ => format!("{} MiB", tenths(MIB)),
    }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_have_a_unit_that_fits() {
        assert_eq!(size(312), "312 B");
        assert_eq!(size(86_221), "84.2 KiB");
        assert_eq!(size(2_726_298), "2.6 MiB");
    }
}
