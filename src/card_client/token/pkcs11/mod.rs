//! Cards by PKCS#11 (v2.40): OpenSC's module with the JPKI card, SoftHSM2, any vendor's.
//!
//! Each listing and each session initialises the module anew: after a card was pulled out, what was opened before stays
//! dead. OpenSC shows a JPKI card as two slots a reader, one a PIN; the signature certificate is a private object, seen only
//! after the PIN; the signature key asks for the PIN again at each signature (CKA_ALWAYS_AUTHENTICATE), which the session
//! answers with the PIN that was typed once.
mod errors;
mod module;
mod objects;
pub mod personal;
mod session;
mod slots;

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{CardInfo, PinEntry, Purpose, TokenError, TokenSession, TokenSource};
use crate::card_client::ClientError;
use crate::card_client::folder::{DataFolder, FolderLock};
use module::Module;
use slots::Found;

/// The lock file that keeps this person's programs off a card that is in use: another one selecting the application
/// would make the card forget the PIN in the middle.
pub const CARD_LOCK: &str = "card.lock";
/// How long another program's signature is waited for.
const PATIENCE: Duration = Duration::from_secs(60);
/// Where Linux distributions put OpenSC's module.
const USUAL_MODULES: [&str; 5] = [
    "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so",
    "/usr/lib/aarch64-linux-gnu/opensc-pkcs11.so",
    "/usr/lib64/opensc-pkcs11.so",
    "/usr/lib/opensc-pkcs11.so",
    "/usr/local/lib/opensc-pkcs11.so",
];

/// OpenSC's module, where it is installed.
pub fn usual_module() -> Option<PathBuf> {
    USUAL_MODULES.iter().map(PathBuf::from).find(|path| path.exists())
}

/// The cards that a module shows.
#[derive(Debug, Clone)]
pub struct Pkcs11Source {
    module: PathBuf,
    folder: DataFolder,
}

impl Pkcs11Source {
    /// The cards of the module at `path`; nothing is loaded yet.
    pub fn new(path: &Path, folder: &DataFolder) -> Self {
        Self { module: path.to_owned(), folder: folder.clone() }
    }

    fn lock(&self) -> Result<FolderLock, TokenError> {
        lock_card(&self.folder)
    }
}

/// Holds this person's cards for one program.
///
/// # Errors
/// [`TokenError::Busy`] when another one holds them too long.
pub fn lock_card(folder: &DataFolder) -> Result<FolderLock, TokenError> {
    folder.lock(CARD_LOCK, PATIENCE).map_err(|error: ClientError| match error.code {
        "card-busy" => TokenError::Busy,
        _ => TokenError::Unusable(error.detail),
    })
}

impl TokenSource for Pkcs11Source {
    fn cards(&self, purpose: Purpose) -> Result<Vec<CardInfo>, TokenError> {
        let _lock = self.lock()?;
        let module = Module::start(&self.module)?;
        let found = Found::look(module.context())?;
        let cards: Vec<CardInfo> = found.fitting(purpose).map(|token| token.info()).collect();
        if cards.is_empty() { Err(found.why_none()) } else { Ok(cards) }
    }

    fn open(&self, id: &str, purpose: Purpose, pin: PinEntry<'_>) -> Result<Box<dyn TokenSession>, TokenError> {
        let lock = self.lock()?;
        let module = Module::start(&self.module)?;
        let found = Found::look(module.context())?;
        let Some(token) = found.fitting(purpose).find(|token| token.id() == id) else {
            let there: Vec<String> = found.fitting(purpose).map(|token| token.info().label).collect();
            return Err(if there.is_empty() { found.why_none() } else { TokenError::CardNotFound { cards: there } });
        };
        Ok(Box::new(session::Pkcs11Session::open(token, purpose, pin, module, lock)?))
    }

    fn public_certificate(&self, id: &str, purpose: Purpose) -> Result<Option<Vec<u8>>, TokenError> {
        let _lock = self.lock()?;
        let module = Module::start(&self.module)?;
        let found = Found::look(module.context())?;
        let token = found.fitting(purpose).find(|token| token.id() == id);
        let (Some(token), Some(context)) = (token, module.context()) else { return Ok(None) };
        let read = context.open_ro_session(token.slot).and_then(|session| {
            let certificates = objects::certificates(&session, purpose)?;
            Ok(certificates.into_iter().next().map(|certificate| certificate.der))
        });
        read.map_err(|error| errors::of_card(context, token.slot, &error))
    }
}
