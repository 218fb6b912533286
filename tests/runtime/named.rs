//! What an embedder has to be able to name.

use airs_runtime::{Host, HttpUrl, HttpUrlError, Scheme, VariableName, VariableNameError};

/// An embedder can write down the type of everything that is answered.
#[test]
fn the_parts_of_a_url_and_what_is_wrong_with_one_have_names_in_the_runtimes_crate() {
    let url: HttpUrl = "https://rates.example/usd".parse().unwrap();
    let (scheme, host): (Scheme, &Host) = (url.scheme(), url.host());
    assert_eq!(
        (scheme, host.to_string().as_str()),
        (Scheme::Https, "rates.example")
    );
    let why: HttpUrlError = "ftp://rates.example".parse::<HttpUrl>().unwrap_err();
    assert!(!why.to_string().is_empty());
    let why: VariableNameError = "RATES KEY".parse::<VariableName>().unwrap_err();
    assert!(!why.to_string().is_empty());
}
