//! Of the list's own fields and of its number and key identifier.
use chrono::{DateTime, Datelike, Utc};

use super::{Rule, broken};
use crate::asn1::{self, Reader};
use crate::pki::crl::parse::ParsedCrl;

pub(super) const RULES: &[Rule] = &[
    ("crl_is_version_2", "RFC 5280 5.1.2.1", is_version_2),
    ("issuer_is_not_empty", "RFC 5280 5.1.2.3", issuer_is_not_empty),
    ("crl_has_next_update", "RFC 5280 5.1.2.5", has_next_update),
    ("next_update_is_after_this_update", "RFC 5280 5.1.2.5", next_update_is_after),
    ("list_times_have_the_form_of_their_year", "RFC 5280 5.1.2.4", times_have_their_form),
    ("crl_has_number", "RFC 5280 5.2.3", has_number),
    ("crl_number_fits_20_octets", "RFC 5280 5.2.3", number_fits),
    ("crl_number_is_not_negative", "RFC 5280 5.2.3", number_is_not_negative),
    ("crl_number_is_not_critical", "RFC 5280 5.2.3", number_is_not_critical),
    ("crl_has_authority_key_identifier", "RFC 5280 5.2.1", has_key_identifier),
    ("authority_key_identifier_is_not_critical", "RFC 5280 4.2.1.1", key_identifier_is_not_critical),
    ("critical_extensions_are_known", "RFC 5280 5.2", critical_extensions_are_known),
];

/// cRLNumber and authorityKeyIdentifier.
const NUMBER: &[u8] = &[0x55, 0x1d, 20];
const KEY_IDENTIFIER: &[u8] = &[0x55, 0x1d, 35];

fn is_version_2(crl: &ParsedCrl<'_>) -> Option<String> {
    broken(crl.version != 2, "the list is of version 1 and can say nothing of its scope")
}

fn issuer_is_not_empty(crl: &ParsedCrl<'_>) -> Option<String> {
    broken(crl.issuer == [0x30, 0], "the issuer's name is empty")
}

fn has_next_update(crl: &ParsedCrl<'_>) -> Option<String> {
    broken(crl.next_update.is_none(), "nextUpdate is missing")
}

fn next_update_is_after(crl: &ParsedCrl<'_>) -> Option<String> {
    broken(crl.next_update.is_some_and(|next| next <= crl.this_update), "nextUpdate is not after thisUpdate")
}

/// UTCTime through 2049, GeneralizedTime from 2050 on.
fn times_have_their_form(crl: &ParsedCrl<'_>) -> Option<String> {
    let (this, next) = time_tags(crl.tbs)?;
    if has_wrong_form(this, crl.this_update) {
        return Some("thisUpdate has not the form that its year asks for (UTCTime through 2049)".to_owned());
    }
    let wrong = next.zip(crl.next_update).is_some_and(|(tag, next)| has_wrong_form(tag, next));
    broken(wrong, "nextUpdate has not the form that its year asks for (UTCTime through 2049)")
}

/// Whether a time of that tag should have the other.
pub(super) fn has_wrong_form(tag: u8, time: DateTime<Utc>) -> bool {
    tag != if time.year() < 2050 { asn1::UTC_TIME } else { asn1::GENERALIZED_TIME }
}

/// The tags of thisUpdate and nextUpdate.
fn time_tags(tbs: &[u8]) -> Option<(u8, Option<u8>)> {
    let mut reader = Reader::new(tbs).expect(asn1::SEQUENCE).ok()?.reader();
    reader.optional(asn1::INTEGER).ok()?;
    reader.expect(asn1::SEQUENCE).ok()?;
    reader.expect(asn1::SEQUENCE).ok()?;
    let this = reader.any().ok()?.tag;
    let next = reader.peek_tag().filter(|tag| matches!(*tag, asn1::UTC_TIME | asn1::GENERALIZED_TIME));
    Some((this, next))
}

fn has_number(crl: &ParsedCrl<'_>) -> Option<String> {
    broken(crl.extensions.number.is_none(), "the CRL number is missing")
}

fn number_fits(crl: &ParsedCrl<'_>) -> Option<String> {
    let long = crl.extensions.number.filter(|number| number.len() > 20)?;
    Some(format!("it has {} octets", long.len()))
}

fn number_is_not_negative(crl: &ParsedCrl<'_>) -> Option<String> {
    let negative = crl.extensions.number.and_then(<[u8]>::first).is_some_and(|first| *first >= 0x80);
    broken(negative, "the CRL number is negative")
}

fn number_is_not_critical(crl: &ParsedCrl<'_>) -> Option<String> {
    broken(crl.extensions.critical.contains(&NUMBER), "the CRL number is critical")
}

fn has_key_identifier(crl: &ParsedCrl<'_>) -> Option<String> {
    let detail = "the authority key identifier is missing, so the key must be found by trying";
    broken(crl.extensions.authority_key_id.is_none(), detail)
}

fn key_identifier_is_not_critical(crl: &ParsedCrl<'_>) -> Option<String> {
    broken(crl.extensions.critical.contains(&KEY_IDENTIFIER), "the authority key identifier is critical")
}

fn critical_extensions_are_known(crl: &ParsedCrl<'_>) -> Option<String> {
    let unknown = &crl.extensions.unknown_critical;
    (!unknown.is_empty()).then(|| format!("not known: {}", unknown.join(", ")))
}
