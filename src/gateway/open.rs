//! A gateway as its settings say.
use std::path::PathBuf;
use std::sync::Arc;

use super::certificates::CertificateDesk;
use super::lists::RecordArchive;
use super::network::Network;
use super::ocsp_client::OcspClient;
use super::ocsp_responder::OcspResponders;
use super::official::OfficialSeals;
use super::papers::PaperDesk;
use super::quarantine::RecordQuarantine;
use super::registry::Registry;
use super::sign_in::SignIn;
use super::sources::SourceBook;
use super::{Gateway, GatewayParts};
use crate::clock::Clock;
use crate::evidence::keys::Keys;
use crate::intake::{IntakeLimits, IntakeRules};
use crate::pki::crl::{CrlStore, IntakePolicy, ListShelf, LostEntries, Pace};
use crate::pki::trust_store::TrustStore;
use crate::procedures::Catalog;
use crate::registry::matching::ApplicantRule;
use crate::settings::Settings;
use crate::signature::policy::SignaturePolicy;
use crate::signature::verifier::Verifier;
use crate::store::connection::DatabaseUrl;
use crate::store::documents::bucket::BucketObjects;
use crate::store::documents::bucket::options::BucketOptions;
use crate::store::documents::objects::ObjectsAt;
use crate::store::{Store, StoreOptions};

/// Why the gateway cannot start: which part, and why.
#[derive(Debug, thiserror::Error)]
#[error("{part}: {why}")]
pub struct OpenError {
    /// The settings' section.
    pub part: &'static str,
    /// A sentence for the operator.
    pub why: String,
    /// What is to be mended.
    pub fault: OpenFault,
}

/// Where the cause of an [`OpenError`] lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenFault {
    /// A setting has a value that is not allowed.
    Setting,
    /// A file, a folder or a bucket that a setting names cannot be used.
    Input,
    /// The record cannot be opened.
    Record,
}

impl OpenError {
    fn at<E: std::fmt::Display>(part: &'static str, fault: OpenFault) -> impl Fn(E) -> Self {
        move |error| Self { part, why: error.to_string(), fault }
    }
}

impl Gateway {
    /// Opens the record, reads trust anchors, policy, catalog and keys. The revocation lists are taken in by whoever
    /// watches their sources: until then, every verdict on revocation is undecided.
    ///
    /// # Errors
    /// The first part that cannot be used.
    pub fn open(settings: &Settings, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        let record = store_options(settings)?;
        let trust = TrustStore::load(&settings.trust.anchors, &settings.trust.intermediates)
            .map_err(OpenError::at("trust", OpenFault::Input))?;
        let policy = SignaturePolicy::named_or_file(&settings.signature.policy)
            .map_err(OpenError::at("signature", OpenFault::Input))?;
        let rules = rules(settings, &policy);
        let catalog =
            Catalog::load(settings.catalog.directory.as_deref()).map_err(OpenError::at("catalog", OpenFault::Input))?;
        let keys = Keys::open(&settings.keys.directory).map_err(OpenError::at("keys", OpenFault::Input))?;
        let responders =
            OcspResponders::open(&settings.ocsp, &trust).map_err(OpenError::at("ocsp", OpenFault::Input))?;
        let sources =
            SourceBook::from_settings(&settings.revocation).map_err(OpenError::at("revocation", OpenFault::Setting))?;
        let sign_in = SignIn::from_settings(&settings.sign_in, &rules.origin)
            .map_err(OpenError::at("sign_in", OpenFault::Setting))?;
        let official =
            OfficialSeals::from_settings(&settings.official).map_err(OpenError::at("official", OpenFault::Input))?;
        let papers = PaperDesk::from_settings(&settings.papers).map_err(OpenError::at("papers", OpenFault::Input))?;
        let network = Network::open(settings).map_err(OpenError::at("network", OpenFault::Input))?;
        let catalog = match &network {
            Some(_) => catalog.on_the_network().map_err(OpenError::at("catalog", OpenFault::Input))?,
            None => catalog,
        };
        check_bucket(&record)?;
        let registry = Registry::from_settings(&settings.registry, &settings.keys.directory)
            .map_err(OpenError::at("registry", OpenFault::Setting))?;
        let store = Store::open(&record).map_err(OpenError::at("database", OpenFault::Record))?;
        if let Some(registry) = &registry {
            registry.fits(&store).map_err(OpenError::at("registry", OpenFault::Input))?;
        }
        Ok(Self::new(GatewayParts {
            clock,
            verifier: Arc::new(Verifier::new(Arc::new(policy), Arc::new(trust))),
            crls: Arc::new(on_shelf(lists_of(settings, &store), settings, &keys)),
            store,
            catalog: Arc::new(catalog),
            keys: Arc::new(keys),
            rules: Arc::new(rules),
        })
        .with_ocsp(OcspClient::new(&settings.ocsp), responders)
        .with_sources(sources)
        .with_official(official)
        .with_papers(papers)
        .with_registry(registry)
        .with_network(network)
        .with_certificate_desk(CertificateDesk::from_settings(&settings.issuing))
        .with_sign_in(sign_in))
    }
}

/// Lists go to the shelf where it can be used, and otherwise stay in memory.
fn on_shelf(crls: CrlStore, settings: &Settings, keys: &Keys) -> CrlStore {
    let (crls, folder) = (crls.at_pace(Pace::Patient), &settings.revocation.index);
    match ListShelf::open(folder, keys.lists()) {
        Ok(shelf) => crls.on_shelf(shelf),
        Err(error) => {
            let folder = folder.display();
            tracing::error!(target: "madoguchi::crl", %folder, %error, "revocation lists stay in memory");
            crls
        }
    }
}

/// Where the settings put the record.
///
/// # Errors
/// When `[database] url` or `[documents]` cannot be understood, or credentials are missing.
pub fn store_options(settings: &Settings) -> Result<StoreOptions, OpenError> {
    let database: DatabaseUrl = settings.database.url.parse().map_err(OpenError::at("database", OpenFault::Setting))?;
    let options = match settings.documents.store.strip_prefix("file:") {
        Some(folder) => StoreOptions::new(database, PathBuf::from(folder)),
        None => {
            let bucket = BucketOptions::from_settings(&settings.documents)
                .map_err(OpenError::at("documents", OpenFault::Setting))?;
            // Segments are of one machine, as the database is that speaks of them; PostgreSQL has rows instead.
            let folder = database.folder().map(|folder| folder.join("documents")).unwrap_or_default();
            StoreOptions { objects: ObjectsAt::Bucket(Box::new(bucket)), ..StoreOptions::new(database, folder) }
        }
    };
    Ok(StoreOptions { connections: settings.database.connections, ..options })
}

/// Whether the bucket, where there is one, can be reached with these credentials.
fn check_bucket(options: &StoreOptions) -> Result<(), OpenError> {
    let ObjectsAt::Bucket(bucket) = &options.objects else { return Ok(()) };
    BucketObjects::new(bucket).check().map_err(|trouble| OpenError {
        part: "documents",
        why: format!("{bucket}: {trouble}"),
        fault: if trouble.is_lasting() { OpenFault::Setting } else { OpenFault::Input },
    })
}

/// A store of lists over the record's archive and quarantine; empty.
fn lists_of(settings: &Settings, store: &Store) -> CrlStore {
    let longest_validity = settings.revocation.longest_validity.chrono();
    let policy = IntakePolicy { lost_entries: LostEntries::Refuse { longest_validity } };
    CrlStore::with_archive(Arc::new(RecordArchive::new(store.clone())))
        .under(policy)
        .with_quarantine(Arc::new(RecordQuarantine::new(store.clone())))
}

fn rules(settings: &Settings, policy: &SignaturePolicy) -> IntakeRules {
    IntakeRules {
        origin: settings.server.origin(),
        limits: IntakeLimits {
            application_bytes: settings.limits.application.as_usize(),
            signature_bytes: settings.limits.signature.as_usize(),
            attachments: settings.limits.attachments,
            attachment_bytes: settings.limits.attachment.bytes(),
            life: settings.limits.request_life.chrono(),
        },
        on_undecided: settings.revocation.on_undecided,
        hold_for_at_most: settings.revocation.hold_for_at_most.chrono(),
        applicant: applicant_rule(policy),
    }
}

/// A policy that knows no more of a person than the commonName compares no more.
fn applicant_rule(policy: &SignaturePolicy) -> ApplicantRule {
    if policy.reads_residents() { ApplicantRule::FourAttributes } else { ApplicantRule::CommonName }
}
