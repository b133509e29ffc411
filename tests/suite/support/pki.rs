//! The test PKI that tests share: made by the authority from `pki/*.toml`, once a machine, and kept under cargo's target
//! folder.
#![allow(dead_code)]
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use chrono::{DateTime, Duration, Utc};
use madoguchi::authority::Authority;
use madoguchi::authority::declaration::{JPKI, THREE_TIER};
use madoguchi::signature::cms::build::{BuildOptions, sign_detached, sign_with};
use madoguchi::signature::cms::software_key::SoftwareKey;
use openssl::pkey::{PKey, Private};
use openssl::x509::X509;

/// Raise it when the authority makes something else of the same declarations.
const VERSION: u32 = 2;

/// A made test PKI: folders as `[trust]` and `[revocation]` expect them, and what is needed to sign with its cards.
///
/// Cards of `pki/jpki.toml`: `sign-yamada` (good), `sign-smith` (a foreign resident, good), `sign-watanabe` (a substituted
/// character, good), `sign-suzuki` (of the old CA generation), `sign-tanaka` (revoked), `sign-sato` (expired), `sign-ito`
/// (its CRL shard is stale), `auth-yamada` (the authentication certificate of the same person). Cards of
/// `pki/three-tier.toml`: `rsa2048-alice`, `rsa3072-bob`, `p256-carol`, `p384-dave` (good), `rsa2048-revoked`,
/// `rsa2048-expired`. CAs: `jpki-sign-2019`, `jpki-sign-2023`, `jpki-auth-2019`, `jpki-auth-2023`; `tt-rsa-root`,
/// `tt-rsa2048`, `tt-rsa3072`, `tt-ec-root`, `tt-p256`, `tt-p384`.
pub struct TestPki {
    dir: PathBuf,
    _own: Option<tempfile::TempDir>,
}

impl TestPki {
    /// The one that all tests share; read only.
    pub fn shared() -> &'static TestPki {
        static SHARED: OnceLock<TestPki> = OnceLock::new();
        SHARED.get_or_init(|| TestPki { dir: shared_dir(), _own: None })
    }

    /// A copy of one's own in a temporary folder, to revoke in and issue from.
    pub fn copy() -> TestPki {
        let own = tempfile::tempdir().unwrap();
        copy_folder(&Self::shared().dir, own.path());
        TestPki { dir: own.path().to_path_buf(), _own: Some(own) }
    }

    /// The authority of the folder; only of a [`Self::copy`], for it takes the folder's lock while it lives.
    pub fn authority(&self) -> Authority {
        assert!(self._own.is_some(), "the shared PKI is read only: take a TestPki::copy()");
        Authority::open(&self.dir).unwrap()
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Folder of trust anchors (PEM).
    pub fn anchors_dir(&self) -> PathBuf {
        self.dir.join("anchors")
    }

    /// Folder of intermediates (PEM).
    pub fn intermediates_dir(&self) -> PathBuf {
        self.dir.join("intermediates")
    }

    /// Folder of CRLs (DER).
    pub fn crls_dir(&self) -> PathBuf {
        self.dir.join("crls")
    }

    /// The certificate of a card or CA, DER.
    pub fn certificate(&self, id: &str) -> Vec<u8> {
        X509::from_pem(&fs::read(self.certificate_path(id)).unwrap()).unwrap().to_der().unwrap()
    }

    /// The file with the certificate of a card or CA, PEM.
    pub fn certificate_path(&self, id: &str) -> PathBuf {
        ["certificates", "intermediates", "anchors"]
            .iter()
            .map(|part| self.dir.join(part).join(format!("{id}.pem")))
            .find(|path| path.exists())
            .unwrap_or_else(|| panic!("the test PKI has no certificate `{id}`"))
    }

    /// Trust anchors, DER.
    pub fn anchors(&self) -> Vec<Vec<u8>> {
        certificates_in(&self.anchors_dir())
    }

    /// Intermediates, DER.
    pub fn intermediates(&self) -> Vec<Vec<u8>> {
        certificates_in(&self.intermediates_dir())
    }

    /// The file with the private key of a card or CA, PEM.
    pub fn key_path(&self, id: &str) -> PathBuf {
        self.dir.join("private").join(format!("{id}.key.pem"))
    }

    /// The private key of a card or CA.
    pub fn key(&self, id: &str) -> PKey<Private> {
        PKey::private_key_from_pem(&fs::read(self.key_path(id)).unwrap()).unwrap()
    }

    /// A card's PKCS#12 file.
    pub fn p12_path(&self, card: &str) -> PathBuf {
        self.dir.join("cards").join(format!("{card}.p12"))
    }

    /// A card's PIN, the passphrase of its PKCS#12 file.
    pub fn pin(&self, card: &str) -> String {
        let declared = [JPKI, THREE_TIER]
            .into_iter()
            .flat_map(|text| madoguchi::authority::check::parse("pki", text).unwrap().card);
        let card = declared.into_iter().find(|declared| declared.id == card);
        card.expect("a card that is declared in pki/*.toml").pin
    }

    /// A card as something that signs, for `madoguchi::signature::cms::build`.
    pub fn signer(&self, card: &str) -> SoftwareKey {
        SoftwareKey::new(self.certificate(card), self.key(card)).unwrap()
    }

    /// A detached CAdES-B-B signature over `content`, now, DER.
    pub fn sign(&self, card: &str, content: &[u8]) -> Vec<u8> {
        sign_detached(content, &self.signer(card), &[], now()).unwrap()
    }

    /// A signature made as `options` say.
    pub fn sign_with(&self, card: &str, content: &[u8], options: &BuildOptions) -> Vec<u8> {
        sign_with(content, &self.signer(card), options).unwrap()
    }

    /// The id of the CRL that covers the certificate of a card or CA.
    pub fn crl_id_for(&self, id: &str) -> String {
        // The state is read without the lock: the shared PKI does not change while tests run.
        let state: madoguchi::authority::state::State =
            serde_json::from_slice(&fs::read(self.dir.join("state.json")).unwrap()).unwrap();
        let issued = state.certificates.iter().rfind(|issued| issued.id == id).expect("a known card or CA");
        match &issued.municipality {
            Some(code) => format!("{}-{code}", issued.issuer),
            None => issued.issuer.clone(),
        }
    }

    /// The list that covers a card's certificate, to be signed anew; only of a [`Self::copy`].
    pub fn authority_list(&self, id: &str) -> madoguchi::authority::lists::List {
        self.authority().list_for(id).unwrap()
    }

    /// The CRL that covers the certificate of a card or CA, DER.
    pub fn crl_for(&self, id: &str) -> Vec<u8> {
        self.crl(&self.crl_id_for(id))
    }

    /// A CRL by its id (the file `crls/<id>.crl`), DER.
    pub fn crl(&self, id: &str) -> Vec<u8> {
        fs::read(self.crl_path(id)).unwrap()
    }

    /// The file of a CRL.
    pub fn crl_path(&self, id: &str) -> PathBuf {
        self.crls_dir().join(format!("{id}.crl"))
    }

    /// Every CRL, DER.
    pub fn crls(&self) -> Vec<Vec<u8>> {
        files_in(&self.crls_dir()).iter().map(|path| fs::read(path).unwrap()).collect()
    }
}

/// The present time; tests may ask it where a real certificate's life depends on it.
pub fn now() -> DateTime<Utc> {
    use madoguchi::clock::Clock;
    madoguchi::clock::SystemClock.now()
}

/// Makes the shared PKI, or signs its CRLs anew when they end within a day; tests of other processes wait for it.
fn shared_dir() -> PathBuf {
    let base = std::env::var_os("MADOGUCHI_TEST_PKI")
        .map_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")), PathBuf::from);
    fs::create_dir_all(&base).unwrap();
    let text = format!("{VERSION}\n{JPKI}\n{THREE_TIER}");
    let digest = hex::encode(&ring::digest::digest(&ring::digest::SHA256, text.as_bytes()).as_ref()[..8]);
    let dir = base.join(format!("test-pki-{digest}"));
    let lock = File::create(base.join(".test-pki.lock")).unwrap();
    lock.lock().unwrap();
    if dir.join("state.json").exists() {
        let mut authority = Authority::open(&dir).unwrap();
        if authority.needs_refresh(now(), Duration::days(1)) {
            authority.sign_lists(now()).unwrap();
        }
    } else {
        // Made aside and moved, so that a making that was cut short leaves nothing half.
        let making = base.join(format!(".test-pki-{}", std::process::id()));
        let _ = fs::remove_dir_all(&making);
        let sources = [("pki/jpki.toml", JPKI), ("pki/three-tier.toml", THREE_TIER)];
        let sources = sources.map(|(name, text)| (name.to_owned(), text.to_owned()));
        Authority::init(&making, &sources, now(), |_, _| ()).unwrap();
        let _ = fs::remove_dir_all(&dir);
        fs::rename(&making, &dir).unwrap();
    }
    dir
}

fn files_in(dir: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn certificates_in(dir: &Path) -> Vec<Vec<u8>> {
    let read = |path: &PathBuf| X509::from_pem(&fs::read(path).unwrap()).unwrap().to_der().unwrap();
    files_in(dir).iter().map(read).collect()
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for path in files_in(from) {
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_folder(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}
