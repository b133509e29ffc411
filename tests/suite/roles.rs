//! Every route of the table tried by everyone: nobody, somebody with a wrong token, two agencies, an operator; each with
//! the exact status that it must answer. And every form of a page without, with a wrong and with a stranger's token.
use madoguchi::store::accounts::Role;
use madoguchi::web::routes::ROUTES;

use crate::desk_filings::filed;
use crate::support::gateway::{TestGateway, Wanted};
use crate::support::http::{BOUNDARY, Part, multipart};
use crate::support::visitor::{Visitor, account};
use crate::support::web_eid::AuthenticationCard;

/// What each line of the table answers to nobody, a wrong token, the filing's agency, another agency, an operator.
/// Forms are sent with a good token of their sender where the desk is meant, and without one elsewhere.
const EXPECTED: &[(&str, [u16; 5])] = &[
    ("POST /api/v1/submissions", [400; 5]),
    ("POST /api/v1/submissions/{arrival_number}/corrections", [400; 5]),
    ("POST /api/v1/submissions/{arrival_number}/withdrawal", [400; 5]),
    ("GET /api/v1/submissions/{arrival_number}", [401; 5]),
    ("GET /api/v1/submissions/{arrival_number}/receipt", [401; 5]),
    ("GET /api/v1/agency/submissions", [401; 5]),
    ("POST /api/v1/agency/acknowledgements", [401; 5]),
    ("POST /api/v1/agency/identity", [401; 5]),
    ("GET /api/v1/agency/submissions/{arrival_number}", [401; 5]),
    ("GET /api/v1/agency/submissions/{arrival_number}/evidence", [401; 5]),
    ("POST /api/v1/agency/submissions/{arrival_number}/decision", [401; 5]),
    ("GET /api/v1/agency/submissions/{arrival_number}/documents/{role}/{ordinal}", [401; 5]),
    ("GET /api/v1/operator/crls", [401; 5]),
    ("POST /api/v1/operator/crls", [401; 5]),
    ("GET /api/v1/procedures", [200; 5]),
    ("GET /api/v1/procedures/{code}", [200; 5]),
    ("POST /api/v1/applications", [415; 5]),
    ("POST /api/v1/validations", [400; 5]),
    ("GET /api/openapi.json", [200; 5]),
    ("GET /.well-known/jwks.json", [200; 5]),
    ("GET /", [200; 5]),
    ("GET /assets/{name}", [404; 5]),
    ("GET /help", [200; 5]),
    ("GET /privacy", [200; 5]),
    ("GET /procedures", [200; 5]),
    ("GET /procedures/{code}", [200; 5]),
    ("POST /procedures/{code}/start", [403; 5]),
    ("GET /apply/{draft}/form", [404; 5]),
    ("GET /apply/{draft}/form/{page}", [404; 5]),
    ("POST /apply/{draft}/form/{page}", [403; 5]),
    ("GET /apply/{draft}/form/{page}/{number}", [404; 5]),
    ("POST /apply/{draft}/form/{page}/{number}", [403; 5]),
    ("POST /apply/{draft}/form/{page}/{number}/remove", [403; 5]),
    ("POST /apply/{draft}/certificate", [404; 5]),
    ("POST /apply/{draft}/unlock", [403; 5]),
    ("POST /apply/{draft}/discard", [403; 5]),
    ("POST /apply/{draft}/restore", [403; 5]),
    ("GET /apply/{draft}/keep", [404; 5]),
    ("POST /apply/{draft}/keep", [403; 5]),
    ("GET /apply/{draft}/versions", [404; 5]),
    ("POST /apply/{draft}/versions", [403; 5]),
    ("GET /drafts", [200; 5]),
    ("GET /drafts/{link}", [404; 5]),
    ("POST /drafts/{link}", [403; 5]),
    ("GET /apply/{draft}/attachments", [404; 5]),
    ("POST /apply/{draft}/attachments", [404; 5]),
    ("POST /apply/{draft}/attachments/{number}/remove", [403; 5]),
    ("POST /apply/{draft}/uploads", [403; 5]),
    ("GET /apply/{draft}/uploads/{upload}", [404; 5]),
    ("PATCH /apply/{draft}/uploads/{upload}", [403; 5]),
    ("DELETE /apply/{draft}/uploads/{upload}", [403; 5]),
    ("GET /apply/{draft}/review", [404; 5]),
    ("POST /apply/{draft}/review", [403; 5]),
    ("GET /apply/{draft}/application.json", [404; 5]),
    ("GET /apply/{draft}/application.mgreq", [404; 5]),
    ("GET /apply/{draft}/sign", [404; 5]),
    ("GET /apply/{draft}/receipt", [404; 5]),
    ("POST /apply/{draft}/receipt", [403; 5]),
    ("POST /apply/{draft}/receipt/key", [403; 5]),
    ("GET /apply/{draft}/receipt.json", [404; 5]),
    ("GET /apply/{draft}/receipt.jws", [404; 5]),
    ("GET /apply/{draft}/receipt.pdf", [404; 5]),
    ("GET /status", [200; 5]),
    ("POST /status", [403; 5]),
    ("GET /filings/{arrival_number}", [303; 5]),
    ("POST /filings/{arrival_number}/close", [403; 5]),
    ("GET /filings/{arrival_number}/receipt", [303; 5]),
    ("GET /filings/{arrival_number}/receipt.json", [303; 5]),
    ("GET /filings/{arrival_number}/receipt.jws", [303; 5]),
    ("GET /filings/{arrival_number}/receipt.pdf", [303; 5]),
    ("POST /filings/{arrival_number}/messages", [403; 5]),
    ("POST /filings/{arrival_number}/notices", [403; 5]),
    ("POST /filings/{arrival_number}/correction", [403; 5]),
    ("GET /filings/{arrival_number}/withdrawal", [303; 5]),
    ("POST /filings/{arrival_number}/withdrawal", [403; 5]),
    ("GET /filings/{arrival_number}/withdrawal/sign", [303; 5]),
    ("GET /filings/{arrival_number}/withdrawal.mgreq", [303; 5]),
    ("GET /filings/{arrival_number}/withdrawal.json", [303; 5]),
    ("POST /filings/{arrival_number}/withdrawal/signature", [403; 5]),
    ("GET /filings/{arrival_number}/official/{id}", [303; 5]),
    ("GET /filings/{arrival_number}/official/{id}/seal", [303; 5]),
    ("GET /filings/{arrival_number}/mail", [303; 5]),
    ("POST /filings/{arrival_number}/mail", [403; 5]),
    ("POST /filings/{arrival_number}/mail/remove", [403; 5]),
    ("GET /mail/{id}/{tag}", [404; 5]),
    ("POST /mail/{id}/{tag}", [403; 5]),
    ("GET /filings/{arrival_number}/everything.zip", [303; 5]),
    ("GET /verify", [200; 5]),
    ("POST /verify", [403; 5]),
    // The test gateway issues no documents.
    ("GET /documents/verify", [404; 5]),
    ("POST /documents/verify", [403; 5]),
    ("GET /kiosk", [404; 5]),
    ("GET /kiosk/documents", [303; 5]),
    ("POST /kiosk/orders", [401; 5]),
    ("GET /kiosk/orders/{order}", [303; 5]),
    ("POST /kiosk/orders/{order}/till", [401; 5]),
    ("POST /kiosk/orders/{order}/printed", [401; 5]),
    ("GET /kiosk/orders/{order}/document.pdf", [303; 5]),
    ("GET /kiosk/orders/{order}/document.p7s", [303; 5]),
    ("GET /sign-in", [200; 5]),
    ("GET /auth/challenge", [200; 5]),
    ("POST /auth/login", [415; 5]),
    ("GET /account", [303; 5]),
    ("GET /account/filings/{arrival_number}", [303; 5]),
    ("POST /account/links", [401; 5]),
    ("GET /account/accesses", [303; 5]),
    ("GET /account/data", [303; 5]),
    ("POST /account/data", [401; 5]),
    ("GET /account/data.json", [303; 5]),
    ("POST /account/sign-out", [403; 5]),
    ("GET /shared-computer", [200; 5]),
    ("POST /shared-computer", [403; 5]),
    ("POST /shared-computer/finish", [403; 5]),
    ("GET /finished", [200; 5]),
    ("GET /lost-card", [200; 5]),
    ("GET /problems", [200; 5]),
    ("GET /problems/{code}", [200; 5]),
    ("GET /agency/sign-in", [200, 200, 303, 303, 303]),
    ("POST /agency/sign-in", [422; 5]),
    ("POST /agency/sign-out", [303; 5]),
    ("GET /agency/password", [303, 303, 200, 200, 403]),
    ("POST /agency/password", [401, 401, 422, 422, 403]),
    ("GET /agency", [303, 303, 200, 200, 403]),
    ("GET /agency/filings.csv", [303, 303, 200, 200, 403]),
    ("GET /agency/filings/{arrival_number}", [303, 303, 200, 404, 403]),
    ("GET /agency/filings/{arrival_number}/documents/{role}/{ordinal}", [303, 303, 200, 404, 403]),
    ("POST /agency/filings/{arrival_number}/decision", [401, 401, 422, 404, 403]),
    ("GET /agency/identity", [303, 303, 200, 200, 403]),
    ("POST /agency/identity", [401, 401, 422, 422, 403]),
    ("GET /agency/procedures", [303, 303, 200, 200, 403]),
    ("GET /agency/procedures/{code}/{version}", [303, 303, 200, 200, 403]),
    ("POST /agency/procedures/{code}/{version}/preview", [401, 401, 200, 200, 403]),
    ("GET /agency/filings/{arrival_number}/correspondence", [303, 303, 200, 404, 403]),
    ("POST /agency/filings/{arrival_number}/messages", [401, 401, 422, 404, 403]),
    ("POST /agency/filings/{arrival_number}/correction", [401, 401, 422, 404, 403]),
    ("POST /agency/filings/{arrival_number}/official", [401, 401, 422, 404, 403]),
    ("GET /agency/filings/{arrival_number}/official/{id}", [303, 303, 404, 404, 403]),
    ("GET /operator", [303, 303, 403, 403, 200]),
    ("POST /operator/sources/{source}/fetch", [401, 401, 403, 403, 404]),
    ("POST /operator/crls", [401, 401, 403, 403, 422]),
    ("GET /operator/quarantine", [303, 303, 403, 403, 200]),
    ("GET /operator/quarantine/{sha256}", [303, 303, 403, 403, 404]),
    ("POST /operator/quarantine/{sha256}", [401, 401, 403, 403, 404]),
    ("GET /operator/impacts", [303, 303, 403, 403, 200]),
    ("GET /operator/impacts/{sha256}", [303, 303, 403, 403, 404]),
    ("GET /operator/anchors", [303, 303, 403, 403, 200]),
    ("GET /operator/audit", [303, 303, 403, 403, 200]),
    ("GET /operator/sign-in", [200, 200, 303, 303, 303]),
    ("POST /operator/sign-in", [422; 5]),
    ("POST /operator/sign-out", [303; 5]),
    ("GET /operator/password", [303, 303, 403, 403, 200]),
    ("POST /operator/password", [401, 401, 403, 403, 422]),
    ("GET /clerk/matches", [303, 303, 403, 403, 403]),
    ("GET /clerk/matches/{id}", [303, 303, 403, 403, 403]),
    ("POST /clerk/matches/{id}", [401, 401, 403, 403, 403]),
    ("GET /clerk", [303, 303, 403, 403, 403]),
    ("GET /clerk/new", [303, 303, 403, 403, 403]),
    ("GET /clerk/records/{id}", [303, 303, 403, 403, 403]),
    ("GET /clerk/records/{id}/events/{kind}", [303, 303, 403, 403, 403]),
    ("GET /clerk/notices", [303, 303, 403, 403, 403]),
    ("GET /clerk/accesses", [303, 303, 403, 403, 403]),
    ("GET /clerk/password", [303, 303, 403, 403, 403]),
    ("POST /clerk/search", [401, 401, 403, 403, 403]),
    ("POST /clerk/new", [401, 401, 403, 403, 403]),
    ("POST /clerk/records/{id}/events/{kind}", [401, 401, 403, 403, 403]),
    ("POST /clerk/notices/{id}", [401, 401, 403, 403, 403]),
    ("POST /clerk/password", [401, 401, 403, 403, 403]),
    ("GET /clerk/sign-in", [200, 200, 303, 303, 303]),
    ("POST /clerk/sign-in", [422; 5]),
    ("POST /clerk/sign-out", [303; 5]),
    // The test gateway is no responder.
    ("POST /ocsp", [404; 5]),
    ("GET /ocsp/{request:.+}", [404; 5]),
    ("GET /healthz", [200; 5]),
    ("GET /readyz", [200; 5]),
    ("GET /metrics", [200; 5]),
];

/// Whether no browser's form goes there.
fn is_for_programs(path: &str) -> bool {
    path.starts_with("/api/") || path.starts_with("/ocsp") || path.starts_with("/auth/")
}

/// Forms of pages that are sent as multipart/form-data.
fn is_multipart(path: &str) -> bool {
    path == "/verify"
        || path == "/documents/verify"
        || path == "/operator/crls"
        || path.ends_with("/withdrawal/signature")
        || path.ends_with("/official")
        || path.starts_with("/api/v1/submissions")
        || path.ends_with("/validations")
        || (path.starts_with("/apply/")
            && [("attachments"), ("certificate"), ("receipt")].iter().any(|end| path.ends_with(end)))
}

fn path_of(route: &str, number: &str, draft: &str) -> String {
    let code = if route.starts_with("/problems") { "not-found" } else { "general-application" };
    route
        .replace("{arrival_number}", number)
        .replace("{code}", code)
        .replace("{draft}", draft)
        .replace("{name}", "no-such-file")
        .replace("{link}", "no-such-link")
        .replace("{upload}", "no-such-upload")
        .replace("{number}", "0")
        .replace("{page}", "content")
        .replace("{version}", "1")
        .replace("{sha256}", &"0".repeat(64))
        .replace("{source}", "00")
        .replace("{role}", "application")
        .replace("{ordinal}", "0")
        .replace("{id}", "0")
        .replace("{order}", "no-such-order")
        .replace("{kind}", "death")
        .replace("{tag}", "0")
        .replace("{request:.+}", "MAA=")
}

struct House {
    gateway: TestGateway,
    number: String,
}

impl House {
    fn open() -> Self {
        let settings = "[[registry.municipality]]\ncode = \"131016\"\n".to_owned();
        let gateway = TestGateway::start_with(Wanted { settings, ..Wanted::default() });
        account(&gateway, "tanaka", Role::Clerk("131016".parse().unwrap()));
        account(&gateway, "chiyoda", Role::Agency("131016".parse().unwrap()));
        account(&gateway, "osaka", Role::Agency("271004".parse().unwrap()));
        account(&gateway, "suzuki", Role::Operator);
        let number = filed(&gateway, "Lamp", &[]);
        Self { gateway, number }
    }

    /// The five, in the order of the table, each with a good token for its forms.
    fn everyone(&self) -> Vec<(Visitor, String)> {
        let nobody = || Visitor::new(&self.gateway);
        // Each desk has a session cookie of its own. Here everyone shows their session at both desks, so that it is the
        // role that is judged and not the absence of a cookie.
        let signed_in = |desk: &str, login: &str| {
            let mut visitor = Visitor::signed_in(&self.gateway, desk, login);
            let names = ["agency", "operator", "clerk"].map(|desk| format!("__Host-madoguchi-{desk}-session"));
            let session = names.iter().find_map(|name| visitor.cookie(name)).unwrap().to_owned();
            names.iter().for_each(|name| visitor.set_cookie(name, &session));
            visitor
        };
        [
            (nobody(), "/agency/sign-in"),
            (nobody(), "/agency/sign-in"),
            (signed_in("agency", "chiyoda"), "/agency"),
            (signed_in("agency", "osaka"), "/agency"),
            (signed_in("operator", "suzuki"), "/operator"),
        ]
        .into_iter()
        .map(|(mut visitor, page)| {
            let token = visitor.token(page);
            (visitor, token)
        })
        .collect()
    }
}

/// Sends what a form of that route sends, with this token or none; no form is filled in rightly.
fn send(visitor: &mut Visitor, method: &str, path: &str, token: Option<&str>, bearer: Option<&str>) -> u16 {
    let mut headers = Vec::new();
    if let Some(bearer) = bearer {
        headers.push(("Authorization", bearer));
    }
    if method == "GET" {
        return visitor.send("GET", path, &headers, b"").status;
    }
    if is_multipart(path) {
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        headers.push(("Content-Type", &kind));
        let mut parts = Vec::new();
        parts.extend(token.map(|token| Part { name: "csrf", file_name: None, bytes: token.as_bytes() }));
        if path == "/operator/crls" {
            parts.push(Part { name: "crl", file_name: Some("x"), bytes: b"not a list" });
        }
        return visitor.send(method, path, &headers, &multipart(&parts)).status;
    }
    headers.push(("Content-Type", "application/x-www-form-urlencoded"));
    let token = token.map(|token| format!("csrf={token}&")).unwrap_or_default();
    let body = format!("{token}login=who&password=none&current=x&new=y&repeat=z&decision=&reason=");
    visitor.send(method, path, &headers, body.as_bytes()).status
}

#[test]
fn every_route_answers_every_role_as_it_must() {
    let house = House::open();
    let mut everyone = house.everyone();
    let mut wrong = Vec::new();
    for route in ROUTES {
        let name = format!("{} {}", route.method, route.path);
        let Some((_, expected)) = EXPECTED.iter().find(|(known, _)| *known == name) else {
            wrong.push(format!("{name}: not in this table"));
            continue;
        };
        let draft = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        let path = path_of(route.path, &house.number, draft);
        let is_desk = ["/agency", "/operator", "/clerk"].iter().any(|desk| path.starts_with(desk));
        // Signing out ends a session: everyone comes in anew.
        let mut anew = if path.ends_with("/sign-out") { house.everyone() } else { Vec::new() };
        let actors = if anew.is_empty() { &mut everyone } else { &mut anew };
        let answers: Vec<u16> = actors
            .iter_mut()
            .enumerate()
            .map(|(index, (visitor, token))| {
                let bearer = (index == 1).then_some("Bearer wrong-token-wrong-token-wrong-token");
                send(visitor, route.method, &path, is_desk.then_some(token.as_str()), bearer)
            })
            .collect();
        if answers != expected {
            wrong.push(format!("{name}: {answers:?}, expected {expected:?}"));
        }
    }
    let known = |name: &str| ROUTES.iter().any(|route| format!("{} {}", route.method, route.path) == name);
    wrong.extend(EXPECTED.iter().filter(|(name, _)| !known(name)).map(|(name, _)| format!("{name}: no such route")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_form_of_a_page_is_taken_without_its_own_token() {
    let house = House::open();
    // Signed in, so that it is the form's token that is judged and not the session.
    let mut resident = crate::support::resident::signed_in(&house.gateway, &AuthenticationCard::yamada());
    let start = "/procedures/general-application";
    let begun = resident.submit(start, &format!("{start}/start"), &[("anew", "yes")]);
    assert_eq!(begun.status, 303, "{}", begun.text());
    let draft = begun.header("location").unwrap().split('/').nth(2).unwrap().to_owned();
    let mut agency = Visitor::signed_in(&house.gateway, "agency", "chiyoda");
    let mut operator = Visitor::signed_in(&house.gateway, "operator", "suzuki");
    let mut clerk = Visitor::signed_in(&house.gateway, "clerk", "tanaka");
    let strangers = Visitor::new(&house.gateway).token("/agency/sign-in");
    let mut taken = Vec::new();
    for route in ROUTES.iter().filter(|route| route.method != "GET" && !is_for_programs(route.path)) {
        let path = path_of(route.path, &house.number, &draft);
        let visitor = match route.path {
            path if path.starts_with("/agency") => &mut agency,
            path if path.starts_with("/operator") => &mut operator,
            path if path.starts_with("/clerk") => &mut clerk,
            _ => &mut resident,
        };
        for token in [None, Some("x"), Some(strangers.as_str())] {
            let status = send(visitor, route.method, &path, token, None);
            if status != 403 {
                taken.push(format!("{} with token {token:?}: {status}", route.path));
            }
        }
    }
    assert!(taken.is_empty(), "{}", taken.join("\n"));
    let record = house.gateway.gateway.store.submission_record(house.number.parse().unwrap());
    let record = crate::support::visitor::wait(record).unwrap().unwrap();
    assert_eq!(record.submission.status.as_str(), "received");
}
