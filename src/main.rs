//! `madoguchi`: the gateway and its tools. Everything is in the library; this reads the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    madoguchi::cli::main()
}
