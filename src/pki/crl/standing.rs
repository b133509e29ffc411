//! What a snapshot says of one certificate (RFC 5280 6.3.3): every list in scope is asked, deltas complete the lists
//! that they belong to, and the reasons that lists speak of are added up.
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::entry::{CERTIFICATE_HOLD, ListEntry, REMOVE_FROM_CRL};
use super::scope::Reasons;
use super::shard::CrlShard;
use super::snapshot::{Cover, CrlSnapshot};
use crate::pki::certificate::Certificate;

/// Why a list does not count of which a certificate on its signer's path is not valid at the time of judging: at another
/// time it may be.
pub const SIGNER_NOT_VALID_AT_THE_TIME: &str = "a certificate on its signer's path is not valid at the time";

/// How many certificates of lists' signers are looked up for one chain.
const MAX_SIGNERS: u32 = 64;

/// What a snapshot says of one certificate, and by which lists.
#[derive(Debug, Default)]
pub(super) struct Standing<'a> {
    pub(super) said: Said,
    /// The list that says so first; those that it needs, or that stand beside it, after it.
    pub(super) lists: Lists<'a>,
    /// Whether the deltas that certificate or lists point to are at hand.
    pub(super) deltas: Deltas,
}

/// Whether the deltas that freshestCRL points to (RFC 5280 4.2.1.15, 5.2.6) are at hand.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Deltas {
    /// Nothing points to any.
    #[default]
    NotNamed,
    /// They are.
    AtHand,
    /// They are not, so what changed since the complete list is not known.
    Missing,
}

/// What is said, from what counts least to what counts most.
#[derive(Debug, Default)]
pub(super) enum Said {
    /// No list covers it.
    #[default]
    Missing,
    /// Only delta lists are there.
    DeltaAlone,
    /// Lists speak of these reasons only, and are without it.
    Partial(Reasons),
    /// The list's signer is not known to be good.
    SignerDoubtful(&'static str),
    /// Only stale lists cover it; the newest.
    Stale,
    /// The list was issued too long after the certificate expired: its entry may have been dropped.
    Dropped,
    /// On no list, and they speak of all reasons.
    Good,
    /// The list cannot be read back where its entry may stand.
    Unreadable,
    /// On hold.
    OnHold(ListEntry),
    /// Revoked.
    Revoked(ListEntry),
}

impl Said {
    fn weight(&self) -> u8 {
        match self {
            Self::Missing => 0,
            Self::DeltaAlone => 1,
            Self::Partial(_) => 2,
            Self::SignerDoubtful(_) => 3,
            Self::Stale => 4,
            Self::Dropped => 5,
            Self::Good => 6,
            Self::Unreadable => 7,
            Self::OnHold(_) => 8,
            Self::Revoked(_) => 9,
        }
    }
}

/// Some lists, each once; one alone takes no memory.
#[derive(Debug, Default, Clone)]
pub(super) struct Lists<'a> {
    first: Option<&'a Arc<CrlShard>>,
    more: Vec<&'a Arc<CrlShard>>,
}

impl<'a> Lists<'a> {
    fn of(first: &'a Arc<CrlShard>, then: Option<&'a Arc<CrlShard>>) -> Self {
        Self { first: Some(first), more: then.into_iter().collect() }
    }
    fn push(&mut self, shard: &'a Arc<CrlShard>) {
        if self.first.is_none() {
            self.first = Some(shard);
        } else if !self.contains(shard) {
            self.more.push(shard);
        }
    }
    fn contains(&self, shard: &Arc<CrlShard>) -> bool {
        self.iter().any(|one| Arc::ptr_eq(one, shard))
    }
    /// All of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = &'a Arc<CrlShard>> {
        self.first.into_iter().chain(self.more.iter().copied())
    }
}

/// One look at a snapshot, for one chain.
#[derive(Debug)]
pub(super) struct Look<'a> {
    snapshot: &'a CrlSnapshot,
    at: DateTime<Utc>,
    /// The certificates whose standing waits for that of a list's signer: asking for them again is a circle.
    waiting: Vec<[u8; 32]>,
    signers_left: u32,
    /// The lists by which the certificates of lists' signers are good.
    of_signers: Lists<'a>,
}

impl<'a> Look<'a> {
    /// At `snapshot`, as of `at`.
    pub(super) fn new(snapshot: &'a CrlSnapshot, at: DateTime<Utc>) -> Self {
        Self { snapshot, at, waiting: Vec::new(), signers_left: MAX_SIGNERS, of_signers: Lists::default() }
    }

    /// The lists by which the certificates of lists' signers were found to be good, where any was asked for.
    pub(super) fn of_signers(&self) -> &Lists<'a> {
        &self.of_signers
    }

    /// What is said of the certificate at `index` of `path`, which goes on with its issuer and ends with an anchor.
    ///
    /// Lists signed with the very key that signed the certificate need no more proof than the path. Only where they do
    /// not decide are lists of other keys and issuers asked, each after its signer was looked up in turn.
    pub(super) fn standing(&mut self, path: &[Arc<Certificate>], index: usize) -> Standing<'a> {
        let (Some(certificate), Some(issuer)) = (path.get(index), path.get(index + 1)) else {
            return Standing::default();
        };
        let (key, name) = (issuer.spki_sha256(), issuer.subject_normal());
        let snapshot = self.snapshot;
        let mut tally = Tally::new(snapshot, certificate, name, self.at);
        for cover in snapshot.covering(certificate, &key, name) {
            tally.ask(cover);
        }
        if tally.is_decided() {
            return tally.into_standing();
        }
        self.waiting.push(certificate.sha256());
        for cover in snapshot.further(certificate, &key, name) {
            let stands = if cover.shard.issuer_key == key { Ok(()) } else { self.signer_stands(cover, path, index) };
            match stands {
                Ok(()) => tally.ask(cover),
                Err(why) => tally.weigh(Said::SignerDoubtful(why), Lists::of(cover.shard, None)),
            }
        }
        self.waiting.pop();
        if snapshot.has_delta_of(&key) {
            tally.weigh(Said::DeltaAlone, Lists::default());
        }
        tally.into_standing()
    }

    /// RFC 5280 6.3.3 (f) for a list that another key signed than the certificate at `index` of `path`: its signer's
    /// path leads to the same anchor, is within its time, and nothing on it is revoked. What stands higher on `path`
    /// itself is judged there.
    ///
    /// A signer whose own certificate names it as the issuer of the list that covers that certificate (cRLIssuer) may
    /// speak for itself: the CA that issued it said so. Any other circle proves nothing.
    fn signer_stands(&mut self, cover: Cover<'_>, path: &[Arc<Certificate>], index: usize) -> Result<(), &'static str> {
        let signer_path = &*cover.shard.signer_path;
        if !signer_path.last().zip(path.last()).is_some_and(|(one, other)| is_same_anchor(one, other)) {
            return Err("its signer's path leads to another anchor");
        }
        if signer_path.iter().any(|one| self.at < one.not_before() || one.not_after() < self.at) {
            return Err(SIGNER_NOT_VALID_AT_THE_TIME);
        }
        for (position, one) in signer_path.iter().enumerate().take(signer_path.len() - 1) {
            match path.iter().position(|other| other.sha256() == one.sha256()) {
                Some(place) if place > index => return Ok(()),
                Some(place) if place == index && position == 0 && cover.designated => continue,
                Some(_) => return Err("its signer's path rests on the certificate itself"),
                None if self.waiting.contains(&one.sha256()) => return Err("lists rest on each other in a circle"),
                None => {}
            }
            let left = self.signers_left.checked_sub(1).ok_or("its signer's path asks for too much work")?;
            self.signers_left = left;
            let standing = self.standing(signer_path, position);
            if !matches!(standing.said, Said::Good) {
                return Err("a certificate on its signer's path is not known to be good");
            }
            standing.lists.iter().for_each(|list| self.of_signers.push(list));
        }
        Ok(())
    }
}

/// The same key under the same name: an anchor may have been given another certificate.
fn is_same_anchor(one: &Certificate, other: &Certificate) -> bool {
    one.spki_der() == other.spki_der() && one.subject_normal() == other.subject_normal()
}

/// What the lists asked so far say together.
struct Tally<'a, 'c> {
    snapshot: &'a CrlSnapshot,
    certificate: &'c Certificate,
    /// The issuer's name, in the form of [`crate::pki::name::normal_form`].
    issuer_name: &'c [u8],
    at: DateTime<Utc>,
    heaviest: Standing<'a>,
    /// The fresh lists that are without the certificate.
    without: Lists<'a>,
    /// The reasons that they speak of (reasons_mask).
    reasons: Reasons,
    /// The fresh lists asked.
    asked: Lists<'a>,
    deltas: Deltas,
}

impl<'a, 'c> Tally<'a, 'c> {
    fn new(snapshot: &'a CrlSnapshot, certificate: &'c Certificate, issuer_name: &'c [u8], at: DateTime<Utc>) -> Self {
        let (heaviest, without, asked) = (Standing::default(), Lists::default(), Lists::default());
        Self {
            snapshot,
            certificate,
            issuer_name,
            at,
            heaviest,
            without,
            reasons: Reasons::NONE,
            asked,
            deltas: Deltas::NotNamed,
        }
    }

    /// Asks one list, with the delta that completes it. Lists of different scopes stand side by side, and one may know
    /// what another does not; so all are asked, also those that add no reason.
    fn ask(&mut self, cover: Cover<'a>) {
        let shard = cover.shard;
        if self.asked.contains(shard) && !cover.reasons.adds_to(self.reasons) {
            return;
        }
        let delta = self.snapshot.delta_of(shard);
        if !shard.is_fresh(self.at) && !delta.is_some_and(|delta| delta.is_fresh(self.at)) {
            return self.weigh(Said::Stale, Lists::of(shard, None));
        }
        if shard.names_deltas || !self.certificate.extensions().freshest.is_empty() {
            let at_hand = delta.is_some() || self.snapshot.has_delta_in_scope(shard);
            self.deltas = self.deltas.max(if at_hand { Deltas::AtHand } else { Deltas::Missing });
        }
        let (said, by) = self.said_by(shard, delta);
        match said {
            Said::Good => {
                self.reasons = self.reasons.or(cover.reasons);
                self.without.push(shard);
                if let Some(delta) = delta {
                    self.without.push(delta);
                }
            }
            // A hold may have ended: the newest list of one scope, which comes first, says so. A revocation never ends.
            Said::OnHold(_)
                if self.asked.iter().any(|newer| newer.issuer_key == shard.issuer_key && newer.replaces(shard)) => {}
            other => self.weigh(other, Lists::of(by, (!Arc::ptr_eq(by, shard)).then_some(shard))),
        }
        self.asked.push(shard);
    }

    /// What one fresh list says, and which of list and delta says it. The delta is asked first (6.3.3 (i), (j)); an
    /// entry that it removes counts no more (6.3.3 (k)).
    fn said_by(&self, shard: &'a Arc<CrlShard>, delta: Option<&'a Arc<CrlShard>>) -> (Said, &'a Arc<CrlShard>) {
        let serial = self.certificate.serial();
        if let Some(delta) = delta {
            match delta.find_under(serial, self.issuer_name) {
                Ok(Some(entry)) if entry.revocation_date <= self.at || entry.reason == Some(REMOVE_FROM_CRL) => {
                    return (self.said_in(entry), delta);
                }
                Ok(_) => {}
                Err(_) => return (Said::Unreadable, delta),
            }
        }
        let said = match shard.find_under(serial, self.issuer_name) {
            Ok(Some(entry)) => self.said_in(entry),
            Ok(None) if self.at <= self.certificate.not_after() && may_have_dropped(shard, self.certificate) => {
                Said::Dropped
            }
            Ok(None) => Said::Good,
            Err(_) => Said::Unreadable,
        };
        (said, shard)
    }

    fn said_in(&self, entry: ListEntry) -> Said {
        match entry.reason {
            _ if entry.revocation_date > self.at => Said::Good,
            Some(REMOVE_FROM_CRL) => Said::Good,
            Some(CERTIFICATE_HOLD) => Said::OnHold(entry),
            _ => Said::Revoked(entry),
        }
    }

    /// The heavier of what is known and this; of equals the first.
    fn weigh(&mut self, said: Said, lists: Lists<'a>) {
        if said.weight() > self.heaviest.said.weight() {
            self.heaviest = Standing { said, lists, deltas: self.deltas };
        }
    }

    /// Whether no other list can change it: revoked, or every reason is spoken of.
    fn is_decided(&self) -> bool {
        matches!(self.heaviest.said, Said::Revoked(_)) || self.reasons == Reasons::ALL
    }

    fn into_standing(mut self) -> Standing<'a> {
        let lists = std::mem::take(&mut self.without);
        if self.reasons == Reasons::ALL {
            self.weigh(Said::Good, lists);
        } else if self.reasons != Reasons::NONE {
            self.weigh(Said::Partial(self.reasons), lists);
        }
        self.heaviest.deltas = self.deltas;
        self.heaviest
    }
}

/// RFC 5280 3.3: an entry stays until it was on one regular list issued beyond the certificate's validity. A list that
/// is issued more than its own period after that may have dropped it, so it says nothing of a signature from before. (Of a
/// certificate that has expired at the time of judging, the list is taken at its word: expired it is in any case.)
fn may_have_dropped(shard: &CrlShard, certificate: &Certificate) -> bool {
    let issued = shard.identity().this_update;
    let period = shard.next_update - issued;
    certificate.not_after().checked_add_signed(period).is_some_and(|last| issued > last)
}
