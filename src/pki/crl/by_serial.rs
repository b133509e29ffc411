//! What is known of a serial number alone, without the certificate: all that a question of OCSP tells.
use chrono::{DateTime, Utc};

use super::entry::{CERTIFICATE_HOLD, REMOVE_FROM_CRL};
use super::scope::{Reasons, Scope};
use super::snapshot::CrlSnapshot;
use crate::pki::certificate::Certificate;

/// Whether the lists of distribution points that are held are all that their issuer publishes. A serial does not tell
/// which distribution point its certificate names: that it is on none of these lists says something only where there are
/// no others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shards {
    /// There may be others: only lists of all certificates make a serial good.
    Some,
    /// There are no others.
    All,
}

/// What fresh lists say of a serial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SerialStanding {
    /// Since when and why (CRLReason) it is revoked or on hold; none: on no list.
    pub revoked: Option<(DateTime<Utc>, Option<u8>)>,
    /// When that was known: thisUpdate of the oldest list it rests on.
    pub this_update: DateTime<Utc>,
    /// When newer information comes: nextUpdate of the first of them to end.
    pub next_update: DateTime<Utc>,
}

impl CrlSnapshot {
    /// What the fresh lists that `issuer` signed say at `at` of the serial (content octets) of one of its certificates;
    /// none where they do not say enough: no list, a stale one, lists of some reasons or of some kinds alone. Lists of
    /// other issuers and other keys are not asked.
    pub fn of_serial(
        &self,
        issuer: &Certificate,
        serial: &[u8],
        shards: Shards,
        at: DateTime<Utc>,
    ) -> Option<SerialStanding> {
        let name = issuer.subject_normal();
        let mut without = Without::default();
        let mut found: Option<SerialStanding> = None;
        for shard in self.complete_of(&issuer.spki_sha256(), name) {
            let delta = self.delta_of(shard);
            let newest = delta.unwrap_or(shard);
            if !shard.is_fresh(at) && !delta.is_some_and(|delta| delta.is_fresh(at)) {
                without.shards_are_doubtful |= !shard.scope.names.is_empty();
                continue;
            }
            let (this_update, next_update) = (newest.identity.this_update, newest.next_update);
            // Where a list cannot be read, it may be that it revokes: nothing is said.
            let entry = match delta.map(|delta| delta.find_under(serial, name)).transpose().ok()?.flatten() {
                Some(entry) if entry.revocation_date <= at || entry.reason == Some(REMOVE_FROM_CRL) => Some(entry),
                _ => shard.find_under(serial, name).ok()?,
            };
            match entry.filter(|entry| entry.revocation_date <= at && entry.reason != Some(REMOVE_FROM_CRL)) {
                Some(entry) => {
                    let revoked = Some((entry.revocation_date, entry.reason));
                    let standing = SerialStanding { revoked, this_update, next_update };
                    if found.is_none_or(|known| outweighs(&standing, &known)) {
                        found = Some(standing);
                    }
                }
                None => without.note(&shard.scope, (this_update, next_update)),
            }
        }
        found.or_else(|| without.standing(shards))
    }
}

/// A revocation goes before a hold, which may end.
fn outweighs(one: &SerialStanding, other: &SerialStanding) -> bool {
    let on_hold = |standing: &SerialStanding| standing.revoked.is_some_and(|(_, why)| why == Some(CERTIFICATE_HOLD));
    on_hold(other) && !on_hold(one)
}

/// The fresh lists that are without the serial.
struct Without {
    /// The reasons that lists of every distribution point speak of: of end-entity certificates, of CA certificates.
    whole: [Reasons; 2],
    /// Whether there are lists of single distribution points, of all reasons: of end-entity, of CA certificates.
    sharded: [bool; 2],
    /// Whether a list of a distribution point is stale, or of some reasons only.
    shards_are_doubtful: bool,
    times: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

impl Default for Without {
    fn default() -> Self {
        Self { whole: [Reasons::NONE; 2], sharded: [false; 2], shards_are_doubtful: false, times: None }
    }
}

impl Without {
    fn note(&mut self, scope: &Scope, times: (DateTime<Utc>, DateTime<Utc>)) {
        let kinds = [scope.kind.covers(false), scope.kind.covers(true)];
        for ((whole, sharded), covered) in self.whole.iter_mut().zip(&mut self.sharded).zip(kinds) {
            match (covered, scope.names.is_empty()) {
                (false, _) => {}
                (true, true) => *whole = whole.or(scope.reasons),
                (true, false) => *sharded = true,
            }
        }
        self.shards_are_doubtful |= !scope.names.is_empty() && scope.reasons != Reasons::ALL;
        let (this, next) = times;
        self.times = Some(self.times.map_or(times, |(first, last)| (first.min(this), last.min(next))));
    }

    /// Good, where lists of all reasons and kinds are without it.
    fn standing(self, shards: Shards) -> Option<SerialStanding> {
        let by_shards = shards == Shards::All && !self.shards_are_doubtful;
        let covered = |(whole, sharded): (Reasons, bool)| whole == Reasons::ALL || by_shards && sharded;
        let (this_update, next_update) = self.times?;
        self.whole.into_iter().zip(self.sharded).all(covered).then_some(SerialStanding {
            revoked: None,
            this_update,
            next_update,
        })
    }
}
