use proptest::prelude::*;

use super::*;

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
}

fn dice() -> impl Strategy<Value = Dice> {
    any::<[u8; 4]>().prop_map(Dice::of)
}

fn list() -> impl Strategy<Value = ListTimes> {
    (-10_000_000_i64..10_000_000, 1_i64..30_000_000)
        .prop_map(|(this, length)| ListTimes { this_update: at(this), next_update: at(this + length) })
}

proptest! {
    #[test]
    fn a_source_is_never_asked_too_often_nor_forgotten(list in proptest::option::of(list()), every in 1_i64..1_000_000, dice in dice()) {
        let every = Duration::seconds(every);
        let due = after_success(at(0), list, every, dice);
        prop_assert!(due >= at(0) + NOT_SOONER);
        prop_assert!(due <= at(0) + every.max(NOT_SOONER));
    }

    #[test]
    fn the_next_list_is_looked_for_before_this_one_ends(list in list(), every in 60_i64..1_000_000, dice in dice()) {
        let due = after_success(at(0), Some(list), Duration::seconds(every), dice);
        // A list that ends within the shortest pause cannot be looked for sooner.
        if list.next_update > at(0) + NOT_SOONER {
            prop_assert!(due <= list.next_update, "{due} {list:?}");
        }
    }

    #[test]
    fn pauses_after_failures_grow_and_stay_bounded(failures in 1_u32..u32::MAX, every in 1_i64..1_000_000, dice in dice()) {
        let every = Duration::seconds(every);
        let due = after_failure(at(0), failures, every, dice);
        prop_assert!(due >= at(0) + NOT_SOONER);
        prop_assert!(due <= at(0) + LONGEST_PAUSE);
        let next = after_failure(at(0), failures.saturating_add(1), every, dice);
        prop_assert!(next >= due);
    }

    #[test]
    fn many_gateways_do_not_come_at_the_same_moment(one in dice(), other in dice(), failures in 3_u32..20) {
        prop_assume!((one.0 - other.0).abs() > 0.01);
        let every = Duration::hours(1);
        prop_assert_ne!(after_failure(at(0), failures, every, one), after_failure(at(0), failures, every, other));
        prop_assert_ne!(after_success(at(0), None, every, one), after_success(at(0), None, every, other));
    }
}

#[test]
fn a_list_of_a_day_is_looked_for_two_hours_and_a_bit_before_its_end() {
    let list = ListTimes { this_update: at(0), next_update: at(86_400) };
    assert_eq!(list.lead(), Duration::seconds(8_640));
    let last = Dice::of([0xff; 4]);
    assert_eq!(after_success(at(0), Some(list), Duration::days(7), Dice::of([0; 4])), at(86_400 - 8_640));
    assert_eq!(after_success(at(0), Some(list), Duration::days(7), last), at(86_400 - 8_640 + 864));
    // In the lead: at shares of it. Afterwards: every minute.
    assert_eq!(after_success(at(80_000), Some(list), Duration::days(7), last), at(80_000 + 864));
    assert_eq!(after_success(at(90_000), Some(list), Duration::days(7), last), at(90_000 + 60));
}

#[test]
fn pauses_double() {
    let last = Dice::of([0xff; 4]);
    let pause = |failures| (after_failure(at(0), failures, Duration::days(1), last) - at(0)).num_seconds();
    assert_eq!([1, 2, 3, 4, 7, 100].map(pause), [60, 120, 240, 480, 3600, 3600]);
}
