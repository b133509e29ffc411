//! The card client on the resident's own machine: its extension, found by the page itself, and its loopback agent where
//! the settings offer one. The agent's address and pairing are rendered into the signing pages of this origin alone, for
//! the page's script.
use crate::web::state::WebState;

/// What a page's script needs to know of the agent.
#[derive(Debug, Clone)]
pub struct AgentView {
    /// Its origin: `http://127.0.0.1:8081`.
    pub origin: String,
    /// The line under which this gateway's pages are paired with it beforehand; empty where people pair it themselves.
    pub pairing: String,
}

impl AgentView {
    /// The agent that the settings offer.
    pub fn of(state: &WebState) -> Option<Self> {
        let origin = state.config.card_agent.clone()?;
        Some(Self { origin, pairing: state.config.card_pairing.clone().unwrap_or_default() })
    }
}

/// The codes that a page explains: Web eID's vocabulary, and those of the card client where it says more. The text of each
/// is `agent-code-<code in lower case>`.
pub const CODES: [&str; 26] = [
    "ERR_WEBEID_EXTENSION_UNAVAILABLE",
    "ERR_WEBEID_NATIVE_UNAVAILABLE",
    "ERR_WEBEID_NATIVE_FATAL",
    "ERR_WEBEID_NATIVE_INVALID_ARGUMENT",
    "ERR_WEBEID_USER_CANCELLED",
    "ERR_WEBEID_USER_TIMEOUT",
    "ERR_WEBEID_VERSION_MISMATCH",
    "ERR_WEBEID_CONTEXT_INSECURE",
    "ERR_WEBEID_ACTION_PENDING",
    "ERR_WEBEID_UNKNOWN_ERROR",
    "agent-key",
    "token-invalid",
    "pairing-form",
    "pairing-code",
    "pairing-not-offered",
    "gateway-not-trusted",
    "request-signature",
    "request-used",
    "request-expired",
    "too-many",
    "window-not-opened",
    "pin-locked",
    "card-removed",
    "certificate-expired",
    "certificate-revoked",
    "replaced",
];

/// The key of a code's text.
pub fn text_key(code: &str) -> String {
    format!("agent-code-{}", code.to_ascii_lowercase().replace('_', "-"))
}
