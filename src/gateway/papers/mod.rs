//! Sealed documents: whose seals this gateway holds, making a document out of a PDF, and telling anybody whether one was issued.
pub mod check;
pub mod holder;
pub mod issue;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use openssl::pkey::PKey;
use openssl::x509::X509;

use super::Gateway;
use crate::ids::AgencyCode;
use crate::settings::{PaperMunicipality, PaperSettings};
use crate::signature::cms::build::sign_detached;
use crate::signature::cms::software_key::SoftwareKey;

/// A municipality that issues documents under its seal.
pub struct PaperIssuer {
    /// Its code.
    pub code: AgencyCode,
    /// Its name.
    pub name: String,
    /// The same in letters of the alphabet.
    pub name_en: String,
    /// Who issues: the title of its mayor.
    pub issuer: String,
    /// Whether residents get documents at kiosks.
    pub kiosk: bool,
    /// What a document costs at a kiosk, in yen.
    pub fee: u32,
    seal: SoftwareKey,
    chain: Vec<Vec<u8>>,
}

impl PaperIssuer {
    fn open(settings: &PaperMunicipality) -> Result<Self, String> {
        let code = settings.code.parse().map_err(|error| format!("municipality {}: {error}", settings.code))?;
        let pem = read(&settings.seal_certificate)?;
        let at = |path: &Path, what: &str| format!("{}: {what}", path.display());
        let certificates =
            X509::stack_from_pem(&pem).map_err(|_| at(&settings.seal_certificate, "holds no PEM certificate"))?;
        let mut ders = Vec::new();
        for certificate in certificates {
            ders.push(certificate.to_der().map_err(|error| at(&settings.seal_certificate, &error.to_string()))?);
        }
        let mut ders = ders.into_iter();
        let certificate = ders.next().ok_or_else(|| at(&settings.seal_certificate, "holds no PEM certificate"))?;
        let key = PKey::private_key_from_pem(&read(&settings.seal_key)?)
            .map_err(|_| at(&settings.seal_key, "holds no PEM private key"))?;
        let seal = SoftwareKey::new(certificate, key).map_err(|error| at(&settings.seal_key, &error))?;
        let (name, name_en) = (settings.name.clone(), settings.name_en.clone());
        let (issuer, chain) = (settings.issuer.clone(), ders.collect());
        Ok(Self { code, name, name_en, issuer, kiosk: settings.kiosk, fee: settings.fee, seal, chain })
    }

    /// The detached seal (CAdES-B-B, ETSI EN 319 122-1) over a document.
    ///
    /// # Errors
    /// A sentence, when the key refuses.
    pub fn seal(&self, document: &[u8], at: DateTime<Utc>) -> Result<Vec<u8>, String> {
        sign_detached(document, &self.seal, &self.chain, at)
    }
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// The municipalities that issue documents here.
#[derive(Default)]
pub struct PaperDesk {
    issuers: BTreeMap<AgencyCode, Arc<PaperIssuer>>,
}

impl PaperDesk {
    /// As the settings say; none where they name nobody.
    ///
    /// # Errors
    /// A sentence: a code that is none or stands twice, a certificate or key that cannot be read or do not belong together.
    pub fn from_settings(settings: &PaperSettings) -> Result<Option<Self>, String> {
        let mut issuers = BTreeMap::new();
        for place in &settings.municipality {
            let issuer = PaperIssuer::open(place)?;
            let code = issuer.code;
            if issuers.insert(code, Arc::new(issuer)).is_some() {
                return Err(format!("municipality {code} is there twice"));
            }
        }
        Ok((!issuers.is_empty()).then_some(Self { issuers }))
    }

    /// A municipality, where it issues documents here.
    pub fn issuer(&self, code: AgencyCode) -> Option<Arc<PaperIssuer>> {
        self.issuers.get(&code).cloned()
    }

    /// Those that offer kiosks.
    pub fn with_kiosk(&self) -> impl Iterator<Item = &Arc<PaperIssuer>> {
        self.issuers.values().filter(|issuer| issuer.kiosk)
    }
}

impl Gateway {
    /// The municipalities that issue documents here; none where the settings name nobody.
    pub fn papers(&self) -> Option<Arc<PaperDesk>> {
        self.papers.clone()
    }

    /// The same with these municipalities.
    #[must_use]
    pub fn with_papers(self, papers: Option<PaperDesk>) -> Self {
        Self { papers: papers.map(Arc::new), ..self }
    }
}
