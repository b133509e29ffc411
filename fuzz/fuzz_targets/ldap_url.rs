//! LDAP URLs, which stand in certificates that somebody else made.
#![no_main]
use libfuzzer_sys::fuzz_target;
use madoguchi::pki::crl::sources::LdapUrl;

fuzz_target!(|text: &str| {
    let Ok(url) = LdapUrl::parse(text) else { return };
    assert!(!url.host.is_empty() && !url.attributes.is_empty());
});
