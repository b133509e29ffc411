//! `madoguchi-card`: the resident's card client. Everything is in the library.
use std::process::ExitCode;

fn main() -> ExitCode {
    madoguchi::card_client::command::main()
}
