//! Types that are recognised by name.

/// Types whose names tell that they are not another one of these; other names may be the author's own.
pub(crate) const WELL_KNOWN: &[&str] = &[
    "Amount", "Call", "Caller", "Error", "Item", "Json", "Option", "Receipt", "Result", "Rights", "String",
    "Value", "Vec", "bool", "char", "f32", "f64", "i128", "i16", "i32", "i64", "i8", "isize", "str", "u128",
    "u16", "u32", "u64", "u8", "usize",
];
