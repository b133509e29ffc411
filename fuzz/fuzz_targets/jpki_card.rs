//! Everything that a card in a reader may answer: the first octet of each part says how long the answer is.
#![no_main]
use libfuzzer_sys::fuzz_target;
use madoguchi::card_client::token::jpki::{Channel, JpkiCard};
use madoguchi::card_client::token::{Purpose, TokenError};

struct Script<'a>(&'a [u8]);

impl Channel for Script<'_> {
    fn transmit(&mut self, _command: &[u8]) -> Result<Vec<u8>, TokenError> {
        let (length, rest) = self.0.split_first().ok_or(TokenError::Removed)?;
        let (answer, rest) = rest.split_at(rest.len().min(usize::from(*length)));
        self.0 = rest;
        Ok(answer.to_vec())
    }
}

fuzz_target!(|data: &[u8]| {
    if let Ok(Some(mut card)) = JpkiCard::select(Script(data)) {
        let _ = card.tries(Purpose::Signature);
        let _ = card.certificate(Purpose::Signature);
        let _ = card.sign(Purpose::Signature, b"message");
    }
});
