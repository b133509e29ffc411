//! The whole URL table on one page. Each line: method, path, who may call it, handler. What is not here answers 404,
//! what is here under another method 405. The OpenAPI document and the tests are compared with this table.
use actix_web::dev::ResourceDef;
use actix_web::guard;
use actix_web::http::Method;
use actix_web::{HttpRequest, Resource, Scope, web};

use super::problem::Problem;
use super::{agency, api, assets, clerk, kiosk, ocsp, operator, resident, sign_in, staff};
use crate::submission::rejection::RejectionCode;

/// Who may call a route; the handler's extractor enforces it, a test goes over every route with every role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anyone.
    Anyone,
    /// Who holds the filing's access token, or the resident who filed it.
    FilingToken,
    /// Who opened the filing in this browser with its access key, or the resident whose account is linked to it.
    OwnFiling,
    /// A program of an agency, by bearer token.
    AgencyToken,
    /// A program of the PKI operators, by bearer token.
    OperatorToken,
    /// A resident who signed in with their card.
    Resident,
    /// A signed-in member of an agency.
    Agency,
    /// A signed-in operator.
    Operator,
    /// A signed-in clerk of a municipality whose registry is kept here.
    Clerk,
}

/// One line of the table.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// `GET`, `POST` ...
    pub method: &'static str,
    /// With `{name}` where a segment varies.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
}

macro_rules! route_table {
    ($($method:ident $path:literal $access:ident $($handler:ident)::+;)*) => {
        /// Every route, in the order in which they are tried.
        pub const ROUTES: &[Route] =
            &[$(Route { method: stringify!($method), path: $path, access: Access::$access }),*];

        /// Registers every route, each under the scope of its path's first segment: a request is compared with the routes of its
        /// own scope and not with all of the table.
        pub fn configure(config: &mut web::ServiceConfig) {
            let mut scopes: Vec<(&'static str, Scope)> = Vec::new();
            $(
                let (first, rest) = split($path);
                let route = resource(stringify!($method), rest, $path).route(web::route().to($($handler)::+));
                match scopes.iter().position(|(prefix, _)| *prefix == first) {
                    // A scope of no segment would take every request to itself.
                    _ if first.is_empty() => drop(config.service(route)),
                    Some(place) => {
                        let (_, scope) = scopes.swap_remove(place);
                        scopes.push((first, scope.service(route)));
                    }
                    None => scopes.push((first, web::scope(first).service(route))),
                }
            )*
            for (_, scope) in scopes {
                config.service(scope);
            }
            config.default_service(web::to(nothing_here));
        }
    };
}

route_table! {
    POST "/api/v1/submissions"                               Anyone       api::submissions::post_submission;
    POST "/api/v1/submissions/{arrival_number}/corrections"  Anyone       api::submissions::post_correction;
    POST "/api/v1/submissions/{arrival_number}/withdrawal"   Anyone       api::submissions::post_withdrawal;
    GET  "/api/v1/submissions/{arrival_number}"              FilingToken  api::statuses::get_submission;
    GET  "/api/v1/submissions/{arrival_number}/receipt"      FilingToken  api::statuses::get_receipt;
    GET  "/api/v1/agency/submissions"                        AgencyToken  api::agency_feed::list_feed;
    POST "/api/v1/agency/acknowledgements"                   AgencyToken  api::agency_feed::post_acknowledgement;
    POST "/api/v1/agency/identity"                           AgencyToken  api::agency_identity::post_identity;
    GET  "/api/v1/agency/submissions/{arrival_number}"       AgencyToken  api::agency_submissions::get_submission;
    GET  "/api/v1/agency/submissions/{arrival_number}/evidence" AgencyToken api::agency_submissions::get_evidence;
    POST "/api/v1/agency/submissions/{arrival_number}/decision" AgencyToken api::agency_submissions::post_decision;
    GET  "/api/v1/agency/submissions/{arrival_number}/documents/{role}/{ordinal}" AgencyToken api::agency_submissions::get_document;
    GET  "/api/v1/operator/crls"                             OperatorToken api::operator_crls::list_crls;
    POST "/api/v1/operator/crls"                             OperatorToken api::operator_crls::post_crl;
    GET  "/api/v1/procedures"                                Anyone       api::procedures::list_procedures;
    GET  "/api/v1/procedures/{code}"                         Anyone       api::procedures::get_procedure;
    POST "/api/v1/applications"                              Anyone       api::applications::post_application;
    POST "/api/v1/validations"                               Anyone       api::validations::post_validation;
    GET  "/api/openapi.json"                                 Anyone       api::openapi::get_openapi;
    GET  "/.well-known/jwks.json"                            Anyone       api::keys::get_keys;
    GET  "/"                                                 Anyone       resident::home::get;
    GET  "/assets/{name}"                                    Anyone       assets::get;
    GET  "/help"                                             Anyone       resident::information::get_help;
    GET  "/privacy"                                          Anyone       resident::information::get_privacy;
    GET  "/procedures"                                       Anyone       resident::procedures::list_procedures;
    GET  "/procedures/{code}"                                Anyone       resident::procedures::get_procedure;
    POST "/procedures/{code}/start"                          Anyone       resident::procedures::post_start;
    GET  "/apply/{draft}/form"                               Anyone       resident::form::get_form;
    GET  "/apply/{draft}/form/{page}"                        Anyone       resident::question::get_page;
    POST "/apply/{draft}/form/{page}"                        Anyone       resident::question::post_page;
    GET  "/apply/{draft}/form/{page}/{number}"               Anyone       resident::entries::get_entry;
    POST "/apply/{draft}/form/{page}/{number}"               Anyone       resident::entries::post_entry;
    POST "/apply/{draft}/form/{page}/{number}/remove"        Anyone       resident::entries::post_remove;
    POST "/apply/{draft}/certificate"                        Anyone       resident::form::post_certificate;
    POST "/apply/{draft}/unlock"                             Anyone       resident::form::post_unlock;
    POST "/apply/{draft}/discard"                            Anyone       resident::draft_list::post_discard;
    POST "/apply/{draft}/restore"                            Anyone       resident::draft_list::post_restore;
    GET  "/apply/{draft}/keep"                               Anyone       resident::draft_keep::get_keep;
    POST "/apply/{draft}/keep"                               Anyone       resident::draft_keep::post_keep;
    GET  "/apply/{draft}/versions"                           Anyone       resident::draft_versions::get_versions;
    POST "/apply/{draft}/versions"                           Anyone       resident::draft_versions::post_versions;
    GET  "/drafts"                                           Anyone       resident::draft_list::list_drafts;
    GET  "/drafts/{link}"                                    Anyone       resident::draft_keep::get_link;
    POST "/drafts/{link}"                                    Anyone       resident::draft_keep::post_link;
    GET  "/apply/{draft}/attachments"                        Anyone       resident::attachments::get_attachments;
    POST "/apply/{draft}/attachments"                        Anyone       resident::attachments::post_attachments;
    POST "/apply/{draft}/attachments/{number}/remove"        Anyone       resident::attachments::post_remove;
    POST "/apply/{draft}/uploads"                            Anyone       resident::uploads::post_upload;
    GET  "/apply/{draft}/uploads/{upload}"                   Anyone       resident::uploads::get_upload;
    PATCH "/apply/{draft}/uploads/{upload}"                  Anyone       resident::uploads::patch_upload;
    DELETE "/apply/{draft}/uploads/{upload}"                 Anyone       resident::uploads::delete_upload;
    GET  "/apply/{draft}/review"                             Anyone       resident::review::get_review;
    POST "/apply/{draft}/review"                             Anyone       resident::review::post_review;
    GET  "/apply/{draft}/application.json"                   Anyone       resident::review::get_application;
    GET  "/apply/{draft}/application.mgreq"                  Anyone       resident::review::get_request;
    GET  "/apply/{draft}/sign"                               Anyone       resident::sign::get_sign;
    GET  "/apply/{draft}/receipt"                            Anyone       resident::receipt::get_receipt;
    POST "/apply/{draft}/receipt"                            Anyone       resident::sign::post_signature;
    POST "/apply/{draft}/receipt/key"                        Anyone       resident::receipt::post_key;
    GET  "/apply/{draft}/receipt.json"                       Anyone       resident::receipt::get_json;
    GET  "/apply/{draft}/receipt.jws"                        Anyone       resident::receipt::get_jws;
    GET  "/apply/{draft}/receipt.pdf"                        Anyone       resident::receipt::get_pdf;
    GET  "/status"                                           Anyone       resident::status::get_form;
    POST "/status"                                           Anyone       resident::status::post_form;
    GET  "/filings/{arrival_number}"                         OwnFiling    resident::filing::get_filing;
    POST "/filings/{arrival_number}/close"                   OwnFiling    resident::filing::post_close;
    GET  "/filings/{arrival_number}/receipt"                 OwnFiling    resident::filing::receipt::get_receipt;
    GET  "/filings/{arrival_number}/receipt.json"            OwnFiling    resident::filing::receipt::get_json;
    GET  "/filings/{arrival_number}/receipt.jws"             OwnFiling    resident::filing::receipt::get_jws;
    GET  "/filings/{arrival_number}/receipt.pdf"             OwnFiling    resident::filing::receipt::get_pdf;
    POST "/filings/{arrival_number}/messages"                OwnFiling    resident::filing::messages::post_message;
    POST "/filings/{arrival_number}/notices"                 OwnFiling    resident::filing::messages::post_seen;
    POST "/filings/{arrival_number}/correction"              OwnFiling    resident::filing::correction::post_correction;
    GET  "/filings/{arrival_number}/withdrawal"              OwnFiling    resident::filing::withdrawal::get_form;
    POST "/filings/{arrival_number}/withdrawal"              OwnFiling    resident::filing::withdrawal::post_form;
    GET  "/filings/{arrival_number}/withdrawal/sign"         OwnFiling    resident::filing::withdrawal::get_sign;
    GET  "/filings/{arrival_number}/withdrawal.mgreq"        OwnFiling    resident::filing::withdrawal::get_request;
    GET  "/filings/{arrival_number}/withdrawal.json"         OwnFiling    resident::filing::withdrawal::get_document;
    POST "/filings/{arrival_number}/withdrawal/signature"    OwnFiling    resident::filing::withdrawal::post_signature;
    GET  "/filings/{arrival_number}/official/{id}"           OwnFiling    resident::filing::official::get_document;
    GET  "/filings/{arrival_number}/official/{id}/seal"      OwnFiling    resident::filing::official::get_seal;
    GET  "/filings/{arrival_number}/mail"                    OwnFiling    resident::filing::mail::get_mail;
    POST "/filings/{arrival_number}/mail"                    OwnFiling    resident::filing::mail::post_mail;
    POST "/filings/{arrival_number}/mail/remove"             OwnFiling    resident::filing::mail::post_remove;
    GET  "/mail/{id}/{tag}"                                  Anyone       resident::filing::mail::get_link;
    POST "/mail/{id}/{tag}"                                  Anyone       resident::filing::mail::post_link;
    GET  "/filings/{arrival_number}/everything.zip"          OwnFiling    resident::filing::export::get_everything;
    GET  "/verify"                                           Anyone       resident::verify::get_form;
    POST "/verify"                                           Anyone       resident::verify::post_files;
    GET  "/documents/verify"                                 Anyone       resident::documents::get_form;
    POST "/documents/verify"                                 Anyone       resident::documents::post_form;
    GET  "/kiosk"                                            Anyone       kiosk::start::get_start;
    GET  "/kiosk/documents"                                  Resident     kiosk::start::get_documents;
    POST "/kiosk/orders"                                     Resident     kiosk::start::post_order;
    GET  "/kiosk/orders/{order}"                             Resident     kiosk::order::get_order;
    POST "/kiosk/orders/{order}/till"                        Resident     kiosk::order::post_till;
    POST "/kiosk/orders/{order}/printed"                     Resident     kiosk::order::post_printed;
    GET  "/kiosk/orders/{order}/document.pdf"                Resident     kiosk::document::get_pdf;
    GET  "/kiosk/orders/{order}/document.p7s"                Resident     kiosk::document::get_seal;
    GET  "/sign-in"                                          Anyone       resident::sign_in::get_sign_in;
    GET  "/auth/challenge"                                   Anyone       sign_in::get_challenge;
    POST "/auth/login"                                       Anyone       sign_in::post_login;
    GET  "/shared-computer"                                  Anyone       resident::shared::get_shared;
    POST "/shared-computer"                                  Anyone       resident::shared::post_shared;
    POST "/shared-computer/finish"                           Anyone       resident::shared::post_finish;
    GET  "/finished"                                         Anyone       resident::shared::get_finished;
    GET  "/lost-card"                                        Anyone       resident::information::get_lost_card;
    GET  "/account"                                          Resident     resident::account::get_account;
    GET  "/account/accesses"                                 Resident     resident::accesses::get_accesses;
    GET  "/account/data"                                     Resident     resident::own_data::get_data;
    POST "/account/data"                                     Resident     resident::own_data::post_delete;
    GET  "/account/data.json"                                Resident     resident::own_data::get_json;
    GET  "/account/filings/{arrival_number}"                 Resident     resident::account::get_filing;
    POST "/account/links"                                    Resident     resident::account::post_link;
    POST "/account/sign-out"                                 Anyone       resident::account::post_sign_out;
    GET  "/problems"                                         Anyone       resident::problems::list_problems;
    GET  "/problems/{code}"                                  Anyone       api::problems::get_problem;
    GET  "/agency/sign-in"                                   Anyone       staff::sign_in::get_sign_in;
    POST "/agency/sign-in"                                   Anyone       staff::sign_in::post_sign_in;
    POST "/agency/sign-out"                                  Anyone       staff::sign_in::post_sign_out;
    GET  "/agency/password"                                  Agency       staff::password::get_password;
    POST "/agency/password"                                  Agency       staff::password::post_password;
    GET  "/agency"                                           Agency       agency::queue::get_queue;
    GET  "/agency/filings.csv"                               Agency       agency::export::get_export;
    GET  "/agency/filings/{arrival_number}"                  Agency       agency::filing::get_filing;
    GET  "/agency/filings/{arrival_number}/documents/{role}/{ordinal}" Agency agency::files::get_file;
    POST "/agency/filings/{arrival_number}/decision"         Agency       agency::decision::post_decision;
    GET  "/agency/identity"                                  Agency       agency::identity::get_identity;
    POST "/agency/identity"                                  Agency       agency::identity::post_identity;
    GET  "/agency/procedures"                                Agency       agency::preview::list_procedures;
    GET  "/agency/procedures/{code}/{version}"               Agency       agency::preview::get_procedure;
    POST "/agency/procedures/{code}/{version}/preview"       Agency       agency::preview::post_preview;
    GET  "/agency/filings/{arrival_number}/correspondence"   Agency       agency::correspondence::get_correspondence;
    POST "/agency/filings/{arrival_number}/messages"         Agency       agency::ask::post_message;
    POST "/agency/filings/{arrival_number}/correction"       Agency       agency::ask::post_correction;
    POST "/agency/filings/{arrival_number}/official"         Agency       agency::official::post_document;
    GET  "/agency/filings/{arrival_number}/official/{id}"    Agency       agency::official::get_document;
    GET  "/operator"                                         Operator     operator::overview::get_overview;
    POST "/operator/sources/{source}/fetch"                  Operator     operator::sources::post_fetch;
    POST "/operator/crls"                                    Operator     operator::upload::post_crl;
    GET  "/operator/quarantine"                              Operator     operator::quarantine::get_quarantine;
    GET  "/operator/quarantine/{sha256}"                     Operator     operator::quarantine::get_one;
    POST "/operator/quarantine/{sha256}"                     Operator     operator::quarantine::post_act;
    GET  "/operator/impacts"                                 Operator     operator::impacts::list_impacts;
    GET  "/operator/impacts/{sha256}"                        Operator     operator::impacts::get_impact;
    GET  "/operator/anchors"                                 Operator     operator::anchors::get_anchors;
    GET  "/operator/audit"                                   Operator     operator::audit::get_audit;
    GET  "/clerk/sign-in"                                    Anyone       staff::sign_in::get_sign_in;
    POST "/clerk/sign-in"                                    Anyone       staff::sign_in::post_sign_in;
    POST "/clerk/sign-out"                                   Anyone       staff::sign_in::post_sign_out;
    GET  "/clerk/password"                                   Clerk        staff::password::get_password;
    POST "/clerk/password"                                   Clerk        staff::password::post_password;
    GET  "/clerk/matches"                                    Clerk        clerk::matches::list_matches;
    GET  "/clerk/matches/{id}"                               Clerk        clerk::matches::get_match;
    POST "/clerk/matches/{id}"                               Clerk        clerk::matches::post_match;
    GET  "/operator/sign-in"                                 Anyone       staff::sign_in::get_sign_in;
    POST "/operator/sign-in"                                 Anyone       staff::sign_in::post_sign_in;
    POST "/operator/sign-out"                                Anyone       staff::sign_in::post_sign_out;
    GET  "/operator/password"                                Operator     staff::password::get_password;
    POST "/operator/password"                                Operator     staff::password::post_password;
    GET  "/clerk"                                            Clerk        clerk::search::get_search;
    POST "/clerk/search"                                     Clerk        clerk::search::post_search;
    GET  "/clerk/new"                                        Clerk        clerk::enter::get_new;
    POST "/clerk/new"                                        Clerk        clerk::enter::post_new;
    GET  "/clerk/records/{id}"                               Clerk        clerk::record::get_record;
    GET  "/clerk/records/{id}/events/{kind}"                 Clerk        clerk::event::get_event;
    POST "/clerk/records/{id}/events/{kind}"                 Clerk        clerk::event::post_event;
    GET  "/clerk/notices"                                    Clerk        clerk::letters::get_notices;
    POST "/clerk/notices/{id}"                               Clerk        clerk::letters::post_print;
    GET  "/clerk/accesses"                                   Clerk        clerk::accesses::get_accesses;
    POST "/ocsp"                                             Anyone       ocsp::post_ocsp;
    GET  "/ocsp/{request:.+}"                                Anyone       ocsp::get_ocsp;
    GET  "/healthz"                                          Anyone       api::health::get_healthz;
    GET  "/readyz"                                           Anyone       api::health::get_readyz;
    GET  "/metrics"                                          Anyone       api::health::get_metrics;
}

/// A path's first segment, and what follows it; the first page has no segment.
fn split(path: &'static str) -> (&'static str, &'static str) {
    let end = match path.get(1..) {
        None | Some("") => 0,
        Some(behind) => behind.find('/').map_or(path.len(), |at| at + 1),
    };
    path.split_at(end)
}

/// One resource a line, so that its name is the line's: metrics and logs tell routes by it, never by the path.
fn resource(method: &'static str, rest: &'static str, path: &'static str) -> Resource {
    let resource = web::resource(rest).name(&format!("{method} {path}"));
    match method {
        "GET" => resource.guard(guard::Any(guard::Get()).or(guard::Head())),
        "PUT" => resource.guard(guard::Put()),
        "DELETE" => resource.guard(guard::Delete()),
        "PATCH" => resource.guard(guard::Patch()),
        _ => resource.guard(guard::Post()),
    }
}

/// Answers 405 with the methods that are taken where the path is in the table, 404 where it is not.
async fn nothing_here(request: HttpRequest) -> Result<actix_web::HttpResponse, Problem> {
    let methods = methods_of(request.path());
    if methods.is_empty() {
        return Err(Problem::not_found());
    }
    Err(Problem::new(RejectionCode::MethodNotAllowed, "This address does not take that method.").allow(methods))
}

/// The methods that the table has for `path`, as an Allow header holds them; empty where there are none.
fn methods_of(path: &str) -> String {
    let mut methods: Vec<&str> = Vec::new();
    for route in ROUTES.iter().filter(|route| ResourceDef::new(route.path).is_match(path)) {
        if !methods.contains(&route.method) {
            methods.push(route.method);
            if route.method == "GET" {
                methods.push("HEAD");
            }
        }
    }
    methods.join(", ")
}

/// Whether `method` only reads.
pub fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}
