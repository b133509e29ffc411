//! POST and GET /api/v1/operator/crls: programs of the operators bring lists.
use madoguchi::clock::{Clock, SystemClock};

use crate::support::gateway::{TestGateway, Wanted};
use crate::support::http::sha256_hex;
use crate::support::pki::TestPki;
use crate::support::visitor::wait;

const PATH: &str = "/api/v1/operator/crls";

#[test]
fn a_program_of_the_operators_uploads_a_list_and_sees_those_in_use() {
    let crls = tempfile::tempdir().unwrap();
    let gateway = TestGateway::start_with(Wanted { crls: Some(crls.path().to_path_buf()), ..Wanted::default() });
    let store = &gateway.gateway.store;
    let token = wait(store.operator_token_add("uploads", SystemClock.now())).unwrap();
    assert!(token.secret.starts_with("mgot_"));
    let agency = wait(store.agency_token_add("131016".parse().unwrap(), "agency", SystemClock.now())).unwrap();
    let bearer = format!("Bearer {}", *token.secret);
    let list = TestPki::shared().crl_for("sign-smith");
    let send = |bearer: &str, kind: &str, body: &[u8]| {
        gateway.client.send("POST", PATH, &[("Authorization", bearer), ("Content-Type", kind)], body)
    };
    // Nobody, an agency's program, another kind of body.
    assert_eq!(gateway.client.send("POST", PATH, &[], &list).status, 401);
    let forbidden = send(&format!("Bearer {}", *agency.secret), "application/pkix-crl", &list);
    assert_eq!((forbidden.status, forbidden.problem_code().as_str()), (403, "forbidden"));
    assert_eq!(send(&bearer, "text/plain", &list).status, 415);
    // New, then known.
    let first = send(&bearer, "application/pkix-crl", &list);
    assert_eq!(first.status, 201, "{}", first.text());
    assert_eq!(first.json()["sha256"], sha256_hex(&list));
    assert_eq!(send(&bearer, "application/pkix-crl", &list).status, 200);
    let seen = gateway.client.send("GET", PATH, &[("Authorization", &bearer)], b"");
    assert_eq!((seen.status, seen.json()["lists"][0]["sha256"].clone()), (200, sha256_hex(&list).into()));
    // Refused, with the code of the refusal.
    let mut forged = list.clone();
    let last = forged.len() - 1;
    forged[last] ^= 1;
    let refused = send(&bearer, "application/pkix-crl", &forged);
    assert_eq!((refused.status, refused.problem_code().as_str()), (422, "list-refused"));
    assert_eq!(refused.json()["faults"][0]["code"], "wrong_signature");
    // What was done is in the audit trail, by the token's identifier.
    let lines = wait(store.audit_list(None, 20)).unwrap();
    let mine: Vec<_> = lines.iter().filter(|line| line.actor == token.token.actor()).collect();
    let outcomes: Vec<_> = mine.iter().map(|line| line.outcome.as_str()).collect();
    assert_eq!(outcomes, ["wrong_signature", "done", "done"]);
    assert!(mine.iter().all(|line| line.action == "upload_crl"));
    // A token that was taken back opens nothing, and an agency's route never did.
    let feed = gateway.client.send("GET", "/api/v1/agency/submissions", &[("Authorization", &bearer)], b"");
    assert_eq!(feed.status, 401);
    assert!(wait(store.agency_token_revoke(&token.token.id, SystemClock.now())).unwrap());
    assert_eq!(send(&bearer, "application/pkix-crl", &list).status, 401);
}
