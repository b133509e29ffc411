//! (room: card_client)
