//! TLS 1.3 in which both ends show a certificate of the network's authority: the listener's side, and who a peer is by its
//! certificate. The client's side is in [`super::client`].
use std::fs;
use std::path::Path;

use openssl::pkey::{PKey, Private};
use openssl::ssl::{SslAcceptor, SslAcceptorBuilder, SslMethod, SslVerifyMode, SslVersion};
use openssl::x509::store::X509StoreBuilder;
use openssl::x509::{X509, X509Ref};

/// What this gateway shows on both ends, and whom it trusts.
pub struct TlsIdentity {
    /// Its certificate and what is above it, without the root.
    pub chain: Vec<X509>,
    /// The certificate's key.
    pub key: PKey<Private>,
    /// The roots of the network.
    pub roots: Vec<X509>,
}

impl std::fmt::Debug for TlsIdentity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TlsIdentity").field("roots", &self.roots.len()).finish_non_exhaustive()
    }
}

impl TlsIdentity {
    /// Reads PEM files: chain, key and roots.
    ///
    /// # Errors
    /// A sentence that names the file.
    pub fn load(certificate: &Path, key: &Path, roots: &Path) -> Result<Self, String> {
        let identity = Self { chain: certificates(certificate)?, key: private_key(key)?, roots: certificates(roots)? };
        let own = identity.chain.first().and_then(|own| own.public_key().ok());
        if own.is_some_and(|own| own.public_eq(&identity.key)) {
            Ok(identity)
        } else {
            Err(format!("{}: it is not the key of the certificate in {}", key.display(), certificate.display()))
        }
    }

    /// The listener's side: nobody connects without a certificate of the network.
    ///
    /// # Errors
    /// When OpenSSL does not take them.
    pub fn acceptor(&self) -> Result<SslAcceptorBuilder, openssl::error::ErrorStack> {
        let mut builder = SslAcceptor::mozilla_modern_v5(SslMethod::tls_server())?;
        builder.set_min_proto_version(Some(SslVersion::TLS1_3))?;
        let mut roots = X509StoreBuilder::new()?;
        for root in &self.roots {
            roots.add_cert(root.clone())?;
            builder.add_client_ca(root)?;
        }
        builder.set_verify_cert_store(roots.build())?;
        builder.set_verify(SslVerifyMode::PEER | SslVerifyMode::FAIL_IF_NO_PEER_CERT);
        builder.set_session_id_context(b"madoguchi-network")?;
        let mut chain = self.chain.iter();
        if let Some(own) = chain.next() {
            builder.set_certificate(own)?;
        }
        for above in chain {
            builder.add_extra_chain_cert(above.clone())?;
        }
        builder.set_private_key(&self.key)?;
        builder.check_private_key()?;
        Ok(builder)
    }
}

/// The DNS names of a certificate (subjectAltName; the commonName says nothing, RFC 9525 6.3).
pub fn dns_names(certificate: &X509Ref) -> Vec<String> {
    let names = certificate
        .subject_alt_names()
        .map(|names| names.iter().filter_map(|name| name.dnsname().map(str::to_ascii_lowercase)).take(16).collect());
    names.unwrap_or_default()
}

fn certificates(path: &Path) -> Result<Vec<X509>, String> {
    let wrong = |why: &dyn std::fmt::Display| format!("{}: {why}", path.display());
    let pem = fs::read(path).map_err(|error| wrong(&error))?;
    let found = X509::stack_from_pem(&pem).map_err(|_| wrong(&"it holds no PEM certificates"))?;
    if found.is_empty() { Err(wrong(&"it holds no PEM certificates")) } else { Ok(found) }
}

fn private_key(path: &Path) -> Result<PKey<Private>, String> {
    let pem = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    PKey::private_key_from_pem(&pem)
        .map_err(|_| format!("{}: it holds no PEM private key without a passphrase", path.display()))
}
