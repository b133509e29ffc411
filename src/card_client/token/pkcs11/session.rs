//! A card that is open: its PIN was given.
use cryptoki::context::Pkcs11;
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::MechanismType;
use cryptoki::session::{Session, UserType};
use cryptoki::slot::{Slot, TokenInfo};
use cryptoki::types::AuthPin;

use super::errors;
use super::module::Module;
use super::objects::{Key, Method, ecdsa_der, find_key, method};
use super::slots::{TokenInSlot, tries};
use crate::card_client::folder::FolderLock;
use crate::card_client::token::jpki::normalise_pin;
use crate::card_client::token::{KeyAlgorithm, PinEntry, Purpose, TokenError, TokenSession, Tries};

/// A session. Fields go in the order in which they are dropped: session, module, lock.
pub struct Pkcs11Session {
    session: Session,
    slot: Slot,
    /// What the token told of itself when it was opened.
    token: TokenInfo,
    purpose: Purpose,
    /// Given again at each signature where the key asks for it; overwritten when this is dropped. None at a PIN pad.
    pin: Option<AuthPin>,
    key: Key,
    algorithm: KeyAlgorithm,
    mechanisms: Vec<MechanismType>,
    module: Module,
    _lock: FolderLock,
}

impl Pkcs11Session {
    /// Gives the PIN once and finds the key.
    pub fn open(
        token: &TokenInSlot,
        purpose: Purpose,
        entry: PinEntry<'_>,
        module: Module,
        lock: FolderLock,
    ) -> Result<Self, TokenError> {
        let pin = pin_for(token, purpose, entry)?;
        let Some(context) = module.context() else { return Err(TokenError::Removed) };
        let slot = token.slot;
        let failed = |error: Error| errors::of_card(context, slot, &error);
        let session = context.open_ro_session(slot).map_err(failed)?;
        if let Err(error) = session.login(UserType::User, pin.as_ref()) {
            return Err(login_failed(context, token, &error));
        }
        let Some(key) = find_key(&session, purpose).map_err(failed)? else {
            // OpenSC shows no objects of a card that was just pulled out, rather than an error.
            let gone = errors::is_gone(context, slot);
            return Err(if gone { TokenError::Removed } else { TokenError::NoCertificate });
        };
        let algorithm = KeyAlgorithm::of_certificate(&key.certificate)?;
        let mechanisms = context.get_mechanism_list(slot).map_err(failed)?;
        Ok(Self {
            session,
            slot,
            token: token.told.clone(),
            purpose,
            pin,
            key,
            algorithm,
            mechanisms,
            module,
            _lock: lock,
        })
    }

    fn sign_by(&self, method: &Method) -> Result<Vec<u8>, Error> {
        if !self.key.pin_each_time {
            return self.session.sign(&method.mechanism, self.key.handle, &method.input);
        }
        self.session.sign_init(&method.mechanism, self.key.handle)?;
        self.session.login(UserType::ContextSpecific, self.pin.as_ref())?;
        self.session.sign_update(&method.input)?;
        self.session.sign_final()
    }

    /// Gives the PIN once more, to the card whose certificate was shown and to no other: what can be seen of a card without its
    /// PIN is compared before, its certificate after.
    fn log_in_again(&self) -> Result<(), TokenError> {
        let Some(context) = self.module.context() else { return Err(TokenError::Removed) };
        let token = context.get_token_info(self.slot).map_err(|error| self.failed(&error))?;
        if token.serial_number() != self.token.serial_number() || token.label() != self.token.label() {
            return Err(TokenError::Changed);
        }
        // What there is to log out of is not known.
        let _ = self.session.logout();
        self.session.login(UserType::User, self.pin.as_ref()).map_err(|error| self.failed(&error))?;
        match find_key(&self.session, self.purpose).map_err(|error| self.failed(&error))? {
            Some(key) if key.certificate == self.key.certificate => Ok(()),
            Some(_) => Err(TokenError::Changed),
            None => Err(if errors::is_gone(context, self.slot) { TokenError::Removed } else { TokenError::Changed }),
        }
    }

    fn failed(&self, error: &Error) -> TokenError {
        match self.module.context() {
            Some(context) => errors::of_card(context, self.slot, error),
            None => TokenError::Removed,
        }
    }
}

/// The PIN as this token takes it; none at a PIN pad.
fn pin_for(token: &TokenInSlot, purpose: Purpose, entry: PinEntry<'_>) -> Result<Option<AuthPin>, TokenError> {
    if token.tries() == Tries::Locked {
        return Err(TokenError::Locked);
    }
    match (entry, token.told.protected_authentication_path()) {
        (PinEntry::OnThePad, true) => Ok(None),
        (PinEntry::OnThePad, false) | (PinEntry::Typed(_), true) => Err(TokenError::PadNeeded),
        (PinEntry::Typed(pin), false) => {
            let text = match token.jpki() {
                Some(_) => String::from(normalise_pin(purpose, pin)?.as_str()),
                None => String::from(pin.expose()),
            };
            // Its capacity is its length, so that this makes no other copy; it is overwritten when it is let go.
            Ok(Some(AuthPin::from(text)))
        }
    }
}

pub(super) fn login_failed(context: &Pkcs11, token: &TokenInSlot, error: &Error) -> TokenError {
    match errors::value(error) {
        Some(RvError::PinIncorrect) => match context.get_token_info(token.slot).map(|told| tries(&told)) {
            Ok(Tries::Locked) => TokenError::Locked,
            left => TokenError::WrongPin { before: token.tries(), left: left.unwrap_or(Tries::Unknown) },
        },
        Some(RvError::PinLocked) => TokenError::Locked,
        Some(RvError::PinLenRange | RvError::PinInvalid) => TokenError::PinForm { four_digits: false },
        Some(RvError::FunctionCanceled) => TokenError::PadCancelled,
        _ => errors::of_card(context, token.slot, error),
    }
}

impl TokenSession for Pkcs11Session {
    fn certificate(&self) -> &[u8] {
        &self.key.certificate
    }

    fn algorithm(&self) -> KeyAlgorithm {
        self.algorithm
    }

    fn sign(&mut self, message: &[u8]) -> Result<Vec<u8>, TokenError> {
        let method = method(self.algorithm, &self.mechanisms, message)
            .filter(|method| method.in_parts || !self.key.pin_each_time)
            .ok_or_else(|| TokenError::Unusable("the module has no mechanism for its key".to_owned()))?;
        let signed = match self.sign_by(&method) {
            // Another program selected another application in between: the card forgot the PIN. Once more, not for ever.
            Err(error) if errors::value(&error) == Some(RvError::UserNotLoggedIn) => {
                self.log_in_again()?;
                self.sign_by(&method)
            }
            other => other,
        };
        let value = signed.map_err(|error| self.failed(&error))?;
        let value = match self.algorithm {
            KeyAlgorithm::Rsa(_) => value,
            KeyAlgorithm::Ecdsa(_) => {
                ecdsa_der(&value).ok_or(TokenError::Malformed("its signature is not two numbers"))?
            }
        };
        self.algorithm.prove(&self.key.certificate, message, &value)?;
        Ok(value)
    }
}
