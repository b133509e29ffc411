//! Why a card did not do what it was asked, each with what the person does next.
use super::{Purpose, Tries};
use crate::card_client::ClientError;
use crate::card_client::messages::{Message, message};
use crate::card_client::texts::Language;

/// Why a card did not do what it was asked. [`TokenError::code`] is stable; the texts are in `messages.rs`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenError {
    /// The service of PC/SC does not run.
    ServiceNotRunning,
    /// No reader is there.
    NoReader,
    /// Readers are there, and no card in them.
    NoCard {
        /// Their names.
        readers: Vec<String>,
    },
    /// A card is there that has no key of the kind that is needed.
    WrongCard {
        /// Where it lies.
        reader: String,
    },
    /// The card was pulled out while it was used.
    Removed,
    /// Another program uses the card.
    Busy,
    /// Several cards are there, and none was chosen.
    SeveralCards {
        /// Their labels and readers.
        cards: Vec<String>,
    },
    /// The card that was named is not there.
    CardNotFound {
        /// Those that are.
        cards: Vec<String>,
    },
    /// What was typed cannot be this card's PIN; the card was not asked, and no try is lost.
    PinForm {
        /// Whether it is the PIN of 4 digits (else the one of 6 to 16 letters and digits).
        four_digits: bool,
    },
    /// The PIN is wrong.
    WrongPin {
        /// Tries left before it was given.
        before: Tries,
        /// Tries left now.
        left: Tries,
    },
    /// Too many wrong PINs, now or before.
    Locked,
    /// The person ended the PIN entry at the reader's own keys, or let its time run out.
    PadCancelled,
    /// A reader with a PIN pad was asked to take a typed PIN, or the other way round.
    PadNeeded,
    /// The card has no certificate for this purpose, or no key for it.
    NoCertificate,
    /// The card that was opened again is another one than the one whose certificate was shown.
    Changed,
    /// A certificate is for signing in and a signature is wanted, or the other way round.
    WrongPurpose {
        /// What is wanted.
        purpose: Purpose,
    },
    /// A PKCS#11 module cannot be loaded or started.
    Module {
        /// Its path.
        module: String,
        /// What the system says.
        reason: String,
    },
    /// The card's time is over: its certificate ended.
    Expired {
        /// When, as RFC 3339.
        at: String,
    },
    /// The certificate begins later than this machine's clock reads.
    NotYetValid {
        /// When, as RFC 3339.
        at: String,
    },
    /// What the card answered is not what a card of this kind answers.
    Malformed(&'static str),
    /// It cannot be used for another reason.
    Unusable(String),
}

impl TokenError {
    /// The stable code; those of docs/CARD.md.
    pub fn code(&self) -> &'static str {
        match self {
            Self::ServiceNotRunning => "reader-service-stopped",
            Self::NoReader => "no-reader",
            Self::NoCard { .. } => "no-card",
            Self::WrongCard { .. } => "wrong-card",
            Self::Removed => "card-removed",
            Self::Busy => "card-busy",
            Self::SeveralCards { .. } => "several-cards",
            Self::CardNotFound { .. } => "card-not-found",
            Self::PinForm { .. } => "pin-form",
            Self::WrongPin { .. } => "pin-wrong",
            Self::Locked => "pin-locked",
            Self::PadCancelled => "pin-pad-cancelled",
            Self::PadNeeded => "pin-pad-needed",
            Self::NoCertificate => "no-certificate",
            Self::Changed => "card-changed",
            Self::WrongPurpose { .. } => "certificate-purpose",
            Self::Module { .. } => "module-unusable",
            Self::Expired { .. } => "certificate-expired",
            Self::NotYetValid { .. } => "certificate-not-yet-valid",
            Self::Malformed(_) => "card-malformed",
            Self::Unusable(_) => "card-unusable",
        }
    }

    /// The facts that belong to this case, where there are some.
    fn facts(&self, language: Language) -> Option<String> {
        let texts = language.texts();
        match self {
            Self::NoCard { readers } if !readers.is_empty() => {
                Some(format!("{}: {}", texts.readers, readers.join(", ")))
            }
            Self::WrongCard { reader } => Some(format!("{}: {reader}", texts.readers)),
            Self::SeveralCards { cards } | Self::CardNotFound { cards } if !cards.is_empty() => {
                Some(format!("{}: {}", texts.cards, cards.join(", ")))
            }
            Self::PinForm { four_digits: true } => Some(texts.pin_form_authentication.to_owned()),
            Self::PinForm { four_digits: false } => Some(texts.pin_form_signature.to_owned()),
            Self::WrongPin { before, left } => {
                Some(format!("{}: {} → {}", texts.tries_left, before.told(texts), left.told(texts)))
            }
            Self::WrongPurpose { purpose: Purpose::Signature } => Some(texts.is_for_signing_in.to_owned()),
            Self::WrongPurpose { purpose: Purpose::Authentication } => Some(texts.is_for_signatures.to_owned()),
            Self::Module { module, reason } => Some(format!("{module}: {reason}")),
            Self::Expired { at } => Some(format!("{}: {at}", texts.ended_at)),
            Self::NotYetValid { at } => Some(format!("{}: {at}", texts.begins_at)),
            Self::Malformed(what) => Some((*what).to_owned()),
            Self::Unusable(what) => Some(what.clone()),
            _ => None,
        }
    }
}

impl std::fmt::Display for TokenError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())?;
        self.facts(Language::En).map_or(Ok(()), |facts| write!(f, ": {facts}"))
    }
}

impl std::error::Error for TokenError {}

impl From<TokenError> for ClientError {
    fn from(error: TokenError) -> Self {
        let code = error.code();
        let Some(Message { title, next, .. }) = message(code) else {
            return Self::refused(code, "the card cannot be used", error.to_string());
        };
        let told = |language: Language| match error.facts(language) {
            Some(facts) => format!("{facts}; {}", next.of(language)),
            None => next.of(language).to_owned(),
        };
        Self::refused(code, title.en, told(Language::En)).in_japanese(told(Language::Ja))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_says_what_to_do_in_both_languages() {
        let list = || vec!["JPKI".to_owned()];
        for error in [
            TokenError::ServiceNotRunning,
            TokenError::NoReader,
            TokenError::NoCard { readers: list() },
            TokenError::WrongCard { reader: "reader".to_owned() },
            TokenError::Removed,
            TokenError::Busy,
            TokenError::SeveralCards { cards: list() },
            TokenError::CardNotFound { cards: list() },
            TokenError::PinForm { four_digits: true },
            TokenError::WrongPin { before: Tries::Known(5), left: Tries::Known(4) },
            TokenError::Locked,
            TokenError::PadCancelled,
            TokenError::PadNeeded,
            TokenError::NoCertificate,
            TokenError::Changed,
            TokenError::WrongPurpose { purpose: Purpose::Signature },
            TokenError::WrongPurpose { purpose: Purpose::Authentication },
            TokenError::Module { module: "m.so".to_owned(), reason: "none".to_owned() },
            TokenError::Expired { at: "2026-01-01T00:00:00Z".to_owned() },
            TokenError::NotYetValid { at: "2027-01-01T00:00:00Z".to_owned() },
            TokenError::Malformed("wrong"),
            TokenError::Unusable("so".to_owned()),
        ] {
            let code = error.code();
            let words = message(code).unwrap_or_else(|| panic!("{code} has no texts"));
            let told = ClientError::from(error);
            for language in [Language::Ja, Language::En] {
                let said = told.told(language);
                assert!(said.contains(words.title.of(language)) && said.contains(words.next.of(language)), "{said}");
            }
        }
        let wrong = ClientError::from(TokenError::WrongPin { before: Tries::Known(5), left: Tries::Known(4) });
        assert!(wrong.detail_in(Language::Ja).contains("5 → 4") && wrong.detail_in(Language::En).contains("5 → 4"));
    }
}
