//! The lints of revocation lists: for each a list that breaks it and no other, and one that breaks none.
use chrono::{DateTime, Duration, Utc};
use madoguchi::pki::crl::{ParsedCrl, lints};

use crate::support::der_pki::*;

/// A list by its parts, so that each can be made wrong; not signed by anybody.
struct Parts {
    version: Option<u64>,
    issuer: Vec<u8>,
    this_update: Vec<u8>,
    next_update: Option<Vec<u8>>,
    entries: Option<Vec<Vec<u8>>>,
    number: Option<Vec<u8>>,
    key_identifier: Option<Vec<u8>>,
    extensions: Vec<Vec<u8>>,
}

impl Parts {
    fn good() -> Self {
        Self {
            version: Some(1),
            issuer: name("CN=CA"),
            this_update: time(at()),
            next_update: Some(time(at() + Duration::days(1))),
            entries: None,
            number: Some(extension("2.5.29.20", false, &integer(7))),
            key_identifier: Some(extension("2.5.29.35", false, &seq(&[tlv(0x80, &[1; 20])]))),
            extensions: Vec::new(),
        }
    }

    fn der(&self) -> Vec<u8> {
        let algorithm = seq(&[oid("1.2.840.10045.4.3.2")]);
        let mut parts: Vec<Vec<u8>> = self.version.map(integer).into_iter().collect();
        parts.extend([algorithm.clone(), self.issuer.clone(), self.this_update.clone()]);
        parts.extend(self.next_update.clone());
        parts.extend(self.entries.as_ref().map(|entries| seq(entries)));
        let own = self.number.iter().chain(&self.key_identifier);
        let extensions: Vec<Vec<u8>> = own.chain(&self.extensions).cloned().collect();
        if !extensions.is_empty() {
            parts.push(tlv(0xa0, &seq(&extensions)));
        }
        seq(&[seq(&parts), algorithm, tlv(3, &[0, 1])])
    }

    fn with(extension: Vec<u8>) -> Self {
        Self { extensions: vec![extension], ..Self::good() }
    }

    fn of(entries: &[Vec<u8>]) -> Self {
        Self { entries: Some(entries.to_vec()), ..Self::good() }
    }
}

/// An entry with a serial's content octets, dated a day before the list.
fn one(serial: &[u8], extensions: &[Vec<u8>]) -> Vec<u8> {
    dated(serial, time(at() - Duration::days(1)), extensions)
}

fn dated(serial: &[u8], date: Vec<u8>, extensions: &[Vec<u8>]) -> Vec<u8> {
    let mut parts = vec![tlv(2, serial), date];
    if !extensions.is_empty() {
        parts.push(seq(extensions));
    }
    seq(&parts)
}

fn invalidity(critical: bool, days: i64) -> Vec<u8> {
    extension("2.5.29.24", critical, &generalized_time(at() + Duration::days(days)))
}

fn delta(critical: bool, base: u64) -> Vec<u8> {
    extension("2.5.29.27", critical, &integer(base))
}

fn point(critical: bool, fields: &[Vec<u8>]) -> Vec<u8> {
    extension("2.5.29.28", critical, &seq(fields))
}

fn freshest(critical: bool) -> Vec<u8> {
    extension("2.5.29.46", critical, &seq(&[seq(&[tlv(0xa0, &tlv(0xa0, &uri("ldap://delta")))])]))
}

fn found(parts: &Parts) -> Vec<&'static str> {
    let der = parts.der();
    let found = lints(&ParsedCrl::from_der(&der).unwrap());
    assert!(found.iter().all(|lint| lint.clause.starts_with("RFC 5280 ") && !lint.detail.is_empty()), "{found:?}");
    found.into_iter().map(|lint| lint.name).collect()
}

#[test]
fn a_good_list_has_no_lint() {
    assert!(found(&Parts::good()).is_empty());
    let later: DateTime<Utc> = "2050-01-01T00:00:00Z".parse().unwrap();
    let entries = [one(&[7], &[reason(1), invalidity(false, -3)]), one(&[8], &[])];
    assert!(found(&Parts { next_update: Some(time(later)), ..Parts::of(&entries) }).is_empty());
    assert!(found(&Parts::with(delta(true, 6))).is_empty());
    let user = point(true, &[tlv(0x81, &[0xff])]);
    assert!(found(&Parts { extensions: vec![user, freshest(false)], ..Parts::good() }).is_empty());
}

#[test]
fn every_departure_of_a_list_has_its_lint() {
    let good = Parts::good;
    let v1 = Parts { version: None, number: None, key_identifier: None, ..good() };
    let v1_lints = ["crl_is_version_2", "crl_has_number", "crl_has_authority_key_identifier"];
    assert_eq!(found(&v1), v1_lints, "what version 1 cannot say is missing too");
    let number = |octets: &[u8]| Some(extension("2.5.29.20", false, &tlv(2, octets)));
    let key = |critical| Some(extension("2.5.29.35", critical, &seq(&[tlv(0x80, &[1])])));
    let early = Some(time(at() - Duration::days(1)));
    let kinds = [tlv(0x81, &[0xff]), tlv(0x82, &[0xff])];
    let cases = [
        ("issuer_is_not_empty", Parts { issuer: seq(&[]), ..good() }),
        ("crl_has_next_update", Parts { next_update: None, ..good() }),
        ("next_update_is_after_this_update", Parts { next_update: early, ..good() }),
        ("list_times_have_the_form_of_their_year", Parts { this_update: generalized_time(at()), ..good() }),
        (
            "list_times_have_the_form_of_their_year",
            Parts { next_update: Some(generalized_time(at() + Duration::days(1))), ..good() },
        ),
        ("crl_has_number", Parts { number: None, ..good() }),
        ("crl_number_fits_20_octets", Parts { number: number(&[1; 21]), ..good() }),
        ("crl_number_is_not_negative", Parts { number: number(&[0x80]), ..good() }),
        ("crl_number_is_not_critical", Parts { number: Some(extension("2.5.29.20", true, &integer(7))), ..good() }),
        ("crl_has_authority_key_identifier", Parts { key_identifier: None, ..good() }),
        ("authority_key_identifier_is_not_critical", Parts { key_identifier: key(true), ..good() }),
        ("critical_extensions_are_known", Parts::with(extension("1.2.3.4", true, &[5, 0]))),
        ("issuing_distribution_point_is_critical", Parts::with(point(false, &kinds[..1]))),
        ("issuing_distribution_point_is_not_empty", Parts::with(point(true, &[]))),
        ("list_holds_one_kind_of_certificates", Parts::with(point(true, &kinds))),
        ("some_reasons_are_some", Parts::with(point(true, &[tlv(0x83, &[7, 0x80])]))),
        ("delta_crl_indicator_is_critical", Parts::with(delta(false, 6))),
        ("delta_is_later_than_its_base", Parts::with(delta(true, 7))),
        ("freshest_crl_is_not_critical", Parts::with(freshest(true))),
        (
            "freshest_crl_is_in_complete_lists_only",
            Parts { extensions: vec![delta(true, 6), freshest(false)], ..good() },
        ),
        ("empty_list_leaves_the_field_out", Parts::of(&[])),
    ];
    for (name, parts) in cases {
        assert_eq!(found(&parts), [name]);
    }
}

#[test]
fn every_departure_of_an_entry_has_its_lint() {
    let next = |serial: &[u8]| one(serial, &[]);
    let critical_reason = extension("2.5.29.21", true, &tlv(0x0a, &[1]));
    let uncritical_issuer = extension("2.5.29.29", false, &seq(&[directory("CN=Other")]));
    let cases = [
        ("serials_are_positive", next(&[0x80])),
        ("serials_are_not_zero", next(&[0])),
        ("serials_fit_20_octets", next(&[1; 21])),
        ("unspecified_reason_is_left_out", one(&[7], &[reason(0)])),
        ("remove_from_crl_is_in_deltas_only", one(&[7], &[reason(8)])),
        ("reason_is_not_critical", one(&[7], &[critical_reason])),
        ("revocations_are_not_in_the_future", dated(&[7], time(at() + Duration::days(1)), &[])),
        ("revocation_times_have_the_form_of_their_year", dated(&[7], generalized_time(at() - Duration::days(1)), &[])),
        ("invalidity_is_not_after_revocation", one(&[7], &[invalidity(false, 0)])),
        ("invalidity_date_is_not_critical", one(&[7], &[invalidity(true, -2)])),
        ("certificate_issuer_is_critical", one(&[7], &[uncritical_issuer])),
        ("entry_extensions_are_known", one(&[7], &[extension("1.2.3.4", true, &[5, 0])])),
        ("entries_are_readable", tlv(0x30, &[2, 1, 7])),
    ];
    for (name, entry) in cases {
        assert_eq!(found(&Parts::of(&[next(&[5]), entry])), [name]);
    }
    assert_eq!(found(&Parts::of(&[next(&[5]), next(&[5]), next(&[5])])), ["serials_stand_once"]);
    // In an indirect list one serial may stand for each issuer.
    let other = one(&[5], &[certificate_issuer("CN=Other")]);
    let indirect = Parts { extensions: vec![point(true, &[tlv(0x84, &[0xff])])], ..Parts::of(&[next(&[5]), other]) };
    assert!(found(&indirect).is_empty());
}
