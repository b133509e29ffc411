//! Of the entries, in one pass: how many break each claim.
use std::hash::{BuildHasher, RandomState};

use chrono::{DateTime, Utc};

use super::Lint;
use super::header::has_wrong_form;
use crate::asn1;
use crate::pki::crl::entry::{EntriesByIssuer, Entry, REMOVE_FROM_CRL};
use crate::pki::crl::parse::{ParsedCrl, extension};

/// An entry with what reading it for use passes over.
struct Seen<'a> {
    entry: Entry<'a>,
    /// The tag of revocationDate.
    date_tag: u8,
    invalidity: Option<DateTime<Utc>>,
    /// Whether each is there with that criticality.
    critical_reason: bool,
    critical_invalidity: bool,
    uncritical_issuer: bool,
    in_delta: bool,
    this_update: DateTime<Utc>,
}

/// A claim about an entry: its name, its clause, what those do that break it, and whether one does.
type EntryRule = (&'static str, &'static str, &'static str, fn(&Seen<'_>) -> bool);

const RULES: &[EntryRule] = &[
    ("serials_are_positive", "RFC 5280 4.1.2.2", "have a serial that is negative", |seen| {
        seen.entry.serial.first().is_some_and(|first| *first >= 0x80)
    }),
    ("serials_are_not_zero", "RFC 5280 4.1.2.2", "have the serial zero", |seen| seen.entry.serial == [0]),
    ("serials_fit_20_octets", "RFC 5280 4.1.2.2", "have a serial of more than 20 octets", |seen| {
        seen.entry.serial.len() > 20
    }),
    ("unspecified_reason_is_left_out", "RFC 5280 5.3.1", "say that the reason is unspecified", |seen| {
        seen.entry.reason == Some(0)
    }),
    ("remove_from_crl_is_in_deltas_only", "RFC 5280 5.3.1", "say removeFromCRL in a complete list", |seen| {
        seen.entry.reason == Some(REMOVE_FROM_CRL) && !seen.in_delta
    }),
    ("reason_is_not_critical", "RFC 5280 5.3.1", "have a critical reasonCode", |seen| seen.critical_reason),
    ("revocations_are_not_in_the_future", "RFC 5280 5.1.2.6", "are dated after thisUpdate", |seen| {
        seen.entry.revocation_date > seen.this_update
    }),
    ("revocation_times_have_the_form_of_their_year", "RFC 5280 5.1.2.6", "have a date of the wrong form", |seen| {
        has_wrong_form(seen.date_tag, seen.entry.revocation_date)
    }),
    ("invalidity_is_not_after_revocation", "RFC 5280 5.3.2", "have an invalidityDate after the revocation", |seen| {
        seen.invalidity.is_some_and(|invalidity| invalidity > seen.entry.revocation_date)
    }),
    ("invalidity_date_is_not_critical", "RFC 5280 5.3.2", "have a critical invalidityDate", |seen| {
        seen.critical_invalidity
    }),
    ("certificate_issuer_is_critical", "RFC 5280 5.3.3", "have a certificateIssuer that is not critical", |seen| {
        seen.uncritical_issuer
    }),
    ("entry_extensions_are_known", "RFC 5280 5.3", "have a critical extension that is not known", |seen| {
        seen.entry.unknown_critical.is_some()
    }),
];

pub(super) fn lints(crl: &ParsedCrl<'_>) -> Vec<Lint> {
    let mut found = Vec::new();
    let mut counts = vec![0usize; RULES.len()];
    // Of serials and their issuers; a hash collision of 64 bits with a random key is no concern of a lint.
    let (hasher, mut hashes) = (RandomState::new(), Vec::new());
    for entry in EntriesByIssuer::of(crl) {
        let Ok((entry, issuer)) = entry else {
            let detail = format!("entry {} cannot be read", hashes.len() + 1);
            found.push(Lint { name: "entries_are_readable", clause: "RFC 5280 5.1.2.6", detail });
            break;
        };
        hashes.push(hasher.hash_one((entry.serial, &issuer)));
        let seen = look(entry, crl);
        for (count, (_, _, _, breaks)) in counts.iter_mut().zip(RULES) {
            *count += usize::from(breaks(&seen));
        }
    }
    let counted = |((name, clause, what, _), count): (&EntryRule, usize)| {
        (count > 0).then(|| Lint { name, clause, detail: format!("entries that {what}: {count}") })
    };
    if crl.entries_at.is_some() && hashes.is_empty() && found.is_empty() {
        let detail = "revokedCertificates is there and empty; it should be absent".to_owned();
        found.push(Lint { name: "empty_list_leaves_the_field_out", clause: "RFC 5280 5.1.2.6", detail });
    }
    found.extend(RULES.iter().zip(counts).filter_map(counted));
    hashes.sort_unstable();
    let twice = hashes.windows(2).filter(|pair| pair.first() == pair.last()).count();
    if twice > 0 {
        let detail = format!("entries whose serial stands there already: {twice}");
        found.push(Lint { name: "serials_stand_once", clause: "RFC 5280 5.1.2.6", detail });
    }
    found
}

/// Reads of an entry what is passed over when it is read for use.
fn look<'a>(entry: Entry<'a>, crl: &ParsedCrl<'_>) -> Seen<'a> {
    let mut seen = Seen {
        entry,
        date_tag: 0,
        invalidity: None,
        critical_reason: false,
        critical_invalidity: false,
        uncritical_issuer: false,
        in_delta: crl.extensions.delta_base.is_some(),
        this_update: crl.this_update,
    };
    // It was read once already, so nothing here fails.
    let Ok(mut reader) = asn1::single_sequence(entry.der) else { return seen };
    if reader.integer().is_err() {
        return seen;
    }
    seen.date_tag = reader.peek_tag().unwrap_or_default();
    let (Ok(_), Ok(mut list)) = (reader.time(), reader.sequence()) else { return seen };
    while let Ok((oid, critical, value)) = extension(&mut list) {
        match oid {
            [0x55, 0x1d, 21] => seen.critical_reason = critical,
            [0x55, 0x1d, 24] => {
                seen.critical_invalidity = critical;
                seen.invalidity = asn1::single(value).and_then(asn1::time_value).ok();
            }
            [0x55, 0x1d, 29] => seen.uncritical_issuer = !critical,
            _ => {}
        }
        if list.is_empty() {
            break;
        }
    }
    seen
}
