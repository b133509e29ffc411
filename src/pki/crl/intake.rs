//! The checks that a CRL passes against what is held before it takes its place, one function a check.
use super::archive::ListRank;
use super::refusal::{CrlRefusal, code};
use super::shard::size;

/// Whether `new` may take the place of `held`: the number never falls, the date neither (boulder#6456).
pub fn succeeds(new: &ListRank, held: &ListRank) -> Result<(), CrlRefusal> {
    match (&new.number, &held.number) {
        (Some(new_number), Some(held_number)) if size(new_number) < size(held_number) => {
            let refusal = numbers(code::NUMBER_FALLS, new, held, "is lower than");
            return Err(if new.this_update < held.this_update { refusal.behind(&held.sha256) } else { refusal });
        }
        (Some(new_number), Some(held_number)) if new_number == held_number => {
            return Err(numbers(code::NUMBER_REUSED, new, held, "is also that of another list,"));
        }
        (None, Some(_)) => {
            let detail = "the list has no CRL number, and the one held for this issuer and scope has";
            return Err(CrlRefusal::new(code::NUMBER_MISSING, detail));
        }
        _ => {}
    }
    if new.this_update < held.this_update {
        let detail = format!("it was issued at {}, the one held at {}", new.this_update, held.this_update);
        let refusal = CrlRefusal::new(code::OLDER_THAN_HELD, detail);
        return Err(if new.number.is_none() { refusal.behind(&held.sha256) } else { refusal });
    }
    Ok(())
}

/// Complete lists and deltas of one scope count in one row of numbers (RFC 5280 5.2.3): the later of the two has the
/// higher number, or the same.
pub fn shares_numbers(new: &ListRank, other: &ListRank) -> Result<(), CrlRefusal> {
    match (&new.number, &other.number) {
        (Some(number), Some(others)) if new.this_update > other.this_update && size(number) < size(others) => {
            Err(numbers(code::NUMBER_FALLS, new, other, "is lower than"))
        }
        _ => Ok(()),
    }
}

fn numbers(code: &'static str, new: &ListRank, held: &ListRank, how: &str) -> CrlRefusal {
    let (number, others) = (new.number_text(), held.number_text());
    let detail = format!("the CRL number {number} {how} {others} of the list held for this issuer and scope");
    CrlRefusal::new(code, detail)
}
