//! The frame of every HTML page: language, title, who is signed in, form token; and its answer with strict headers.
//!
//! # How to make a page
//!
//! ```text
//! #[derive(askama::Template)]
//! #[template(path = "agency/queue.html")]       // {% extends "base.html" %} {% import "components.html" as ui %}
//! struct QueueView {                            // {% block main %}<h1>{{ page.title }}</h1>{{ ui::csrf() }}{% endblock %}
//!     page: Page,
//!     filings: Vec<Row>,
//! }
//!
//! async fn queue(page: Page, ...) -> HttpResponse {
//!     let page = page.titled("agency-queue-title").area(Area::Agency).user(SignedIn { ... }).csrf(token);
//!     let view = QueueView { page, filings };
//!     view.page.respond(StatusCode::OK, &view)
//! }
//! ```
//!
//! In templates: `{{ page.t("key") }}`, `{{ page.with("key", "name", value) }}` for `{ $name }`, `{{ page.count("key", n) }}`
//! for `{ $count }`; texts stand in `assets/locales/<tag>/<room>.ftl` (a test fails on a missing or unused one). No inline
//! script or style: the Content-Security-Policy refuses them. Forms take [`crate::web::forms::Field`]s.
use std::borrow::Cow;

use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use askama::Template;

use crate::web::assets;
use crate::web::i18n::{LANGUAGE_COOKIE, Language};
use crate::web::state::WebState;

/// For whom a page is; decides the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Area {
    /// Residents and the public.
    Resident,
    /// An agency's staff.
    Agency,
    /// PKI operators.
    Operator,
    /// A municipality's clerks.
    Clerk,
}

/// Who is signed in, for the header.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The account's name.
    pub name: String,
    /// Where the sign-out form is posted.
    pub sign_out: &'static str,
}

/// A link of the navigation.
#[derive(Debug, Clone)]
pub struct NavigationLink {
    /// Where it leads.
    pub href: &'static str,
    /// The key of its text.
    pub key: &'static str,
}

/// The frame of a page; an extractor, so that a handler just asks for it.
#[derive(Debug, Clone)]
pub struct Page {
    /// The language it is written in.
    pub language: Language,
    /// Its title and first heading.
    pub title: String,
    /// What it is a page of, where that is more than the service: said in the window's title.
    pub within: Option<String>,
    /// For whom it is.
    pub area: Area,
    /// Who is signed in.
    pub user: Option<SignedIn>,
    /// The token that every form sends back (`{{ ui::csrf() }}`).
    pub csrf_token: String,
    /// Whether a form on it has errors: the title says so first.
    pub has_errors: bool,
    /// Whether the language can be changed here (not where a change would lose what is shown once).
    pub language_links: bool,
    /// Whether residents may sign in with their card here.
    pub offers_sign_in: bool,
    /// Whether this gateway keeps a resident registry.
    pub has_registry: bool,
    /// Whether others use this computer too, as the person said.
    pub is_shared: bool,
    /// Seconds until what the person opened is closed without use; none: it is not, or nothing personal is shown.
    pub ends_in: Option<i64>,
    /// The origin that its scripts may also speak to: the card client's agent.
    pub connect_to: Option<String>,
    path: String,
    query: String,
    remember_language: bool,
}

impl Page {
    /// The frame for a request.
    pub fn of(request: &HttpRequest) -> Self {
        let (wanted, remember_language) = language_of(request);
        let language = if is_of_staff(request.path()) { wanted.of_everybody() } else { wanted };
        Self {
            language,
            title: String::new(),
            within: None,
            area: Area::Resident,
            user: None,
            csrf_token: String::new(),
            has_errors: false,
            language_links: true,
            offers_sign_in: offers_sign_in(request),
            has_registry: has_registry(request),
            is_shared: is_shared(request),
            ends_in: super::ending::seconds(request),
            connect_to: None,
            path: request.path().to_owned(),
            query: query_without_language(request.query_string()),
            // A language that is spoken here only in the stead of another is not taken for the choice.
            remember_language: remember_language && language == wanted,
        }
    }

    /// With the title of `key`.
    #[must_use]
    pub fn titled(self, key: &str) -> Self {
        let title = self.t(key).into_owned();
        self.named(title)
    }

    /// With a title that is no fixed text.
    #[must_use]
    pub fn named(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// As a page of a procedure.
    #[must_use]
    pub fn within(mut self, whole: impl Into<String>) -> Self {
        self.within = Some(whole.into());
        self
    }

    /// For whom.
    #[must_use]
    pub fn area(mut self, area: Area) -> Self {
        self.area = area;
        self
    }

    /// With who is signed in.
    #[must_use]
    pub fn user(mut self, user: SignedIn) -> Self {
        self.user = Some(user);
        self
    }

    /// With the token of its forms.
    #[must_use]
    pub fn csrf(mut self, token: impl Into<String>) -> Self {
        self.csrf_token = token.into();
        self
    }

    /// With errors in its form, or not.
    #[must_use]
    pub fn errors(mut self, has_errors: bool) -> Self {
        self.has_errors = has_errors;
        self
    }

    /// Whether it shows, or leads to, something that a person on a shared computer wants to be gone afterwards.
    pub fn is_personal(&self) -> bool {
        super::ending::is_personal(&self.path)
    }

    /// The path that was asked for.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The text of `key`.
    pub fn t(&self, key: &str) -> Cow<'static, str> {
        self.language.t(key)
    }

    /// The text of `key` with `{ $name }` filled in.
    pub fn with(&self, key: &str, name: &str, value: impl std::fmt::Display) -> String {
        self.language.with(key, name, value)
    }

    /// The text of `key` with `{ $count }`.
    pub fn count(&self, key: &str, count: impl std::fmt::Display) -> String {
        self.language.count(key, count.to_string().parse().unwrap_or(usize::MAX))
    }

    /// The address of an embedded file.
    pub fn asset(&self, name: &str) -> String {
        assets::address(name)
    }

    /// This page in each language that it exists in: the language and the address.
    pub fn languages(&self) -> Vec<(Language, String)> {
        let all = if is_of_staff(&self.path) { Language::OF_EVERYBODY } else { Language::ALL };
        let join = if self.query.is_empty() { "" } else { "&" };
        all.iter()
            .copied()
            .map(|language| (language, format!("{}?{}{join}lang={}", self.path, self.query, language.tag())))
            .collect()
    }

    /// The navigation of the page's area.
    pub fn navigation(&self) -> Vec<NavigationLink> {
        let links: &[(&'static str, &'static str)] = match self.area {
            Area::Resident => {
                &[("/procedures", "nav-procedures"), ("/status", "nav-status"), ("/verify", "nav-verify")]
            }
            Area::Agency | Area::Operator | Area::Clerk if self.user.is_none() => &[],
            Area::Agency if self.has_registry => &[
                ("/agency", "nav-agency-queue"),
                ("/agency/procedures", "nav-agency-procedures"),
                ("/agency/identity", "nav-agency-identity"),
            ],
            Area::Agency => &[("/agency", "nav-agency-queue"), ("/agency/procedures", "nav-agency-procedures")],
            Area::Operator => &[("/operator", "nav-operator-crls")],
            Area::Clerk => &[
                ("/clerk", "nav-clerk-records"),
                ("/clerk/new", "nav-clerk-new"),
                ("/clerk/matches", "nav-clerk-matches"),
                ("/clerk/notices", "nav-clerk-notices"),
                ("/clerk/accesses", "nav-clerk-accesses"),
            ],
        };
        let account = (self.area == Area::Resident && self.offers_sign_in).then_some(("/account", "nav-account"));
        links.iter().copied().chain(account).map(|(href, key)| NavigationLink { href, key }).collect()
    }

    /// Whether a link of the navigation leads to the page that is shown, or above it and nearer than any other link.
    pub fn is_here(&self, href: &str) -> bool {
        let leads =
            |href: &str| self.path == href || self.path.strip_prefix(href).is_some_and(|rest| rest.starts_with('/'));
        let nearest =
            self.navigation().iter().map(|link| link.href).filter(|href| leads(href)).max_by_key(|href| href.len());
        nearest == Some(href)
    }

    /// Answers with the page.
    pub fn respond(&self, status: StatusCode, view: &impl Template) -> HttpResponse {
        let html = match view.render() {
            Ok(html) => html,
            Err(error) => {
                tracing::error!(%error, "a page could not be rendered");
                return HttpResponse::InternalServerError().finish();
            }
        };
        let mut response = HttpResponse::build(status);
        response
            .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
            .insert_header((header::CONTENT_LANGUAGE, self.language.tag()))
            .insert_header((header::VARY, "Accept-Language, Cookie"))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::CONTENT_SECURITY_POLICY, self.content_security_policy()))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .insert_header((header::REFERRER_POLICY, "same-origin"));
        if self.remember_language {
            response.cookie(language_cookie(self.language));
        }
        response.body(html)
    }

    fn content_security_policy(&self) -> String {
        let connect_to = self.connect_to.as_deref().map(|origin| format!(" {origin}")).unwrap_or_default();
        format!(
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
             connect-src 'self'{connect_to}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )
    }
}

impl FromRequest for Page {
    type Error = std::convert::Infallible;
    type Future = std::future::Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _payload: &mut actix_web::dev::Payload) -> Self::Future {
        std::future::ready(Ok(Self::of(request)))
    }
}

fn is_shared(request: &HttpRequest) -> bool {
    let guard = request.app_data::<web::Data<super::extract::csrf::CsrfGuard>>();
    guard.is_some_and(|guard| super::extract::shared::Shared::of(guard, request) != super::extract::shared::Shared::No)
}

fn has_registry(request: &HttpRequest) -> bool {
    request.app_data::<web::Data<crate::gateway::Gateway>>().is_some_and(|gateway| gateway.registry().is_some())
}

fn offers_sign_in(request: &HttpRequest) -> bool {
    request.app_data::<web::Data<WebState>>().is_some_and(|state| state.config.sign_in.enabled)
}

/// Whether a path is one of agencies' or operators' pages, which exist in the languages of everybody.
fn is_of_staff(path: &str) -> bool {
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    matches!(first, "agency" | "operator" | "clerk")
}

/// The language of a request: `?lang=`, then the cookie, then Accept-Language, then the first we have. The flag tells
/// whether it was asked for in the address and is to be remembered.
pub fn language_of(request: &HttpRequest) -> (Language, bool) {
    let mut pairs = request.query_string().split('&').filter_map(|pair| pair.split_once('='));
    if let Some(language) = pairs.find(|(name, _)| *name == "lang").and_then(|(_, tag)| Language::from_tag(tag)) {
        return (language, true);
    }
    let remembered = request.cookie(LANGUAGE_COOKIE).and_then(|cookie| Language::from_tag(cookie.value()));
    let accepted = || {
        let header = request.headers().get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
        Language::from_accept_language(header)
    };
    (remembered.or_else(accepted).unwrap_or_default(), false)
}

fn language_cookie(language: Language) -> Cookie<'static> {
    Cookie::build(LANGUAGE_COOKIE, language.tag())
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .max_age(Duration::days(365))
        .finish()
}

fn query_without_language(query: &str) -> String {
    let kept: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("lang=")).collect();
    kept.join("&")
}
