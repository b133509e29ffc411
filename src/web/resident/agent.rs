//! The card client's agent on the resident's own machine, where the settings offer one: its address and pairing token
//! are rendered into the signing pages of this origin alone, for the page's script.
use crate::web::state::WebState;

/// What a page's script needs to know of the agent.
#[derive(Debug, Clone)]
pub struct AgentView {
    /// Its origin: `http://127.0.0.1:8081`.
    pub origin: String,
    /// The token under which this gateway's pages are paired with it; empty where pairing is done by hand.
    pub pairing: String,
}

impl AgentView {
    /// The agent that the settings offer.
    pub fn of(state: &WebState) -> Option<Self> {
        let origin = state.config.card_agent.clone()?;
        Some(Self { origin, pairing: state.config.card_pairing.clone().unwrap_or_default() })
    }
}
