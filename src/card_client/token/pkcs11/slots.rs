//! The slots of a module: which cards are there, and why none.
use std::os::unix::net::UnixStream;
use std::path::PathBuf;

use cryptoki::context::Pkcs11;
use cryptoki::error::RvError;
use cryptoki::slot::{Slot, TokenInfo};

use super::errors;
use crate::card_client::token::{CardInfo, CardKind, Purpose, TokenError, Tries};
use crate::card_client::visible::neutralise;

/// The most slots that are looked at.
const MOST_SLOTS: usize = 64;

/// A token in a slot.
pub struct TokenInSlot {
    /// Its slot.
    pub slot: Slot,
    /// The reader's name.
    pub reader: String,
    /// What the module tells of it.
    pub told: TokenInfo,
}

/// What a module shows.
pub struct Found {
    tokens: Vec<TokenInSlot>,
    strangers: Vec<String>,
    readers: Vec<String>,
}

impl Found {
    /// Looks at every slot.
    ///
    /// # Errors
    /// When the module does not list its slots.
    pub fn look(context: Option<&Pkcs11>) -> Result<Self, TokenError> {
        let mut found = Self { tokens: Vec::new(), strangers: Vec::new(), readers: Vec::new() };
        let Some(context) = context else { return Ok(found) };
        let slots = context.get_all_slots().map_err(|error| TokenError::Unusable(errors::reason(&error)))?;
        for slot in slots.into_iter().take(MOST_SLOTS) {
            let Ok(information) = context.get_slot_info(slot) else { continue };
            let reader = neutralise(information.slot_description().trim());
            if !found.readers.contains(&reader) {
                found.readers.push(reader.clone());
            }
            if !information.token_present() {
                continue;
            }
            match context.get_token_info(slot) {
                // SoftHSM always has one slot more, whose token is not initialised.
                Ok(told) if told.token_initialized() => found.tokens.push(TokenInSlot { slot, reader, told }),
                Err(error) if errors::value(&error) != Some(RvError::TokenNotPresent) => found.strangers.push(reader),
                _ => {}
            }
        }
        Ok(found)
    }

    /// The tokens that may have a key for `purpose`.
    pub fn fitting(&self, purpose: Purpose) -> impl Iterator<Item = &TokenInSlot> {
        self.tokens.iter().filter(move |token| token.jpki().is_none_or(|its| its == purpose))
    }

    /// Why no token fits.
    pub fn why_none(&self) -> TokenError {
        let stranger = self.strangers.first().or(self.tokens.first().map(|token| &token.reader));
        match stranger {
            Some(reader) => TokenError::WrongCard { reader: reader.clone() },
            None if !pcsc_answers() => TokenError::ServiceNotRunning,
            None if self.readers.is_empty() => TokenError::NoReader,
            None => TokenError::NoCard { readers: self.readers.clone() },
        }
    }
}

impl TokenInSlot {
    /// Names it as long as the card stays in its reader. The reader stands in it, because slots may be counted anew and
    /// not every card has a serial number of its own: a PIN is for one card.
    pub fn id(&self) -> String {
        format!("{}:{}:{}", self.slot.id(), self.told.serial_number().trim(), self.reader)
    }

    /// Which of the two slots of a JPKI card this is, by the label that OpenSC gives it.
    pub fn jpki(&self) -> Option<Purpose> {
        let label = self.told.label();
        match label.starts_with("JPKI") {
            true if label.contains("Digital Signature") => Some(Purpose::Signature),
            true if label.contains("User Authentication") => Some(Purpose::Authentication),
            _ => None,
        }
    }

    /// Tries left, by the flags.
    pub fn tries(&self) -> Tries {
        tries(&self.told)
    }

    /// For people.
    pub fn info(&self) -> CardInfo {
        CardInfo {
            id: self.id(),
            label: neutralise(self.told.label().trim()),
            reader: self.reader.clone(),
            kind: CardKind::Pkcs11,
            pin_pad: self.told.protected_authentication_path(),
            tries: self.tries(),
        }
    }
}

/// Tries left, by the flags of a token.
pub fn tries(told: &TokenInfo) -> Tries {
    match told {
        told if told.user_pin_locked() => Tries::Locked,
        told if told.user_pin_final_try() => Tries::FinalTry,
        told if told.user_pin_count_low() => Tries::Low,
        _ => Tries::Unknown,
    }
}

/// Whether the service of PC/SC answers: its socket, where this system's library looks for it.
pub fn pcsc_answers() -> bool {
    let path = std::env::var_os("PCSCLITE_CSOCK_NAME").map(PathBuf::from);
    UnixStream::connect(path.unwrap_or_else(|| PathBuf::from("/run/pcscd/pcscd.comm"))).is_ok()
}
