//! Origins that may be trusted: https, or http on this machine.
use super::ClientError;

/// A web origin (RFC 6454) in its one spelling: no path, no final slash, no default port, lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin(String);

impl Origin {
    /// Reads an origin; `https://…`, or `http://` of 127.0.0.1, localhost or [::1].
    ///
    /// # Errors
    /// When it is not an origin, or is reached over the network without TLS.
    pub fn parse(text: &str) -> Result<Self, ClientError> {
        let wrong = |what: &str| {
            ClientError::usage(format!("`{text}` {what}; write https://madoguchi.example or http://127.0.0.1:8080"))
                .in_japanese(format!(
                    "「{text}」は使えません。https:// で始まる窓口のアドレス（https://madoguchi.example）か、このパソコンの http://127.0.0.1:8080 の形で書いてください"
                ))
        };
        let lower = text.trim_end_matches('/').to_ascii_lowercase();
        let (scheme, authority) = lower.split_once("://").ok_or_else(|| wrong("is not an origin"))?;
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
        if authority.is_empty() || !authority.bytes().all(fits) {
            return Err(wrong("is not an origin"));
        }
        let (host, port) = split_port(authority).ok_or_else(|| wrong("is not an origin"))?;
        let local = matches!(host, "127.0.0.1" | "localhost" | "[::1]");
        let default_port = match scheme {
            "https" => 443,
            "http" if local => 80,
            "http" => return Err(wrong("is reached without TLS: only this machine may be")),
            _ => return Err(wrong("is neither https nor http")),
        };
        match port {
            Some(port) if port != default_port => Ok(Self(format!("{scheme}://{host}:{port}"))),
            _ => Ok(Self(format!("{scheme}://{host}"))),
        }
    }

    /// The origin's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it lies on this machine.
    pub fn is_local(&self) -> bool {
        let host = self.0.split_once("://").and_then(|(_, authority)| split_port(authority)).map(|(host, _)| host);
        matches!(host, Some("127.0.0.1" | "localhost" | "[::1]"))
    }
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Host and port of an authority.
fn split_port(authority: &str) -> Option<(&str, Option<u16>)> {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => {
            let port = port.bytes().all(|byte| byte.is_ascii_digit()).then(|| port.parse().ok()).flatten()?;
            (!host.is_empty()).then_some((host, Some(port)))
        }
        _ => Some((authority, None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_and_this_machine_are_taken_in_one_spelling() {
        for (text, expected) in [
            ("https://Madoguchi.example/", "https://madoguchi.example"),
            ("https://madoguchi.example:443", "https://madoguchi.example"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://[::1]:8080", "http://[::1]:8080"),
            ("http://localhost", "http://localhost"),
        ] {
            assert_eq!(Origin::parse(text).unwrap().as_str(), expected);
        }
        for wrong in [
            "",
            "madoguchi.example",
            "http://madoguchi.example",
            "http://127.0.0.1.example",
            "ftp://localhost",
            "https://",
            "https://a/b",
            "https://a@b",
            "https://a:b",
            "http://10.0.0.1",
            "https://a?b",
            "null",
        ] {
            assert!(Origin::parse(wrong).is_err(), "{wrong}");
        }
    }
}
