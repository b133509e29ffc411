//! The JPKI card by PC/SC, without a driver in between: tells the tries left as a number. Built with the feature `pcsc`.
use std::ffi::{CStr, CString};

use pcsc::{Card, Context, Disposition, Error, Protocols, Scope, ShareMode};

use super::jpki::{Channel, JpkiCard};
use super::pkcs11::lock_card;
use super::{CardInfo, CardKind, KeyAlgorithm, PinEntry, Purpose, TokenError, TokenSession, TokenSource, algorithm};
use crate::card_client::folder::{DataFolder, FolderLock};
use crate::card_client::visible::neutralise;

/// The most readers that are looked at.
const MOST_READERS: usize = 32;
const LABEL: &str = "JPKI";

/// The JPKI cards in this machine's readers.
#[derive(Debug, Clone)]
pub struct PcscSource(DataFolder);

impl PcscSource {
    /// The cards, for a client with this folder.
    pub fn new(folder: &DataFolder) -> Self {
        Self(folder.clone())
    }
}

/// The card in a reader; none where nothing lies in it.
fn card_in(context: &Context, reader: &CStr, purpose: Purpose) -> Result<Option<CardInfo>, TokenError> {
    match look(context, reader)? {
        Inside::Nothing => Ok(None),
        Inside::Stranger => Err(TokenError::WrongCard { reader: name(reader) }),
        Inside::Jpki(mut card) => Ok(Some(CardInfo {
            id: name(reader),
            label: LABEL.to_owned(),
            reader: name(reader),
            kind: CardKind::Pcsc,
            pin_pad: false,
            tries: card.tries(purpose)?,
        })),
    }
}

/// What lies in a reader.
enum Inside {
    Nothing,
    Stranger,
    Jpki(JpkiCard<PcscChannel>),
}

impl TokenSource for PcscSource {
    fn cards(&self, purpose: Purpose) -> Result<Vec<CardInfo>, TokenError> {
        let _lock = lock_card(&self.0)?;
        let context = context()?;
        let readers = readers(&context)?;
        let (mut cards, mut in_the_way) = (Vec::new(), None);
        for reader in &readers {
            match card_in(&context, reader, purpose) {
                Ok(found) => cards.extend(found),
                // One reader that fails does not hide the card in another.
                Err(error) => in_the_way = Some(error),
            }
        }
        match (cards.is_empty(), in_the_way) {
            (false, _) => Ok(cards),
            (true, Some(error)) => Err(error),
            (true, None) => Err(TokenError::NoCard { readers: readers.iter().map(|reader| name(reader)).collect() }),
        }
    }

    fn open(&self, id: &str, purpose: Purpose, pin: PinEntry<'_>) -> Result<Box<dyn TokenSession>, TokenError> {
        let PinEntry::Typed(pin) = pin else { return Err(TokenError::PadNeeded) };
        let lock = lock_card(&self.0)?;
        let context = context()?;
        let readers = readers(&context)?;
        let Some(reader) = readers.iter().find(|reader| name(reader) == id) else {
            return Err(TokenError::CardNotFound { cards: readers.iter().map(|reader| name(reader)).collect() });
        };
        let mut card = match look(&context, reader)? {
            Inside::Jpki(card) => card,
            Inside::Stranger => return Err(TokenError::WrongCard { reader: name(reader) }),
            Inside::Nothing => return Err(TokenError::NoCard { readers: vec![name(reader)] }),
        };
        card.verify(purpose, pin)?;
        let certificate = card.certificate(purpose)?;
        if !algorithm::serves(&certificate, purpose) {
            return Err(TokenError::NoCertificate);
        }
        let algorithm = KeyAlgorithm::of_certificate(&certificate)?;
        if !matches!(algorithm, KeyAlgorithm::Rsa(_)) {
            return Err(TokenError::Unusable(
                "its key is not RSA: use --pkcs11 with a module that knows it".to_owned(),
            ));
        }
        Ok(Box::new(PcscSession { card, purpose, certificate, algorithm, _lock: lock }))
    }

    fn public_certificate(&self, id: &str, purpose: Purpose) -> Result<Option<Vec<u8>>, TokenError> {
        if purpose != Purpose::Authentication {
            return Ok(None);
        }
        let _lock = lock_card(&self.0)?;
        let context = context()?;
        match readers(&context)?.iter().find(|reader| name(reader) == id) {
            Some(reader) => match look(&context, reader)? {
                Inside::Jpki(mut card) => card.certificate(purpose).map(Some),
                Inside::Nothing | Inside::Stranger => Ok(None),
            },
            None => Ok(None),
        }
    }
}

struct PcscSession {
    card: JpkiCard<PcscChannel>,
    purpose: Purpose,
    certificate: Vec<u8>,
    algorithm: KeyAlgorithm,
    _lock: FolderLock,
}

impl TokenSession for PcscSession {
    fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    fn algorithm(&self) -> KeyAlgorithm {
        self.algorithm
    }

    fn sign(&mut self, message: &[u8]) -> Result<Vec<u8>, TokenError> {
        let value = self.card.sign(self.purpose, message)?;
        self.algorithm.prove(&self.certificate, message, &value)?;
        Ok(value)
    }
}

/// A card that this program has for itself. Letting it go resets it, so that it forgets the PIN.
struct PcscChannel(Option<Card>);

impl Channel for PcscChannel {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TokenError> {
        let mut buffer = [0u8; pcsc::MAX_BUFFER_SIZE];
        let card = self.0.as_ref().ok_or(TokenError::Removed)?;
        match card.transmit(command, &mut buffer).map_err(failed)? {
            // A reader whose card was just pulled out may answer with nothing at all.
            [] => Err(TokenError::Removed),
            answer => Ok(answer.to_vec()),
        }
    }
}

impl Drop for PcscChannel {
    fn drop(&mut self) {
        if let Some(card) = self.0.take() {
            // A card that is gone has forgotten its PIN by itself.
            let _ = card.disconnect(Disposition::ResetCard);
        }
    }
}

fn context() -> Result<Context, TokenError> {
    Context::establish(Scope::User).map_err(failed)
}

fn readers(context: &Context) -> Result<Vec<CString>, TokenError> {
    let mut readers = context.list_readers_owned().map_err(failed)?;
    readers.truncate(MOST_READERS);
    if readers.is_empty() { Err(TokenError::NoReader) } else { Ok(readers) }
}

/// Takes the card in a reader for oneself and selects the application.
fn look(context: &Context, reader: &CStr) -> Result<Inside, TokenError> {
    match context.connect(reader, ShareMode::Exclusive, Protocols::ANY) {
        Ok(card) => match JpkiCard::select(PcscChannel(Some(card)))? {
            Some(card) => Ok(Inside::Jpki(card)),
            None => Ok(Inside::Stranger),
        },
        Err(Error::NoSmartcard | Error::RemovedCard | Error::UnknownReader | Error::ReaderUnavailable) => {
            Ok(Inside::Nothing)
        }
        Err(Error::UnpoweredCard | Error::UnresponsiveCard | Error::ProtoMismatch) => Ok(Inside::Stranger),
        Err(error) => Err(failed(error)),
    }
}

fn name(reader: &CStr) -> String {
    neutralise(&reader.to_string_lossy())
}

fn failed(error: Error) -> TokenError {
    match error {
        Error::NoService | Error::ServiceStopped | Error::Shutdown => TokenError::ServiceNotRunning,
        Error::NoReadersAvailable | Error::ReaderUnavailable | Error::UnknownReader => TokenError::NoReader,
        Error::SharingViolation => TokenError::Busy,
        Error::NoSmartcard
        | Error::RemovedCard
        | Error::ResetCard
        | Error::UnpoweredCard
        | Error::CommError
        | Error::NotTransacted => TokenError::Removed,
        other => TokenError::Unusable(neutralise(&other.to_string())),
    }
}
