//! What a person at a help desk asks first: does the reader's service run, is a card there, how many tries are left, are the
//! dates good, who is trusted, is the clock right. No PIN is asked for, and no personal data is told.
mod agent;

use std::net::SocketAddr;
use std::path::PathBuf;

use chrono::{DateTime, Duration, Utc};
use serde::Serialize;

use super::ClientError;
use super::folder::DataFolder;
use super::native_host::install::{ALL, Browser};
use super::origin::Origin;
use super::texts::Language;
use super::token::pkcs11::{Pkcs11Source, usual_module};
use super::token::{CardInfo, CardKind, Purpose, TokenError, TokenSource, Tries, algorithm};
use super::trust::{self, TrustedGateway};

/// A certificate that ends within this is told.
const SOON_DAYS: i64 = 60;
/// How far this machine's clock may be off.
const SKEW_MINUTES: i64 = 5;

/// How a thing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Good.
    Ok,
    /// Works, and wants attention.
    Warning,
    /// Does not work.
    Problem,
}

/// One thing that was looked at.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    /// What: `reader`, `card`, `certificate`, `gateway`, `clock`, `agent`, `phrase`, `native-host`.
    pub name: &'static str,
    /// How it stands.
    pub state: State,
    /// The stable code of a problem.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'static str>,
    /// What was found, and what to do.
    pub told: String,
}

impl Finding {
    fn of(name: &'static str, state: State, told: impl Into<String>) -> Self {
        Self { name, state, code: None, told: told.into() }
    }

    fn problem(name: &'static str, error: &ClientError, language: Language) -> Self {
        let told = format!("{}: {}", error.title_in(language), error.detail_in(language));
        Self { name, state: State::Problem, code: Some(error.code), told }
    }
}

/// What is looked at, and how.
pub struct Examination<'a> {
    /// The client's folder.
    pub folder: &'a DataFolder,
    /// The PKCS#11 module; none: OpenSC's, where it is installed.
    pub module: Option<PathBuf>,
    /// Whether gateways are asked.
    pub online: bool,
    /// Where the agent would listen.
    pub agent: SocketAddr,
    /// The language of the findings.
    pub language: Language,
    /// The time.
    pub now: DateTime<Utc>,
}

impl Examination<'_> {
    /// Looks at everything.
    ///
    /// # Errors
    /// When the client's own files cannot be read.
    pub fn findings(&self) -> Result<Vec<Finding>, ClientError> {
        let mut found = self.cards();
        found.extend(self.gateways()?);
        found.push(self.agent_runs()?);
        found.push(self.phrase()?);
        found.push(self.native_host());
        Ok(found)
    }

    fn cards(&self) -> Vec<Finding> {
        let sources = self.sources();
        if sources.is_empty() {
            let told = match self.language {
                Language::Ja => {
                    "カードのドライバー（OpenSC）が入っていません。opensc-pkcs11 を入れるか、--pkcs11 で指定してください"
                }
                Language::En => {
                    "no driver for cards (OpenSC) was found: install opensc-pkcs11, or name a module with --pkcs11"
                }
            };
            return vec![Finding::of("reader", State::Problem, told)];
        }
        let looked: Vec<_> =
            sources.iter().map(|(name, source)| (name, source, source.cards(Purpose::Signature))).collect();
        let seen: Vec<&CardInfo> = looked.iter().filter_map(|(_, _, cards)| cards.as_ref().ok()).flatten().collect();
        let mut found: Vec<Finding> = Vec::new();
        for (name, source, cards) in &looked {
            match cards {
                Ok(cards) => found.extend(self.cards_of(name, source.as_ref(), cards, &seen)),
                // One way to a card is enough; of a module that does not work a person is told all the same.
                Err(error) if !seen.is_empty() && !matches!(error, TokenError::Module { .. }) => {}
                Err(error) if found.iter().any(|told| told.code == Some(error.code())) => {}
                Err(error) => found.push(Finding::problem("card", &error.clone().into(), self.language)),
            }
        }
        found
    }

    fn sources(&self) -> Vec<(String, Box<dyn TokenSource>)> {
        let mut sources: Vec<(String, Box<dyn TokenSource>)> = Vec::new();
        if let Some(module) = self.module.clone().or_else(usual_module) {
            let name = module.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            sources.push((name, Box::new(Pkcs11Source::new(&module, self.folder))));
        }
        #[cfg(feature = "pcsc")]
        sources.push(("PC/SC".to_owned(), Box::new(super::token::pcsc::PcscSource::new(self.folder))));
        sources
    }

    /// The cards that one way shows; one that another way shows too is told once, by the way that knows more.
    fn cards_of(&self, name: &str, source: &dyn TokenSource, cards: &[CardInfo], seen: &[&CardInfo]) -> Vec<Finding> {
        let elsewhere = |card: &CardInfo| {
            card.kind == CardKind::Pkcs11
                && seen.iter().any(|other| other.kind == CardKind::Pcsc && other.is_same_jpki_card(card))
        };
        let mut found: Vec<Finding> =
            cards.iter().filter(|card| !elsewhere(card)).map(|card| self.card(name, card)).collect();
        for card in source.cards(Purpose::Authentication).unwrap_or_default().iter().filter(|card| !elsewhere(card)) {
            if let Ok(Some(certificate)) = source.public_certificate(&card.id, Purpose::Authentication) {
                found.push(self.certificate(card, &certificate));
            }
        }
        found
    }

    fn card(&self, source: &str, card: &CardInfo) -> Finding {
        let texts = self.language.texts();
        let state = match card.tries {
            Tries::Locked => State::Problem,
            Tries::Low | Tries::FinalTry | Tries::Known(1..=2) => State::Warning,
            Tries::Known(_) | Tries::Unknown => State::Ok,
        };
        let pad = if card.pin_pad { format!("; {}", texts.on_the_pad) } else { String::new() };
        let tries = card.tries.told(texts);
        let told = format!("{} ({}, {source}); {}: {tries}{pad}", card.label, card.reader, texts.tries_left);
        Finding { code: (state == State::Problem).then_some("pin-locked"), ..Finding::of("card", state, told) }
    }

    /// The certificate for signing in is readable without a PIN; it was issued together with the one for signatures.
    fn certificate(&self, card: &CardInfo, der: &[u8]) -> Finding {
        let certificate = match algorithm::read(der) {
            Ok(certificate) => certificate,
            Err(error) => return Finding::problem("certificate", &error.into(), self.language),
        };
        let (begins, ends) = (certificate.not_before(), certificate.not_after());
        if let Err(error) = super::signer::check_dates(der, self.now) {
            return Finding::problem("certificate", &error.into(), self.language);
        }
        let state = if ends - self.now < Duration::days(SOON_DAYS) { State::Warning } else { State::Ok };
        let (begins, ends) = (begins.format("%Y-%m-%d"), ends.format("%Y-%m-%d"));
        let told = match self.language {
            Language::Ja => format!(
                "{}: 利用者証明用電子証明書 {begins} ～ {ends}（署名用は暗証番号が必要なため見ていません: read-certificate）",
                card.label
            ),
            Language::En => format!(
                "{}: certificate for signing in {begins} to {ends} (the one for signatures lies behind its PIN: read-certificate)",
                card.label
            ),
        };
        Finding::of("certificate", state, told)
    }

    fn gateways(&self) -> Result<Vec<Finding>, ClientError> {
        let trusted = trust::trusted(self.folder)?;
        if trusted.is_empty() {
            let told = match self.language {
                Language::Ja => "登録された窓口がありません: madoguchi-card trust ORIGIN",
                Language::En => "no gateway is trusted yet: madoguchi-card trust ORIGIN",
            };
            return Ok(vec![Finding::of("gateway", State::Warning, told)]);
        }
        let mut found = Vec::new();
        for gateway in &trusted {
            found.extend(self.gateway(gateway)?);
        }
        Ok(found)
    }

    fn gateway(&self, gateway: &TrustedGateway) -> Result<Vec<Finding>, ClientError> {
        let since = gateway.pinned_at.format("%Y-%m-%d");
        if !self.online {
            return Ok(vec![Finding::of("gateway", State::Ok, format!("{} ({since})", gateway.origin))]);
        }
        let pinned = gateway.key_set()?;
        let (keys, date) = match trust::fetch_with_date(&Origin::parse(&gateway.origin)?) {
            Ok(fetched) => fetched,
            Err(error) => return Ok(vec![Finding::problem("gateway", &error, self.language)]),
        };
        let known = keys.keys.iter().any(|key| pinned.keys.iter().any(|old| old.thumbprint() == key.thumbprint()));
        let finding = match (known, self.language) {
            (true, _) => Finding::of("gateway", State::Ok, format!("{} ({since})", gateway.origin)),
            (false, Language::Ja) => {
                let told =
                    format!("{}: 鍵がすべて変わっています。madoguchi-card trust で確かめてください", gateway.origin);
                Finding::of("gateway", State::Problem, told)
            }
            (false, Language::En) => {
                let told =
                    format!("{}: all of its keys changed; look at them with madoguchi-card trust", gateway.origin);
                Finding::of("gateway", State::Problem, told)
            }
        };
        Ok(std::iter::once(finding).chain(date.map(|date| self.clock(&gateway.origin, date))).collect())
    }

    fn clock(&self, origin: &str, date: DateTime<Utc>) -> Finding {
        let off = self.now - date;
        let state = if off.abs() > Duration::minutes(SKEW_MINUTES) { State::Problem } else { State::Ok };
        let seconds = off.num_seconds();
        let told = match self.language {
            Language::Ja => format!("{origin} との時計の差: {seconds} 秒"),
            Language::En => format!("this machine's clock is {seconds} s ahead of {origin}'s"),
        };
        Finding::of("clock", state, told)
    }

    /// Whether there is a phrase to tell the client's windows from others by; it is not told.
    fn phrase(&self) -> Result<Finding, ClientError> {
        Ok(match (super::phrase::phrase(self.folder)?.is_some(), self.language) {
            (true, Language::Ja) => Finding::of("phrase", State::Ok, "合言葉が決められています"),
            (true, Language::En) => Finding::of("phrase", State::Ok, "a phrase is chosen"),
            (false, language) => {
                let told = super::messages::message("phrase-none").map_or_else(String::new, |message| {
                    format!("{}: {}", message.title.of(language), message.next.of(language))
                });
                Finding { code: Some("phrase-none"), ..Finding::of("phrase", State::Warning, told) }
            }
        })
    }

    /// In which browsers the native messaging host is installed.
    fn native_host(&self) -> Finding {
        let there = |browser: &&Browser| browser.manifest(None).is_ok_and(|path| path.exists());
        let browsers: Vec<&str> = ALL.iter().filter(there).map(|browser| browser.name()).collect();
        let told = match (browsers.is_empty(), self.language) {
            (false, Language::Ja) => format!("拡張機能との接続が {} に登録されています", browsers.join(", ")),
            (false, Language::En) => format!("the extension's connection is installed for {}", browsers.join(", ")),
            (true, Language::Ja) => {
                "拡張機能との接続は登録されていません（使うときは madoguchi-card native-host install）".to_owned()
            }
            (true, Language::En) => {
                "the extension's connection is not installed (to use it: madoguchi-card native-host install)".to_owned()
            }
        };
        Finding::of("native-host", State::Ok, told)
    }
}
