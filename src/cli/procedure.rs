//! `madoguchi procedure`: checks definitions of procedures before a gateway starts with them, and prints the JSON Schema of
//! the answers that one asks for.
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::json;

use super::exit;
use crate::procedures::catalog::read_definition;
use crate::procedures::{DefinitionFault, Procedure};

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Check definitions: exit status 0 where all are right, 1 where one is wrong, 66 where one cannot be read
    Check(CheckArgs),
    /// Print the JSON Schema (2020-12) of the answers that a definition asks for
    Schema {
        /// The definition, a TOML file (see docs/procedures.md)
        file: PathBuf,
    },
}

#[derive(Debug, clap::Args)]
struct CheckArgs {
    /// Definitions: TOML files (see docs/procedures.md)
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// What came of one file.
enum Found {
    Right(Box<Procedure>),
    Wrong(Vec<DefinitionFault>),
    Unreadable(String),
}

/// Runs the command.
pub fn run(args: Args) -> ExitCode {
    ExitCode::from(match args.command {
        Command::Check(args) => check(&args),
        Command::Schema { file } => schema(&file),
    })
}

fn read(file: &Path) -> Found {
    match read_definition(file) {
        Err(error) => Found::Unreadable(error.to_string()),
        Ok(text) => Procedure::from_toml(&text).map_or_else(Found::Wrong, |found| Found::Right(Box::new(found))),
    }
}

fn check(args: &CheckArgs) -> u8 {
    let mut status = exit::OK;
    let mut reports = Vec::new();
    for file in &args.files {
        let found = read(file);
        status = status.max(match found {
            Found::Right(_) => exit::OK,
            Found::Wrong(_) => exit::FAILED,
            Found::Unreadable(_) => exit::NO_INPUT,
        });
        if args.json {
            reports.push(report(file, &found));
        } else {
            tell(file, &found);
        }
    }
    if args.json {
        println!("{}", json!({ "procedures": reports }));
    }
    status
}

fn tell(file: &Path, found: &Found) {
    let file = file.display();
    match found {
        Found::Right(one) => {
            let (fields, pages) = (one.fields.len(), one.pages.len());
            println!("{file}: {} version {}: {fields} fields on {pages} pages: right", one.code, one.form_version);
        }
        Found::Wrong(faults) => faults.iter().for_each(|fault| println!("{file}: {fault}")),
        Found::Unreadable(why) => eprintln!("madoguchi procedure: {why}"),
    }
}

fn report(file: &Path, found: &Found) -> serde_json::Value {
    let file = file.display().to_string();
    match found {
        Found::Right(one) => json!({
            "file": file, "result": "right", "code": one.code, "form_version": one.form_version, "faults": [],
        }),
        Found::Wrong(faults) => {
            let one = |fault: &DefinitionFault| json!({ "line": fault.line, "key": fault.key, "what": fault.what, "todo": fault.todo });
            json!({ "file": file, "result": "wrong", "faults": faults.iter().map(one).collect::<Vec<_>>() })
        }
        Found::Unreadable(why) => json!({ "file": file, "result": "unreadable", "why": why, "faults": [] }),
    }
}

fn schema(file: &Path) -> u8 {
    let found = read(file);
    match &found {
        Found::Right(one) => {
            println!("{:#}", one.schema);
            exit::OK
        }
        Found::Wrong(_) => {
            tell(file, &found);
            exit::FAILED
        }
        Found::Unreadable(_) => {
            tell(file, &found);
            exit::NO_INPUT
        }
    }
}
