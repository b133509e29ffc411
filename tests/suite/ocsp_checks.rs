//! What makes an OCSP answer count: each check with an answer that fails it, and what answers decide beside lists.
use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use madoguchi::crypto::DigestAlgorithm;
use madoguchi::pki::certificate::Certificate;
use madoguchi::pki::crl::{CrlSnapshot, OcspSource, RevocationData, RevocationOutcome, check_revocation};
use madoguchi::pki::ocsp::{CertStatus, Judged, NonceRule, OcspEvidence, OcspRule, OcspUse, Question, judge};
use madoguchi::pki::path::{PathRequest, PolicyInputs, Purpose, VerifiedChain, validate};
use madoguchi::pki::trust_store::TrustStore;
use madoguchi::verdict::{CheckStatus, SubIndication, conclude};

use crate::support::der_pki::*;
use crate::support::ocsp::{AnswerSpec, for_ocsp, nocheck};

/// A root, a leaf and a delegate of the root.
struct World {
    root: Entity,
    root_certificate: Arc<Certificate>,
    leaf: Arc<Certificate>,
    delegate: Entity,
    delegate_certificate: Arc<Certificate>,
    trust: TrustStore,
}

fn world() -> World {
    let (root, root_certificate) = root("CN=Root");
    let leaf = CertSpec::leaf(7).certificate(&root, &Entity::new("CN=leaf"));
    let delegate = Entity::new("CN=OCSP");
    let spec = CertSpec::new(8).with(key_usage(&[0])).with(for_ocsp()).with(nocheck());
    let delegate_certificate = spec.certificate(&root, &delegate);
    let trust = TrustStore::new(vec![root_certificate.clone()], vec![]);
    World { root, root_certificate, leaf, delegate, delegate_certificate, trust }
}

impl World {
    fn good(&self) -> AnswerSpec {
        AnswerSpec::new(CertStatus::Good, at())
    }

    fn by_delegate(&self, spec: &AnswerSpec) -> Vec<u8> {
        spec.der(&self.leaf, &self.root_certificate, &self.delegate, &self.delegate_certificate)
    }

    fn question(&self) -> Question<'_> {
        Question { certificate: &self.leaf, issuer: &self.root_certificate, at: at() }
    }

    fn judge(&self, der: Vec<u8>) -> Judged {
        self.judge_under(&evidence(der), &OcspRule::WHEN_UNDECIDED)
    }

    fn judge_under(&self, evidence: &OcspEvidence, rule: &OcspRule) -> Judged {
        judge(evidence, &self.question(), rule, &mut |_| false)
    }

    fn failed(&self, der: Vec<u8>) -> Vec<&'static str> {
        failed(&self.judge(der))
    }

    /// Signed by an entity with a certificate that the root made of a spec.
    fn by(&self, spec: CertSpec) -> Vec<u8> {
        let delegate = Entity::new("CN=Another OCSP");
        let certificate = spec.certificate(&self.root, &delegate);
        self.good().der(&self.leaf, &self.root_certificate, &delegate, &certificate)
    }

    fn chain(&self) -> VerifiedChain {
        let policies = PolicyInputs::any();
        let request = PathRequest { at: at(), extra: &[], purpose: Purpose::Any, policies: &policies };
        validate(&self.trust, &self.leaf, &request).chain.unwrap()
    }

    /// The verdict on the leaf by these lists of the root and these answers.
    fn revocation(&self, lists: &[CrlSpec], answers: &[Vec<u8>], rule: &OcspRule) -> RevocationOutcome {
        let files: Vec<Vec<u8>> = lists.iter().map(|list| list.der(&self.root)).collect();
        let (snapshot, refused) = CrlSnapshot::from_files(&files, &self.trust, &[], at(), at());
        assert!(refused.is_empty(), "{refused:?}");
        let evidence: Vec<OcspEvidence> = answers.iter().cloned().map(evidence).collect();
        let data = RevocationData { crls: &snapshot, ocsp: Some(OcspSource { rule, evidence: &evidence }) };
        check_revocation(data, &self.chain(), at(), None)
    }

    fn decided(&self, lists: &[CrlSpec], answers: &[Vec<u8>]) -> (&'static str, Option<SubIndication>) {
        let outcome = self.revocation(lists, answers, &OcspRule::WHEN_UNDECIDED);
        let sub = conclude(&outcome.checks).1;
        assert_eq!(outcome.proof.is_some(), sub.is_none(), "{:?}", outcome.checks);
        (outcome.statuses[0].status, sub)
    }
}

fn evidence(der: Vec<u8>) -> OcspEvidence {
    OcspEvidence::given(der, at())
}

fn failed(judged: &Judged) -> Vec<&'static str> {
    let found: Vec<_> = judged.checks.iter().filter(|check| check.is_failed()).map(|check| check.name).collect();
    assert_eq!(judged.answer.is_some(), found.is_empty());
    found
}

fn revoked(days_ago: i64, reason: u8) -> CertStatus {
    CertStatus::Revoked { at: at() - Duration::days(days_ago), reason: Some(reason) }
}

#[test]
fn an_answer_of_the_issuer_or_its_delegate_passes_every_check() {
    let world = world();
    for digest in [DigestAlgorithm::Sha1, DigestAlgorithm::Sha256, DigestAlgorithm::Sha384, DigestAlgorithm::Sha512] {
        let spec = AnswerSpec { digest, ..world.good() };
        let by_issuer = spec.der(&world.leaf, &world.root_certificate, &world.root, &world.root_certificate);
        for (der, responder) in [(by_issuer, "CN=Root"), (world.by_delegate(&spec), "CN=OCSP")] {
            let judged = world.judge(der);
            assert_eq!(failed(&judged), [""; 0]);
            let (status, identity) = judged.answer.unwrap();
            assert_eq!((status, &*identity.responder), (CertStatus::Good, responder));
        }
    }
}

#[test]
fn an_answer_about_another_serial_or_of_another_issuer_says_nothing() {
    let world = world();
    let other = CertSpec::leaf(9).certificate(&world.root, &Entity::new("CN=other"));
    let der = world.good().der(&other, &world.root_certificate, &world.delegate, &world.delegate_certificate);
    assert_eq!(
        world.failed(der),
        ["ocsp_response_answers_the_certificate"],
        "and what is said of nobody is not asked for its dates"
    );
    let (_, twin) = root("CN=Root");
    let der = world.good().der(&world.leaf, &twin, &world.delegate, &world.delegate_certificate);
    assert_eq!(world.failed(der), ["ocsp_response_answers_the_certificate"]);
}

#[test]
fn a_delegate_has_to_be_made_for_it_by_the_very_issuer() {
    let world = world();
    let plain = CertSpec::new(8).with(key_usage(&[0])).with(nocheck());
    assert_eq!(world.failed(world.by(plain.clone())), ["ocsp_responder_is_authorised"], "delegate without the EKU");
    let any = extension("2.5.29.37", false, &seq(&[oid("2.5.29.37.0")]));
    assert_eq!(world.failed(world.by(plain.clone().with(any))), ["ocsp_responder_is_authorised"]);
    let good = plain.with(for_ocsp());
    assert_eq!(world.failed(world.by(good.clone())), [""; 0]);
    let critical = good.clone().with(extension("1.2.3.4", true, &[5, 0]));
    assert_eq!(world.failed(world.by(critical)), ["ocsp_responder_is_authorised"]);
    let for_encryption = CertSpec::new(8).with(key_usage(&[2])).with(for_ocsp()).with(nocheck());
    assert_eq!(world.failed(world.by(for_encryption)), ["ocsp_responder_is_authorised"]);
    // Of another CA, and of a CA of the same name with another key.
    for name in ["CN=Another Root", "CN=Root"] {
        let (ca, _) = root(name);
        let delegate = Entity::new("CN=OCSP");
        let certificate = good.certificate(&ca, &delegate);
        let der = world.good().der(&world.leaf, &world.root_certificate, &delegate, &certificate);
        assert_eq!(world.failed(der), ["ocsp_responder_is_authorised"], "{name}");
    }
}

#[test]
fn a_delegate_that_has_ended_or_is_revoked_does_not_count() {
    let world = world();
    let valid = |from: i64, until: i64| {
        let (from, until) = (at() + Duration::days(from), at() + Duration::days(until));
        world.by(CertSpec::new(8).with(for_ocsp()).with(nocheck()).valid(from, until))
    };
    assert_eq!(world.failed(valid(-9, -1)), ["ocsp_responder_certificate_is_valid_at_the_time"]);
    assert_eq!(world.failed(valid(1, 9)), ["ocsp_responder_certificate_is_valid_at_the_time"]);
    // Without id-pkix-ocsp-nocheck lists have to know it.
    let spec = CertSpec::new(8).with(for_ocsp());
    assert_eq!(world.failed(world.by(spec.clone())), ["ocsp_responder_certificate_is_not_revoked"]);
    let delegate = Entity::new("CN=OCSP");
    let certificate = spec.certificate(&world.root, &delegate);
    let reasons_missing = issuing_distribution_point(&[], &[tlv(0x83, &[6, 0x40])]);
    let answer = world.good().der(&world.leaf, &world.root_certificate, &delegate, &certificate);
    // A list of some reasons leaves leaf and delegate open, so that the delegate cannot speak.
    let partial = CrlSpec::new(1).with(reasons_missing);
    assert_eq!(
        world.decided(std::slice::from_ref(&partial), std::slice::from_ref(&answer)).1,
        Some(SubIndication::TryLater)
    );
    let mut seen = false;
    for asked in [true, false] {
        let judged = judge(&evidence(answer.clone()), &world.question(), &OcspRule::WHEN_UNDECIDED, &mut |one| {
            seen = true;
            assert_eq!(one.sha256(), certificate.sha256());
            asked
        });
        assert_eq!(judged.answer.is_some(), asked);
    }
    assert!(seen);
}

#[test]
fn the_signature_and_who_made_it_have_to_agree() {
    let world = world();
    let der = world.by_delegate(&world.good());
    // The wrong key, with the right certificate beside it.
    let wrong =
        world.good().der(&world.leaf, &world.root_certificate, &Entity::new("CN=x"), &world.delegate_certificate);
    assert_eq!(world.failed(wrong), ["ocsp_signature_verifies"]);
    // Named by another key's hash.
    let spec = world.good();
    let issuer_named = spec.der(&world.leaf, &world.root_certificate, &world.root, &world.delegate_certificate);
    assert_eq!(world.failed(issuer_named), ["ocsp_responder_id_agrees"]);
    // No octet that is changed leaves an answer that counts.
    for position in 0..der.len() {
        let mut changed = der.clone();
        changed[position] ^= 1;
        let judged = world.judge(changed);
        // What comes after the signature is the delegate's certificate, signed in its turn.
        assert!(judged.answer.is_none(), "octet {position} of {}", der.len());
    }
}

#[test]
fn an_answer_is_fresh_and_its_times_make_sense() {
    let world = world();
    let with = |change: fn(&mut AnswerSpec)| {
        let mut spec = world.good();
        change(&mut spec);
        world.failed(world.by_delegate(&spec))
    };
    let hours = Duration::hours;
    assert_eq!(with(|spec| spec.next_update = None), [""; 0]);
    assert_eq!(
        with(|spec| {
            (spec.this_update, spec.next_update) = (at() - Duration::hours(9), Some(at() - Duration::seconds(1)))
        }),
        ["ocsp_answer_is_fresh"],
        "an expired answer"
    );
    let old = |spec: &mut AnswerSpec| (spec.this_update, spec.next_update) = (at() - Duration::days(8), None);
    assert_eq!(with(old), ["ocsp_answer_is_fresh"], "older than the policy's max_age");
    assert_eq!(with(|spec| spec.produced_at = at() + Duration::hours(1)), ["ocsp_times_are_sane"]);
    assert_eq!(with(|spec| spec.this_update = at() + Duration::hours(1)), ["ocsp_times_are_sane"]);
    assert_eq!(with(|spec| spec.next_update = Some(spec.this_update - Duration::seconds(1))).len(), 2);
    // One that came later than the time of judging knows more, not less.
    let mut later = world.good();
    (later.produced_at, later.this_update, later.next_update) =
        (at() + hours(5), at() + hours(5), Some(at() + hours(6)));
    let came = OcspEvidence::given(world.by_delegate(&later), at() + hours(5));
    assert!(world.judge_under(&came, &OcspRule::WHEN_UNDECIDED).answer.is_some());
}

#[test]
fn a_nonce_that_was_sent_is_repeated_or_absent_as_the_policy_says() {
    let world = world();
    let judge = |sent: Option<&[u8]>, found: Option<&[u8]>, nonce: NonceRule| {
        let spec = AnswerSpec { nonce: found.map(<[u8]>::to_vec), ..world.good() };
        let evidence = OcspEvidence { nonce: sent.map(Into::into), ..evidence(world.by_delegate(&spec)) };
        failed(&world.judge_under(&evidence, &OcspRule { nonce, ..OcspRule::WHEN_UNDECIDED })).is_empty()
    };
    let (one, other) = (&[7u8; 32][..], &[8u8; 32][..]);
    for (sent, found, optional, required) in [
        (Some(one), Some(one), true, true),
        (Some(one), Some(other), false, false),
        (Some(one), None, true, false),
        (None, None, true, false),
        (None, Some(one), true, false),
    ] {
        assert_eq!(judge(sent, found, NonceRule::Optional), optional, "{sent:?} {found:?}");
        assert_eq!(judge(sent, found, NonceRule::Required), required, "{sent:?} {found:?}");
    }
}

#[test]
fn an_answer_from_after_the_certificates_end_may_have_forgotten() {
    let mut world = world();
    world.leaf = CertSpec::leaf(7)
        .valid(at() - Duration::days(9), at() - Duration::days(1))
        .certificate(&world.root, &Entity::new("CN=leaf"));
    assert_eq!(world.failed(world.by_delegate(&world.good())), ["ocsp_answer_covers_the_certificates_life"]);
    let spec = AnswerSpec { status: revoked(2, 1), ..world.good() };
    assert_eq!(world.failed(world.by_delegate(&spec)), [""; 0], "a revocation is one all the same");
}

#[test]
fn an_answer_decides_where_lists_do_not() {
    let world = world();
    let good = world.by_delegate(&world.good());
    let of = |status| world.by_delegate(&AnswerSpec { status, ..world.good() });
    let stale = CrlSpec::new(1).issued(at() - Duration::days(9), at() - Duration::days(8));
    for lists in [&[][..], &[stale]] {
        assert_eq!(world.decided(lists, &[]), ("unknown", Some(SubIndication::TryLater)));
        assert_eq!(world.decided(lists, std::slice::from_ref(&good)), ("good", None));
        let gone = Some(SubIndication::RevokedNoPoe);
        assert_eq!(world.decided(lists, &[good.clone(), of(revoked(3, 1))]), ("revoked", gone));
        assert_eq!(world.decided(lists, &[of(revoked(3, 6))]), ("on_hold", Some(SubIndication::TryLater)));
        assert_eq!(world.decided(lists, &[of(revoked(-3, 1))]), ("good", None), "revoked after the time of judging");
        assert_eq!(world.decided(lists, &[of(CertStatus::Unknown)]), ("unknown", Some(SubIndication::TryLater)));
        assert_eq!(world.decided(lists, &[vec![0x30, 0]]), ("unknown", Some(SubIndication::TryLater)));
        // What does not count beside one that does takes nothing away.
        assert_eq!(world.decided(lists, &[vec![0x30, 0], of(CertStatus::Unknown), good.clone()]), ("good", None));
        assert_eq!(
            world.revocation(lists, std::slice::from_ref(&good), &OcspRule::NEVER).statuses[0].status,
            "unknown",
            "the policy does not want it"
        );
    }
    let outcome = world.revocation(&[], &[good], &OcspRule::WHEN_UNDECIDED);
    let status = &outcome.statuses[0];
    let identity = status.ocsp.as_ref().unwrap();
    assert!(status.crl.is_none() && identity.this_update == at() && identity.sha256.len() == 64);
    let covered = outcome.checks.iter().find(|check| check.name == "revocation_lists_cover_every_certificate").unwrap();
    assert_eq!(covered.status, CheckStatus::Warning);
    assert!(covered.detail.ends_with("an OCSP answer decides"), "{}", covered.detail);
}

#[test]
fn what_a_list_calls_revoked_or_on_hold_stays_so_and_the_more_cautious_counts() {
    let world = world();
    let of = |status| world.by_delegate(&AnswerSpec { status, ..world.good() });
    let day = |days: i64| -> DateTime<Utc> { at() - Duration::days(days) };
    let list = |reasons: &[Vec<u8>]| CrlSpec::new(1).revoke(&world.leaf, day(2), reasons);
    let gone = Some(SubIndication::RevokedNoPoe);
    assert_eq!(world.decided(&[list(&[reason(1)])], &[of(CertStatus::Good)]), ("revoked", gone));
    assert_eq!(
        world.decided(&[list(&[reason(6)])], &[of(CertStatus::Good)]),
        ("on_hold", Some(SubIndication::TryLater))
    );
    let good = CrlSpec::new(1);
    assert_eq!(world.decided(std::slice::from_ref(&good), &[of(CertStatus::Good)]), ("good", None));
    assert_eq!(world.decided(std::slice::from_ref(&good), &[of(CertStatus::Unknown)]), ("good", None));
    assert_eq!(world.decided(std::slice::from_ref(&good), &[of(revoked(3, 4))]), ("revoked", gone));
    assert_eq!(world.decided(std::slice::from_ref(&good), &[of(revoked(-3, 4))]), ("good", None));
    // One that does not verify is nobody's word.
    let forged = AnswerSpec { status: revoked(3, 4), ..world.good() };
    let forged = forged.der(&world.leaf, &world.root_certificate, &Entity::new("CN=x"), &world.delegate_certificate);
    assert_eq!(world.decided(&[good], &[forged]), ("good", None));
    assert_eq!(OcspRule::NEVER.ask, OcspUse::Never);
}
