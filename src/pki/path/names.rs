//! Name constraints (RFC 5280 4.2.1.10, 6.1.3 (b) and (c)).
use super::budget::Budget;
use crate::asn1;
use crate::pki::certificate::Certificate;
use crate::pki::general_name::{self, GeneralName};
use crate::pki::name;

/// The two lists that a constraint stands in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum List {
    Permitted,
    Excluded,
}

/// Whether the names of `certificate` keep within the constraints of `ca`; else a phrase without personal data.
pub fn check(ca: &Certificate, certificate: &Certificate, budget: &mut Budget) -> Result<(), &'static str> {
    const TOO_MUCH: &str = "has more names to compare than the budget allows";
    let Some(constraints) = &ca.extensions().name_constraints else { return Ok(()) };
    let names = names_of(certificate);
    let count = names.len().saturating_mul(constraints.permitted.len() + constraints.excluded.len());
    budget.names(count).map_err(|_| TOO_MUCH)?;
    let read = |ranges: &[std::ops::Range<usize>]| -> Vec<GeneralName<'_>> {
        let bases = ranges.iter().filter_map(|range| ca.der().get(range.clone()));
        bases.flat_map(general_name::read_all).filter_map(Result::ok).collect()
    };
    let (permitted, excluded) = (read(&constraints.permitted), read(&constraints.excluded));
    for one in &names {
        check_list(one, &excluded, List::Excluded)?;
        check_list(one, &permitted, List::Permitted)?;
    }
    Ok(())
}

/// The subject (where it is not empty), the subject alternative names, and e-mail addresses in the subject where there
/// is no subjectAltName (RFC 5280 4.2.1.10).
fn names_of(certificate: &Certificate) -> Vec<GeneralName<'_>> {
    let mut names: Vec<GeneralName<'_>> = certificate.subject_alt_names().collect();
    if names.is_empty() {
        names.extend(name::email_addresses(certificate.subject_der()).into_iter().map(GeneralName::Rfc822));
    }
    if name::check(certificate.subject_der()).is_ok_and(|count| count > 0) {
        names.push(GeneralName::Directory(certificate.subject_der()));
    }
    names
}

fn check_list(one: &GeneralName<'_>, bases: &[GeneralName<'_>], list: List) -> Result<(), &'static str> {
    let mut of_its_form = false;
    let mut matched = false;
    for base in bases {
        match within(one, base) {
            Within::OtherForm => {}
            Within::Yes => (of_its_form, matched) = (true, true),
            Within::No => of_its_form = true,
            Within::Undecidable => return Err("has a name of a form whose constraints cannot be decided"),
        }
    }
    match list {
        List::Permitted if of_its_form && !matched => Err("has a name outside the permitted subtrees"),
        List::Excluded if matched => Err("has a name within an excluded subtree"),
        _ => Ok(()),
    }
}

/// How a name stands to a constraint.
#[derive(Debug, PartialEq, Eq)]
enum Within {
    OtherForm,
    Yes,
    No,
    /// The form is one that cannot be compared: the path is refused.
    Undecidable,
}

fn within(one: &GeneralName<'_>, base: &GeneralName<'_>) -> Within {
    let decided = match (one, base) {
        (GeneralName::Directory(one), GeneralName::Directory(base)) => {
            name::normal_form(one).starts_with(&name::normal_form(base))
        }
        (GeneralName::Dns(one), GeneralName::Dns(base)) => dns_within(one, base),
        (GeneralName::Rfc822(one), GeneralName::Rfc822(base)) => mail_within(one, base),
        // RFC 9598 6: constraints on rfc822Name hold for mailboxes with other characters too.
        (GeneralName::Other { oid: SMTP_UTF8_MAILBOX, value }, GeneralName::Rfc822(base)) => match utf8(value) {
            Some(one) => mail_within(one, base),
            None => return Within::Undecidable,
        },
        (GeneralName::Uri(one), GeneralName::Uri(base)) => match uri_host(one) {
            Some(host) => base.is_empty() || host_within(host, base),
            None => return Within::Undecidable,
        },
        (GeneralName::Ip(one), GeneralName::Ip(base)) => return ip_within(one, base),
        (GeneralName::Other { oid: one, .. }, GeneralName::Other { oid: base, .. }) if one == base => {
            return Within::Undecidable;
        }
        (GeneralName::RegisteredId(_), GeneralName::RegisteredId(_)) => return Within::Undecidable,
        (GeneralName::Unread(one, _), GeneralName::Unread(base, _)) if one == base => return Within::Undecidable,
        _ => return Within::OtherForm,
    };
    if decided { Within::Yes } else { Within::No }
}

/// Content octets of id-on-SmtpUTF8Mailbox (RFC 9598 3).
const SMTP_UTF8_MAILBOX: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 8, 9];

/// The text of a UTF8String.
fn utf8(value: &[u8]) -> Option<&str> {
    let text = asn1::single(value).ok()?.with_tag(asn1::UTF8_STRING).ok()?.value;
    std::str::from_utf8(text).ok()
}

/// A dNSName constraint covers the name and what has labels added on the left.
fn dns_within(one: &str, base: &str) -> bool {
    let (one, base) = (one.trim_end_matches('.').to_ascii_lowercase(), base.to_ascii_lowercase());
    if base.is_empty() || one == base {
        return true;
    }
    let suffix = if base.starts_with('.') { base } else { format!(".{base}") };
    one.ends_with(&suffix)
}

/// `host` covers that host alone, `.domain` every host below it.
fn host_within(host: &str, base: &str) -> bool {
    let (host, base) = (host.trim_end_matches('.').to_ascii_lowercase(), base.to_ascii_lowercase());
    if base.starts_with('.') { host.ends_with(&base) && host.len() > base.len() } else { host == base }
}

/// `user@host` is one mailbox, `host` every mailbox on it, `.domain` every mailbox on hosts below it, and an empty
/// constraint every mailbox.
fn mail_within(one: &str, base: &str) -> bool {
    if base.is_empty() {
        return true;
    }
    let Some((mailbox, host)) = one.rsplit_once('@') else { return false };
    match base.rsplit_once('@') {
        Some((base_mailbox, base_host)) => mailbox == base_mailbox && host.eq_ignore_ascii_case(base_host),
        None => host_within(host, base),
    }
}

/// The host of a URI with an authority that is a name; none where there is no such thing.
fn uri_host(uri: &str) -> Option<&str> {
    let (_, rest) = uri.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    if host.starts_with('[') {
        return None;
    }
    let host = host.split(':').next()?;
    let is_address = host.parse::<std::net::Ipv4Addr>().is_ok();
    (!host.is_empty() && !is_address).then_some(host)
}

/// An address within address and mask.
fn ip_within(one: &[u8], base: &[u8]) -> Within {
    if !matches!(one.len(), 4 | 16) || !matches!(base.len(), 8 | 32) {
        return Within::Undecidable;
    }
    if base.len() != one.len() * 2 {
        return Within::OtherForm;
    }
    let (address, mask) = base.split_at(one.len());
    let inside = one.iter().zip(address).zip(mask).all(|((one, address), mask)| one & mask == address & mask);
    if inside { Within::Yes } else { Within::No }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_has_its_own_rule() {
        for (one, base, expected) in [
            ("host.example.com", "example.com", true),
            ("example.com", "example.com", true),
            ("notexample.com", "example.com", false),
            ("example.com", ".example.com", false),
            ("A.Example.COM", "example.com", true),
        ] {
            assert_eq!(dns_within(one, base), expected, "{one} in {base}");
        }
        for (one, base, expected) in [
            ("a@example.com", "example.com", true),
            ("a@host.example.com", "example.com", false),
            ("a@host.example.com", ".example.com", true),
            ("a@example.com", ".example.com", false),
            ("A@example.com", "a@example.com", false),
            ("a@EXAMPLE.com", "a@example.com", true),
            ("a@example.com", "", true),
        ] {
            assert_eq!(mail_within(one, base), expected, "{one} in {base}");
        }
        assert_eq!(uri_host("http://u@host.example.com:80/a"), Some("host.example.com"));
        assert_eq!(uri_host("urn:isbn:1"), None);
        assert_eq!(uri_host("http://[::1]/"), None);
        assert!(host_within("h.example.com", ".example.com") && !host_within("example.com", ".example.com"));
        assert_eq!(ip_within(&[10, 1, 2, 3], &[10, 0, 0, 0, 255, 0, 0, 0]), Within::Yes);
        assert_eq!(ip_within(&[11, 1, 2, 3], &[10, 0, 0, 0, 255, 0, 0, 0]), Within::No);
        assert_eq!(ip_within(&[11, 1, 2, 3], &[10, 0, 0]), Within::Undecidable);
    }
}
