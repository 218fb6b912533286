//! What is remembered, and what a snapshot finds of it.

use super::*;

fn at(newest: Version) -> Point {
    Point {
        origin: [7; 16],
        newest,
    }
}

fn stored(version: Version, value: &[u8]) -> Stored {
    let value = value.into();
    Stored { value, version }
}

fn write(recent: &Recent, version: Version, key: &str, value: Option<&[u8]>) {
    let written = [(key.into(), (version, value.map(Bytes::from)))];
    recent.publish(at(version), written.into_iter().collect(), []);
}

fn count(recent: &Recent, version: Version, prefix: &str, bytes: u64) {
    recent.publish(at(version), Written::default(), [(prefix.into(), bytes)]);
}

#[test]
fn a_snapshot_finds_what_was_there_when_it_was_taken_or_nothing() {
    let recent = Recent::default();
    recent.begin(at(4));
    write(&recent, 5, "key", Some(b"5"));
    write(&recent, 6, "other", None);
    assert_eq!(recent.get(at(4), b"key"), None);
    assert_eq!(recent.get(at(5), b"key"), Some(Some(stored(5, b"5"))));
    assert_eq!(recent.get(at(6), b"key"), Some(Some(stored(5, b"5"))));
    assert_eq!(
        (recent.get(at(5), b"other"), recent.get(at(6), b"other")),
        (None, Some(None))
    );
    // Somebody else has written it, or this process, which has not said so yet.
    assert_eq!(recent.get(at(7), b"key"), None);
    // Of another file.
    let elsewhere = Point {
        origin: [8; 16],
        newest: 6,
    };
    assert_eq!(recent.get(elsewhere, b"key"), None);
}

#[test]
fn what_an_older_snapshot_has_is_not_learned() {
    let recent = Recent::default();
    recent.begin(at(4));
    recent.learn(at(4), b"absent", &None);
    recent.learn(at(4), b"there", &Some(stored(2, b"2")));
    recent.learn(at(3), b"before", &None);
    recent.learn(at(5), b"after", &None);
    recent.learn(
        Point {
            origin: [8; 16],
            newest: 4,
        },
        b"elsewhere",
        &None,
    );
    write(&recent, 5, "key", None);
    let find = |newest, key: &str| recent.get(at(newest), key.as_bytes());
    assert_eq!((find(5, "absent"), find(3, "absent")), (Some(None), None));
    assert_eq!(find(3, "there"), Some(Some(stored(2, b"2"))));
    let found = ["before", "after", "elsewhere"].map(|key| find(5, key));
    assert_eq!(found, [None, None, None]);
}

#[test]
fn nothing_is_left_once_somebody_else_has_written() {
    let recent = Recent::default();
    recent.begin(at(4));
    write(&recent, 5, "key", Some(b"5"));
    recent.begin(at(5));
    assert!(recent.get(at(5), b"key").is_some());
    recent.begin(at(6));
    assert_eq!(
        (recent.get(at(5), b"key"), recent.get(at(6), b"key")),
        (None, None)
    );
}

#[test]
fn what_was_used_last_stays_within_the_bytes_and_long_values_do_not() {
    let recent = Recent::default();
    recent.begin(at(1));
    let value = vec![0; VALUE_BYTES_MAX];
    let count = 2 * BYTES_MAX / VALUE_BYTES_MAX;
    for number in 0..count {
        recent.learn(at(1), number.to_string().as_bytes(), &Some(stored(1, &value)));
        assert!(recent.get(at(1), b"0").is_some());
        assert!(recent.known().bytes <= BYTES_MAX);
    }
    let kept = recent.known().entries.len();
    assert!(kept > count / 3 && kept < count / 2, "{kept}");
    assert!(recent.get(at(1), b"1").is_none());

    let before = recent.known().bytes;
    write(&recent, 2, "0", Some(&[value.as_slice(), &[0]].concat()));
    assert!(recent.get(at(2), b"0").is_none());
    assert!(recent.known().bytes < before);
}

#[test]
fn a_group_that_writes_very_much_is_not_remembered_and_nothing_before_it_is() {
    let recent = Recent::default();
    recent.begin(at(1));
    write(&recent, 2, "key", Some(b"2"));
    let written = (0..=WRITTEN_MAX).map(|number| (number.to_string().into(), (3, None)));
    recent.publish(at(3), written.collect(), []);
    let found = ["0", "key"].map(|key| recent.get(at(3), key.as_bytes()));
    assert_eq!(found, [None, None]);
    // It goes on from there.
    recent.learn(at(3), b"key", &None);
    assert_eq!(recent.get(at(3), b"key"), Some(None));
}

#[test]
fn a_snapshot_finds_how_many_bytes_there_were_when_it_was_taken_or_nothing() {
    let recent = Recent::default();
    recent.begin(at(4));
    count(&recent, 5, "a/", 10);
    count(&recent, 6, "a/", 10);
    let find = |newest, prefix: &str| recent.counted_bytes(at(newest), prefix.as_bytes());
    assert_eq!(
        [4, 5, 6, 7].map(|newest| find(newest, "a/")),
        [None, Some(10), Some(10), None]
    );
    count(&recent, 7, "a/", 11);
    count(&recent, 8, "b/", 1);
    assert_eq!(
        [5, 6, 7, 8].map(|newest| find(newest, "a/")),
        [None, None, Some(11), Some(11)]
    );
    assert_eq!([7, 8].map(|newest| find(newest, "b/")), [None, Some(1)]);
    recent.begin(at(9));
    assert_eq!([8, 9].map(|newest| find(newest, "a/")), [None, None]);
}

#[test]
fn prefixes_that_were_counted_lately_are_remembered_and_no_more_of_them() {
    let recent = Recent::default();
    recent.begin(at(1));
    let prefixes = (0..=COUNTED_MAX).map(|number| (number.to_string().into(), 7));
    recent.publish(at(2), Written::default(), prefixes);
    let find = |number: usize| recent.counted_bytes(at(2), number.to_string().as_bytes());
    assert_eq!([0, 1, COUNTED_MAX].map(find), [None, Some(7), Some(7)]);
}
