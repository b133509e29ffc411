//! The arguments that say where the card is.
use std::path::PathBuf;

use crate::card_client::ClientError;
use crate::card_client::folder::DataFolder;
use crate::card_client::pin::Pin;
use crate::card_client::texts::Language;
use crate::card_client::token::pkcs11::Pkcs11Source;
use crate::card_client::token::pkcs12::Pkcs12Source;
use crate::card_client::token::{PinEntry, Purpose, Sources, TokenError, TokenSession, TokenSource, Tries, choose};

/// Where the card is.
#[derive(Debug, Clone, clap::Args)]
#[group(id = "where", required = true, multiple = true)]
pub struct CardArgs {
    /// A card in a reader, by this PKCS#11 module (/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so)
    #[arg(long, value_name = "MODULE")]
    pub pkcs11: Option<PathBuf>,
    /// A demo card: a PKCS#12 file (again for each)
    #[arg(long, value_name = "FILE")]
    pub p12: Vec<PathBuf>,
    /// A JPKI card in a reader, by PC/SC
    #[arg(long)]
    pub pcsc: bool,
}

impl CardArgs {
    /// The cards.
    ///
    /// # Errors
    /// When a file cannot be read, or this program was built without PC/SC.
    pub fn source(&self, folder: &DataFolder) -> Result<Sources, ClientError> {
        let mut sources: Vec<Box<dyn TokenSource>> = Vec::new();
        if !self.p12.is_empty() {
            sources.push(Box::new(Pkcs12Source::new(&self.p12)?));
        }
        if let Some(module) = &self.pkcs11 {
            sources.push(Box::new(Pkcs11Source::new(module, folder)));
        }
        if self.pcsc {
            sources.push(pcsc(folder)?);
        }
        Ok(Sources(sources))
    }
}

#[cfg(feature = "pcsc")]
fn pcsc(folder: &DataFolder) -> Result<Box<dyn TokenSource>, ClientError> {
    Ok(Box::new(crate::card_client::token::pcsc::PcscSource::new(folder)))
}

#[cfg(not(feature = "pcsc"))]
fn pcsc(_folder: &DataFolder) -> Result<Box<dyn TokenSource>, ClientError> {
    let detail = "this madoguchi-card was built without PC/SC (--features pcsc); use --pkcs11 with OpenSC's module";
    Err(ClientError::usage(detail).in_japanese(
        "この madoguchi-card は PC/SC なしで作られています（--features pcsc）。--pkcs11 で OpenSC のモジュールを指定してください",
    ))
}

/// Which of a card's two keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum PurposeArg {
    /// The one that signs applications
    Signature,
    /// The one that signs in
    Authentication,
}

impl PurposeArg {
    /// The purpose.
    pub fn purpose(self) -> Purpose {
        match self {
            Self::Signature => Purpose::Signature,
            Self::Authentication => Purpose::Authentication,
        }
    }
}

/// Finds the card, tells the tries left, asks for the PIN and opens it. On a terminal a wrong PIN is asked for again, while
/// more than the last try is left; from standard input it is taken once.
///
/// # Errors
/// What the card or the person says.
pub fn open(
    source: &dyn TokenSource,
    wanted: Option<&str>,
    purpose: Purpose,
    pin_stdin: bool,
    language: Language,
) -> Result<Box<dyn TokenSession>, ClientError> {
    let texts = language.texts();
    loop {
        let cards = source.cards(purpose)?;
        let card = choose(&cards, wanted)?;
        eprintln!("{} ({}); {}: {}", card.label, card.reader, texts.tries_left, card.tries.told(texts));
        if card.tries == Tries::Locked {
            return Err(TokenError::Locked.into());
        }
        let opened = match (card.pin_pad, pin_stdin) {
            (true, true) => return Err(TokenError::PadNeeded.into()),
            (true, false) => {
                eprintln!("{}", texts.on_the_pad);
                source.open(&card.id, purpose, PinEntry::OnThePad)
            }
            (false, true) => source.open(&card.id, purpose, PinEntry::Typed(&Pin::from_stdin()?)),
            (false, false) => source.open(&card.id, purpose, PinEntry::Typed(&Pin::ask(texts.pin_prompt)?)),
        };
        match opened {
            Err(error @ (TokenError::WrongPin { .. } | TokenError::PinForm { .. }))
                if may_ask_again(&error, pin_stdin) =>
            {
                eprintln!("{}", ClientError::from(error).told(language));
            }
            opened => return Ok(opened?),
        }
    }
}

/// The last try is the person's own decision: the command is called again for it.
fn may_ask_again(error: &TokenError, pin_stdin: bool) -> bool {
    !pin_stdin && !matches!(error, TokenError::WrongPin { left, .. } if left.is_last() || *left == Tries::Locked)
}
