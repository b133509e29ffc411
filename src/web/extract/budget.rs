//! How many bytes of bodies the gateway holds in memory at once, over all requests.
use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use actix_web::{HttpMessage, HttpRequest};

use crate::submission::rejection::RejectionCode;
use crate::web::problem::Problem;

/// Seconds after which a client that found no room may come again.
const COME_AGAIN: u32 = 5;

/// The room for bodies of requests under way, shared by all threads. It is counted by the bytes that came in, never by
/// what a client announces.
#[derive(Debug, Clone)]
pub struct UploadBudget(Arc<Room>);

#[derive(Debug)]
struct Room {
    limit: u64,
    used: AtomicU64,
}

impl UploadBudget {
    /// Room for `limit` bytes.
    pub fn new(limit: u64) -> Self {
        Self(Arc::new(Room { limit, used: AtomicU64::new(0) }))
    }

    /// A share for one body, given back when `request` is answered: until then its bytes are in memory.
    pub fn share(&self, request: &HttpRequest) -> Share {
        let share = Share(Rc::new(Held { room: Arc::clone(&self.0), bytes: Cell::new(0) }));
        request.extensions_mut().insert(share.clone());
        share
    }
}

/// What one request takes up.
#[derive(Debug, Clone)]
pub struct Share(Rc<Held>);

#[derive(Debug)]
struct Held {
    room: Arc<Room>,
    bytes: Cell<u64>,
}

impl Share {
    /// Takes room for `bytes` more.
    ///
    /// # Errors
    /// 503 where there is none.
    pub fn take(&self, bytes: u64) -> Result<(), Problem> {
        let Held { room, bytes: held } = self.0.as_ref();
        // The count alone is shared, no memory is handed over by it: relaxed is enough.
        let before = room.used.fetch_add(bytes, Ordering::Relaxed);
        if before.saturating_add(bytes) > room.limit {
            room.used.fetch_sub(bytes, Ordering::Relaxed);
            let detail =
                "The gateway holds as many uploads as it has room for. Nothing of this one was kept; try again.";
            return Err(Problem::new(RejectionCode::Overloaded, detail).retry_after(COME_AGAIN));
        }
        held.set(held.get() + bytes);
        Ok(())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.room.used.fetch_sub(self.bytes.get(), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn room_is_refused_when_it_is_used_up_and_given_back_with_the_request() {
        let budget = UploadBudget::new(100);
        let (first, second) = (TestRequest::post().to_http_request(), TestRequest::post().to_http_request());
        let share = budget.share(&first);
        assert!(share.take(60).is_ok() && share.take(40).is_ok());
        let refused = budget.share(&second).take(1).unwrap_err();
        assert_eq!((refused.status().as_u16(), refused.code().as_str()), (503, "overloaded"));
        drop(share);
        assert!(budget.share(&second).take(1).is_err(), "the request is still under way");
        drop(first);
        assert!(budget.share(&second).take(100).is_ok());
    }
}
