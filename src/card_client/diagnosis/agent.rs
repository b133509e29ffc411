//! Whether the agent runs, and whether what answers there is it: it proves its pairing key, as pages have it prove it.
use std::net::TcpStream;
use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

use super::{Examination, Finding, State};
use crate::card_client::ClientError;
use crate::card_client::pairing::{Pairing, pairings, random_token};
use crate::card_client::texts::Language;

/// How long something that listens has to answer.
const PATIENCE: Duration = Duration::from_secs(3);
/// The longest answer that is read.
const MAX_ANSWER: u64 = 16 << 10;

/// The answer of `POST /v1/hello`, as far as it matters here.
#[derive(Deserialize)]
struct Hello {
    proof: Option<String>,
}

impl Examination<'_> {
    /// Whether the agent runs.
    ///
    /// # Errors
    /// When the pairings cannot be read.
    pub(super) fn agent_runs(&self) -> Result<Finding, ClientError> {
        if TcpStream::connect_timeout(&self.agent, PATIENCE).is_err() {
            let told = match self.language {
                Language::Ja => "エージェントは動いていません（ファイルで署名するときは不要です）".to_owned(),
                Language::En => "the agent does not run (signing with files does not need it)".to_owned(),
            };
            return Ok(Finding::of("agent", State::Ok, told));
        }
        let Some(pairing) = pairings(self.folder)?.into_iter().next() else { return Ok(self.not_proven()) };
        Ok(if self.proves(&pairing)? { self.proven() } else { self.another() })
    }

    fn proves(&self, pairing: &Pairing) -> Result<bool, ClientError> {
        let (agent, challenge) = (format!("http://{}", self.agent), random_token()?);
        let config = ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).max_redirects(0).proxy(None).build();
        let asked = ureq::Agent::from(config)
            .post(format!("{agent}/v1/hello"))
            .header("Origin", &pairing.origin)
            .header("Content-Type", "application/json")
            .send(json!({ "challenge": challenge }).to_string());
        let Ok(mut answer) = asked else { return Ok(false) };
        let body = answer.body_mut().with_config().limit(MAX_ANSWER).read_to_vec().unwrap_or_default();
        match serde_json::from_slice(&body) {
            Ok(Hello { proof: Some(proof) }) => pairing.is_proof(&agent, &challenge, &proof),
            _ => Ok(false),
        }
    }

    fn proven(&self) -> Finding {
        let told = match self.language {
            Language::Ja => format!("エージェントが {} で動いています（鍵を確かめました）", self.agent),
            Language::En => format!("the agent listens on {} (it proved its key)", self.agent),
        };
        Finding::of("agent", State::Ok, told)
    }

    fn not_proven(&self) -> Finding {
        let told = match self.language {
            Language::Ja => format!(
                "{} で何かのプログラムが動いています。接続した窓口がないため、署名アプリのエージェントか確かめられません",
                self.agent
            ),
            Language::En => format!(
                "something listens on {}; no gateway is paired, so that it cannot be told whether it is the agent",
                self.agent
            ),
        };
        Finding::of("agent", State::Warning, told)
    }

    fn another(&self) -> Finding {
        let next =
            crate::card_client::messages::message("agent-key").map_or("", |message| message.next.of(self.language));
        let told = match self.language {
            Language::Ja => format!(
                "{} では、署名アプリのエージェントではないプログラム（または別のフォルダーの署名アプリ）が動いています。{next}",
                self.agent
            ),
            Language::En => format!(
                "on {} another program listens than the agent of this folder: it does not prove the pairing key; {next}",
                self.agent
            ),
        };
        Finding { code: Some("agent-key"), ..Finding::of("agent", State::Problem, told) }
    }
}
