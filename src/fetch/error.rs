//! Why something was not fetched. No text holds a URL, a user or a password.

/// Why something was not fetched: a stable code, and a sentence for the operator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The URL, or the one that a redirect names, is none that may be asked.
    #[error("the URL cannot be used: {0}")]
    Url(String),
    /// The name has no address.
    #[error("the host's name is not known to DNS")]
    HostNotFound,
    /// The name's addresses are none that may be reached: IPs as DNS gave them.
    #[error("the host's address {0} is not public; name its network in `allow` when it is meant")]
    AddressRefused(String),
    /// No connection.
    #[error("the server cannot be reached: {0}")]
    NotReached(String),
    /// The server's certificate was refused, or no TLS was spoken.
    #[error("no TLS connection: {0}")]
    Tls(String),
    /// It took longer than it may.
    #[error("it took longer than it may ({0})")]
    TimedOut(&'static str),
    /// The body is larger than it may be.
    #[error("the answer is larger than {0} bytes")]
    TooLarge(usize),
    /// The answer ended before the length that it announced.
    #[error("the answer was cut short")]
    CutShort,
    /// The answer is packed although this was not asked for; it is not unpacked.
    #[error("the answer is packed with {0}, which was not asked for")]
    Packed(String),
    /// More redirects than are followed.
    #[error("more than {0} redirects")]
    TooManyRedirects(u32),
    /// 404 or 410.
    #[error("the server says that there is no such file ({0})")]
    NotFound(u16),
    /// Another status than the one hoped for.
    #[error("the server answered {0}")]
    Status(u16),
    /// A page for people: a login, a portal, an error page with status 200.
    #[error("the server sent a web page")]
    Html,
    /// Not HTTP, or HTTP that breaks its rules.
    #[error("the server's answer cannot be understood: {0}")]
    Protocol(String),
}

impl FetchError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Url(_) => "url_refused",
            Self::HostNotFound => "host_not_found",
            Self::AddressRefused(_) => "address_refused",
            Self::NotReached(_) => "not_reached",
            Self::Tls(_) => "tls_failed",
            Self::TimedOut(_) => "timed_out",
            Self::TooLarge(_) => "too_large",
            Self::CutShort => "cut_short",
            Self::Packed(_) => "packed",
            Self::TooManyRedirects(_) => "too_many_redirects",
            Self::NotFound(_) => "not_found",
            Self::Status(_) => "http_status",
            Self::Html => "html",
            Self::Protocol(_) => "protocol",
        }
    }
}
