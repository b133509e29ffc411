//! Saving what was typed. Every save counts the draft's version; for each page of the form the draft knows at which version it
//! was saved last, and from which page that a browser had open. A page that was shown before a save of the *same* page from
//! elsewhere does not overwrite it: what it sends is kept beside, until the person chooses.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::connection::AnyConnection;
use super::draft_schema::{draft_browsers, drafts};
use super::drafts::{DraftKey, of_key, open_id};
use super::error::StoreError;
use super::{Store, to_database};

/// Which page a browser had open when it sent it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenPage {
    /// The draft's version when the page was made.
    pub version: i64,
    /// The page's own random word: what it sends a second time does not contradict what it sent first.
    pub word: String,
}

/// What is to be saved.
#[derive(Debug, Clone)]
pub struct DraftSave {
    /// What was typed, as JSON.
    pub input: String,
    /// The page that was sent, by its path under the draft's.
    pub page: String,
    /// Which page that was, where it says so.
    pub seen: Option<SeenPage>,
    /// The version out of which `input` was made.
    pub of_version: i64,
    /// Now.
    pub now: DateTime<Utc>,
    /// Until when the draft is kept from now on.
    pub expires_at: DateTime<Utc>,
}

/// What came of saving.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// It is kept.
    Kept,
    /// It was changed elsewhere meanwhile; what was sent is kept beside it.
    Beside,
    /// The draft is not there, or is filed.
    Gone,
}

/// The last save of a page.
#[derive(Debug, Serialize, Deserialize)]
struct PageSave {
    at: i64,
    by: String,
}

/// Pages that a form has are few; a form of ours never comes near this.
const MOST_PAGES: usize = 500;

impl Store {
    /// Keeps what was typed; a document made before is forgotten, for it says something else. A filed draft stays.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn draft_save(&self, key: DraftKey, save: DraftSave) -> Result<Saved, StoreError> {
        self.write(move |conn| keep(conn, &key, save)).await
    }

    /// Ends a contradiction: takes what was kept beside (`other`), or what stands.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn draft_choose(&self, key: DraftKey, other: bool, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.write(move |conn| {
            let Some(id) = open_id(conn, &key)? else { return Ok(()) };
            let draft = drafts::table.find(id);
            let (kept, version): (Option<String>, i64) =
                draft.clone().select((drafts::other_input, drafts::version)).first(conn)?;
            if let Some(input) = kept.filter(|_| other) {
                let columns = (drafts::input.eq(input), drafts::application.eq(None::<Vec<u8>>));
                diesel::update(draft.clone()).set(columns).execute(conn)?;
            }
            let columns = (
                drafts::other_input.eq(None::<String>),
                drafts::version.eq(version + 1),
                drafts::saved_at.eq(Some(to_database(now))),
            );
            diesel::update(draft).set(columns).execute(conn)?;
            Ok(())
        })
        .await
    }
}

fn keep(conn: &mut AnyConnection, key: &DraftKey, save: DraftSave) -> Result<Saved, StoreError> {
    type Now = (String, String, i64, String, chrono::NaiveDateTime);
    let open = of_key!(key).filter(drafts::arrival_number.is_null());
    let columns = (drafts::id, drafts::input, drafts::version, drafts::page_saves, drafts::expires_at);
    let Some((id, input, version, pages, expires_at)) = open.select(columns).first::<Now>(conn).optional()? else {
        return Ok(Saved::Gone);
    };
    let draft = drafts::table.find(id);
    let mut pages: BTreeMap<String, PageSave> = serde_json::from_str(&pages).unwrap_or_default();
    if input != save.input && (save.of_version != version || contradicts(&pages, &save)) {
        diesel::update(draft).set(drafts::other_input.eq(Some(save.input))).execute(conn)?;
        return Ok(Saved::Beside);
    }
    let life = (
        drafts::saved_at.eq(Some(to_database(save.now))),
        drafts::expires_at.eq(expires_at.max(to_database(save.expires_at))),
    );
    diesel::update(draft.clone()).set(life).execute(conn)?;
    if input == save.input {
        return Ok(Saved::Kept);
    }
    if pages.len() < MOST_PAGES || pages.contains_key(&save.page) {
        let by = save.seen.map(|seen| seen.word).unwrap_or_default();
        pages.insert(save.page, PageSave { at: version + 1, by });
    }
    let columns = (
        drafts::input.eq(save.input),
        drafts::application.eq(None::<Vec<u8>>),
        drafts::version.eq(version + 1),
        drafts::page_saves.eq(serde_json::to_string(&pages).unwrap_or_default()),
    );
    diesel::update(draft).set(columns).execute(conn)?;
    Ok(Saved::Kept)
}

/// Whether the same page was saved from elsewhere after it was shown here.
fn contradicts(pages: &BTreeMap<String, PageSave>, save: &DraftSave) -> bool {
    let (Some(last), Some(seen)) = (pages.get(&save.page), &save.seen) else { return false };
    last.at > seen.version && last.by != seen.word
}
