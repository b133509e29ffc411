//! A PKCS#11 module from C_Initialize to C_Finalize.
use std::path::Path;
use std::sync::{Condvar, Mutex};
use std::time::Duration;

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};

use super::errors;
use crate::card_client::token::TokenError;

/// C_Initialize holds for the whole process: one user at a time.
static IN_USE: Mutex<bool> = Mutex::new(false);
static LET_GO: Condvar = Condvar::new();
const PATIENCE: Duration = Duration::from_secs(60);

/// A module that is initialised. Whatever was opened in it is closed before this is dropped.
pub struct Module {
    context: Option<Pkcs11>,
    _permit: Permit,
}

impl Module {
    /// Loads and initialises a module; waits while another thread uses one.
    ///
    /// # Errors
    /// [`TokenError::Module`], or [`TokenError::Busy`].
    pub fn start(path: &Path) -> Result<Self, TokenError> {
        let permit = Permit::take()?;
        let failed = |error: &cryptoki::error::Error| TokenError::Module {
            module: path.display().to_string(),
            reason: errors::reason(error),
        };
        let context = Pkcs11::new(path).map_err(|error| failed(&error))?;
        let arguments = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
        context.initialize(arguments).map_err(|error| failed(&error))?;
        Ok(Self { context: Some(context), _permit: permit })
    }

    /// The module; none only while it is being dropped.
    pub fn context(&self) -> Option<&Pkcs11> {
        self.context.as_ref()
    }
}

impl Drop for Module {
    fn drop(&mut self) {
        if let Some(context) = self.context.take() {
            // Nothing is left to be done with a module that does not end properly.
            let _ = context.finalize();
        }
    }
}

struct Permit;

impl Permit {
    fn take() -> Result<Self, TokenError> {
        let in_use = IN_USE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let (mut in_use, waited) = LET_GO
            .wait_timeout_while(in_use, PATIENCE, |in_use| *in_use)
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if waited.timed_out() {
            return Err(TokenError::Busy);
        }
        *in_use = true;
        Ok(Self)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        *IN_USE.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = false;
        LET_GO.notify_one();
    }
}
