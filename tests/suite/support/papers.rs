//! A town hall that issues sealed documents: a PKI of its seal, and the settings of a gateway that holds it.
#![allow(dead_code)]
use std::path::{Path, PathBuf};

use madoguchi::authority::Authority;
use madoguchi::authority::declaration::AGENCY;
use madoguchi::authority::issuing::Which;
use madoguchi::clock::{Clock, SystemClock};

/// The authority of the seal.
pub struct SealPki {
    folder: tempfile::TempDir,
}

impl SealPki {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let sources = [("agency".to_owned(), AGENCY.to_owned())];
        Authority::init(&folder.path().join("pki"), &sources, SystemClock.now(), |_, _| {}).unwrap();
        // The seal carries the certificate above its own.
        let part = |part: &str| std::fs::read_to_string(folder.path().join("pki").join(part)).unwrap();
        let chain = format!("{}{}", part("certificates/seal-chiyoda.pem"), part("intermediates/agency-seals.pem"));
        std::fs::write(folder.path().join("seal.pem"), chain).unwrap();
        Self { folder }
    }

    pub fn dir(&self) -> PathBuf {
        self.folder.path().join("pki")
    }

    /// Revokes the seal of Chiyoda, and publishes it.
    pub fn revoke(&self) {
        let mut authority = Authority::open(&self.dir()).unwrap();
        let reason = madoguchi::authority::crl::Reason::KeyCompromise;
        authority.revoke(&Which::Id("seal-chiyoda".to_owned()), reason, SystemClock.now()).unwrap();
        authority.sign_lists(SystemClock.now()).unwrap();
    }

    /// `[official]` and `[[papers.municipality]]` of Chiyoda, with its kiosk on or off.
    pub fn settings(&self, kiosk: bool) -> String {
        let at = |part: &str| at(&self.dir(), part);
        format!(
            "[official]\nanchors = {}\nintermediates = {}\ncrls = {}\n[[papers.municipality]]\ncode = \"131016\"\n\
             name = \"千代田区\"\nname_en = \"Chiyoda City\"\nissuer = \"千代田区長\"\nseal_certificate = {}\nseal_key = {}\n\
             kiosk = {kiosk}\nfee = 300\n",
            at("anchors"),
            at("intermediates"),
            at("crls"),
            at("../seal.pem"),
            at("private/seal-chiyoda.key.pem")
        )
    }
}

fn at(dir: &Path, part: &str) -> String {
    format!("{:?}", dir.join(part))
}
