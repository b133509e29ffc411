//! A PKCS#12 file as a card (RFC 7292): the PIN is its passphrase.
use std::path::Path;

use openssl::error::ErrorStack;
use openssl::pkcs12::{ParsedPkcs12_2, Pkcs12};

use super::{Token, TokenError};
use crate::card_client::ClientError;
use crate::card_client::folder::read_bounded;
use crate::card_client::pin::Pin;
use crate::signature::cms::build::SignerKey;
use crate::signature::cms::software_key::SoftwareKey;

/// Wrong PINs in a row until it is locked, as many as a signing card allows.
const TRIES: u32 = 5;
/// The longest file that is read.
const MAX_FILE: u64 = 1 << 20;

/// A PKCS#12 file. Its tries are counted here, for as long as this lives: the file has no counter of its own.
pub struct Pkcs12Token {
    label: String,
    archive: Pkcs12,
    tries_left: u32,
}

impl std::fmt::Debug for Pkcs12Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pkcs12Token").field("label", &self.label).finish_non_exhaustive()
    }
}

impl Pkcs12Token {
    /// Reads a file; it stays closed.
    ///
    /// # Errors
    /// When it cannot be read or is not PKCS#12.
    pub fn open(path: &Path) -> Result<Self, ClientError> {
        let archive = Pkcs12::from_der(&read_bounded(path, MAX_FILE)?)
            .map_err(|_| ClientError::input(path, "it is not a PKCS#12 file"))?;
        let label = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Self { label: crate::card_client::confirm::neutralise(&label), archive, tries_left: TRIES })
    }
}

impl Token for Pkcs12Token {
    fn label(&self) -> &str {
        &self.label
    }

    fn tries_left(&self) -> u32 {
        self.tries_left
    }

    fn unlock(&mut self, pin: &Pin) -> Result<Box<dyn SignerKey>, TokenError> {
        if self.tries_left == 0 {
            return Err(TokenError::Locked);
        }
        let opened = match self.archive.parse2(pin.expose()) {
            Ok(opened) => opened,
            Err(error) if is_wrong_pin(&error) => {
                self.tries_left = self.tries_left.saturating_sub(1);
                return Err(match self.tries_left {
                    0 => TokenError::Locked,
                    left => TokenError::WrongPin { left },
                });
            }
            Err(_) => {
                return Err(TokenError::Unusable("the PKCS#12 file is broken or of an old encryption".to_owned()));
            }
        };
        self.tries_left = TRIES;
        let ParsedPkcs12_2 { pkey: Some(key), cert: Some(certificate), .. } = opened else {
            return Err(TokenError::Unusable("it holds no certificate with its key".to_owned()));
        };
        let certificate = certificate.to_der().map_err(|error| TokenError::Unusable(error.to_string()))?;
        let key = SoftwareKey::new(certificate, key).map_err(TokenError::Unusable)?;
        Ok(Box::new(key))
    }
}

/// OpenSSL tells a wrong passphrase by the MAC that does not verify.
fn is_wrong_pin(error: &ErrorStack) -> bool {
    error.errors().iter().any(|error| error.reason().is_some_and(|reason| reason.contains("mac verify failure")))
}
