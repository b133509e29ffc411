//! The id under which a request appears in the log: the client's own where it is sane, else a new one.
use std::fmt::Write;

use actix_web::dev::ServiceRequest;
use ring::rand::{SecureRandom, SystemRandom};

/// A request id: 1 to 64 of `A-Z a-z 0-9 . _ -`.
#[derive(Debug, Clone)]
pub struct RequestId(String);

impl RequestId {
    /// The id of `request`: what X-Request-Id says, or 16 random bytes.
    pub fn of(request: &ServiceRequest) -> Self {
        let given = request.headers().get("x-request-id").and_then(|value| value.to_str().ok());
        given.filter(|id| is_sane(id)).map_or_else(Self::random, |id| Self(id.to_owned()))
    }

    fn random() -> Self {
        let mut bytes = [0_u8; 16];
        // Without randomness the id is only less telling.
        let _ = SystemRandom::new().fill(&mut bytes);
        let mut text = String::with_capacity(32);
        for byte in bytes {
            let _ = write!(text, "{byte:02x}");
        }
        Self(text)
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_sane(id: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    (1..=64).contains(&id.len()) && id.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_sane_id_is_kept_and_any_other_replaced() {
        let id = |given: &str| {
            RequestId::of(&TestRequest::default().insert_header(("x-request-id", given)).to_srv_request())
        };
        assert_eq!(id("a-b_c.9").as_str(), "a-b_c.9");
        for wrong in ["", "a b", "a\tb", "{\"x\":1}", &"a".repeat(65)] {
            let made = id(wrong);
            assert_eq!(made.as_str().len(), 32, "{wrong}");
        }
    }
}
