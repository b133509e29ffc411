//! PKCS#12 files as cards (RFC 7292), for demos: the PIN is the passphrase.
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};

use openssl::error::ErrorStack;
use openssl::pkcs12::{ParsedPkcs12_2, Pkcs12};

use super::{
    CardInfo, CardKind, KeyAlgorithm, PinEntry, Purpose, TokenError, TokenSession, TokenSource, Tries, algorithm,
};
use crate::card_client::ClientError;
use crate::card_client::folder::read_bounded;
use crate::card_client::pin::Pin;
use crate::card_client::visible::neutralise;
use crate::signature::cms::build::SignerKey as _;
use crate::signature::cms::software_key::SoftwareKey;

/// Wrong PINs in a row until it is locked, as many as a signing card allows.
const TRIES: u32 = 5;
/// The longest file that is read.
const MAX_FILE: u64 = 1 << 20;

/// A file with its counter, kept here for as long as this lives: the file has none of its own.
struct File {
    label: String,
    archive: Pkcs12,
    tries_left: u32,
}

/// PKCS#12 files; each is a card with one key, which serves what its certificate is for.
#[derive(Default)]
pub struct Pkcs12Source(Mutex<Vec<File>>);

impl Pkcs12Source {
    /// Reads files; they stay closed.
    ///
    /// # Errors
    /// When one cannot be read or is not PKCS#12.
    pub fn new(paths: &[PathBuf]) -> Result<Self, ClientError> {
        Ok(Self(Mutex::new(paths.iter().map(|path| File::read(path)).collect::<Result<_, _>>()?)))
    }

    /// The files; a thread that panicked with them left nothing half done that matters.
    fn files(&self) -> MutexGuard<'_, Vec<File>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl File {
    fn read(path: &Path) -> Result<Self, ClientError> {
        let archive = Pkcs12::from_der(&read_bounded(path, MAX_FILE)?)
            .map_err(|_| ClientError::input(path, "it is not a PKCS#12 file"))?;
        let label = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Self { label: neutralise(&label), archive, tries_left: TRIES })
    }

    fn unlock(&mut self, pin: &Pin) -> Result<ParsedPkcs12_2, TokenError> {
        let before = self.tries_left;
        if before == 0 {
            return Err(TokenError::Locked);
        }
        match self.archive.parse2(pin.expose()) {
            Ok(opened) => {
                self.tries_left = TRIES;
                Ok(opened)
            }
            Err(error) if is_wrong_pin(&error) => {
                self.tries_left = before.saturating_sub(1);
                Err(match self.tries_left {
                    0 => TokenError::Locked,
                    left => TokenError::WrongPin { before: Tries::Known(before), left: Tries::Known(left) },
                })
            }
            Err(_) => Err(TokenError::Unusable("the PKCS#12 file is broken or of an old encryption".to_owned())),
        }
    }
}

impl TokenSource for Pkcs12Source {
    fn cards(&self, _purpose: Purpose) -> Result<Vec<CardInfo>, TokenError> {
        let files = self.files();
        let cards = files.iter().enumerate().map(|(place, file)| CardInfo {
            id: place.to_string(),
            label: file.label.clone(),
            reader: format!("{}.p12", file.label),
            kind: CardKind::Pkcs12,
            pin_pad: false,
            tries: Tries::of(file.tries_left),
        });
        let cards: Vec<CardInfo> = cards.collect();
        if cards.is_empty() { Err(TokenError::NoReader) } else { Ok(cards) }
    }

    fn open(&self, id: &str, purpose: Purpose, pin: PinEntry<'_>) -> Result<Box<dyn TokenSession>, TokenError> {
        let PinEntry::Typed(pin) = pin else { return Err(TokenError::PadNeeded) };
        let mut files = self.files();
        let file = id.parse::<usize>().ok().and_then(|place| files.get_mut(place));
        let file = file.ok_or_else(|| TokenError::CardNotFound { cards: Vec::new() })?;
        let ParsedPkcs12_2 { pkey: Some(key), cert: Some(certificate), .. } = file.unlock(pin)? else {
            return Err(TokenError::NoCertificate);
        };
        let certificate = certificate.to_der().map_err(|error| TokenError::Unusable(error.to_string()))?;
        algorithm::check_purpose(&certificate, purpose)?;
        let algorithm = KeyAlgorithm::of_certificate(&certificate)?;
        let key = SoftwareKey::new(certificate, key).map_err(TokenError::Unusable)?;
        Ok(Box::new(Pkcs12Session { key, algorithm }))
    }
}

struct Pkcs12Session {
    key: SoftwareKey,
    algorithm: KeyAlgorithm,
}

impl TokenSession for Pkcs12Session {
    fn certificate(&self) -> &[u8] {
        self.key.certificate()
    }

    fn algorithm(&self) -> KeyAlgorithm {
        self.algorithm
    }

    fn sign(&mut self, message: &[u8]) -> Result<Vec<u8>, TokenError> {
        self.key.sign(message).map_err(TokenError::Unusable)
    }
}

/// OpenSSL tells a wrong passphrase by the MAC that does not verify.
fn is_wrong_pin(error: &ErrorStack) -> bool {
    error.errors().iter().any(|error| error.reason().is_some_and(|reason| reason.contains("mac verify failure")))
}
