//! What a request turned out to be about, for the page that tells a refusal: left in the request's extensions by whoever found
//! it out.
use actix_web::{HttpMessage, HttpRequest};

use crate::ids::AgencyCode;

/// The procedure, and the agency where it is known.
#[derive(Debug, Clone)]
pub struct About {
    /// Code of the procedure.
    pub procedure: String,
    /// The agency.
    pub recipient: Option<AgencyCode>,
}

impl About {
    /// Leaves it with the request.
    pub fn note(self, request: &HttpRequest) {
        request.extensions_mut().insert(self);
    }
}

/// What was typed into a form that was not taken, by the names of its fields: it is shown, so that it is not lost.
#[derive(Debug, Clone)]
pub struct NotTaken(pub Vec<(String, String)>);
