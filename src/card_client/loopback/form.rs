//! The PIN form, read without leaving copies of the PIN behind where that can be helped.
use zeroize::Zeroizing;

use crate::card_client::ClientError;
use crate::card_client::pin::Pin;

/// The largest form.
pub const MAX_FORM: usize = 4096;

/// What a person sent.
#[derive(Debug)]
pub struct Answer {
    /// The form's secret.
    pub secret: String,
    /// The card chosen.
    pub card: Option<usize>,
    /// The PIN typed.
    pub pin: Result<Pin, ClientError>,
    /// Whether the person agreed.
    pub agreed: bool,
}

impl Answer {
    /// Reads `application/x-www-form-urlencoded`; none when it is not that, or a field stands twice.
    pub fn read(body: &[u8]) -> Option<Self> {
        let (mut secret, mut card, mut pin, mut action) = (None, None, None, None);
        for pair in std::str::from_utf8(body).ok()?.split('&') {
            let (name, value) = pair.split_once('=')?;
            let place = match name {
                "secret" => &mut secret,
                "card" => &mut card,
                "pin" => &mut pin,
                "action" => &mut action,
                _ => return None,
            };
            if place.replace(decode(value)?).is_some() {
                return None;
            }
        }
        let agreed = match action?.as_str() {
            "agree" => true,
            "refuse" => false,
            _ => return None,
        };
        Some(Self {
            secret: secret?.to_string(),
            card: card.and_then(|card| card.parse().ok()),
            pin: Pin::new(pin.unwrap_or_default()),
            agreed,
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
        let answer = Answer::read(b"secret=s&card=1&pin=a%2Bb+%E7%94%B0&action=agree").unwrap();
        assert_eq!((answer.secret.as_str(), answer.card, answer.agreed), ("s", Some(1), true));
        assert_eq!(answer.pin.unwrap().expose(), "a+b 田");
        assert!(
            Answer::read(b"secret=s&pin=&action=refuse").is_some_and(|answer| answer.pin.is_err() && !answer.agreed)
        );
        for wrong in
            ["", "secret=s", "secret=s&secret=t&action=agree", "secret=s&action=sign", "secret=%zz&action=agree", "x=1"]
        {
            assert!(Answer::read(wrong.as_bytes()).is_none(), "{wrong}");
        }
    }
}
