//! The window's form, read without leaving copies of the PIN behind where that can be helped.
use zeroize::Zeroizing;

use crate::card_client::ClientError;
use crate::card_client::pin::Pin;

/// The largest form.
pub const MAX_FORM: usize = 4096;

/// Which button was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Read, sign, go on.
    Agree,
    /// Cancel.
    Refuse,
    /// Look again for a card.
    Again,
    /// Let the open card go.
    Close,
}

/// What a person sent.
#[derive(Debug)]
pub struct Answer {
    /// The form's secret.
    pub secret: String,
    /// The card chosen.
    pub card: Option<String>,
    /// The PIN typed; none where the field was empty.
    pub pin: Option<Result<Pin, ClientError>>,
    /// The button.
    pub action: Action,
    /// Whether the box "I have checked this" was ticked.
    pub checked: bool,
    /// Whether the box "keep the card open for signing" was ticked.
    pub keep_open: bool,
    /// The phrase chosen.
    pub phrase: Option<String>,
}

impl Answer {
    /// Reads `application/x-www-form-urlencoded`; none when it is not that, or a field stands twice.
    pub fn read(body: &[u8]) -> Option<Self> {
        const NAMES: [&str; 7] = ["secret", "card", "pin", "action", "checked", "keep", "phrase"];
        let mut values: [Option<Zeroizing<String>>; NAMES.len()] = Default::default();
        for pair in std::str::from_utf8(body).ok()?.split('&') {
            let (name, value) = pair.split_once('=')?;
            let place = NAMES.iter().position(|known| *known == name)?;
            if values.get_mut(place)?.replace(decode(value)?).is_some() {
                return None;
            }
        }
        let [secret, card, pin, action, checked, keep, phrase] = values;
        let action = match action?.as_str() {
            "agree" => Action::Agree,
            "refuse" => Action::Refuse,
            "again" => Action::Again,
            "close" => Action::Close,
            _ => return None,
        };
        let is_yes = |value: Option<Zeroizing<String>>| value.is_some_and(|value| value.as_str() == "yes");
        Some(Self {
            secret: secret?.to_string(),
            card: card.map(|card| card.to_string()),
            pin: pin.filter(|pin| !pin.is_empty()).map(Pin::new),
            action,
            checked: is_yes(checked),
            keep_open: is_yes(keep),
            phrase: phrase.map(|phrase| phrase.to_string()),
        })
    }
}

/// Percent-decoding of one value.
fn decode(value: &str) -> Option<Zeroizing<String>> {
    let mut out = Zeroizing::new(Vec::with_capacity(value.len()));
    let mut bytes = value.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => digit(bytes.next()?)? * 16 + digit(bytes.next()?)?,
            other => other,
        });
    }
    std::str::from_utf8(&out).ok().map(|text| Zeroizing::new(text.to_owned()))
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_once_and_whole() {
        let answer = Answer::read(b"secret=s&card=1&pin=a%2Bb+%E7%94%B0&action=agree&checked=yes").unwrap();
        assert_eq!((answer.secret.as_str(), answer.card.as_deref(), answer.action), ("s", Some("1"), Action::Agree));
        assert!(answer.checked && !answer.keep_open);
        assert_eq!(answer.pin.unwrap().unwrap().expose(), "a+b 田");
        let refused = Answer::read(b"secret=s&pin=&action=refuse").unwrap();
        assert!(refused.pin.is_none() && refused.action == Action::Refuse);
        for wrong in
            ["", "secret=s", "secret=s&secret=t&action=agree", "secret=s&action=sign", "secret=%zz&action=agree", "x=1"]
        {
            assert!(Answer::read(wrong.as_bytes()).is_none(), "{wrong}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_form_is_too_odd(body in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
            let _ = Answer::read(&body);
            let mut led = b"secret=s&action=agree&pin=".to_vec();
            led.extend_from_slice(&body);
            let _ = Answer::read(&led);
        }
    }
}
