//! LDAP URLs (RFC 4516): `ldap://host:port/dn?attributes?scope?filter`.
use ldap3::{Scope, get_url_params};
use url::Url;

/// The longest that is read.
const MAX_URL: usize = 2048;

/// The attributes that lists stand in (RFC 4523): of a CA's entry and of a distribution point's.
pub(super) const ATTRIBUTES: [&str; 3] =
    ["certificateRevocationList;binary", "authorityRevocationList;binary", "deltaRevocationList;binary"];

/// How deep a directory is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// The entry itself.
    Base,
    /// What is directly below it.
    One,
    /// It and everything below it.
    Subtree,
}

impl From<Depth> for Scope {
    fn from(depth: Depth) -> Self {
        match depth {
            Depth::Base => Self::Base,
            Depth::One => Self::OneLevel,
            Depth::Subtree => Self::Subtree,
        }
    }
}

/// Where lists stand in a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LdapUrl {
    /// Whether TLS is spoken from the first octet (ldaps).
    pub tls: bool,
    /// The server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The entry, RFC 4514.
    pub base: String,
    /// Which attributes are asked for; no others than those that lists stand in.
    pub attributes: Vec<&'static str>,
    /// How deep.
    pub depth: Depth,
    /// The filter, RFC 4515.
    pub filter: String,
}

impl LdapUrl {
    /// Reads a URL. No attributes mean all those that lists stand in; no scope means the entry itself.
    ///
    /// # Errors
    /// A sentence: what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.len() > MAX_URL {
            return Err("it is longer than 2048 characters".to_owned());
        }
        let url = Url::parse(text).map_err(|_| "it is not a URL".to_owned())?;
        let tls = match url.scheme() {
            "ldap" => false,
            "ldaps" => true,
            _ => return Err("it is neither ldap nor ldaps".to_owned()),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err("it holds a user or a password".to_owned());
        }
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or("it names no host")?.to_owned();
        let mut query = url.query().unwrap_or_default().split('?');
        let (asked, depth) = (query.next().unwrap_or_default(), query.next().unwrap_or_default());
        let (_, extensions) = (query.next(), query.next().unwrap_or_default());
        if !extensions.is_empty() || query.next().is_some() {
            return Err("it has extensions, of which none is known".to_owned());
        }
        let params = get_url_params(&url).map_err(|_| "its name, scope or filter cannot be read".to_owned())?;
        let filter = params.filter.into_owned();
        ldap3::parse_filter(&filter).map_err(|_| "its filter cannot be read".to_owned())?;
        Ok(Self {
            tls,
            host,
            port: url.port().unwrap_or(if tls { 636 } else { 389 }),
            base: params.base.into_owned(),
            attributes: attributes(asked)?,
            depth: depth_of(depth)?,
            filter,
        })
    }

    /// The entry of that name in the same directory.
    pub fn entry(&self, name: &str) -> Self {
        Self {
            base: name.to_owned(),
            attributes: ATTRIBUTES.to_vec(),
            depth: Depth::Base,
            filter: "(objectClass=*)".to_owned(),
            ..self.clone()
        }
    }

    /// `host:port`.
    pub fn host_and_port(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

fn attributes(asked: &str) -> Result<Vec<&'static str>, String> {
    if asked.is_empty() {
        return Ok(ATTRIBUTES.to_vec());
    }
    let known = |name: &str| {
        let plain = |text: &str| text.split(';').next().unwrap_or_default().to_ascii_lowercase();
        ATTRIBUTES.into_iter().find(|attribute| plain(attribute) == plain(name))
    };
    let found: Vec<_> = asked.split(',').map(known).collect::<Option<_>>().ok_or_else(|| {
        format!("it asks for attributes that lists do not stand in; allowed: {}", ATTRIBUTES.join(", "))
    })?;
    Ok(found.into_iter().fold(Vec::new(), |mut all, one| {
        if !all.contains(&one) {
            all.push(one);
        }
        all
    }))
}

fn depth_of(text: &str) -> Result<Depth, String> {
    match text {
        "" | "base" => Ok(Depth::Base),
        "one" => Ok(Depth::One),
        "sub" => Ok(Depth::Subtree),
        _ => Err("its scope is none of base, one, sub".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn urls_are_read_as_rfc_4516_writes_them() {
        let url =
            LdapUrl::parse("ldap://dir.example/CN=CA%2c%20One,O=Example?certificateRevocationList;binary").unwrap();
        assert_eq!((url.tls, url.host.as_str(), url.port), (false, "dir.example", 389));
        assert_eq!((url.base.as_str(), url.depth), ("CN=CA, One,O=Example", Depth::Base));
        assert_eq!(url.attributes, ["certificateRevocationList;binary"]);
        assert_eq!(url.filter, "(objectClass=*)");
        let url = LdapUrl::parse("ldaps://[::1]:1636/o=x??sub?(objectClass=cRLDistributionPoint)").unwrap();
        assert_eq!((url.tls, url.host.as_str(), url.port, url.depth), (true, "[::1]", 1636, Depth::Subtree));
        assert_eq!(url.attributes, ATTRIBUTES);
        assert_eq!(url.filter, "(objectClass=cRLDistributionPoint)");
        // As Windows writes it.
        let url =
            LdapUrl::parse("ldap://d.example/CN=x?DELTArevocationlist?base?objectClass=cRLDistributionPoint").unwrap();
        assert_eq!(url.attributes, ["deltaRevocationList;binary"]);
    }

    #[test]
    fn urls_that_cannot_be_asked_are_refused() {
        let long = format!("ldap://a.example/{}", "x".repeat(3000));
        for text in [
            "ldap:///CN=x",
            "ldapi://%2ftmp%2fsocket/",
            "http://a.example/",
            "ldap://user:secret@a.example/",
            "ldap://a.example/x?userPassword",
            "ldap://a.example/x??deep",
            "ldap://a.example/x???(((",
            "ldap://a.example/x????!bindname=cn=admin",
            "ldap://a.example/%ff",
            &long,
        ] {
            let refused = LdapUrl::parse(text).unwrap_err();
            assert!(!refused.contains("secret"), "{text}: {refused}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(ldaps?://)?[ -~é?,;/%]{0,80}") {
            if let Ok(url) = LdapUrl::parse(&text) {
                prop_assert!(!url.host.is_empty());
                prop_assert!(url.attributes.iter().all(|one| ATTRIBUTES.contains(one)));
            }
        }
    }
}
