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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use zeroize::Zeroizing;

    use super::*;

    /// Answers with what it was given, one after the other, and then is gone.
    struct Script(std::vec::IntoIter<Vec<u8>>);

    impl Channel for Script {
        fn transmit(&mut self, _command: &[u8]) -> Result<Vec<u8>, TokenError> {
            self.0.next().ok_or(TokenError::Removed)
        }
    }

    /// A card that holds one file and gives at most `most` octets at a time.
    struct OneFile {
        content: Vec<u8>,
        most: usize,
    }

    impl Channel for OneFile {
        fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TokenError> {
            let [0x00, 0xb0, high, low, count] = *command else { return Ok(vec![0x90, 0x00]) };
            let from = usize::from(u16::from_be_bytes([high, low]));
            let wanted = usize::from(count).min(self.most);
            let part = self.content.get(from..).map(|rest| rest.get(..wanted).unwrap_or(rest)).unwrap_or_default();
            Ok([part, &[0x90, 0x00]].concat())
        }
    }

    fn pin() -> Pin {
        Pin::new(Zeroizing::new("YAMADA01".to_owned())).unwrap()
    }

    proptest! {
        #[test]
        fn no_answer_of_a_card_does_harm(answers in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..20)) {
            for purpose in [Purpose::Signature, Purpose::Authentication] {
                let script = || JpkiCard(Script(answers.clone().into_iter()));
                let _ = JpkiCard::select(Script(answers.clone().into_iter()));
                let _ = script().tries(purpose);
                let _ = script().verify(purpose, &pin());
                let _ = script().sign(purpose, b"message");
                if let Ok(certificate) = script().certificate(purpose) {
                    prop_assert!(certificate.len() <= crate::card_client::token::algorithm::MAX_CERTIFICATE);
                }
            }
        }

        #[test]
        fn a_certificate_is_read_whole_however_little_comes_at_a_time(length in 128usize..3000, most in 16usize..256) {
            let [high, low] = u16::try_from(length).unwrap().to_be_bytes();
            let head = if length < 256 { vec![0x30, 0x81, low] } else { vec![0x30, 0x82, high, low] };
            let certificate = [head, vec![0x5a; length]].concat();
            let padded = [certificate.clone(), vec![0; 100]].concat();
            let read = JpkiCard(OneFile { content: padded, most }).certificate(Purpose::Authentication).unwrap();
            prop_assert_eq!(read, certificate);
        }
    }

    #[test]
    fn tries_are_read_from_the_status_alone() {
        let told = |status: [u8; 2]| {
            JpkiCard(Script(vec![vec![0x90, 0x00], status.to_vec()].into_iter())).tries(Purpose::Signature)
        };
        assert_eq!(told([0x63, 0xc5]), Ok(Tries::Known(5)));
        assert_eq!(told([0x63, 0xc0]), Ok(Tries::Locked));
        assert_eq!(told([0x69, 0x83]), Ok(Tries::Locked));
        assert!(told([0x90, 0x00]).is_err() && told([0x63, 0x00]).is_err());
    }

    #[test]
    fn a_locked_card_is_not_given_the_pin() {
        let answers = vec![vec![0x90, 0x00], vec![0x63, 0xc0]];
        assert_eq!(JpkiCard(Script(answers.into_iter())).verify(Purpose::Signature, &pin()), Err(TokenError::Locked));
    }

    #[test]
    fn files_without_a_certificate_are_told_apart_from_broken_ones() {
        for (content, expected) in [
            (vec![0xff; 64], TokenError::NoCertificate),
            (vec![0x00; 64], TokenError::NoCertificate),
            (vec![0x30, 0x80, 0x00, 0x00], TokenError::Malformed("its certificate file holds no certificate")),
            (vec![0x30, 0x82, 0x7f, 0xff], TokenError::Malformed("its certificate is longer than 16 KiB")),
            (vec![0x30, 0x82, 0x01, 0x00], TokenError::Malformed("its certificate ends early")),
        ] {
            let card = OneFile { content, most: 255 };
            assert_eq!(JpkiCard(card).certificate(Purpose::Authentication), Err(expected));
        }
    }
}
