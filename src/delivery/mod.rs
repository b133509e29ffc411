//! What happens to filings after they are recorded: held ones are decided, agencies are served their feed. Delivery is
//! the pull feed for now (`store::feed`); pushing to an agency's own address comes with channels of its own here.
//! [`mails`] tells residents and agencies by mail that there is something to look at.
//! Beside it [`alarms`]: what operators are told of by mail and webhook. [`background`] makes the rounds of it all.
pub mod alarms;
pub mod background;
pub mod failing;
pub mod fetching;
pub mod follow_up;
mod judge;
pub mod mails;
pub mod network;
pub mod patience;
pub mod registry;
pub mod second_opinion;
#[cfg(test)]
mod tests;
pub mod worker;

pub use worker::{HeldJudge, HeldJudgement, Round, Worker, WorkerSettings};
