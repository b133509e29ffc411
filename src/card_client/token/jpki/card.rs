//! The dialogue with the card.
use super::apdu::{self, Response};
use super::{Channel, normalise_pin};
use crate::card_client::pin::Pin;
use crate::card_client::token::{Purpose, TokenError, Tries};
use crate::crypto::DigestAlgorithm;

/// Octets asked for at a time.
const CHUNK: u8 = 0xe0;
/// The most READ BINARY commands that one certificate takes, for cards that give little at a time.
const MAX_READS: usize = 512;
const OK: u16 = 0x9000;

/// The elementary files of a purpose.
struct Files {
    certificate: u16,
    key: u16,
    pin: u16,
}

fn files(purpose: Purpose) -> Files {
    match purpose {
        Purpose::Signature => Files { certificate: 0x0001, key: 0x001a, pin: 0x001b },
        Purpose::Authentication => Files { certificate: 0x000a, key: 0x0017, pin: 0x0018 },
    }
}

/// A card whose JPKI application is selected.
#[derive(Debug)]
pub struct JpkiCard<C>(C);

impl<C: Channel> JpkiCard<C> {
    /// Selects the application; none when the card has no such application.
    ///
    /// # Errors
    /// When the card is gone or answers wrongly.
    pub fn select(mut channel: C) -> Result<Option<Self>, TokenError> {
        let answer = channel.transmit(&apdu::select_application())?;
        match Response::read(&answer)?.status {
            OK => Ok(Some(Self(channel))),
            _ => Ok(None),
        }
    }

    /// Tries left of a PIN. Costs none.
    ///
    /// # Errors
    /// When the card is gone or answers wrongly.
    pub fn tries(&mut self, purpose: Purpose) -> Result<Tries, TokenError> {
        self.select_file(files(purpose).pin)?;
        let answer = self.0.transmit(&apdu::ask_tries())?;
        Response::read(&answer)?.tries().map(Tries::of).ok_or(TokenError::Malformed("it does not tell its tries"))
    }

    /// Gives a PIN once.
    ///
    /// # Errors
    /// When it is wrong, locked, or cannot be one; when the card is gone or answers wrongly.
    pub fn verify(&mut self, purpose: Purpose, pin: &Pin) -> Result<(), TokenError> {
        let pin = normalise_pin(purpose, pin)?;
        let before = self.tries(purpose)?;
        if before == Tries::Locked {
            return Err(TokenError::Locked);
        }
        let command = apdu::verify(pin.as_bytes()).ok_or(TokenError::PinForm { four_digits: false })?;
        let answer = self.0.transmit(&command)?;
        let response = Response::read(&answer)?;
        match (response.status, response.tries()) {
            (OK, _) => Ok(()),
            (_, Some(0)) => Err(TokenError::Locked),
            (_, Some(left)) => Err(TokenError::WrongPin { before, left: Tries::Known(left) }),
            (status, None) => Err(refused("the PIN", status)),
        }
    }

    /// The certificate, DER; that for signatures is readable after its PIN alone.
    ///
    /// # Errors
    /// When the card has none, is gone or answers wrongly.
    pub fn certificate(&mut self, purpose: Purpose) -> Result<Vec<u8>, TokenError> {
        self.select_file(files(purpose).certificate)?;
        let mut read = self.read_at(0, 4)?;
        let total = apdu::object_length(&read)?;
        for _ in 0..MAX_READS {
            let missing = total.saturating_sub(read.len());
            if missing == 0 {
                read.truncate(total);
                return Ok(read);
            }
            let part = self.read_at(read.len(), u8::try_from(missing).map_or(CHUNK, |missing| missing.min(CHUNK)))?;
            if part.is_empty() {
                return Err(TokenError::Malformed("its certificate ends early"));
            }
            read.extend_from_slice(&part);
        }
        Err(TokenError::Malformed("its certificate comes in too many pieces"))
    }

    /// The RSASSA-PKCS1-v1_5 signature with SHA-256 over `message`, which is hashed here.
    ///
    /// # Errors
    /// When the PIN was not given, the card is gone, refuses or answers wrongly.
    pub fn sign(&mut self, purpose: Purpose, message: &[u8]) -> Result<Vec<u8>, TokenError> {
        self.select_file(files(purpose).key)?;
        let digest_info = apdu::digest_info_sha256(DigestAlgorithm::Sha256.digest(message).as_ref());
        let command = apdu::sign(&digest_info).ok_or(TokenError::Malformed("the digest is too long for it"))?;
        let answer = self.0.transmit(&command)?;
        let response = Response::read(&answer)?;
        match response.status {
            OK => Ok(response.data.to_vec()),
            status => Err(refused("the signature", status)),
        }
    }

    fn select_file(&mut self, file: u16) -> Result<(), TokenError> {
        let answer = self.0.transmit(&apdu::select_file(file))?;
        match Response::read(&answer)?.status {
            OK => Ok(()),
            0x6a82 => Err(TokenError::NoCertificate),
            status => Err(refused("a file", status)),
        }
    }

    fn read_at(&mut self, offset: usize, count: u8) -> Result<Vec<u8>, TokenError> {
        let command = apdu::read_binary(offset, count).ok_or(TokenError::Malformed("its certificate is too long"))?;
        let answer = self.0.transmit(&command)?;
        let response = Response::read(&answer)?;
        match response.status {
            OK if response.data.len() <= usize::from(count) => Ok(response.data.to_vec()),
            OK => Err(TokenError::Malformed("it gives more than it was asked for")),
            0x6a82 | 0x6a83 => Err(TokenError::NoCertificate),
            status => Err(refused("its certificate", status)),
        }
    }
}

/// The card refuses; the status word is for the help desk.
fn refused(what: &str, status: u16) -> TokenError {
    TokenError::Unusable(format!("the card refuses {what} ({status:04X})"))
}
