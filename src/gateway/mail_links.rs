//! The links in mails: who has one had the mail. A link holds the address's random identifier and a tag that only this
//! gateway can have made; it says nothing about anybody.
use ring::hmac;

use super::Gateway;

/// Hex digits of the tag: 128 bits.
const TAG: usize = 32;

impl Gateway {
    /// The path of an address's link: `/mail/{id}/{tag}`.
    pub fn mail_link(&self, id: &str) -> String {
        format!("/mail/{id}/{}", self.mail_tag(id))
    }

    /// Whether a tag is that of the address.
    pub fn is_mail_tag(&self, id: &str, tag: &str) -> bool {
        subtle::ConstantTimeEq::ct_eq(self.mail_tag(id).as_bytes(), tag.as_bytes()).into()
    }

    fn mail_tag(&self, id: &str) -> String {
        let key = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, self.keys.session()), b"madoguchi mail 1");
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key.as_ref()), id.as_bytes());
        let mut tag = hex::encode(tag.as_ref());
        tag.truncate(TAG);
        tag
    }
}
