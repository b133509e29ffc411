//! Which fields a partial correction may change: those that were marked, and those that are asked for because of the answer
//! to one of them. Where a marked answer becomes another, what hangs on it appears or goes.
use std::collections::BTreeSet;

use super::field::Field;

/// The names of the marked fields and of everything that hangs on them.
pub fn opened(fields: &[Field], marked: &[String]) -> BTreeSet<String> {
    let mut open: BTreeSet<String> = marked.iter().cloned().collect();
    loop {
        let hangs = |field: &&Field| {
            let by_open = |name: &str| open.contains(name.trim_start_matches('/'));
            !open.contains(field.name()) && field.shown_if.iter().any(|condition| by_open(&condition.field))
        };
        let found: Vec<String> = fields.iter().filter(hangs).map(|field| field.name().to_owned()).collect();
        if found.is_empty() {
            return open;
        }
        open.extend(found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::procedures::Catalog;

    #[test]
    fn what_hangs_on_a_marked_answer_is_open_and_nothing_else_is() {
        let catalog = Catalog::builtin().unwrap();
        let moving = catalog.get("moving-out").unwrap();
        let names = |marked: &[&str]| {
            let marked: Vec<String> = marked.iter().map(|name| (*name).to_owned()).collect();
            opened(&moving.fields, &marked).into_iter().collect::<Vec<_>>().join(" ")
        };
        assert_eq!(names(&["telephone"]), "telephone");
        assert_eq!(names(&["movers"]), "members movers");
        assert!(names(&["destination"]).contains("new_address"), "{}", names(&["destination"]));
        assert_eq!(names(&[]), "");
    }
}
