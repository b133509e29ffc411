//! What a handler takes in, validated before the handler sees it.
pub mod about;
pub mod agency_program;
pub mod bearer;
pub mod body;
pub mod budget;
pub mod csrf;
pub mod filing;
pub mod multipart;
pub mod operator_program;
pub mod request_id;
pub mod resident;
pub mod session;
pub mod shared;
