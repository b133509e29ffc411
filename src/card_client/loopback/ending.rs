//! Ending: at once, whatever is under way. Only a signature that the card is making may finish, so that its request is not
//! used up for nothing; and that for a bounded time.
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::card_client::ClientError;

/// How long a signature that is being made is waited for.
pub const FOR_A_SIGNATURE: Duration = Duration::from_secs(10);

/// What runs that may finish, and whether more may begin.
#[derive(Debug, Default)]
pub struct Ending {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    signing: usize,
    over: bool,
}

/// A signature that is being made, until this is dropped.
#[derive(Debug)]
pub struct Signing<'a>(&'a Ending);

impl Ending {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// That nothing ends yet.
    ///
    /// # Errors
    /// `client-ending`.
    pub fn check(&self) -> Result<(), ClientError> {
        if self.state().over { Err(ending()) } else { Ok(()) }
    }

    /// Begins a signature.
    ///
    /// # Errors
    /// `client-ending` when no more may begin.
    pub fn sign(&self) -> Result<Signing<'_>, ClientError> {
        let mut state = self.state();
        if state.over {
            return Err(ending());
        }
        state.signing += 1;
        Ok(Signing(self))
    }

    /// Lets nothing more begin, and waits up to `patience` for a signature that is being made; whether there was one.
    pub fn end(&self, patience: Duration) -> bool {
        let mut state = self.state();
        state.over = true;
        let one_ran = state.signing > 0;
        // Whether it came to its end in time changes nothing: there is no more patience.
        let _ = self.changed.wait_timeout_while(state, patience, |state| state.signing > 0);
        one_ran
    }
}

impl Drop for Signing<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.signing = state.signing.saturating_sub(1);
        self.0.changed.notify_all();
    }
}

fn ending() -> ClientError {
    let detail = "it was told to end; start it again and ask again";
    ClientError::refused("client-ending", "the card client is ending", detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_running_signature_finishes_and_no_other_begins() {
        let ending = Ending::default();
        std::thread::scope(|scope| {
            let signing = ending.sign().unwrap();
            let ended = scope.spawn(|| ending.end(Duration::from_secs(60)));
            while ending.check().is_ok() {
                std::thread::yield_now();
            }
            assert_eq!(ending.sign().unwrap_err().code, "client-ending");
            assert!(!ended.is_finished());
            drop(signing);
            assert!(ended.join().unwrap());
        });
        assert!(!ending.end(Duration::from_secs(60)), "nothing runs: there is nothing to wait for");
    }

    #[test]
    fn one_that_never_ends_is_not_waited_for_for_ever() {
        let ending = Ending::default();
        let _signing = ending.sign().unwrap();
        assert!(ending.end(Duration::from_millis(20)));
    }
}
