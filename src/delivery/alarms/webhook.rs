//! Alarms by webhook: a JSON POST of [`Alarm`] or [`super::concerns::ConcernMessage`]; any 2xx answer takes it.
use std::time::Duration;

use super::{Alarm, ChannelError};

/// How long the receiver may take altogether.
const PATIENCE: Duration = Duration::from_secs(15);

/// One receiver.
#[derive(Debug, Clone)]
pub struct WebhookChannel {
    url: String,
    agent: ureq::Agent,
}

impl WebhookChannel {
    /// # Errors
    /// When `url` is not http or https.
    pub fn new(url: &str) -> Result<Self, String> {
        if !(url.starts_with("https://") || url.starts_with("http://")) {
            return Err("alarms.webhook is not an http or https address".to_owned());
        }
        let tls = ureq::tls::TlsConfig::builder().provider(ureq::tls::TlsProvider::NativeTls).build();
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .max_redirects(0)
            .max_redirects_will_error(true)
            .tls_config(tls)
            .build();
        Ok(Self { url: url.to_owned(), agent: config.into() })
    }

    /// Sends one message.
    ///
    /// # Errors
    /// When the receiver is not reached or does not answer 2xx.
    pub fn send(&self, alarm: &Alarm) -> Result<(), ChannelError> {
        self.send_json(alarm)
    }

    /// Sends any message.
    ///
    /// # Errors
    /// As [`WebhookChannel::send`].
    pub fn send_json(&self, message: &impl serde::Serialize) -> Result<(), ChannelError> {
        // The cause names the status or the fault, never the address: its query may hold a secret.
        let fail = |error: ureq::Error| ChannelError {
            channel: "webhook",
            cause: match error {
                ureq::Error::StatusCode(status) => format!("answered {status}"),
                ureq::Error::Timeout(_) => "took too long".to_owned(),
                ureq::Error::Io(error) => error.kind().to_string(),
                _ => "could not be reached".to_owned(),
            },
        };
        self.agent.post(&self.url).send_json(message).map_err(fail)?;
        Ok(())
    }
}
