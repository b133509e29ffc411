//! The status machine: whatever moves are asked for, in any order, only legal ones are made and what has ended stays so.

use madoguchi::submission::status::SubmissionStatus as Status;
use proptest::prelude::*;

fn any_status() -> impl Strategy<Value = Status> {
    prop::sample::select(Status::ALL)
}

/// The moves as the life of a filing tells them, written down apart from the code.
fn told(from: Status, to: Status) -> bool {
    let open = [Status::Received, Status::UnderReview, Status::Corrected];
    match to {
        Status::Held => false,
        Status::Refused => from == Status::Held,
        Status::Received => from == Status::Held,
        Status::UnderReview => [Status::Received, Status::Corrected].contains(&from),
        // Asked for, or by the applicant themselves before the agency decides.
        Status::Corrected => [Status::CorrectionRequested, Status::Received, Status::UnderReview].contains(&from),
        Status::CorrectionRequested | Status::Accepted => open.contains(&from),
        Status::Rejected => open.contains(&from) || from == Status::CorrectionRequested,
        Status::Withdrawn => open.contains(&from) || [Status::Held, Status::CorrectionRequested].contains(&from),
        Status::Completed => from == Status::Accepted,
    }
}

#[test]
fn the_machine_makes_the_moves_that_the_life_of_a_filing_tells() {
    for from in Status::ALL {
        for to in Status::ALL {
            assert_eq!(from.may_become(*to), told(*from, *to), "{} to {}", from.as_str(), to.as_str());
        }
    }
}

proptest! {
    #[test]
    fn any_sequence_of_requests_ends_where_legal_moves_lead(
        held_at_first in any::<bool>(),
        requests in prop::collection::vec(any_status(), 0..40),
    ) {
        let mut status = if held_at_first { Status::Held } else { Status::Received };
        let mut ended = None;
        for next in requests {
            if status.may_become(next) {
                prop_assert!(ended.is_none(), "moved on after {:?}", ended);
                prop_assert_ne!(status, next, "a move goes somewhere");
                status = next;
            }
            if status.is_final() {
                ended = Some(status);
            }
        }
        prop_assert!(ended.is_none() || ended == Some(status));
    }
}
