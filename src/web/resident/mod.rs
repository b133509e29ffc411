//! The residents' pages: file = noun, handler of at most 20 lines, view struct beside it.
//!
//! An application goes `/procedures/{code}` -> `/apply/{draft}/form/{page}`, a question or a group of them a page ->
//! `attachments` -> `review` -> `sign` -> `receipt`;
//! the draft is kept by the gateway, bound to the browser, until it is filed or its time is over. Every step works
//! without JavaScript.
pub mod accesses;
pub mod account;
pub mod agent;
pub mod answering;
pub mod applicant;
pub mod at_draft;
pub mod attachments;
pub mod dates;
pub mod documents;
pub mod draft_keep;
pub mod draft_list;
pub mod draft_parked;
pub mod draft_versions;
pub mod drafts;
pub mod entries;
pub mod fault_words;
pub mod fields;
pub mod filing;
pub mod form;
pub mod home;
pub mod information;
pub use crate::procedures::municipalities;
pub mod office;
pub mod own_data;
pub mod problems;
pub mod procedures;
pub mod question;
pub mod receipt;
pub mod receipt_contents;
pub mod review;
pub mod shared;
pub mod sign;
pub mod sign_in;
pub mod status;
pub mod uploads;
pub mod verdict;
pub mod verify;
