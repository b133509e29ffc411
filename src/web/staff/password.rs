//! Changing one's own password.
use actix_web::http::StatusCode;
use actix_web::{Error, HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::sign_in::see_other;
use super::{Desk, audit, frame};
use crate::gateway::Gateway;
use crate::store::accounts::AccountError;
use crate::store::password::{LONGEST, NewPassword, SHORTEST, WeakPassword};
use crate::store::sessions::SessionUser;
use crate::web::extract::csrf::{Browser, CsrfForm, CsrfGuard};
use crate::web::extract::session::{MaybeUser, cookie_sha256, cookie_value, sign_in_for, wrong_role};
use crate::web::forms::{Field, FieldKind, SummaryLine, summary};
use crate::web::page::Page;
use crate::web::problem::Problem;
use crate::web::state::WebState;

#[derive(Template)]
#[template(path = "staff/password.html")]
struct PasswordView {
    page: Page,
    action: String,
    home: &'static str,
    must_change: bool,
    done: bool,
    fields: Vec<Field>,
    errors: Vec<SummaryLine>,
}

/// `?done=1` after a change.
#[derive(Debug, Deserialize)]
pub struct Done {
    #[serde(default)]
    done: u8,
}

/// What the form sends.
#[derive(Deserialize)]
pub struct PasswordForm {
    current: String,
    new: String,
    repeat: String,
}

/// What is wrong with what was typed: the field and the key of the sentence.
type Fault = (&'static str, &'static str);

fn view(page: Page, browser: &Browser, user: &SessionUser, faults: &[Fault]) -> PasswordView {
    let page = frame(page, browser, &user.account).titled("staff-password-title").errors(!faults.is_empty());
    let field = |name: &'static str, key: &str, autocomplete: &'static str| {
        let fault = faults.iter().find(|(field, _)| *field == name);
        let error = fault
            .map(|(_, key)| page.with(key, "count", if *key == "staff-password-long" { LONGEST } else { SHORTEST }));
        Field::text(name, page.t(key)).kind(FieldKind::Password).autocomplete(autocomplete).error(error)
    };
    let fields = vec![
        field("current", "staff-password-current", "current-password"),
        field("new", "staff-password-new", "new-password").hint(page.with("staff-password-hint", "count", SHORTEST)),
        field("repeat", "staff-password-repeat", "new-password"),
    ];
    let (desk, errors) = (Desk::of_role(user.account.role), summary(&fields));
    let (must_change, action) = (user.account.must_change, format!("{}/password", desk.home()));
    PasswordView { page, action, home: desk.home(), must_change, done: false, fields, errors }
}

/// Whoever is signed in, at their own desk.
fn at_this_desk(request: &HttpRequest, user: MaybeUser) -> Result<SessionUser, Error> {
    let user = user.0.ok_or_else(|| sign_in_for(request))?;
    if Desk::of_role(user.account.role) == Desk::of(request) { Ok(user) } else { Err(wrong_role()) }
}

/// GET /agency/password and /operator/password.
///
/// # Errors
/// When nobody is signed in.
pub async fn get_password(
    request: HttpRequest,
    page: Page,
    browser: Browser,
    user: MaybeUser,
    query: web::Query<Done>,
) -> Result<HttpResponse, Error> {
    let user = at_this_desk(&request, user)?;
    let mut view = view(page, &browser, &user, &[]);
    view.done = query.done == 1;
    Ok(view.page.respond(StatusCode::OK, &view))
}

/// POST /agency/password and /operator/password: every other session of the account ends.
///
/// # Errors
/// When nobody is signed in; a store that does not answer.
pub async fn post_password(
    request: HttpRequest,
    page: Page,
    browser: Browser,
    user: MaybeUser,
    form: CsrfForm<PasswordForm>,
    gateway: web::Data<Gateway>,
    (guard, state): (web::Data<CsrfGuard>, web::Data<WebState>),
) -> Result<HttpResponse, Error> {
    let user = at_this_desk(&request, user)?;
    let faults = match change((&request, &guard), (&gateway, &state), &user, form.0).await? {
        None => {
            let home = Desk::of_role(user.account.role).home();
            return Ok(see_other(&format!("{home}/password?done=1")));
        }
        Some(faults) => faults,
    };
    let view = view(page, &browser, &user, &faults);
    Ok(view.page.respond(StatusCode::UNPROCESSABLE_ENTITY, &view))
}

/// Changes it, or says what is wrong.
async fn change(
    (request, guard): (&HttpRequest, &CsrfGuard),
    (gateway, state): (&Gateway, &WebState),
    user: &SessionUser,
    form: PasswordForm,
) -> Result<Option<Vec<Fault>>, Problem> {
    let (login, now) = (user.account.login.as_str(), gateway.clock.now());
    let (current, new) = (Zeroizing::new(form.current), Zeroizing::new(form.new));
    let mut faults: Vec<Fault> = Vec::new();
    if *new == *current {
        faults.push(("new", "staff-password-same"));
    }
    if *new != *Zeroizing::new(form.repeat) {
        faults.push(("repeat", "staff-password-differs"));
    }
    let chosen = NewPassword::chosen(&new, login);
    faults.extend(chosen.as_ref().err().map(|weak| ("new", key_of(*weak))));
    if !gateway.store.session_confirm(login, current, &state.config.sessions, now).await? {
        faults.insert(0, ("current", "staff-password-wrong"));
        audit(gateway, &user.account, "change_password", login, "refused").await?;
    }
    let Ok(chosen) = chosen else { return Ok(Some(faults)) };
    if !faults.is_empty() {
        return Ok(Some(faults));
    }
    let keep = cookie_value(guard, request).map(|id| cookie_sha256(&id));
    match gateway.store.account_set_password(login, chosen, false, keep, now).await {
        Ok(()) => {}
        Err(AccountError::Store(error)) => return Err(error.into()),
        Err(error) => return Err(Problem::internal(error)),
    }
    audit(gateway, &user.account, "change_password", login, "done").await?;
    Ok(None)
}

fn key_of(weak: WeakPassword) -> &'static str {
    match weak {
        WeakPassword::Short => "staff-password-short",
        WeakPassword::Long => "staff-password-long",
        WeakPassword::Guessable => "staff-password-guessable",
    }
}
