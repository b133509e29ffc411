//! Messages between registries, durable: what is to be sent is a row before it is sent and until it is answered; what was
//! taken is a row in the transaction of its effect, so that it happens once however often it is sent.
pub mod inbox;
pub mod moves;
pub mod outbox;
pub mod peers;
pub mod schema;
