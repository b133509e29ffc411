//! Several places of cards as one.
use super::{CardInfo, PinEntry, Purpose, TokenError, TokenSession, TokenSource};

/// Several sources as one; a card's identifier is led by its source's place.
#[derive(Default)]
pub struct Sources(pub Vec<Box<dyn TokenSource>>);

impl TokenSource for Sources {
    fn cards(&self, purpose: Purpose) -> Result<Vec<CardInfo>, TokenError> {
        let (mut found, mut failed) = (Vec::new(), None);
        for (place, source) in self.0.iter().enumerate() {
            match source.cards(purpose) {
                Ok(cards) => {
                    found.extend(cards.into_iter().map(|card| CardInfo { id: format!("{place}/{}", card.id), ..card }));
                }
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        match (found.is_empty(), failed) {
            (true, failed) => Err(failed.unwrap_or(TokenError::NoReader)),
            (false, _) => Ok(found),
        }
    }

    fn open(&self, id: &str, purpose: Purpose, pin: PinEntry<'_>) -> Result<Box<dyn TokenSession>, TokenError> {
        let (source, id) = self.named(id)?;
        source.open(id, purpose, pin)
    }

    fn public_certificate(&self, id: &str, purpose: Purpose) -> Result<Option<Vec<u8>>, TokenError> {
        let (source, id) = self.named(id)?;
        source.public_certificate(id, purpose)
    }
}

impl Sources {
    /// The source that a card's identifier names, and the card's identifier there.
    fn named<'a>(&self, id: &'a str) -> Result<(&dyn TokenSource, &'a str), TokenError> {
        let named = id.split_once('/').and_then(|(place, id)| Some((self.0.get(place.parse::<usize>().ok()?)?, id)));
        named.map(|(source, id)| (source.as_ref(), id)).ok_or(TokenError::CardNotFound { cards: Vec::new() })
    }
}
