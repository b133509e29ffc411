//! Sends one message and waits for its answer, within bounds of time and size. One connection a message: a peer that was
//! started again with another certificate is noticed at once.
use std::io::Read as _;
use std::net::SocketAddr;
use std::time::Duration;

use ureq::http::{Uri, header};
use ureq::tls::{Certificate, ClientCert, PrivateKey, RootCerts, TlsConfig, TlsProvider};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Body};

use super::peers::Peer;
use super::refusal::{NetworkFault, NetworkRefusal};
use super::tls::TlsIdentity;
use super::{MAX_BYTES, MEDIA_TYPE, PATH};

/// The longest refusal that is read.
const MAX_REFUSAL: u64 = 4096;

/// Why messages cannot be sent at all.
#[derive(Debug, thiserror::Error)]
pub enum NetworkClientError {
    /// OpenSSL does not write the certificates or the key.
    #[error(transparent)]
    Files(#[from] openssl::error::ErrorStack),
    /// The TLS library does not take the key.
    #[error(transparent)]
    Tls(#[from] ureq::Error),
}

/// Sends messages.
#[derive(Debug)]
pub struct NetworkClient {
    tls: TlsConfig,
    patience: Duration,
}

/// Looks a peer's name up, or takes the address that a setting gives for it. The name is verified in the certificate either way.
#[derive(Debug)]
struct PeerResolver(Option<SocketAddr>, DefaultResolver);

impl Resolver for PeerResolver {
    fn resolve(
        &self,
        uri: &Uri,
        config: &ureq::config::Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let Some(address) = self.0 else { return self.1.resolve(uri, config, timeout) };
        let mut addresses = self.empty();
        addresses.push(address);
        Ok(addresses)
    }
}

impl NetworkClient {
    /// Shows `identity`, and waits no longer than `patience` for an answer.
    ///
    /// # Errors
    /// When the certificates or the key cannot be written for the TLS library.
    pub fn new(identity: &TlsIdentity, patience: Duration) -> Result<Self, NetworkClientError> {
        let der = |all: &[openssl::x509::X509]| -> Result<Vec<Certificate<'static>>, openssl::error::ErrorStack> {
            all.iter().map(|one| Ok(Certificate::from_der(&one.to_der()?).to_owned())).collect()
        };
        let key = zeroize::Zeroizing::new(identity.key.private_key_to_pem_pkcs8()?);
        let key = PrivateKey::from_pem(&key)?;
        let tls = TlsConfig::builder()
            .provider(TlsProvider::NativeTls)
            .root_certs(RootCerts::new_with_certs(&der(&identity.roots)?))
            .client_cert(Some(ClientCert::new_with_certs(&der(&identity.chain)?, key)))
            .build();
        Ok(Self { tls, patience })
    }

    /// Posts `token` to `peer` and gives the answer's compact JWS.
    ///
    /// # Errors
    /// What the peer refused with, or why there is no answer.
    pub fn post(&self, peer: &Peer, token: &str) -> Result<String, NetworkRefusal> {
        let config = Agent::config_builder()
            .timeout_global(Some(self.patience))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .max_response_header_size(16 << 10)
            .max_idle_connections(0)
            .proxy(None)
            .user_agent(concat!("madoguchi/", env!("CARGO_PKG_VERSION")))
            .tls_config(self.tls.clone())
            .build();
        let resolver = PeerResolver(peer.address, DefaultResolver::default());
        let agent = Agent::with_parts(config, DefaultConnector::default(), resolver);
        let url = format!("{}{PATH}", peer.url);
        let mut answer =
            agent.post(url).header(header::CONTENT_TYPE, MEDIA_TYPE).send(token).map_err(|error| told(&error))?;
        if answer.status().as_u16() != 200 {
            return Err(refusal(answer.body_mut()));
        }
        text(answer.body_mut(), MAX_BYTES as u64).ok_or_else(|| {
            NetworkRefusal::new(NetworkFault::BadAnswer, "the answer is too long, cut short or not text")
        })
    }
}

fn text(body: &mut Body, most: u64) -> Option<String> {
    let mut bytes = Vec::new();
    body.as_reader().take(most + 1).read_to_end(&mut bytes).ok()?;
    String::from_utf8(bytes).ok().filter(|text| text.len() as u64 <= most)
}

/// What the other side refused with. The code is one of ours or it says nothing; its sentence is not repeated.
fn refusal(body: &mut Body) -> NetworkRefusal {
    let read = text(body, MAX_REFUSAL).and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok());
    let code = read.as_ref().and_then(|read| read.get("code")?.as_str()).and_then(NetworkFault::of_code);
    match code {
        Some(fault) => NetworkRefusal::new(fault, "the other gateway did not take the message"),
        None => NetworkRefusal::new(NetworkFault::BadAnswer, "the other gateway answered in no known way"),
    }
}

fn told(error: &ureq::Error) -> NetworkRefusal {
    let (fault, detail) = match error {
        ureq::Error::Timeout(_) => (NetworkFault::NotReached, "it did not answer in time"),
        ureq::Error::HostNotFound => (NetworkFault::NotReached, "its name is not known"),
        ureq::Error::NativeTls(_) | ureq::Error::Tls(_) => {
            (NetworkFault::Tls, "the two gateways do not take each other's certificates")
        }
        ureq::Error::Io(error) if is_of_tls(error) => {
            (NetworkFault::Tls, "the two gateways do not take each other's certificates")
        }
        ureq::Error::Io(_) | ureq::Error::ConnectionFailed => {
            (NetworkFault::NotReached, "there is no connection to it")
        }
        _ => (NetworkFault::BadAnswer, "what came back is no answer"),
    };
    NetworkRefusal::new(fault, detail)
}

/// A listener that takes no certificate of ours says so after the handshake (TLS 1.3), when the answer is read.
fn is_of_tls(error: &std::io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.to_string().contains("alert"))
}
