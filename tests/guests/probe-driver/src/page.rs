//! One page of a scan, as small as one likes: the SDK's are of a size of its own.

use serde::Serialize;

#[link(wasm_import_module = "airs:storage/storage@0.1.0")]
unsafe extern "C" {
    #[link_name = "scan"]
    fn import(
        prefix: *const u8,
        prefix_bytes: usize,
        is_after: i32,
        after: *const u8,
        after_bytes: usize,
        limit: u32,
        answer: *mut Answer,
    );
}

/// `result<page, error>`, as far as it is looked at.
#[repr(C)]
struct Answer {
    is_error: u8,
    entries: *const Entry,
    count: usize,
    more: u8,
    /// The rest of an error.
    _error: [u32; 4],
}

#[repr(C)]
struct Entry {
    key: Bytes,
    value: Bytes,
}

#[repr(C)]
struct Bytes {
    first: *const u8,
    count: usize,
}

#[derive(Serialize)]
pub struct Page {
    entries: Vec<(String, String)>,
    more: bool,
}

#[derive(Serialize)]
pub struct Keys {
    keys: Vec<String>,
    more: bool,
}

impl Page {
    /// The page without its values.
    pub fn keys(self) -> Keys {
        Keys {
            keys: self.entries.into_iter().map(|(key, _)| key).collect(),
            more: self.more,
        }
    }
}

/// The first entries after one of them; after nothing, the first ones.
pub fn of(prefix: &str, after: &str, limit: u32) -> Page {
    let mut answer = Answer {
        is_error: 0,
        entries: std::ptr::null(),
        count: 0,
        more: 0,
        _error: [0; 4],
    };
    let is_after = i32::from(!after.is_empty());
    // SAFETY: the arguments are as `airs:storage` lowers them, and the host fills the answer before it returns: the lists
    // and texts in it lie where `cabi_realloc` has made room for them, and nobody gives them back.
    unsafe {
        import(
            prefix.as_ptr(),
            prefix.len(),
            is_after,
            after.as_ptr(),
            after.len(),
            limit,
            &mut answer,
        );
        assert_eq!(answer.is_error, 0, "there is no page");
        let text = |bytes: &Bytes| match bytes.count {
            0 => String::new(),
            count => super::text(std::slice::from_raw_parts(bytes.first, count)),
        };
        let entries: &[Entry] = match answer.count {
            0 => &[],
            _ => std::slice::from_raw_parts(answer.entries, answer.count),
        };
        Page {
            entries: entries
                .iter()
                .map(|entry| (text(&entry.key), text(&entry.value)))
                .collect(),
            more: answer.more != 0,
        }
    }
}
