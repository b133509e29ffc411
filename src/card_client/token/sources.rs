//! Several places of cards as one.
use super::{CardInfo, CardKind, PinEntry, Purpose, TokenError, TokenSession, TokenSource};

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
            (false, _) => Ok(once(found)),
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

/// Cards that two ways lead to, once each: a JPKI card that PC/SC shows is not shown by a PKCS#11 module as well (PC/SC tells
/// the number of tries), unless its reader takes the PIN on its own keys, which the module alone can use.
fn once(cards: Vec<CardInfo>) -> Vec<CardInfo> {
    let way = |kind: CardKind| cards.iter().filter(move |card| card.kind == kind);
    let other = |card: &CardInfo| match card.kind {
        CardKind::Pcsc => way(CardKind::Pkcs11).find(|other| other.is_same_jpki_card(card)),
        CardKind::Pkcs11 => way(CardKind::Pcsc).find(|other| other.is_same_jpki_card(card)),
        CardKind::Pkcs12 => None,
    };
    let stays = |card: &CardInfo| match (card.kind, other(card)) {
        (_, None) => true,
        (CardKind::Pkcs11, Some(_)) => card.pin_pad,
        (_, Some(other)) => !other.pin_pad,
    };
    let keep: Vec<bool> = cards.iter().map(stays).collect();
    cards.into_iter().zip(keep).filter_map(|(card, stays)| stays.then_some(card)).collect()
}

impl Sources {
    /// The source that a card's identifier names, and the card's identifier there.
    fn named<'a>(&self, id: &'a str) -> Result<(&dyn TokenSource, &'a str), TokenError> {
        let named = id.split_once('/').and_then(|(place, id)| Some((self.0.get(place.parse::<usize>().ok()?)?, id)));
        named.map(|(source, id)| (source.as_ref(), id)).ok_or(TokenError::CardNotFound { cards: Vec::new() })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Tries;
    use super::*;

    fn card(kind: CardKind, label: &str, reader: &str, pin_pad: bool) -> CardInfo {
        let (label, reader) = (label.to_owned(), reader.to_owned());
        CardInfo { id: format!("{kind:?} {reader}"), label, reader, kind, pin_pad, tries: Tries::Unknown }
    }

    fn kinds(cards: Vec<CardInfo>) -> Vec<String> {
        once(cards).into_iter().map(|card| card.id).collect()
    }

    #[test]
    fn a_card_that_two_ways_lead_to_is_listed_once() {
        let (module, direct) = ("JPKI (Digital Signature)", "JPKI");
        let both = |pad: bool, reader: &str| {
            vec![card(CardKind::Pkcs11, module, reader, pad), card(CardKind::Pcsc, direct, reader, false)]
        };
        assert_eq!(kinds(both(false, "R 00")), ["Pcsc R 00"]);
        assert_eq!(kinds(both(true, "R 00")), ["Pkcs11 R 00"], "a PIN pad is used by the module alone");
        let two = [both(false, "R 00"), both(false, "R 01")].concat();
        assert_eq!(kinds(two), ["Pcsc R 00", "Pcsc R 01"]);
        // A module shows 64 characters of a reader's name.
        let long = "R".repeat(70);
        let shortened =
            vec![card(CardKind::Pkcs11, module, &long[..64], false), card(CardKind::Pcsc, direct, &long, false)];
        assert_eq!(kinds(shortened), [format!("Pcsc {long}")]);
        let others = vec![
            card(CardKind::Pkcs11, "SoftHSM", "R 00", false),
            card(CardKind::Pcsc, direct, "R 00", false),
            card(CardKind::Pkcs12, "demo", "R 00", false),
            card(CardKind::Pkcs11, module, "R 02", false),
        ];
        assert_eq!(kinds(others.clone()).len(), others.len());
    }
}
