//! What every request shares: clock, store, verifier, CRLs, catalog and keys; and what can be done with them, one call
//! a handler.
mod access_key;
pub mod certificates;
mod correct;
pub mod held;
pub mod impact;
pub mod impact_failures;
mod judging;
mod known;
pub mod lists;
mod mail_links;
pub mod make;
mod make_withdrawal;
pub mod network;
pub mod ocsp_client;
pub mod ocsp_responder;
pub mod official;
pub mod open;
pub mod outcome;
pub mod papers;
mod person;
pub mod quarantine;
pub mod readiness;
mod refused;
pub mod registry;
pub mod second_opinion;
mod second_source;
pub mod sign_in;
pub mod sources;
pub mod steps;
mod submit;
pub mod trust_state;
mod withdraw;

use std::sync::Arc;

use arc_swap::ArcSwap;
use ring::rand::SystemRandom;

use ocsp_client::OcspClient;
use ocsp_responder::OcspResponders;

use crate::clock::Clock;
use crate::evidence::keys::Keys;
use crate::intake::IntakeRules;
use crate::pki::crl::CrlStore;
use crate::procedures::Catalog;
use crate::settings::OcspSettings;
use crate::signature::content::Content;
use crate::signature::report::Report;
use crate::signature::verifier::{VerificationRequest, Verifier};
use crate::store::Store;

/// The parts that a gateway is made of.
pub struct GatewayParts {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The record.
    pub store: Store,
    /// Verification under the configured policy and trust.
    pub verifier: Arc<Verifier>,
    /// The revocation lists.
    pub crls: Arc<CrlStore>,
    /// The procedures.
    pub catalog: Arc<Catalog>,
    /// The gateway's keys.
    pub keys: Arc<Keys>,
    /// What the path of a filing judges by: origin, limits, what to do where revocation is undecided.
    pub rules: Arc<IntakeRules>,
}

/// The gateway.
pub struct Gateway {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The record.
    pub store: Store,
    /// The revocation lists.
    pub crls: Arc<CrlStore>,
    /// The procedures.
    pub catalog: Arc<Catalog>,
    /// The gateway's keys.
    pub keys: Arc<Keys>,
    /// What the path of a filing judges by.
    pub rules: Arc<IntakeRules>,
    /// Where revocation lists are fetched from.
    pub sources: sources::SourceBook,
    /// Lists that cannot be run against the filings.
    pub impact_failures: impact_failures::ImpactFailures,
    verifier: ArcSwap<Verifier>,
    rng: SystemRandom,
    refusals: refused::RefusalLog,
    kept_states: trust_state::KeptStates,
    ocsp: Arc<OcspClient>,
    responders: Option<OcspResponders>,
    sign_in: sign_in::SignIn,
    official: Option<Arc<official::OfficialSeals>>,
    papers: Option<Arc<papers::PaperDesk>>,
    registry: Option<registry::Registry>,
    network: Option<Arc<network::Network>>,
    certificates: Option<certificates::CertificateDesk>,
}

impl Gateway {
    /// A gateway of these parts.
    pub fn new(parts: GatewayParts) -> Self {
        Self {
            sign_in: sign_in::SignIn::default_of(&parts.rules.origin),
            clock: parts.clock,
            refusals: refused::RefusalLog::start(parts.store.clone()),
            store: parts.store,
            crls: parts.crls,
            catalog: parts.catalog,
            keys: parts.keys,
            rules: parts.rules,
            sources: sources::SourceBook::default(),
            impact_failures: impact_failures::ImpactFailures::default(),
            verifier: ArcSwap::new(parts.verifier),
            rng: SystemRandom::new(),
            kept_states: trust_state::KeptStates::default(),
            ocsp: Arc::new(OcspClient::new(&OcspSettings::default())),
            responders: None,
            official: None,
            papers: None,
            registry: None,
            network: None,
            certificates: None,
        }
    }

    /// The same with another OCSP client than the default, and as the responder of CAs where it is one.
    #[must_use]
    pub fn with_ocsp(mut self, client: OcspClient, responders: Option<OcspResponders>) -> Self {
        self.ocsp = Arc::new(client);
        self.responders = responders;
        self
    }

    /// Whether it answers OCSP requests.
    pub fn is_ocsp_responder(&self) -> bool {
        self.responders.is_some()
    }

    /// The same with other rules for signing in than the default.
    #[must_use]
    pub fn with_sign_in(self, sign_in: sign_in::SignIn) -> Self {
        Self { sign_in, ..self }
    }

    /// With a place on the network of gateways.
    #[must_use]
    pub fn with_network(self, network: Option<network::Network>) -> Self {
        Self { network: network.map(Arc::new), ..self }
    }

    /// Its place on the network of gateways, where it has one.
    pub fn network(&self) -> Option<&Arc<network::Network>> {
        self.network.as_ref()
    }

    /// With sources of revocation lists.
    #[must_use]
    pub fn with_sources(self, sources: sources::SourceBook) -> Self {
        Self { sources, ..self }
    }

    /// The verifier as it stands now; a request keeps the one it began with.
    pub fn verifier(&self) -> Arc<Verifier> {
        self.verifier.load_full()
    }

    /// Puts another verifier in its place: a new trust state or policy.
    pub fn set_verifier(&self, verifier: Arc<Verifier>) {
        self.verifier.store(verifier);
    }

    /// The gateway's origin: `https://madoguchi.example`.
    pub fn origin(&self) -> &str {
        &self.rules.origin
    }

    /// Validates any signature against this gateway's trust and revocation lists as of now, and stores nothing.
    pub fn validate(&self, signature: &[u8], content: Option<&[u8]>) -> Report {
        let request = VerificationRequest {
            signature,
            content: content.map(Content::from),
            extra_certificates: &[],
            at: self.clock.now(),
            signed_after: None,
        };
        self.verifier().verify(&self.crls.current(), &request).report
    }
}
