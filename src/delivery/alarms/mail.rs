//! Alarms by mail (SMTP; TLS as the address asks for it).
use std::fmt::Write;
use std::time::Duration;

use lettre::message::{Mailbox, header::ContentType};
use lettre::{Message, SmtpTransport, Transport};

use super::{Alarm, ChannelError, Freshness};

/// How long a mail server may take for one command.
const PATIENCE: Duration = Duration::from_secs(15);

/// Mail to a few operators through one server.
#[derive(Debug, Clone)]
pub struct MailChannel {
    server: SmtpTransport,
    from: Mailbox,
    to: Vec<Mailbox>,
}

impl MailChannel {
    /// `smtp` is `smtp://host:port`, `smtps://user:password@host` or with `?tls=required` for STARTTLS.
    ///
    /// # Errors
    /// A sentence that tells which address is wrong; it never repeats the server's, which may hold a password.
    pub fn new(smtp: &str, from: &str, to: &[String]) -> Result<Self, String> {
        let server = SmtpTransport::from_url(smtp).map_err(|_| "mail.smtp is not an SMTP address".to_owned())?;
        let address = |text: &str| text.parse::<Mailbox>().map_err(|_| format!("{text:?} is not a mail address"));
        let to: Vec<Mailbox> = to.iter().map(|text| address(text)).collect::<Result<_, _>>()?;
        if to.is_empty() {
            return Err("alarms.mail names nobody".to_owned());
        }
        Ok(Self { server: server.timeout(Some(PATIENCE)).build(), from: address(from)?, to })
    }

    /// Sends one message to all of them.
    ///
    /// # Errors
    /// When the server does not take it.
    pub fn send(&self, alarm: &Alarm) -> Result<(), ChannelError> {
        self.send_text(&subject(alarm), body(alarm))
    }

    /// Sends a text to all of them.
    ///
    /// # Errors
    /// When the server does not take it.
    pub fn send_text(&self, subject: &str, body: String) -> Result<(), ChannelError> {
        let fail = |cause: String| ChannelError { channel: "mail", cause };
        let mut message = Message::builder().from(self.from.clone()).subject(subject);
        for to in &self.to {
            message = message.to(to.clone());
        }
        let message = message.header(ContentType::TEXT_PLAIN).body(body).map_err(|error| fail(error.to_string()))?;
        self.server.send(&message).map_err(|error| fail(error.to_string()))?;
        Ok(())
    }
}

fn subject(alarm: &Alarm) -> String {
    let count = |state: Freshness| alarm.lists.iter().filter(|list| list.state == state).count();
    format!(
        "Madoguchi: revocation lists: {} stale, {} soon stale, {} fresh again",
        count(Freshness::Stale),
        count(Freshness::SoonStale),
        count(Freshness::Fresh)
    )
}

fn body(alarm: &Alarm) -> String {
    let mut text = format!("Gateway {} at {}\r\n\r\n", alarm.gateway, alarm.at.to_rfc3339());
    for list in &alarm.lists {
        let words = match list.state {
            Freshness::Fresh => "is fresh again",
            Freshness::SoonStale => "will soon be stale: take in the next one",
            Freshness::Stale => "IS STALE: filings that need it are held or refused",
        };
        let next = list.next_update.map_or_else(|| "none".to_owned(), |next| next.to_rfc3339());
        let number = list.number.as_deref().unwrap_or("none");
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "The list of {issuer}\r\n  scope: {scope}\r\n  number: {number}\r\n  nextUpdate: {next}\r\n  {words}.\r\n\r\n",
            issuer = list.issuer,
            scope = list.scope,
        );
    }
    let _ = write!(text, "See {}/operator\r\n", alarm.gateway);
    text
}
