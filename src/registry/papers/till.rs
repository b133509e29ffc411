//! What becomes of a document that is asked for at a kiosk, and of the money: pure, and the only place that says which step may
//! follow which. Nothing is printed that was not paid for, and nothing is kept that was paid for something not printed.
use std::str::FromStr;

use crate::ids::IdError;

/// Where an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderState {
    /// Asked for; the till waits for money.
    Asked,
    /// The till has it all.
    Paid,
    /// The document is issued and can be printed.
    Issued,
    /// It is printed. The end.
    Printed,
    /// It could not be made or printed; the money is to be given back.
    Failed,
    /// It was given back. The end.
    Refunded,
    /// Given up before it was paid for; what was in the till was given back. The end.
    Cancelled,
}

/// What happens to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderEvent {
    /// So many yen were put into the till.
    Inserted(u32),
    /// The person, or time, gave it up.
    Cancelled,
    /// The document was sealed and recorded.
    Issued,
    /// It could not be made.
    NotMade,
    /// The printer has finished.
    Printed,
    /// The printer could not.
    NotPrinted,
    /// The till gave the money back.
    Refunded,
}

/// An order's state and the money of its till, in yen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Till {
    /// What the document costs.
    pub fee: u32,
    /// What was put in.
    pub inserted: u32,
    /// What was given back: change, or all of it.
    pub returned: u32,
    /// Where the order stands.
    pub state: OrderState,
}

/// The event does not fit the state: a second click, or a step out of order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an order that is {} does not allow this", .0.as_str())]
pub struct OutOfOrder(pub OrderState);

/// The most that a till takes in one order, in yen: a banknote on top of any fee.
pub const MOST_INSERTED: u32 = 20_000;
/// What it takes: coins and notes, in yen.
pub const TAKEN: &[u32] = &[10, 50, 100, 500, 1000];

impl OrderState {
    /// Every state.
    pub const ALL: &[Self] =
        &[Self::Asked, Self::Paid, Self::Issued, Self::Printed, Self::Failed, Self::Refunded, Self::Cancelled];

    /// As it is recorded.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Paid => "paid",
            Self::Issued => "issued",
            Self::Printed => "printed",
            Self::Failed => "failed",
            Self::Refunded => "refunded",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether nothing follows.
    pub fn is_end(self) -> bool {
        matches!(self, Self::Printed | Self::Refunded | Self::Cancelled)
    }
}

impl FromStr for OrderState {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        Self::ALL.iter().copied().find(|state| state.as_str() == text).ok_or(IdError::Form("a state of an order"))
    }
}

impl Till {
    /// A new order.
    pub fn asked(fee: u32) -> Self {
        let state = if fee == 0 { OrderState::Paid } else { OrderState::Asked };
        Self { fee, inserted: 0, returned: 0, state }
    }

    /// What is still to be paid.
    pub fn missing(self) -> u32 {
        self.fee.saturating_sub(self.inserted)
    }

    /// What the till holds of this order: 0 at every end but a printed document, whose fee it keeps.
    pub fn held(self) -> u32 {
        self.inserted.saturating_sub(self.returned)
    }

    /// The order after `event`.
    ///
    /// # Errors
    /// [`OutOfOrder`]; nothing has changed then.
    pub fn after(self, event: OrderEvent) -> Result<Self, OutOfOrder> {
        use OrderState as S;
        match (self.state, event) {
            (S::Asked, OrderEvent::Inserted(yen)) => self.insert(yen),
            (S::Asked, OrderEvent::Cancelled) => Ok(Self { state: S::Cancelled, returned: self.inserted, ..self }),
            (S::Paid, OrderEvent::Issued) => Ok(Self { state: S::Issued, ..self }),
            (S::Paid, OrderEvent::NotMade) | (S::Issued, OrderEvent::NotPrinted) => {
                Ok(Self { state: S::Failed, ..self })
            }
            (S::Issued, OrderEvent::Printed) => Ok(Self { state: S::Printed, ..self }),
            (S::Failed, OrderEvent::Refunded) => Ok(Self { state: S::Refunded, returned: self.inserted, ..self }),
            (state, _) => Err(OutOfOrder(state)),
        }
    }

    /// Once it is enough, the change falls out.
    fn insert(self, yen: u32) -> Result<Self, OutOfOrder> {
        let inserted = self.inserted.saturating_add(yen);
        if !TAKEN.contains(&yen) || inserted > MOST_INSERTED {
            return Err(OutOfOrder(self.state));
        }
        let change = inserted.checked_sub(self.fee);
        let state = if change.is_some() { OrderState::Paid } else { OrderState::Asked };
        Ok(Self { inserted, returned: change.unwrap_or_default(), state, ..self })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EVENTS: &[OrderEvent] = &[
        OrderEvent::Inserted(100),
        OrderEvent::Inserted(500),
        OrderEvent::Inserted(3),
        OrderEvent::Cancelled,
        OrderEvent::Issued,
        OrderEvent::NotMade,
        OrderEvent::Printed,
        OrderEvent::NotPrinted,
        OrderEvent::Refunded,
    ];

    #[test]
    fn the_ways_of_an_order() {
        let after = |events: &[OrderEvent]| events.iter().try_fold(Till::asked(300), |till, event| till.after(*event));
        let paid = [OrderEvent::Inserted(500)];
        let till = after(&paid).unwrap();
        assert_eq!((till.state, till.returned, till.held()), (OrderState::Paid, 200, 300));
        let printed = after(&[&paid[..], &[OrderEvent::Issued, OrderEvent::Printed]].concat()).unwrap();
        assert_eq!((printed.state, printed.held()), (OrderState::Printed, 300));
        let jammed = after(&[&paid[..], &[OrderEvent::Issued, OrderEvent::NotPrinted, OrderEvent::Refunded]].concat());
        assert_eq!(jammed.map(|till| (till.state, till.held())), Ok((OrderState::Refunded, 0)));
        let cancelled = after(&[OrderEvent::Inserted(100), OrderEvent::Cancelled]).unwrap();
        assert_eq!((cancelled.state, cancelled.returned), (OrderState::Cancelled, 100));
        assert_eq!(
            after(&[OrderEvent::Issued]),
            Err(OutOfOrder(OrderState::Asked)),
            "nothing is made before it is paid"
        );
        assert_eq!(after(&[OrderEvent::Inserted(3)]), Err(OutOfOrder(OrderState::Asked)), "no such coin");
        assert_eq!(Till::asked(0).state, OrderState::Paid, "what costs nothing is paid for");
    }

    proptest! {
        #[test]
        fn no_money_is_lost_and_nothing_is_printed_unpaid(fee in 1_u32..2000, steps in prop::collection::vec(0..EVENTS.len(), 0..40)) {
            let mut till = Till::asked(fee);
            let mut put_in = 0;
            for step in steps {
                let event = EVENTS[step];
                let Ok(next) = till.after(event) else { continue };
                prop_assert!(!till.state.is_end(), "nothing follows an end");
                if let OrderEvent::Inserted(yen) = event {
                    put_in += yen;
                }
                till = next;
            }
            prop_assert_eq!(till.inserted, put_in);
            match till.state {
                OrderState::Paid | OrderState::Issued | OrderState::Printed | OrderState::Failed => {
                    prop_assert_eq!(till.held(), fee);
                }
                OrderState::Refunded | OrderState::Cancelled => prop_assert_eq!(till.held(), 0),
                OrderState::Asked => prop_assert!(till.held() < fee),
            }
        }
    }
}
