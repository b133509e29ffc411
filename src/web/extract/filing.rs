//! A filing at its own address, `/filings/{arrival_number}`, and who may see it there: the browser in which it was opened
//! with its access key, and the resident who signed in and whose account is linked to it.
use actix_web::dev::Payload;
use actix_web::http::{StatusCode, header};
use actix_web::{Error, FromRequest, HttpRequest, HttpResponse, ResponseError, web};
use futures_util::future::LocalBoxFuture;

use super::about::About;
use super::csrf::{Browser, CsrfGuard};
use super::session::{FILING_COOKIE, RESIDENT_COOKIE, cookie_sha256};
use crate::gateway::Gateway;
use crate::ids::ArrivalNumber;
use crate::store::StoreError;
use crate::store::submissions::SubmissionRecord;
use crate::submission::rejection::RejectionCode;
use crate::web::page::{Page, SignedIn};
use crate::web::problem::Problem;
use crate::web::routes::is_safe;
use crate::web::state::WebState;

/// Somebody at the address of a filing; [`FilingDoor::open`] tells whether it is open to them.
pub struct FilingDoor {
    /// Who asks.
    pub browser: Browser,
    /// The gateway.
    pub gateway: web::Data<Gateway>,
    /// The web side's own state.
    pub state: web::Data<WebState>,
    number: Option<ArrivalNumber>,
    session: Option<[u8; 32]>,
    resident: Option<[u8; 32]>,
    reads: bool,
    request: HttpRequest,
    /// The address that was asked for, where it is a page of the filing.
    asked: String,
}

/// A filing that is open to who asks.
#[derive(Debug)]
pub struct OpenFiling {
    /// Everything that is known of it.
    pub record: SubmissionRecord,
    /// Opened by an account's link, and not by the access key.
    pub by_account: bool,
}

impl OpenFiling {
    /// Its number.
    pub fn number(&self) -> ArrivalNumber {
        self.record.submission.arrival_number
    }

    /// The address of one of its pages: `/filings/{arrival_number}/messages`; of its own page for an empty `page`.
    pub fn address(&self, page: &str) -> String {
        address(self.number(), page)
    }

    /// `page` in the frame of the filing's pages.
    pub fn frame(&self, page: Page, browser: &Browser) -> Page {
        let page = page.csrf(browser.csrf_token());
        match self.by_account {
            true => {
                let name = page.t("account-signed-in").into_owned();
                page.user(SignedIn { name, sign_out: "/account/sign-out" })
            }
            false => page,
        }
    }
}

/// The address of a filing's page.
pub fn address(number: ArrivalNumber, page: &str) -> String {
    let slash = if page.is_empty() { "" } else { "/" };
    format!("/filings/{number}{slash}{page}")
}

/// The pages of a filing that somebody comes back to when they opened it again, by the ends of their addresses.
const PAGES: [&str; 5] = ["", "receipt", "mail", "withdrawal", "withdrawal/sign"];

/// `asked`, where it is the address of one of a filing's pages.
pub fn page_of(number: ArrivalNumber, asked: &str) -> Option<String> {
    PAGES.iter().map(|page| address(number, page)).find(|page| page == asked)
}

/// The filing is not open to who asks: the way to where it is opened (303), and from there back. A number that is not there
/// answers alike.
#[derive(Debug, thiserror::Error)]
#[error("open the filing first")]
struct OpenFirst(String);

impl ResponseError for OpenFirst {
    fn status_code(&self) -> StatusCode {
        StatusCode::SEE_OTHER
    }

    fn error_response(&self) -> HttpResponse {
        let back = if self.0.is_empty() { String::new() } else { format!("&next={}", self.0) };
        HttpResponse::SeeOther().insert_header((header::LOCATION, format!("/status?closed=1{back}"))).finish()
    }
}

impl FilingDoor {
    /// The filing, where it is open to who asks.
    ///
    /// # Errors
    /// For a page the way to `/status`; 401 for anything else; 503 where the record cannot be read.
    pub async fn open(&self) -> Result<OpenFiling, Error> {
        match self.look().await.map_err(Problem::from)? {
            Some(open) => Ok(open),
            None if self.reads => Err(OpenFirst(self.asked.clone()).into()),
            None => {
                let detail = "The filing is not open here any more. Open it again with its arrival number and access key, \
                              or sign in; then send this once more.";
                Err(Problem::new(RejectionCode::Unauthorized, detail).into())
            }
        }
    }

    /// The filing, or none where it is not open to who asks: for a form whose text is to be kept then.
    ///
    /// # Errors
    /// 503 where the record cannot be read.
    pub async fn find(&self) -> Result<Option<OpenFiling>, Problem> {
        Ok(self.look().await?)
    }

    /// The number in the address, where it is one.
    pub fn number(&self) -> Option<ArrivalNumber> {
        self.number
    }

    async fn look(&self) -> Result<Option<OpenFiling>, StoreError> {
        let (store, now) = (&self.gateway.store, self.gateway.clock.now());
        let Some(number) = self.number else { return Ok(None) };
        let by_key = match self.session {
            Some(session) => store.filing_session_opens(session, number, now).await?,
            None => false,
        };
        let resident = match self.resident {
            Some(cookie) if !by_key => self.gateway.resident(cookie).await?,
            _ => None,
        };
        if !by_key && resident.is_none() {
            return Ok(None);
        }
        let Some(record) = store.submission_record(number).await? else { return Ok(None) };
        let filing = &record.submission;
        let about = About { procedure: filing.procedure.to_string(), recipient: Some(filing.recipient) };
        about.note(&self.request);
        let opens = match resident {
            Some(resident) => store.link_opens(resident.account, &record.submission).await?,
            None => by_key,
        };
        Ok(opens.then_some(OpenFiling { record, by_account: !by_key }))
    }

    /// The office to ask, in lines; the time of the request.
    pub fn where_to_ask(&self, page: &Page) -> (Vec<String>, String) {
        let now = crate::web::resident::dates::moment_in_both_eras(page.language, self.gateway.clock.now());
        (crate::web::resident::office::of_request(page.language, &self.gateway, &self.request), now)
    }

    /// The session by which it is open in this browser, if any.
    pub fn session(&self) -> Option<[u8; 32]> {
        self.session
    }
}

impl FromRequest for FilingDoor {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let missing = || Problem::internal("the gateway, its web state or the CSRF guard is missing");
            let guard = request.app_data::<web::Data<CsrfGuard>>().ok_or_else(missing)?;
            let hashed = |name: &str| guard.cookie_value(&request, name).map(|value| cookie_sha256(&value));
            let number = request.match_info().get("arrival_number").and_then(|text| text.parse().ok());
            Ok(Self {
                asked: number.and_then(|number| page_of(number, request.path())).unwrap_or_default(),
                browser: Browser::extract(&request).await?,
                gateway: request.app_data::<web::Data<Gateway>>().ok_or_else(missing)?.clone(),
                state: request.app_data::<web::Data<WebState>>().ok_or_else(missing)?.clone(),
                number,
                session: hashed(FILING_COOKIE),
                resident: hashed(RESIDENT_COOKIE),
                reads: is_safe(request.method()),
                request: request.clone(),
            })
        })
    }
}
