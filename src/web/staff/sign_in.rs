//! Signing in and out.
use actix_web::cookie::time::Duration;
use actix_web::http::{StatusCode, header};
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{Desk, words_of_time};
use crate::gateway::Gateway;
use crate::store::accounts::Account;
use crate::store::audit::AuditEntry;
use crate::store::sessions::SignIn;
use crate::submission::rejection::RejectionCode;
use crate::web::extract::csrf::{Browser, CsrfForm, CsrfGuard, random_id};
use crate::web::extract::session::{MaybeUser, cookie_of, cookie_sha256, keeps_registry};
use crate::web::forms::{Field, FieldKind};
use crate::web::middleware::envelope::ClientAddress;
use crate::web::page::Page;
use crate::web::problem::Problem;
use crate::web::state::WebState;

#[derive(Template)]
#[template(path = "staff/sign_in.html")]
struct SignInView {
    page: Page,
    action: String,
    next: String,
    refused: Option<String>,
    fields: Vec<Field>,
}

/// Where to go after signing in.
#[derive(Debug, Deserialize)]
pub struct Next {
    #[serde(default)]
    next: String,
}

/// What the sign-in form sends.
#[derive(Deserialize)]
pub struct SignInForm {
    login: String,
    password: String,
    #[serde(default)]
    next: String,
}

fn view(page: Page, browser: &Browser, desk: Desk, next: &str, login: &str) -> SignInView {
    let title = match desk {
        Desk::Agency => "staff-sign-in-agency",
        Desk::Operator => "staff-sign-in-operator",
        Desk::Clerk => "staff-sign-in-clerk",
    };
    let page = page.titled(title).area(desk.area()).csrf(browser.csrf_token());
    let fields = vec![
        Field::text("login", page.t("staff-login")).value(login).autocomplete("username"),
        Field::text("password", page.t("staff-password")).kind(FieldKind::Password).autocomplete("current-password"),
    ];
    let (action, next) = (format!("{}/sign-in", desk.home()), next.to_owned());
    SignInView { page, action, next, refused: None, fields }
}

/// GET /agency/sign-in, /operator/sign-in and /clerk/sign-in.
///
/// # Errors
/// When the session cannot be looked up.
pub async fn get_sign_in(
    request: HttpRequest,
    page: Page,
    browser: Browser,
    user: MaybeUser,
    query: web::Query<Next>,
) -> Result<HttpResponse, Error> {
    keeps_registry(&request)?;
    if let Some(user) = user.0 {
        return Ok(see_other(Desk::of_role(user.account.role).home()));
    }
    let view = view(page, &browser, Desk::of(&request), &query.next, "");
    Ok(view.page.respond(StatusCode::OK, &view))
}

/// POST /agency/sign-in and /operator/sign-in: whichever form was used, the account decides where it leads.
///
/// # Errors
/// Too many tries from one address; a store that does not answer.
pub async fn post_sign_in(
    request: HttpRequest,
    page: Page,
    browser: Browser,
    form: CsrfForm<SignInForm>,
    gateway: web::Data<Gateway>,
    state: web::Data<WebState>,
) -> Result<HttpResponse, Error> {
    keeps_registry(&request)?;
    slow_down(&request, &state)?;
    let CsrfForm(SignInForm { login, password, next }) = form;
    let (id, now) = (random_id().map_err(Problem::internal)?, gateway.clock.now());
    let tried = gateway.store.session_sign_in(
        &login,
        Zeroizing::new(password),
        cookie_sha256(&id),
        &state.config.sessions,
        now,
    );
    let outcome = tried.await.map_err(Problem::from)?;
    note(&gateway, &outcome).await?;
    let refused = match outcome {
        SignIn::Done(account) => return enter(&request, &gateway, &account, &next, id).await,
        SignIn::Refused { .. } => page.t("staff-sign-in-refused").into_owned(),
        SignIn::Stopped { until } => page.with("staff-sign-in-stopped", "until", words_of_time(until)),
    };
    let mut view = view(page, &browser, Desk::of(&request), &next, &login);
    view.page.has_errors = true;
    view.refused = Some(refused);
    Ok(view.page.respond(StatusCode::UNPROCESSABLE_ENTITY, &view))
}

/// The session before at the same desk, if any, ends: a new identifier for every sign-in.
async fn enter(
    request: &HttpRequest,
    gateway: &Gateway,
    account: &Account,
    next: &str,
    id: String,
) -> Result<HttpResponse, Error> {
    let guard = guard(request)?;
    let cookie = cookie_of(Desk::of_role(account.role));
    if let Some(before) = guard.cookie_value(request, cookie) {
        gateway.store.session_end(cookie_sha256(&before)).await.map_err(Problem::from)?;
    }
    let home = Desk::of_role(account.role).home();
    let inside = next == home || next.strip_prefix(home).is_some_and(|rest| rest.starts_with('/'));
    let plain = next.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-._".contains(&byte));
    let mut response = see_other(if inside && plain { next } else { home });
    response.add_cookie(&guard.cookie(cookie, id)).map_err(Problem::internal)?;
    Ok(response)
}

/// An audit line a try. A name that is not an account's is not written down: it may be a password in the wrong field.
async fn note(gateway: &Gateway, outcome: &SignIn) -> Result<(), Problem> {
    let (actor, outcome) = match outcome {
        SignIn::Done(account) => (account.actor(), "done"),
        SignIn::Refused { account } => (account.clone().unwrap_or_default(), "refused"),
        SignIn::Stopped { .. } => (String::new(), "stopped"),
    };
    let entry = AuditEntry {
        at: gateway.clock.now(),
        subject: String::new(),
        actor,
        action: "sign_in",
        outcome: outcome.to_owned(),
        request_id: None,
    };
    Ok(gateway.store.audit_append(entry).await?)
}

/// Gently, by address: a town hall's whole staff may come from one.
fn slow_down(request: &HttpRequest, state: &WebState) -> Result<(), Problem> {
    let address = request.extensions().get::<ClientAddress>().map(|address| address.0);
    let Some(address) = address else { return Ok(()) };
    state.sign_ins.check(address).map_err(|seconds| {
        Problem::new(RejectionCode::TooManyRequests, "Too many sign-ins were tried from this address within a minute.")
            .retry_after(seconds)
    })
}

/// The form that signs out carries nothing but its token.
#[derive(Deserialize)]
pub struct SignOutForm {}

/// POST /agency/sign-out and /operator/sign-out. Signing out twice is the same as once.
///
/// # Errors
/// A form that is not ours; a store that does not answer.
pub async fn post_sign_out(
    request: HttpRequest,
    _form: CsrfForm<SignOutForm>,
    user: MaybeUser,
    gateway: web::Data<Gateway>,
) -> Result<HttpResponse, Error> {
    let guard = guard(&request)?;
    let name = cookie_of(Desk::of(&request));
    if let (Some(user), Some(id)) = (user.0, guard.cookie_value(&request, name)) {
        gateway.store.session_end(cookie_sha256(&id)).await.map_err(Problem::from)?;
        super::audit(&gateway, &user.account, "sign_out", "", "done").await.map_err(Problem::from)?;
    }
    let mut cookie = guard.cookie(name, String::new());
    cookie.set_max_age(Duration::ZERO);
    let mut response = see_other(&format!("{}/sign-in", Desk::of(&request).home()));
    response.add_cookie(&cookie).map_err(Problem::internal)?;
    Ok(response)
}

fn guard(request: &HttpRequest) -> Result<&CsrfGuard, Problem> {
    let guard = request.app_data::<web::Data<CsrfGuard>>();
    guard.map(|guard| guard.get_ref()).ok_or_else(|| Problem::internal("the CSRF guard is missing"))
}

/// 303: read on there.
pub fn see_other(location: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, location)).finish()
}
