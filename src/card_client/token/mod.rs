//! What holds the keys: a card in a reader (PKCS#11, PC/SC), or a PKCS#12 file for demos.
//!
//! A [`TokenSource`] knows which cards are there now; [`TokenSource::open`] takes one PIN and gives a [`TokenSession`],
//! which reads the certificate (it lies behind the PIN) and signs, for as many requests as the caller shows one after the
//! other. A session is let go as soon as they are signed: the card forgets the PIN then.
pub mod algorithm;
pub mod error;
pub mod jpki;
#[cfg(feature = "pcsc")]
pub mod pcsc;
pub mod pkcs11;
pub mod pkcs12;
mod sources;

pub use algorithm::KeyAlgorithm;
pub use error::TokenError;
pub use sources::Sources;

use super::pin::Pin;
use super::texts::Texts;

/// Which of a card's two keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// 署名用: signs applications; its PIN has 6 to 16 letters and digits on a JPKI card.
    Signature,
    /// 利用者証明用: signs in; its PIN has 4 digits on a JPKI card. Never for documents.
    Authentication,
}

impl Purpose {
    /// For interfaces: `signature`, `authentication`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Signature => "signature",
            Self::Authentication => "authentication",
        }
    }
}

/// How a card is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CardKind {
    /// A JPKI card by PC/SC.
    Pcsc,
    /// Whatever a PKCS#11 module shows.
    Pkcs11,
    /// A file; its tries are counted by this program.
    Pkcs12,
}

impl CardKind {
    /// For interfaces: `pcsc`, `pkcs11`, `pkcs12`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pcsc => "pcsc",
            Self::Pkcs11 => "pkcs11",
            Self::Pkcs12 => "pkcs12",
        }
    }
}

/// How many wrong PINs are left until the PIN is locked, as far as the card tells. PKCS#11 tells flags alone
/// (CKF_USER_PIN_COUNT_LOW, _FINAL_TRY, _LOCKED), PC/SC the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tries {
    /// So many; never 0, which is [`Tries::Locked`].
    Known(u32),
    /// A wrong PIN was given since the last right one; how many are left is not told.
    Low,
    /// One.
    FinalTry,
    /// None: the PIN is locked.
    Locked,
    /// The card does not tell, or all of them.
    Unknown,
}

impl Tries {
    /// By the number that a card tells.
    pub fn of(left: u32) -> Self {
        if left == 0 { Self::Locked } else { Self::Known(left) }
    }

    /// Whether the next wrong PIN locks it.
    pub fn is_last(self) -> bool {
        matches!(self, Self::FinalTry | Self::Known(1))
    }

    /// The number, where it is known.
    pub fn left(self) -> Option<u32> {
        match self {
            Self::Known(left) => Some(left),
            Self::FinalTry => Some(1),
            Self::Locked => Some(0),
            Self::Low | Self::Unknown => None,
        }
    }

    /// For people.
    pub fn told(self, texts: &Texts) -> String {
        match self {
            Self::Known(left) => left.to_string(),
            Self::Low => texts.tries_low.to_owned(),
            Self::FinalTry => texts.tries_final.to_owned(),
            Self::Locked => texts.tries_locked.to_owned(),
            Self::Unknown => texts.tries_unknown.to_owned(),
        }
    }
}

/// A card that is there, before any PIN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardInfo {
    /// Names it to [`TokenSource::open`]; the same for as long as the card stays where it is.
    pub id: String,
    /// What a person knows it by; neutralised.
    pub label: String,
    /// The reader it lies in, or the file's name; neutralised.
    pub reader: String,
    /// How it is reached.
    pub kind: CardKind,
    /// The reader takes the PIN on its own keys (CKF_PROTECTED_AUTHENTICATION_PATH): no PIN is asked for by the client.
    pub pin_pad: bool,
    /// Tries left of the PIN of the purpose that was asked for.
    pub tries: Tries,
}

impl CardInfo {
    /// Whether this and `other`, which another way shows, are the same JPKI card. PKCS#11 tells 64 octets of a reader's name.
    pub fn is_same_jpki_card(&self, other: &Self) -> bool {
        let same = self.reader == other.reader
            || [self, other].iter().any(|card| card.reader.len() >= 60)
                && (self.reader.starts_with(&other.reader) || other.reader.starts_with(&self.reader));
        same && self.label.starts_with("JPKI") && other.label.starts_with("JPKI")
    }
}

/// Where the PIN comes from.
#[derive(Debug, Clone, Copy)]
pub enum PinEntry<'a> {
    /// Typed into a window or terminal of the client's.
    Typed(&'a Pin),
    /// Typed on the reader's own keys; only where [`CardInfo::pin_pad`] says so.
    OnThePad,
}

/// A place where cards may be.
pub trait TokenSource: Send + Sync {
    /// The cards that are there now and have a key for `purpose`; at least one. Asked anew each time: cards come and go.
    ///
    /// # Errors
    /// What a person has to do so that there is one: no reader, no card, a card of another kind, no PC/SC service.
    fn cards(&self, purpose: Purpose) -> Result<Vec<CardInfo>, TokenError>;

    /// Gives the PIN to the card `id` once. The PIN is given at most once: a wrong one costs a single try.
    ///
    /// # Errors
    /// When the PIN is wrong or locked, the card is gone, in use by another program, or not what it should be.
    fn open(&self, id: &str, purpose: Purpose, pin: PinEntry<'_>) -> Result<Box<dyn TokenSession>, TokenError>;

    /// The certificate (DER) where it is readable without a PIN, as that for signing in is on a JPKI card.
    ///
    /// # Errors
    /// When the card is gone or in use.
    fn public_certificate(&self, _id: &str, _purpose: Purpose) -> Result<Option<Vec<u8>>, TokenError> {
        Ok(None)
    }
}

/// A card whose PIN was given. It holds the card for itself until it is dropped.
pub trait TokenSession: Send {
    /// The certificate of the purpose that it was opened for, DER.
    fn certificate(&self) -> &[u8];

    /// How it signs.
    fn algorithm(&self) -> KeyAlgorithm;

    /// Signs `message`, which is hashed here with the algorithm's digest: the DER of an ECDSA-Sig-Value (RFC 3279) or
    /// the RSA value. What comes back was verified with the certificate's key.
    ///
    /// # Errors
    /// When the card was pulled out, refuses, or answers what its certificate does not verify.
    fn sign(&mut self, message: &[u8]) -> Result<Vec<u8>, TokenError>;
}

impl std::fmt::Debug for dyn TokenSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenSession").field("algorithm", &self.algorithm()).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for dyn TokenSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenSource")
    }
}

/// The one card to use: the one that `wanted` names by identifier, label or reader, else the only one there.
///
/// # Errors
/// [`TokenError::SeveralCards`] when it stays open which, [`TokenError::CardNotFound`] when none is meant.
pub fn choose<'a>(cards: &'a [CardInfo], wanted: Option<&str>) -> Result<&'a CardInfo, TokenError> {
    let meant = |card: &&CardInfo| {
        wanted.is_none_or(|name| card.id == name || card.label.contains(name) || card.reader.contains(name))
    };
    let mut fitting = cards.iter().filter(meant);
    let listed = || cards.iter().map(|card| format!("{} ({})", card.label, card.reader)).collect();
    match (fitting.next(), fitting.next()) {
        (Some(card), None) => Ok(card),
        (Some(_), Some(_)) => Err(TokenError::SeveralCards { cards: listed() }),
        (None, _) => Err(TokenError::CardNotFound { cards: listed() }),
    }
}
