//! What speaks against a list in its entries, and what may change from one list to the next.
use chrono::Duration;
use madoguchi::pki::crl::{CrlStore, IntakePolicy, LostEntries};
use madoguchi::pki::trust_store::TrustStore;
use madoguchi::settings::Settings;

use crate::crl_quarantine::{House, kept, next, revoked};
use crate::support::archive::{Place, issued};
use crate::support::der_pki::*;

/// The code of what speaks against the next list with these entries; none where it comes in.
fn code(entries: &[Vec<u8>]) -> Option<&'static str> {
    let place = Place::sqlite();
    let mut house = House::open(&place);
    house.objection(&next(11, entries)).map(|refusal| refusal.code)
}

#[test]
fn a_changed_date_is_quarantined() {
    let [_, two, three] = kept();
    assert_eq!(code(&[revoked(1, 10, &[]), two, three]), Some("entries_changed"));
}

#[test]
fn a_changed_reason_is_quarantined() {
    let [one, _, three] = kept();
    assert_eq!(code(&[one.clone(), revoked(2, 8, &[reason(3)]), three.clone()]), Some("entries_changed"));
    assert_eq!(code(&[one, revoked(2, 8, &[]), three]), Some("entries_changed"));
}

#[test]
fn an_unspecified_reason_that_is_written_out_is_no_change() {
    let [_, two, three] = kept();
    assert_eq!(code(&[revoked(1, 9, &[reason(0)]), two, three]), None);
}

#[test]
fn a_hold_that_ended_is_not_quarantined() {
    let [one, two, _] = kept();
    assert_eq!(code(&[one, two]), None);
}

#[test]
fn a_hold_turned_into_a_revocation_is_not_quarantined() {
    let [one, two, _] = kept();
    assert_eq!(code(&[one, two, revoked(3, 2, &[reason(1)])]), None);
}

#[test]
fn an_entry_that_a_delta_removed_may_leave_the_next_complete_list() {
    let place = Place::sqlite();
    let mut house = House::open(&place);
    let removal = extension("2.5.29.27", true, &integer(10));
    let delta = issued(11, 5).with(removal).entry(revoked(2, 6, &[reason(8)])).entry(revoked(9, 6, &[]));
    house.offer("delta.crl", &delta);
    assert_eq!(house.running.numbers().len(), 2);
    let [one, _, three] = kept();
    // What only the delta tells of must be on the next complete list.
    let without = house.objection(&next(12, &[one.clone(), three.clone()])).unwrap();
    assert_eq!(without.code, "entries_lost");
    assert!(without.detail.contains("serial 09"), "{}", without.detail);
    assert!(house.objection(&next(12, &[one, three, revoked(9, 6, &[])])).is_none());
}

#[test]
fn a_delta_that_changes_a_revocation_is_quarantined() {
    let place = Place::sqlite();
    let mut house = House::open(&place);
    let delta = |entry: Vec<u8>| issued(11, 5).with(extension("2.5.29.27", true, &integer(10))).entry(entry);
    let changed = house.objection(&delta(revoked(1, 2, &[]))).unwrap();
    assert_eq!((changed.code, changed.quarantined), ("entries_changed", true));
    // One whose number falls completes nothing: it is refused, for a row does not begin with it.
    let early = issued(9, 5).with(extension("2.5.29.27", true, &integer(8)));
    let refused = house.objection(&early).unwrap();
    assert_eq!((refused.code, refused.quarantined), ("number_falls", false));
    assert!(house.objection(&delta(revoked(3, 2, &[reason(8)]))).is_none());
}

#[test]
fn entries_of_a_ca_whose_certificates_are_valid_for_long_stay_for_long() {
    let (root, certificate) = root("CN=Root");
    let long = CertSpec::ca(5).valid(at() - Duration::days(3_650), at() + Duration::days(3_650));
    let long = long.certificate(&root, &Entity::new("CN=Sub"));
    let objection = |intermediates: Vec<_>, longest_validity: Duration| {
        let trust = TrustStore::new(vec![certificate.clone()], intermediates);
        let policy = IntakePolicy { lost_entries: LostEntries::Refuse { longest_validity } };
        let store = CrlStore::default().under(policy);
        store.offer(issued(1, 9).entry(revoked(6, 7 * 366, &[])).der(&root), &trust, at()).unwrap();
        store.offer(issued(2, 3).der(&root), &trust, at()).err().map(|refusal| refusal.code)
    };
    let six_years = Duration::days(6 * 366);
    assert_eq!(objection(vec![], six_years), None);
    assert_eq!(objection(vec![], Duration::days(8 * 366)), Some("entries_lost"));
    assert_eq!(objection(vec![long], six_years), Some("entries_lost"), "a certificate of twenty years is known");
    let text = "[revocation]\nlongest_validity = \"5d\"";
    let settings = Settings::from_text(text, [], std::path::Path::new(".")).unwrap();
    assert_eq!(settings.revocation.longest_validity.chrono(), Duration::days(5));
}
