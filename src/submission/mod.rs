//! The vocabulary of a filing, pure: what arrived, where it stands, and every way it can be refused.
pub mod applicant;
pub mod received;
pub mod rejection;
pub mod status;
