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
        let named = id.split_once('/').and_then(|(place, id)| Some((self.0.get(place.parse::<usize>().ok()?)?, id)));
        let Some((source, id)) = named else { return Err(TokenError::CardNotFound { cards: Vec::new() }) };
        source.open(id, purpose, pin)
    }
}
