//! Putting a certificate into a token (PKCS#11): the key is made in it and never leaves it, the request is signed in it, and the
//! certificate that comes back is written beside its key.
use cryptoki::context::Pkcs11;
use cryptoki::error::Error;
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, AttributeType, CertificateType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;
use der::asn1::{BitString, SetOfVec};
use der::{Decode as _, Encode as _};
use x509_cert::name::RdnSequence;
use x509_cert::request::{CertReq, CertReqInfo, Version};
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};

use super::errors;
use super::module::Module;
use super::slots::{Found, TokenInSlot};
use super::{Pkcs11Source, lock_card};
use crate::card_client::folder::FolderLock;
use crate::card_client::pin::Pin;
use crate::card_client::token::{Purpose, TokenError, choose};
use crate::crypto::DigestAlgorithm;
use crate::signature::cms::software_key::rsa_identifier;

/// The size of the keys that are made, in bits.
const KEY_BITS: u64 = 2048;

/// A token that is being personalised: its PIN was given. Fields go in the order in which they are dropped.
pub struct Personalisation {
    session: Session,
    module: Module,
    slot: cryptoki::slot::Slot,
    _lock: FolderLock,
}

impl Pkcs11Source {
    /// Opens a token for writing: the only one, or the one whose label or reader holds `wanted`.
    ///
    /// # Errors
    /// When it is not there, or the PIN is wrong.
    pub fn personalise(&self, wanted: Option<&str>, pin: &Pin) -> Result<Personalisation, TokenError> {
        let lock = lock_card(&self.folder)?;
        let module = Module::start(&self.module)?;
        let (session, slot) = {
            let found = Found::look(module.context())?;
            let cards: Vec<_> = found.fitting(Purpose::Signature).map(TokenInSlot::info).collect();
            let card = choose(&cards, wanted)?;
            let token = found.fitting(Purpose::Signature).find(|token| token.id() == card.id);
            let (Some(token), Some(context)) = (token, module.context()) else { return Err(found.why_none()) };
            (log_in(context, token, pin)?, token.slot)
        };
        Ok(Personalisation { session, module, slot, _lock: lock })
    }
}

fn log_in(context: &Pkcs11, token: &TokenInSlot, pin: &Pin) -> Result<Session, TokenError> {
    let failed = |error: Error| errors::of_card(context, token.slot, &error);
    let session = context.open_rw_session(token.slot).map_err(failed)?;
    let pin = AuthPin::from(String::from(pin.expose()));
    session.login(UserType::User, Some(&pin)).map_err(|error| super::session::login_failed(context, token, &error))?;
    Ok(session)
}

impl Personalisation {
    /// Makes a key in the token, which neither shows nor gives it out, and a request for a certificate (PKCS#10, DER) that it signed.
    ///
    /// # Errors
    /// When the token cannot make or use such a key.
    pub fn request(&self) -> Result<Vec<u8>, TokenError> {
        let id = key_id()?;
        let (public, private) = self.make_key(&id).map_err(|error| self.failed(&error))?;
        let info = CertReqInfo {
            version: Version::V1,
            // The certificate says what the register says: who asks need not say who they are.
            subject: RdnSequence::default(),
            public_key: self.public_key(public)?,
            attributes: SetOfVec::new(),
        };
        let message = info.to_der().map_err(|_| TokenError::Malformed("its key cannot be encoded"))?;
        let signed = self.session.sign(&Mechanism::Sha256RsaPkcs, private, &message);
        let signature = signed.map_err(|error| self.failed(&error))?;
        let unencoded = |_| TokenError::Malformed("its signature cannot be encoded");
        let algorithm =
            AlgorithmIdentifierOwned::from_der(&rsa_identifier(DigestAlgorithm::Sha256)).map_err(unencoded)?;
        let signature = BitString::from_bytes(&signature).map_err(unencoded)?;
        CertReq { info, algorithm, signature }.to_der().map_err(unencoded)
    }

    /// Writes a certificate beside its key; certificates of the same purpose that were there before go, and their keys with them.
    ///
    /// # Errors
    /// [`TokenError::NoCertificate`] where its key is not in this token.
    pub fn install(&self, certificate: &[u8]) -> Result<(), TokenError> {
        let parsed =
            x509_cert::Certificate::from_der(certificate).map_err(|_| TokenError::Malformed("no certificate"))?;
        let spki = parsed.tbs_certificate.subject_public_key_info.to_der();
        let spki = spki.map_err(|_| TokenError::Malformed("the certificate's key cannot be read"))?;
        let id = self.id_of_key(&spki)?.ok_or(TokenError::NoCertificate)?;
        self.write(certificate, &parsed, &id).map_err(|error| self.failed(&error))
    }

    fn make_key(&self, id: &[u8]) -> Result<(ObjectHandle, ObjectHandle), Error> {
        let public = [
            Attribute::Token(true),
            Attribute::Private(false),
            Attribute::Verify(true),
            Attribute::ModulusBits(KEY_BITS.into()),
            Attribute::PublicExponent(vec![1, 0, 1]),
            Attribute::Id(id.to_vec()),
            Attribute::Label(b"madoguchi".to_vec()),
        ];
        let private = [
            Attribute::Token(true),
            Attribute::Private(true),
            Attribute::Sensitive(true),
            Attribute::Extractable(false),
            Attribute::Sign(true),
            Attribute::Id(id.to_vec()),
            Attribute::Label(b"madoguchi".to_vec()),
        ];
        self.session.generate_key_pair(&Mechanism::RsaPkcsKeyPairGen, &public, &private)
    }

    fn public_key(&self, handle: ObjectHandle) -> Result<SubjectPublicKeyInfoOwned, TokenError> {
        let wanted = [AttributeType::Modulus, AttributeType::PublicExponent];
        let told = self.session.get_attributes(handle, &wanted).map_err(|error| self.failed(&error))?;
        let (mut modulus, mut exponent) = (Vec::new(), Vec::new());
        for attribute in told {
            match attribute {
                Attribute::Modulus(bytes) => modulus = bytes,
                Attribute::PublicExponent(bytes) => exponent = bytes,
                _ => {}
            }
        }
        let der = spki(&modulus, &exponent).map_err(|_| TokenError::Malformed("its key cannot be read"))?;
        SubjectPublicKeyInfoOwned::from_der(&der).map_err(|_| TokenError::Malformed("its key cannot be read"))
    }

    /// CKA_ID of the private key that belongs to a public key.
    fn id_of_key(&self, spki: &[u8]) -> Result<Option<Vec<u8>>, TokenError> {
        let template = [Attribute::Class(ObjectClass::PUBLIC_KEY), Attribute::KeyType(KeyType::RSA)];
        for handle in self.session.find_objects(&template).map_err(|error| self.failed(&error))? {
            let is_it = self.public_key(handle)?.to_der().is_ok_and(|der| der == spki);
            if is_it {
                let told = self.session.get_attributes(handle, &[AttributeType::Id]);
                let told = told.map_err(|error| self.failed(&error))?;
                return Ok(told.into_iter().find_map(|attribute| match attribute {
                    Attribute::Id(id) => Some(id),
                    _ => None,
                }));
            }
        }
        Ok(None)
    }

    fn write(&self, der: &[u8], certificate: &x509_cert::Certificate, id: &[u8]) -> Result<(), Error> {
        let purpose = [Purpose::Signature, Purpose::Authentication]
            .into_iter()
            .find(|purpose| crate::card_client::token::algorithm::serves(der, *purpose));
        let before = match purpose {
            Some(purpose) => super::objects::certificates(&self.session, purpose)?,
            None => Vec::new(),
        };
        let tbs = &certificate.tbs_certificate;
        let encoded = |value: Result<Vec<u8>, der::Error>| value.unwrap_or_default();
        self.session.create_object(&[
            Attribute::Class(ObjectClass::CERTIFICATE),
            Attribute::CertificateType(CertificateType::X_509),
            Attribute::Token(true),
            Attribute::Private(false),
            Attribute::Subject(encoded(tbs.subject.to_der())),
            Attribute::Issuer(encoded(tbs.issuer.to_der())),
            Attribute::SerialNumber(encoded(tbs.serial_number.to_der())),
            Attribute::Value(der.to_vec()),
            Attribute::Id(id.to_vec()),
            Attribute::Label(b"madoguchi".to_vec()),
        ])?;
        // The new one is there before an old one goes: a token that is pulled out in between has both.
        for old in before.iter().filter(|old| old.id != id) {
            for object in self.session.find_objects(&[Attribute::Id(old.id.clone())])? {
                self.session.destroy_object(object)?;
            }
        }
        Ok(())
    }

    fn failed(&self, error: &Error) -> TokenError {
        match self.module.context() {
            Some(context) => errors::of_card(context, self.slot, error),
            None => TokenError::Removed,
        }
    }
}

/// 16 random octets that join key and certificate.
fn key_id() -> Result<Vec<u8>, TokenError> {
    let mut id = vec![0_u8; 16];
    openssl::rand::rand_bytes(&mut id).map_err(|error| TokenError::Unusable(error.to_string()))?;
    Ok(id)
}

/// SubjectPublicKeyInfo of an RSA key (RFC 3279 2.3.1).
fn spki(modulus: &[u8], exponent: &[u8]) -> Result<Vec<u8>, openssl::error::ErrorStack> {
    let number = openssl::bn::BigNum::from_slice;
    openssl::rsa::Rsa::from_public_components(number(modulus)?, number(exponent)?)?.public_key_to_der()
}
