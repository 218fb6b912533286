//! The name that was probably meant.

/// `did you mean …?` with the name that is most like `given`, when one is.
pub(crate) fn did_you_mean(given: &str, names: &[&str]) -> Option<String> {
    names
        .iter()
        .map(|name| (distance(given, name), name))
        .filter(|(distance, name)| *distance <= name.len().max(3) / 3 + 1)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| format!("did you mean `{name}`?"))
}

/// How many letters have to be added, dropped or changed (Levenshtein).
fn distance(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.chars().count()).collect();
    for (i, a) in from.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        let above_all = std::mem::take(&mut row);
        row.push(left);
        for (b, above) in to.chars().zip(above_all.into_iter().skip(1)) {
            left = (diagonal + usize::from(a != b)).min(left + 1).min(above + 1);
            diagonal = above;
            row.push(left);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{did_you_mean, distance};

    #[test]
    fn the_distance_counts_letters() {
        assert_eq!(distance("view", "view"), 0);
        assert_eq!(distance("veiw", "view"), 2);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
    }

    #[test]
    fn a_name_that_is_nothing_like_any_other_has_no_nearest() {
        let meant = did_you_mean("transfr", &["view", "transfer"]);
        assert_eq!(meant.as_deref(), Some("did you mean `transfer`?"));
        assert_eq!(did_you_mean("balance", &["view", "done"]), None);
    }
}
