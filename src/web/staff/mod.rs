//! What the agencies', the operators' and the clerks' desks share: signing in and out, passwords, words for times.
pub mod password;
pub mod sign_in;

use actix_web::HttpRequest;
use chrono::{DateTime, FixedOffset, Utc};

use crate::gateway::Gateway;
use crate::store::StoreError;
use crate::store::accounts::{Account, Role};
use crate::store::audit::AuditEntry;
use crate::web::extract::csrf::Browser;
use crate::web::page::{Area, Page, SignedIn};

/// Which desk a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Desk {
    /// `/agency`
    Agency,
    /// `/operator`
    Operator,
    /// `/clerk`
    Clerk,
}

impl Desk {
    /// The desk whose page a request asks for.
    pub fn asked_for(request: &HttpRequest) -> Option<Self> {
        let is_under = |desk: &Self| {
            let rest = request.path().strip_prefix(desk.home());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        [Self::Agency, Self::Operator, Self::Clerk].into_iter().find(is_under)
    }

    /// The same for a page that is known to be a desk's.
    pub fn of(request: &HttpRequest) -> Self {
        Self::asked_for(request).unwrap_or(Self::Agency)
    }

    /// The desk at which an account works.
    pub fn of_role(role: Role) -> Self {
        match role {
            Role::Agency(_) => Self::Agency,
            Role::Operator => Self::Operator,
            Role::Clerk(_) => Self::Clerk,
        }
    }

    /// Where it begins.
    pub fn home(self) -> &'static str {
        match self {
            Self::Agency => "/agency",
            Self::Operator => "/operator",
            Self::Clerk => "/clerk",
        }
    }

    fn area(self) -> Area {
        match self {
            Self::Agency => Area::Agency,
            Self::Operator => Area::Operator,
            Self::Clerk => Area::Clerk,
        }
    }
}

/// The frame of a page for somebody who is signed in.
pub fn frame(page: Page, browser: &Browser, account: &Account) -> Page {
    let desk = Desk::of_role(account.role);
    let sign_out = match desk {
        Desk::Agency => "/agency/sign-out",
        Desk::Operator => "/operator/sign-out",
        Desk::Clerk => "/clerk/sign-out",
    };
    let name = match account.role {
        Role::Agency(agency) | Role::Clerk(agency) => format!("{} ({agency})", account.login),
        Role::Operator => account.login.clone(),
    };
    page.area(desk.area()).user(SignedIn { name, sign_out }).csrf(browser.csrf_token())
}

/// A time as people here read it: Japan's, to the minute, with its zone named.
pub fn words_of_time(at: DateTime<Utc>) -> String {
    match FixedOffset::east_opt(9 * 3600) {
        Some(japan) => at.with_timezone(&japan).format("%Y-%m-%d %H:%M JST").to_string(),
        None => at.format("%Y-%m-%d %H:%M UTC").to_string(),
    }
}

/// Writes an audit line about what an account did.
///
/// # Errors
/// When it could not be written: what it tells of is not to be done or shown then.
pub async fn audit(
    gateway: &Gateway,
    account: &Account,
    action: &'static str,
    subject: impl Into<String>,
    outcome: &str,
) -> Result<(), StoreError> {
    let entry = AuditEntry {
        at: gateway.clock.now(),
        actor: account.actor(),
        action,
        subject: subject.into(),
        outcome: outcome.to_owned(),
        request_id: None,
    };
    gateway.store.audit_append(entry).await
}
