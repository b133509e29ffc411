//! `GET /help`, `GET /privacy` and `GET /lost-card`: pages that only tell.
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use crate::store::{filing_sessions, mails};
use crate::web::i18n::Language;
use crate::web::page::Page;
use crate::web::state::WebState;

#[derive(Template)]
#[template(path = "resident/help.html")]
struct HelpView {
    page: Page,
}

/// What is needed, and what to do without a card reader or JavaScript.
pub async fn get_help(page: Page) -> HttpResponse {
    let view = HelpView { page: page.titled("help-title") };
    view.page.respond(StatusCode::OK, &view)
}

#[derive(Template)]
#[template(path = "resident/privacy.html")]
struct PrivacyView {
    page: Page,
    draft: String,
    filed: String,
    sessions: String,
    mail: String,
}

/// A length of time in the largest unit that tells it whole: `30 days`.
fn period(language: Language, length: chrono::Duration) -> String {
    let (hours, days) = (length.num_hours(), length.num_days());
    let count = |number: i64| usize::try_from(number).unwrap_or_default();
    if hours >= 48 && length == chrono::Duration::days(days) {
        return language.count("lives-days", count(days));
    }
    if hours >= 1 && length == chrono::Duration::hours(hours) {
        return language.count("lives-hours", count(hours));
    }
    language.count("lives-minutes", count(length.num_minutes()))
}

/// What is kept of a resident, why, for how long by the settings in force, and who sees it.
pub async fn get_privacy(page: Page, state: web::Data<WebState>) -> HttpResponse {
    let (page, config) = (page.titled("privacy-title"), &state.config);
    let language = page.language;
    let told = |length: chrono::Duration| period(language, length);
    let seconds = |seconds: u64| chrono::Duration::seconds(i64::try_from(seconds).unwrap_or(i64::MAX / 1000));
    let (drafts, idle, most) =
        (config.drafts, told(seconds(config.sign_in.idle.as_secs())), told(seconds(config.sign_in.at_most.as_secs())));
    let draft = [("life", told(drafts.life)), ("kept", told(drafts.kept)), ("restore", told(drafts.restore))];
    let draft: Vec<(&str, &dyn std::fmt::Display)> = draft.iter().map(|(name, words)| (*name, words as _)).collect();
    let filing = told(filing_sessions::IDLE);
    let view = PrivacyView {
        draft: language.with_all("privacy-draft-text", &draft),
        filed: language.with("privacy-filed-keep", "refusals", told(config.refusals_kept)),
        sessions: language.with_all("privacy-sessions", &[("idle", &idle), ("most", &most), ("filing", &filing)]),
        mail: language.with("privacy-mail-text", "unconfirmed", told(mails::CONFIRM_WITHIN)),
        page,
    };
    view.page.respond(StatusCode::OK, &view)
}

#[derive(Template)]
#[template(path = "resident/lost_card.html")]
struct LostCardView {
    page: Page,
}

/// Whom to call when a card is lost, and what works here without one.
pub async fn get_lost_card(page: Page) -> HttpResponse {
    let view = LostCardView { page: page.titled("lost-title") };
    view.page.respond(StatusCode::OK, &view)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_of_time_is_told_in_the_largest_unit_that_tells_it_whole() {
        let told = |length| period(Language::En, length);
        for (length, words) in [
            (chrono::Duration::days(30), "30 days"),
            (chrono::Duration::hours(24), "24 hours"),
            (chrono::Duration::hours(1), "one hour"),
            (chrono::Duration::minutes(90), "90 minutes"),
            (chrono::Duration::minutes(20), "20 minutes"),
        ] {
            assert_eq!(told(length).replace(['\u{2068}', '\u{2069}'], ""), words);
        }
        assert_eq!(period(Language::Ja, chrono::Duration::days(7)).replace(['\u{2068}', '\u{2069}'], ""), "7日");
    }
}
