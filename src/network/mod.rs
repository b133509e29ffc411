//! The wire between gateways: registries of different municipalities speak protocol version 1 to each other.
//!
//! A message is a JSON object in a compact JWS (`typ` `madoguchi-network-request+jws`), posted to [`PATH`] over TLS 1.3 in
//! which both ends show a certificate of the network's own authority; the answer is a JWS again, which names the request by
//! the digest of its octets. Who a gateway is stands in three places that have to agree: the name in its certificate, the key
//! that signed, and the municipality that it speaks for ([`peers`]). Every message carries a nonce and the moment it was
//! signed; one that was seen, or is older than the window, is refused. A message's `id` stays the same however often it is
//! sent, and its effect happens once. docs/network.md is the description for those who build the other end.
pub mod answer;
pub mod client;
pub mod message;
pub mod peers;
pub mod refusal;
pub mod sealed;
pub mod tls;

/// The version of the protocol.
pub const VERSION: u32 = 1;

/// Where messages are posted.
pub const PATH: &str = "/network/v1/messages";

/// The media type of messages and answers (RFC 7515 9.2.1).
pub const MEDIA_TYPE: &str = "application/jose";

/// `typ` of a message.
pub const REQUEST_TYP: &str = "madoguchi-network-request+jws";

/// `typ` of an answer.
pub const ANSWER_TYP: &str = "madoguchi-network-answer+jws";

/// The longest message or answer that is read, in bytes of its compact form.
pub const MAX_BYTES: usize = crate::jws::MAX_TOKEN_BYTES;
