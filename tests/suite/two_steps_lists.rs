//! The second step where a certificate's status comes from several lists, or from lists issued after its end: what counts as
//! late enough.
use chrono::Duration;
use madoguchi::ids::ArrivalNumber;
use madoguchi::submission::status::RevocationState as R;

use crate::support::der_pki::*;
use crate::support::desk::recorded;
use crate::support::place::follow;
use crate::support::world::World;

/// A filing decided by the lists that came in before it, half an hour old.
fn filed(world: &World) -> ArrivalNumber {
    world.desk.clock.advance(Duration::minutes(30));
    recorded(world.file()).0
}

fn state(world: &World, number: ArrivalNumber) -> R {
    world.record(number).submission.revocation
}

/// A round of a gateway that has looked at nothing yet, as after a start.
fn round(world: &World) -> (usize, usize) {
    let round = follow(&mut world.follow_up());
    (round.confirmed, round.contested)
}

fn delta_of(base: u64) -> Vec<u8> {
    extension("2.5.29.27", true, &integer(base))
}

#[test]
fn a_delta_issued_late_enough_confirms_together_with_its_older_base() {
    let world = World::new(|card| card, "", "");
    world.take(&world.list(1));
    let number = filed(&world);
    world.desk.clock.advance(Duration::minutes(30));
    world.take(&world.list(2).with(delta_of(1)));
    assert_eq!(round(&world), (0, 0), "within the grace period");
    assert_eq!(state(&world, number), R::Provisional);
    world.desk.clock.advance(Duration::minutes(31));
    world.take(&world.list(3).with(delta_of(1)));
    assert_eq!(round(&world), (1, 0));
    assert_eq!(state(&world, number), R::Confirmed);
}

#[test]
fn a_delta_contests_together_with_its_older_base() {
    let world = World::new(|card| card, "", "");
    world.take(&world.list(1));
    let number = filed(&world);
    let before = world.now() - Duration::hours(3);
    world.desk.clock.advance(Duration::minutes(5));
    world.take(&world.list(2).with(delta_of(1)).revoke(&world.card, before, &[]));
    assert_eq!((round(&world), state(&world, number)), ((0, 1), R::Contested));
}

#[test]
fn lists_that_share_the_reasons_confirm_only_when_each_is_late_enough() {
    let world = World::new(|card| card, "", "");
    let of =
        |number: u64, octets: &[u8]| world.list(number).with(issuing_distribution_point(&[], &[tlv(0x83, octets)]));
    // keyCompromise and cACompromise; then all the others.
    let (keys, rest) = ([1, 0b0110_0000], [7, 0b0001_1111, 0x80]);
    world.take(&of(1, &keys));
    world.take(&of(1, &rest));
    let number = filed(&world);
    world.desk.clock.advance(Duration::minutes(61));
    world.take(&of(2, &keys));
    assert_eq!((round(&world), state(&world, number)), ((0, 0), R::Provisional), "of the others it is not known");
    world.desk.clock.advance(Duration::minutes(1));
    world.take(&of(2, &rest));
    assert_eq!((round(&world), state(&world, number)), ((1, 0), R::Confirmed));
}

/// A card that ends three hours from now.
fn ends_soon(card: CertSpec) -> CertSpec {
    let until = card.not_before + Duration::days(365) + Duration::hours(3);
    let from = card.not_before;
    card.valid(from, until)
}

#[test]
fn a_list_issued_before_the_certificates_end_confirms_after_it() {
    let world = World::new(ends_soon, "", "");
    world.take(&world.list(1));
    let number = filed(&world);
    world.desk.clock.advance(Duration::hours(2));
    world.take(&world.list(2));
    // The gateway was away, and looks when the certificate has ended.
    world.desk.clock.advance(Duration::hours(10));
    assert_eq!((round(&world), state(&world, number)), ((1, 0), R::Confirmed));
}

#[test]
fn the_first_list_after_the_certificates_end_still_confirms() {
    let world = World::new(ends_soon, "", "");
    world.take(&world.list(1));
    let number = filed(&world);
    // RFC 5280 3.3: an entry stays until it was on one regular list issued beyond the certificate's validity.
    world.desk.clock.advance(Duration::hours(20));
    world.take(&world.list(2));
    assert_eq!((round(&world), state(&world, number)), ((1, 0), R::Confirmed));
}

#[test]
fn an_entry_that_may_have_been_dropped_since_the_certificates_end_confirms_nothing() {
    let world = World::new(ends_soon, "", "");
    world.take(&world.list(1));
    let number = filed(&world);
    // More than the list's own period of a day after the end: an entry may have come and gone in between.
    world.desk.clock.advance(Duration::hours(28));
    world.take(&world.list(9));
    assert_eq!((round(&world), state(&world, number)), ((0, 0), R::Provisional));
    // An entry that is there all the same is one.
    let before = world.now() - Duration::hours(40);
    world.desk.clock.advance(Duration::hours(1));
    world.take(&world.list(10).revoke(&world.card, before, &[]));
    assert_eq!((round(&world), state(&world, number)), ((0, 1), R::Contested));
}
