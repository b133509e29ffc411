//! Messages between resident and agency as either side reads them, and the form to answer.
use crate::store::messages::{Author, MAX_CHARACTERS, Message};
use crate::web::forms::{Field, FieldKind};
use crate::web::i18n::Language;
use crate::web::page::Page;
use crate::web::plain_text::{TextFault, plain};
use crate::web::resident::dates;

/// What the form sends.
#[derive(Debug, Clone, Default, serde::Deserialize)]
pub struct MessageForm {
    /// The text.
    #[serde(default)]
    pub body: String,
}

/// A message as it is shown.
#[derive(Debug, Clone)]
pub struct MessageLine {
    /// Who wrote it, in words.
    pub from: String,
    /// Whether the reader wrote it.
    pub mine: bool,
    /// When.
    pub at: String,
    /// What.
    pub body: String,
}

/// The messages for the reader `me`.
pub fn lines(language: Language, messages: &[Message], me: Author) -> Vec<MessageLine> {
    let line = |message: &Message| {
        let key = match (message.author == me, message.author) {
            (true, _) => "after-message-you",
            (false, Author::Agency) => "after-message-agency",
            (false, Author::Resident) => "after-message-resident",
        };
        MessageLine {
            from: language.t(key).into_owned(),
            mine: message.author == me,
            at: dates::moment(language, message.sent_at),
            body: message.body.clone(),
        }
    };
    messages.iter().map(line).collect()
}

/// The field of a message, with what was typed and what is wrong with it.
pub fn field(page: &Page, typed: &str, fault: Option<&'static str>) -> Field {
    Field::text("body", page.t("after-message-body"))
        .kind(FieldKind::Lines(5))
        .hint(page.count("after-message-hint", MAX_CHARACTERS))
        .max_length(u32::try_from(MAX_CHARACTERS).unwrap_or_default())
        .value(typed)
        .error(fault.map(|key| page.t(key).into_owned()))
}

/// The text of a message, or the key of what is wrong with it.
///
/// # Errors
/// Where it is empty or too long.
pub fn read(form: &MessageForm) -> Result<String, &'static str> {
    plain(&form.body, MAX_CHARACTERS).map_err(|fault| match fault {
        TextFault::Empty => "after-message-empty",
        TextFault::Long => "after-message-long",
    })
}
