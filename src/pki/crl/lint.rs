//! What RFC 5280 asks of a CRL's issuer and a relying party can live without: named, never refused.
use serde::Serialize;

use super::parse::{IssuingDistributionPoint, ParsedCrl};

/// One thing that the issuer should do otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lint {
    /// Its name: `crl_has_number`; the claim that does not hold.
    pub name: &'static str,
    /// Where the claim comes from.
    pub clause: &'static str,
    /// A sentence.
    pub detail: String,
}

fn lint(name: &'static str, clause: &'static str, detail: impl Into<String>) -> Lint {
    Lint { name, clause, detail: detail.into() }
}

/// Every claim that does not hold for `crl`.
pub fn lints(crl: &ParsedCrl<'_>) -> Vec<Lint> {
    let mut found = header_lints(crl);
    found.extend(scope_lints(crl));
    found.extend(entry_lints(crl));
    found
}

fn header_lints(crl: &ParsedCrl<'_>) -> Vec<Lint> {
    let mut found = Vec::new();
    let extensions = &crl.extensions;
    if crl.version != 2 {
        found.push(lint(
            "crl_is_version_2",
            "RFC 5280 5.1.2.1",
            "the list is of version 1 and can say nothing of its scope",
        ));
    }
    if crl.next_update.is_none() {
        found.push(lint("crl_has_next_update", "RFC 5280 5.1.2.5", "nextUpdate is missing"));
    }
    if crl.next_update.is_some_and(|next| next <= crl.this_update) {
        found.push(lint("next_update_is_after_this_update", "RFC 5280 5.1.2.5", "nextUpdate is not after thisUpdate"));
    }
    match extensions.number {
        None => found.push(lint("crl_has_number", "RFC 5280 5.2.3", "the CRL number is missing")),
        Some(number) if number.len() > 20 => {
            found.push(lint("crl_number_fits_20_octets", "RFC 5280 5.2.3", format!("it has {} octets", number.len())));
        }
        Some([first, ..]) if *first >= 0x80 => {
            found.push(lint("crl_number_is_not_negative", "RFC 5280 5.2.3", "the CRL number is negative"));
        }
        Some(_) => {}
    }
    if extensions.authority_key_id.is_none() {
        let detail = "the authority key identifier is missing, so the key must be found by trying";
        found.push(lint("crl_has_authority_key_identifier", "RFC 5280 5.2.1", detail));
    }
    for oid in &extensions.unknown_critical {
        found.push(lint("critical_extensions_are_known", "RFC 5280 5.2", format!("{oid} is not known")));
    }
    found
}

/// Of issuingDistributionPoint, deltaCRLIndicator and freshestCRL.
fn scope_lints(crl: &ParsedCrl<'_>) -> Vec<Lint> {
    let mut found = Vec::new();
    let extensions = &crl.extensions;
    if extensions.distribution_point.is_some() && !extensions.distribution_point_is_critical {
        let detail = "the issuing distribution point is not critical, so others may take the list for a full one";
        found.push(lint("issuing_distribution_point_is_critical", "RFC 5280 5.2.5", detail));
    }
    if extensions.distribution_point.as_ref().is_some_and(|point| *point == IssuingDistributionPoint::default()) {
        let detail = "the issuing distribution point says nothing; it should be absent";
        found.push(lint("issuing_distribution_point_is_not_empty", "RFC 5280 5.2.5", detail));
    }
    if extensions.delta_base.is_some() && !extensions.delta_base_is_critical {
        let detail = "deltaCRLIndicator is not critical, so others may take the list for a complete one";
        found.push(lint("delta_crl_indicator_is_critical", "RFC 5280 5.2.4", detail));
    }
    if extensions.freshest_is_critical {
        found.push(lint("freshest_crl_is_not_critical", "RFC 5280 5.2.6", "freshestCRL is critical"));
    }
    if extensions.delta_base.is_some() && !extensions.freshest.is_empty() {
        let detail = "a delta says where its deltas are found";
        found.push(lint("freshest_crl_is_in_complete_lists_only", "RFC 5280 5.2.6", detail));
    }
    found
}

fn entry_lints(crl: &ParsedCrl<'_>) -> Vec<Lint> {
    let mut found = Vec::new();
    let (mut negative, mut long, mut unspecified, mut late, mut removed) = (0usize, 0usize, 0usize, 0usize, 0usize);
    let mut count = 0usize;
    for (number, entry) in crl.entries().enumerate() {
        let Ok(entry) = entry else {
            let detail = format!("entry {} cannot be read", number + 1);
            found.push(lint("entries_are_readable", "RFC 5280 5.1.2.6", detail));
            break;
        };
        count += 1;
        negative += usize::from(entry.serial.first().is_some_and(|first| *first >= 0x80 || entry.serial == [0]));
        long += usize::from(entry.serial.len() > 20);
        unspecified += usize::from(entry.reason == Some(0));
        removed += usize::from(entry.reason == Some(super::entry::REMOVE_FROM_CRL));
        late += usize::from(entry.revocation_date > crl.this_update);
    }
    let mut counted = |name, clause, count: usize, what: &str| {
        if count > 0 {
            found.push(lint(name, clause, format!("{count} entries {what}")));
        }
    };
    counted("serials_are_positive", "RFC 5280 4.1.2.2", negative, "have a serial that is zero or negative");
    counted("serials_fit_20_octets", "RFC 5280 4.1.2.2", long, "have a serial of more than 20 octets");
    counted("unspecified_reason_is_left_out", "RFC 5280 5.3.1", unspecified, "say that the reason is unspecified");
    counted("revocations_are_not_in_the_future", "RFC 5280 5.1.2.6", late, "are dated after thisUpdate");
    if crl.extensions.delta_base.is_none() {
        counted("remove_from_crl_is_in_deltas_only", "RFC 5280 5.3.1", removed, "say removeFromCRL in a complete list");
    }
    if crl.entries_at.is_some() && count == 0 {
        let detail = "revokedCertificates is there and empty; it should be absent";
        found.push(lint("empty_list_leaves_the_field_out", "RFC 5280 5.1.2.6", detail));
    }
    found
}
