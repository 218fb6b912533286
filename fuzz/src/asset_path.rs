//! The paths of assets.

use airs_core::{AssetPath, Caller, Code, Name};

use crate::refusal;

pub(crate) fn body(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let [alice, guest] = ["alice", "acme/alice"].map(caller);
    let read = AssetPath::parse(text, &alice, "local");
    let meant = match text.strip_prefix("~/") {
        Some(own) => format!("/accounts/alice/{own}"),
        None => text.to_owned(),
    };
    assert_eq!(read, AssetPath::absolute(&meant));
    match &read {
        Ok(path) => {
            assert!(is_path(&meant), "{meant:?}");
            good(path, &meant);
        }
        Err(error) => {
            assert!(!is_path(&meant), "{meant:?}");
            assert_eq!(error.code(), Code::InvalidPath);
            refusal::expect_a_line(error.message(), text);
        }
    }
    // Who is at home elsewhere has no home here, and the same paths otherwise.
    match AssetPath::parse(text, &guest, "local") {
        foreign if text.starts_with("~/") => assert_eq!(foreign.unwrap_err().code(), Code::Denied),
        foreign => assert_eq!(foreign, read),
    }
}

fn caller(id: &str) -> Caller {
    Caller::local(&id.parse().unwrap(), &Name::local())
}

/// What a path is, said in another way than the reader does.
fn is_path(text: &str) -> bool {
    let plain = |c: char| matches!(c, 'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' | '.' | '/');
    text.starts_with('/')
        && text.chars().all(plain)
        && !format!("{text}/").contains("//")
        && !["/./", "/../"]
            .iter()
            .any(|dots| format!("{text}/").contains(dots))
        && text.len() <= 512
        && text.matches('/').count() <= 16
}

fn good(path: &AssetPath, text: &str) {
    assert_eq!((path.as_str(), path.to_string().as_str()), (text, text));
    assert_eq!(AssetPath::absolute(path.as_str()).as_ref(), Ok(path));
    // Upwards it goes by whole segments, each of them a path, down to the first one.
    let upwards: Vec<&str> = path.upwards().collect();
    assert_eq!(upwards.len(), text.matches('/').count());
    assert_eq!(upwards[0], text);
    for pair in upwards.windows(2) {
        let (below, above) = (AssetPath::absolute(pair[0]).unwrap(), pair[1]);
        let last = pair[0].rsplit('/').next().unwrap();
        assert_eq!(below.segment_after(above), Some(last));
        assert_eq!(format!("{above}/{last}"), pair[0]);
        assert!(path.segment_after(above).is_some());
    }
    assert_eq!(upwards.last().unwrap().matches('/').count(), 1);
    assert_eq!(path.segment_after(text), None);
}
