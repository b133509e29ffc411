//! Mails to residents and agencies: taken out of the outbox, sent through SMTP, and tried again later where the server does
//! not take them. One gateway at a time sends, under a lease; a crash between the server's answer and its note sends a mail
//! twice rather than never.
mod draft_texts;
pub mod texts;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MessageBuilder};
use lettre::{Message, SmtpTransport, Transport};
use tokio::sync::watch;

use crate::gateway::Gateway;
use crate::ids::AgencyCode;
use crate::procedures::Language;
use crate::settings::MailSettings;
use crate::store::StoreError;
use crate::store::mails::DueMail;
use texts::MailText;

/// How often the outbox is looked at.
const POLL: Duration = Duration::from_secs(5);
/// How long a mail server may take for one command.
const PATIENCE: Duration = Duration::from_secs(15);
/// How many mails are sent a round.
const AT_A_TIME: i64 = 20;
/// Longer than a round of mails that all time out.
const LEASE: chrono::Duration = chrono::Duration::minutes(10);

/// What a round did.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct MailRound {
    /// Taken by the server.
    pub sent: usize,
    /// To be tried again, or given up.
    pub failed: usize,
}

/// The work of one gateway.
pub struct MailWork {
    gateway: Arc<Gateway>,
    server: SmtpTransport,
    from: Mailbox,
    agencies: HashMap<AgencyCode, Mailbox>,
    gather: chrono::Duration,
    worker: String,
}

impl MailWork {
    /// The work that the settings ask for; none where they name no server.
    ///
    /// # Errors
    /// A sentence that tells which address is wrong; it never repeats the server's, which may hold a password.
    pub fn new(gateway: Arc<Gateway>, settings: &MailSettings) -> Result<Option<Self>, String> {
        let mut agencies = HashMap::new();
        for line in &settings.agencies {
            let (code, address) = line.split_once(' ').ok_or_else(|| {
                format!("mail.agencies: {line:?}: allowed: a municipality code, a blank and a mail address")
            })?;
            let code = code.parse().map_err(|_| format!("mail.agencies: {code:?} is not a municipality code"))?;
            agencies.insert(code, mailbox(address.trim())?);
        }
        let Some(smtp) = &settings.smtp else { return Ok(None) };
        let server = SmtpTransport::from_url(smtp).map_err(|_| "mail.smtp is not an SMTP address".to_owned())?;
        Ok(Some(Self {
            gateway,
            server: server.timeout(Some(PATIENCE)).build(),
            from: mailbox(&settings.from)?,
            agencies,
            gather: settings.gather.chrono(),
            worker: format!("mails-{}", uuid::Uuid::new_v4()),
        }))
    }

    /// One round: new filings are gathered for agencies, and what is due is sent.
    ///
    /// # Errors
    /// When the record does not answer.
    pub async fn round(&self) -> Result<MailRound, StoreError> {
        let (store, now) = (&self.gateway.store, self.gateway.clock.now());
        if !store.lease_take("mails".to_owned(), self.worker.clone(), now, now + LEASE).await? {
            return Ok(MailRound::default());
        }
        store.mail_addresses_expire(now).await?;
        let agencies = self.agencies.keys().copied().collect();
        store.agency_mails_gather(agencies, now, self.gather).await?;
        store.draft_ends_tell(now).await?;
        let mut round = MailRound::default();
        for mail in store.mails_due(now, AT_A_TIME).await? {
            let taken = self.send(&mail).await;
            if taken {
                round.sent += 1
            } else {
                round.failed += 1
            }
            store.mail_tried(mail.id, taken, self.gateway.clock.now()).await?;
        }
        store.lease_give_back("mails".to_owned(), self.worker.clone()).await?;
        Ok(round)
    }

    /// Whether the server took it. Neither address nor text is logged.
    async fn send(&self, mail: &DueMail) -> bool {
        let message = match self.message(mail) {
            Some(Ok(message)) => message,
            Some(Err(error)) => {
                tracing::error!(target: "madoguchi::mails", mail = mail.id, %error, "a mail cannot be written");
                return false;
            }
            // The agency has no address any more: nobody is to be told.
            None => return true,
        };
        let server = self.server.clone();
        match tokio::task::spawn_blocking(move || server.send(&message)).await {
            Ok(Ok(_)) => true,
            Ok(Err(error)) => {
                let lasting = error.is_permanent();
                tracing::warn!(target: "madoguchi::mails", mail = mail.id, tries = mail.tries, lasting, "the mail server does not take a mail");
                false
            }
            Err(_) => false,
        }
    }

    fn message(&self, mail: &DueMail) -> Option<Result<Message, lettre::error::Error>> {
        let origin = self.gateway.origin();
        let start = Message::builder().from(self.from.clone());
        let start = start.raw_header(HeaderValue::new(name("Auto-Submitted"), "auto-generated".to_owned()));
        if let Some((id, address, language)) = &mail.resident {
            let link = self.gateway.mail_link(id);
            let language: Language = language.parse().unwrap_or_default();
            let text = texts::resident(language, mail.kind, mail.arrival_number, (origin, &link));
            let to = mailbox(address).ok()?;
            let stop = HeaderValue::new(name("List-Unsubscribe"), format!("<{origin}{link}>"));
            return Some(finished(start.to(to).raw_header(stop), text));
        }
        let to = self.agencies.get(&mail.agency?)?.clone();
        let crate::store::mails::MailKind::Filings(count) = mail.kind else { return None };
        Some(finished(start.to(to), texts::agency(count, origin)))
    }

    /// Works until the handle is dropped.
    pub(super) async fn run(self, mut stopped: watch::Receiver<()>) {
        loop {
            match self.round().await {
                Ok(MailRound { sent, failed }) if sent + failed > 0 => {
                    tracing::info!(target: "madoguchi::mails", sent, failed, "mails");
                }
                Ok(_) => {}
                Err(error) => tracing::warn!(target: "madoguchi::mails", %error, "mails wait for the record"),
            }
            if tokio::time::timeout(POLL, stopped.changed()).await.is_ok() {
                return;
            }
        }
    }
}

fn finished(message: MessageBuilder, text: MailText) -> Result<Message, lettre::error::Error> {
    message.subject(text.subject).header(ContentType::TEXT_PLAIN).body(text.body)
}

/// A header's name that is known to be one.
fn name(text: &'static str) -> HeaderName {
    HeaderName::new_from_ascii_str(text)
}

fn mailbox(text: &str) -> Result<Mailbox, String> {
    text.parse().map_err(|_| format!("{text:?} is not a mail address"))
}
