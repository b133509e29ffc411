//! A source on another machine: a URL, and how it is asked.
use ipnet::IpNet;

use super::super::refusal::CrlRefusal;
use super::ldap;
use super::ldap::url::LdapUrl;
use crate::crypto;
use crate::fetch::{Conditions, FetchError, FetchRules, Fetcher};
use crate::settings::{Secret, SourceSettings};

/// Where a source is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// http or https.
    Http(String),
    /// ldap or ldaps.
    Ldap(LdapUrl),
}

/// How a source is asked.
#[derive(Debug, Clone)]
pub struct SourceRules {
    /// What a request may do.
    pub fetch: FetchRules,
    /// The longest pause between two looks.
    pub every: chrono::Duration,
    /// With what a directory is opened: a distinguished name and a password.
    pub sign_in: Option<(String, Secret)>,
}

/// A source of revocation lists.
#[derive(Debug, Clone)]
pub struct Source {
    /// What operators call it; never a user, a password or a query.
    pub name: String,
    /// Where it is.
    pub place: Place,
    /// How it is asked.
    pub rules: SourceRules,
    /// SHA-256 of its URL: what the record knows it by.
    pub key: [u8; 32],
}

/// What a source gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obtained {
    /// The lists' DER; none where it is what it was.
    pub lists: Option<Vec<Vec<u8>>>,
    /// For the next time.
    pub conditions: Conditions,
}

/// Why a source gave no list that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// Nothing was fetched.
    #[error("{0}")]
    Fetch(FetchError),
    /// The directory has no such entry, or it holds no list.
    #[error("the directory's entry is not there or holds no list")]
    NoList,
    /// The directory does not take the user and password.
    #[error("the directory does not take this user and password")]
    SignIn,
    /// The directory answered with another result code (RFC 4511 appendix A).
    #[error("the directory answered with result code {0}")]
    LdapResult(u32),
    /// The list was refused.
    #[error("{}", .0.detail)]
    Refused(CrlRefusal),
}

impl SourceError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Fetch(error) => error.code(),
            Self::NoList => "no_list",
            Self::SignIn => "ldap_sign_in",
            Self::LdapResult(_) => "ldap_result",
            Self::Refused(refusal) => refusal.code,
        }
    }
}

impl Source {
    /// A source at `url`.
    ///
    /// # Errors
    /// A sentence, where it is no URL that can be asked.
    pub fn new(url: &str, name: Option<String>, rules: SourceRules) -> Result<Self, String> {
        let parsed = url::Url::parse(url).map_err(|_| "it is not a URL".to_owned())?;
        let place = match parsed.scheme() {
            "http" | "https" => Place::Http(url.to_owned()),
            "ldap" | "ldaps" => Place::Ldap(LdapUrl::parse(url)?),
            _ => return Err("its scheme is none of http, https, ldap, ldaps".to_owned()),
        };
        let shown = || format!("{}://{}{}", parsed.scheme(), authority(&parsed), parsed.path());
        Ok(Self {
            name: name.unwrap_or_else(|| shown().chars().filter(|c| !c.is_control()).take(200).collect()),
            place,
            rules,
            key: crypto::sha256(url.as_bytes()),
        })
    }

    /// A source as the settings write it.
    ///
    /// # Errors
    /// As [`Source::new`].
    pub fn from_settings(settings: &SourceSettings) -> Result<Self, String> {
        let fetch = FetchRules {
            allow: settings.allow.clone(),
            timeout: settings.timeout.duration(),
            max_bytes: settings.max_size.as_usize(),
            ..FetchRules::default()
        };
        let sign_in = settings.user.clone().zip(settings.password.clone());
        let rules = SourceRules { fetch, every: settings.every.chrono(), sign_in };
        Self::new(settings.url.as_str(), settings.name.clone(), rules)
    }

    /// The entry of a distinguished name in the directory of `directory`, for a distribution point that is a name.
    pub fn in_directory(directory: &LdapUrl, name: &str, rules: SourceRules) -> Self {
        let place = directory.entry(name);
        let key = crypto::sha256(format!("{place:?}").as_bytes());
        let shown = format!("{} ({})", directory.host_and_port(), name);
        Self {
            name: shown.chars().filter(|c| !c.is_control()).take(200).collect(),
            place: Place::Ldap(place),
            rules,
            key,
        }
    }

    /// The host that is asked.
    pub fn host(&self) -> Option<String> {
        match &self.place {
            Place::Http(url) => url::Url::parse(url).ok()?.host_str().map(str::to_owned),
            Place::Ldap(url) => Some(url.host.clone()),
        }
    }

    /// The networks that it may reach although they are not public.
    pub fn allowed(&self) -> &[IpNet] {
        &self.rules.fetch.allow
    }

    /// Asks it. Takes as long as its rules allow, and blocks the thread.
    ///
    /// # Errors
    /// [`SourceError`].
    pub fn obtain(&self, conditions: &Conditions) -> Result<Obtained, SourceError> {
        match &self.place {
            Place::Http(url) => super::http::obtain(&Fetcher::new(self.rules.fetch.clone()), url, conditions),
            Place::Ldap(url) => ldap::obtain(url, &self.rules),
        }
    }
}

fn authority(url: &url::Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}
