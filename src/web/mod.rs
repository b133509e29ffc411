//! HTTP: the server, its table of routes and the rooms behind them. A file is a noun, a handler has at most 20
//! lines: extractors validate, the handler makes one call into [`crate::gateway::Gateway`] and answers.
//!
//! To add a page or a call: write `pub async fn verb_noun(..) -> Result<HttpResponse, Problem>` in the noun's file and
//! add one line to the table in [`routes`]. What is wrong is a [`problem::Problem`]; the outermost middleware renders
//! it (problem+json, or the error page for a browser), adds the security headers, the request id and the metrics.
pub mod accept_language;
pub mod agency;
pub mod api;
pub mod assets;
pub mod clerk;
pub mod config;
pub mod conversation;
pub mod download;
pub mod ending;
pub mod extract;
pub mod filing_facts;
pub mod forms;
pub mod i18n;
pub mod kiosk;
pub mod middleware;
pub mod network;
pub mod ocsp;
pub mod operator;
pub mod page;
pub mod plain_text;
pub mod print;
pub mod problem;
pub mod resident;
pub mod routes;
pub mod server;
pub mod sign_in;
pub mod staff;
pub mod state;
pub mod steps;
