//! What holds for any URL and any pattern.

use airs_core::{Host, HttpPattern, HttpUrl};
use proptest::prelude::*;

use crate::http::{pattern, url};

fn label() -> impl Strategy<Value = String> {
    prop_oneof!["[a-b]{1,2}", Just("example".to_owned()), Just("com".to_owned())]
}

fn host() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::collection::vec(label(), 1..4).prop_map(|labels| labels.join(".")),
        1 => Just("127.0.0.1".to_owned()),
        1 => Just("[::1]".to_owned()),
    ]
}

fn path() -> impl Strategy<Value = String> {
    let segment = prop_oneof![
        "[a-b]{1,2}",
        Just("..".to_owned()),
        Just("%2e%2E".to_owned()),
        Just("%2F".to_owned()),
        Just(String::new())
    ];
    prop::collection::vec(segment, 0..4)
        .prop_map(|segments| segments.iter().map(|segment| format!("/{segment}")).collect())
}

fn scheme_and_port() -> (
    impl Strategy<Value = &'static str>,
    impl Strategy<Value = &'static str>,
) {
    (
        prop_oneof![3 => Just("https://"), 1 => Just("http://")],
        prop_oneof![3 => Just(""), 1 => Just(":443"), 1 => Just(":81")],
    )
}

fn urls() -> impl Strategy<Value = HttpUrl> {
    let (scheme, port) = scheme_and_port();
    (scheme, host(), port, path())
        .prop_map(|(scheme, host, port, path)| url(&format!("{scheme}{host}{port}{path}")))
}

fn patterns() -> impl Strategy<Value = HttpPattern> {
    let (scheme, port) = scheme_and_port();
    let paths = prop_oneof![
        Just(""),
        Just("/*"),
        Just("/a/*"),
        Just("/a/b/*"),
        Just("/a"),
        Just("/a/b"),
        Just("/")
    ];
    (scheme, any::<bool>(), host(), port, paths).prop_map(|(scheme, below, host, port, path)| {
        let is_name = host.ends_with(|last: char| last.is_ascii_alphabetic());
        let star = if below && is_name { "*." } else { "" };
        pattern(&format!("{scheme}{star}{host}{port}{path}"))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_intersection_matches_what_both_match(one in patterns(), other in patterns(), url in urls()) {
        let both = one.matches(&url) && other.matches(&url);
        let intersection = one.intersection(&other);
        prop_assert_eq!(intersection.as_ref().is_some_and(|meet| meet.matches(&url)), both);
        prop_assert_eq!(other.intersection(&one), intersection.clone());
        if let Some(meet) = intersection {
            prop_assert!(one.covers(&meet) && other.covers(&meet));
        }
        if one.covers(&other) && other.matches(&url) {
            prop_assert!(one.matches(&url));
        }
    }

    #[test]
    fn a_pattern_is_what_it_is_shown_as(shown in patterns()) {
        prop_assert_eq!(shown.to_string().parse::<HttpPattern>().unwrap(), shown.clone());
        prop_assert!(shown.covers(&shown));
    }

    #[test]
    fn a_url_that_is_sent_is_read_back_the_same(sent in urls()) {
        prop_assert_eq!(sent.to_string().parse::<HttpUrl>().unwrap(), sent.clone());
        let dots = sent.path().split('/').any(|segment| matches!(segment, "." | ".."));
        prop_assert!(!dots, "{}", sent.path());
    }

    /// Compared label by label, in another way than the pattern does.
    #[test]
    fn names_below_a_domain_end_with_a_dot_and_it(
        domain in prop::collection::vec(label(), 1..4), asked in urls(),
    ) {
        let domain = domain.join(".");
        let below = pattern(&format!("*.{domain}"));
        let expected = match asked.host() {
            Host::Name(name) => name.strip_suffix(&domain).is_some_and(|before| before.len() > 1 && before.ends_with('.')),
            Host::Address(_) => false,
        };
        prop_assert_eq!(below.matches(&url(&format!("https://{}/", asked.host()))), expected);
    }

    #[test]
    fn no_text_is_too_strange(text in ".{0,40}", path in "[/.%;a2fFeE\\\\?#]{0,20}") {
        // Reading it does not panic, and what is read has one form.
        for text in [text.clone(), format!("https://{text}"), format!("https://a.example/{path}")] {
            if let Ok(url) = text.parse::<HttpUrl>() {
                prop_assert_eq!(url.to_string().parse::<HttpUrl>(), Ok(url));
            }
            if let Ok(pattern) = text.parse::<HttpPattern>() {
                prop_assert_eq!(pattern.to_string().parse::<HttpPattern>(), Ok(pattern));
            }
        }
        // Nothing leaves a folder, however it is written.
        if let Ok(url) = format!("https://a.example/data/{path}").parse::<HttpUrl>()
            && pattern("a.example/data/*").matches(&url)
        {
            let mut decoded = url.path().to_owned();
            for (code, character) in [("%2F", "/"), ("%5C", "\\"), ("%2E", "."), ("%25", "%")] {
                decoded = decoded.replace(code, character);
            }
            prop_assert!(decoded.starts_with("/data/"));
            prop_assert!(!decoded.split(['/', '\\']).any(|segment| segment.split(';').next() == Some("..")), "{}", decoded);
        }
    }
}
