//! Dates of birth, which may be known in part, and sex.
use super::finding::{Reason, Verdict};

/// Compares two dates as far as they are known: `1980-12-31`, `1980-12`, `1980`.
pub(super) fn compare_dates(claimed: Option<&str>, recorded: Option<&str>) -> Verdict {
    let (Some(claimed), Some(recorded)) = (claimed, recorded) else { return Verdict::by(vec![Reason::NotTold]) };
    if claimed == recorded {
        return Verdict::by(Vec::new());
    }
    let (shorter, longer) = if claimed.len() < recorded.len() { (claimed, recorded) } else { (recorded, claimed) };
    let is_part = longer.strip_prefix(shorter).is_some_and(|rest| rest.starts_with('-'));
    if is_part && !shorter.is_empty() { Verdict::by(vec![Reason::PartOfDate]) } else { Verdict::different() }
}

/// Compares `male`, `female`, `unknown`.
pub(super) fn compare_sexes(claimed: Option<&str>, recorded: Option<&str>) -> Verdict {
    match (claimed, recorded) {
        (Some(claimed), Some(recorded)) if claimed == recorded => Verdict::by(Vec::new()),
        (None | Some("unknown"), _) | (_, None | Some("unknown")) => Verdict::by(vec![Reason::NotTold]),
        _ => Verdict::different(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Agreement::{self, Different, Same, Undecided};
    use super::*;

    #[test]
    fn a_date_known_in_part_is_open_and_never_guessed() {
        for (claimed, recorded, agreement) in [
            (Some("1980-12-31"), Some("1980-12-31"), Same),
            (Some("1950-02"), Some("1950-02"), Same),
            (Some("1980-12"), Some("1980-12-31"), Undecided),
            (Some("1980-12-31"), Some("1980"), Undecided),
            (Some("1980-1"), Some("1980-12"), Different),
            (Some(""), Some("1980"), Different),
            (Some("1980-12-30"), Some("1980-12-31"), Different),
            (None, Some("1980"), Undecided),
            (None, None, Undecided),
        ] {
            assert_eq!(compare_dates(claimed, recorded).agreement, agreement, "{claimed:?} {recorded:?}");
            assert_eq!(compare_dates(recorded, claimed).agreement, agreement, "{claimed:?} {recorded:?}");
        }
    }

    #[test]
    fn an_unknown_sex_says_nothing() {
        let cases: [(Option<&str>, Option<&str>, Agreement); 5] = [
            (Some("male"), Some("male"), Same),
            (Some("unknown"), Some("unknown"), Same),
            (Some("male"), Some("female"), Different),
            (Some("unknown"), Some("female"), Undecided),
            (None, Some("female"), Undecided),
        ];
        for (claimed, recorded, agreement) in cases {
            assert_eq!(compare_sexes(claimed, recorded).agreement, agreement);
            assert_eq!(compare_sexes(recorded, claimed).agreement, agreement);
        }
    }
}
