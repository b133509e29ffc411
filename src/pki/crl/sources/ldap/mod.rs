//! Lists from a directory (RFC 4511, RFC 4523). The library speaks the protocol to a relay of ours, which holds the real
//! connection: only the relay knows addresses, TLS and time, and it hands on no message that is too large, too deep, or not
//! of the shape that the library reads without checking.
mod message;
mod relay;
pub mod url;

use std::os::unix::net::UnixStream;

use ldap3::{LdapConn, LdapConnSettings, LdapError, SearchEntry, SearchOptions, StdStream};

use self::relay::{Relay, Trouble};
use self::url::LdapUrl;
use super::super::parse;
use super::super::refusal::{CrlRefusal, code};
use super::remote::{Obtained, SourceError, SourceRules};
use crate::fetch::{Conditions, FetchError};

/// The most lists that one entry, or one search, may give.
const MAX_LISTS: usize = 64;

/// RFC 4511 appendix A.
const NO_SUCH_OBJECT: u32 = 32;
const INVALID_CREDENTIALS: u32 = 49;
const SIZE_LIMIT: u32 = 4;

/// Gets the lists that stand at `url`. A directory knows no conditions: it is asked whole.
pub(super) fn obtain(url: &LdapUrl, rules: &SourceRules) -> Result<Obtained, SourceError> {
    let (near, far) = UnixStream::pair().map_err(|_| not_reached("no pair of sockets"))?;
    let relay = Relay::connect(url, &rules.fetch).map_err(SourceError::Fetch)?;
    let (answered, relayed) = std::thread::scope(|scope| {
        let relayed = scope.spawn(move || relay.run(far));
        // The library may panic over what no directory sends; then it is this thread alone that ends.
        let answered = scope.spawn(move || search(near, url, rules));
        (answered.join(), relayed.join())
    });
    let relayed = relayed.unwrap_or(Err(Trouble::Message));
    match (answered.unwrap_or(Err(SourceError::Fetch(protocol()))), relayed) {
        (Ok(lists), _) => decoded(lists),
        // What the relay broke off for is the cause of what the library then saw.
        (Err(_), Err(trouble)) => Err(SourceError::Fetch(trouble.told(&rules.fetch))),
        (Err(error), Ok(())) => Err(error),
    }
}

fn not_reached(why: &str) -> SourceError {
    SourceError::Fetch(FetchError::NotReached(why.to_owned()))
}

fn protocol() -> FetchError {
    FetchError::Protocol("it is no LDAP".to_owned())
}

/// The values of the attributes that were asked for.
fn search(near: UnixStream, url: &LdapUrl, rules: &SourceRules) -> Result<Vec<Vec<u8>>, SourceError> {
    let settings = LdapConnSettings::new().set_std_stream(StdStream::Unix(near));
    let mut ldap = LdapConn::with_settings(settings, "ldapi:///").map_err(told)?;
    if let Some((user, password)) = &rules.sign_in {
        let bound = ldap.with_timeout(rules.fetch.timeout).simple_bind(user, password.expose()).map_err(told)?;
        bound.success().map_err(told)?;
    }
    let seconds = i32::try_from(rules.fetch.timeout.as_secs()).unwrap_or(i32::MAX);
    let most = i32::try_from(MAX_LISTS).unwrap_or(i32::MAX);
    ldap.with_search_options(SearchOptions::new().sizelimit(most).timelimit(seconds));
    let found = ldap
        .with_timeout(rules.fetch.timeout)
        .search(&url.base, url.depth.into(), &url.filter, url.attributes.clone())
        .and_then(ldap3::SearchResult::success);
    let (entries, _) = found.map_err(told)?;
    // Said at the end; whether the server hears it changes nothing.
    let _ = ldap.unbind();
    let mut lists = Vec::new();
    for entry in entries.into_iter().map(SearchEntry::construct) {
        let asked = |name: &String| url.attributes.iter().any(|one| is_attribute(name, one));
        lists.extend(entry.bin_attrs.into_iter().filter(|(name, _)| asked(name)).flat_map(|(_, values)| values));
        let texts = entry.attrs.into_iter().filter(|(name, _)| asked(name)).flat_map(|(_, values)| values);
        lists.extend(texts.map(String::into_bytes));
    }
    lists.retain(|list| !list.is_empty());
    if lists.is_empty() { Err(SourceError::NoList) } else { Ok(lists) }
}

/// Attribute names have no case, and some directories leave `;binary` out.
fn is_attribute(name: &str, asked: &str) -> bool {
    let plain = asked.split(';').next().unwrap_or_default();
    name.eq_ignore_ascii_case(asked) || name.eq_ignore_ascii_case(plain)
}

/// Values are DER; some directories hold PEM.
fn decoded(values: Vec<Vec<u8>>) -> Result<Obtained, SourceError> {
    let mut lists = Vec::new();
    for value in values {
        match parse::objects(&value) {
            Ok(objects) => lists.extend(objects.into_iter().map(std::borrow::Cow::into_owned)),
            Err(error) => return Err(SourceError::Refused(CrlRefusal::new(code::NOT_A_CRL, error.to_string()))),
        }
    }
    if lists.len() > MAX_LISTS {
        let detail = format!("the directory gave more than {MAX_LISTS} lists; name a narrower search");
        return Err(SourceError::Refused(CrlRefusal::new(code::NOT_A_CRL, detail)));
    }
    Ok(Obtained { lists: Some(lists), conditions: Conditions::default() })
}

fn told(error: LdapError) -> SourceError {
    match error {
        LdapError::LdapResult { result } => match result.rc {
            NO_SUCH_OBJECT => SourceError::NoList,
            INVALID_CREDENTIALS => SourceError::SignIn,
            SIZE_LIMIT => SourceError::Refused(CrlRefusal::new(
                code::TOO_LARGE,
                format!("the directory found more than {MAX_LISTS} entries; name a narrower search"),
            )),
            other => SourceError::LdapResult(other),
        },
        LdapError::Timeout { .. } => SourceError::Fetch(FetchError::TimedOut("in all")),
        _ => SourceError::Fetch(protocol()),
    }
}
