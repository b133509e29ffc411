//! `madoguchi registry`: residents are taken over from a file.
use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;

use super::exit;
use super::failure::Failure;
use crate::clock::{Clock, SystemClock};
use crate::gateway::open::store_options;
use crate::gateway::registry::Registry;
use crate::ids::AgencyCode;
use crate::registry::code::{CheckDigitRule, ResidentRecordCode};
use crate::registry::event::Change;
use crate::registry::import::Columns;
use crate::registry::record::{HouseholdId, RecordId};
use crate::settings::Settings;
use crate::store::registry::import::ImportLine;
use crate::store::registry::{NewRecord, RegistryRefusal};
use crate::store::{Store, StoreOptions};

/// People in one transaction.
const BATCH: usize = 1000;

/// Lines between two of progress.
const PROGRESS: u64 = 20_000;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The gateway's settings
    #[arg(long, global = true, default_value = "madoguchi.toml")]
    config: PathBuf,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Take residents over from a CSV file: a person a line, columns named in the first
    Import {
        /// The file (UTF-8)
        file: PathBuf,
        /// Whose residents they are, where the settings name several municipalities
        #[arg(long, value_name = "CODE")]
        municipality: Option<AgencyCode>,
        /// Judge every line and write nothing
        #[arg(long)]
        dry_run: bool,
    },
}

/// Runs the command.
pub fn run(args: Args) -> ExitCode {
    let Action::Import { file, municipality, dry_run } = args.action;
    match import(&args.config, &file, municipality, dry_run) {
        Ok(0) => ExitCode::from(exit::OK),
        Ok(_) => ExitCode::from(exit::FAILED),
        Err(Failure(status, sentence)) => {
            eprintln!("madoguchi registry: {sentence}");
            ExitCode::from(status)
        }
    }
}

/// One run.
struct Import {
    store: Store,
    registry: Registry,
    municipality: AgencyCode,
    dry_run: bool,
    runtime: tokio::runtime::Runtime,
    /// What the file calls a household.
    households: HashMap<String, HouseholdId>,
    /// Codes of lines before, by their keyed hashes: only a dry run needs them, the record knows otherwise.
    codes: HashSet<Vec<u8>>,
    stand_in: ResidentRecordCode,
    refused: u64,
}

fn import(config: &Path, file: &Path, municipality: Option<AgencyCode>, dry_run: bool) -> Result<u64, Failure> {
    let settings = Settings::load(config)?;
    let registry = Registry::from_settings(&settings.registry, &settings.keys.directory)
        .map_err(|error| Failure(exit::USAGE, error))?
        .ok_or_else(|| Failure(exit::USAGE, "no [[registry.municipality]] is in the settings".to_owned()))?;
    let municipality = the_municipality(&registry, municipality)?;
    let input = File::open(file).map_err(|error| Failure(exit::NO_INPUT, format!("{}: {error}", file.display())))?;
    let store = Store::open(&StoreOptions { connections: 2, ..store_options(&settings)? })?;
    registry.fits(&store)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let runtime = runtime.map_err(|error| Failure(exit::SOFTWARE, error.to_string()))?;
    let stand_in = ResidentRecordCode::parse("00000000000", CheckDigitRule::Unchecked);
    let stand_in = stand_in.map_err(|error| Failure(exit::SOFTWARE, error.to_string()))?;
    let (households, codes) = (HashMap::new(), HashSet::new());
    Import { store, registry, municipality, dry_run, runtime, households, codes, stand_in, refused: 0 }.run(input)
}

fn the_municipality(registry: &Registry, named: Option<AgencyCode>) -> Result<AgencyCode, Failure> {
    let refused = |sentence: &str| Err(Failure(exit::USAGE, sentence.to_owned()));
    match (named, registry.municipalities()) {
        (Some(code), _) if registry.municipality(code).is_some() => Ok(code),
        (Some(_), _) => refused("this municipality is not in the settings"),
        (None, [only]) => Ok(only.code),
        (None, _) => refused("several municipalities are in the settings: name one with --municipality"),
    }
}

/// Where in the file it is no CSV; what stands there is not repeated.
fn no_csv(error: &csv::Error) -> Failure {
    let line = error.position().map_or_else(String::new, |place| format!(" (line {})", place.line()));
    Failure(exit::NO_INPUT, format!("the file is no CSV in UTF-8{line}"))
}

impl Import {
    fn run(mut self, input: File) -> Result<u64, Failure> {
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(BufReader::new(input));
        let columns = Columns::read(reader.headers().map_err(|error| no_csv(&error))?.iter());
        let columns = columns.map_err(|error| Failure(exit::NO_INPUT, error.to_string()))?;
        println!("line,part,fault");
        let (mut batch, mut read) = (Vec::with_capacity(BATCH), 0_u64);
        let mut record = csv::StringRecord::new();
        while reader.read_record(&mut record).map_err(|error| no_csv(&error))? {
            read += 1;
            let line = record.position().map_or(0, csv::Position::line);
            batch.extend(self.line(&columns, line, &record.iter().collect::<Vec<_>>()));
            if batch.len() == BATCH {
                self.send(std::mem::take(&mut batch))?;
            }
            if read.is_multiple_of(PROGRESS) {
                eprintln!("{read} lines, {} refused", self.refused);
            }
        }
        self.send(batch)?;
        let (taken, verb) = (read - self.refused, if self.dry_run { "would be taken" } else { "taken" });
        eprintln!("{read} lines: {taken} {verb}, {} refused.", self.refused);
        Ok(self.refused)
    }

    fn line(&mut self, columns: &Columns, line: u64, cells: &[&str]) -> Option<ImportLine> {
        let now = SystemClock.now();
        let households = &mut self.households;
        let household = |name: &str| *households.entry(name.to_owned()).or_insert_with(|| HouseholdId::made_at(now));
        let person = columns.person(cells, self.registry.vault().rule(), household, &self.stand_in);
        let (entry, code_is_new) = match person {
            Ok(person) => person,
            Err(faults) => {
                self.refuse(line, &RegistryRefusal::Parts(faults));
                return None;
            }
        };
        if self.dry_run && !code_is_new && !self.codes.insert(self.registry.vault().code_hmac(&entry.code)) {
            self.refuse(line, &RegistryRefusal::CodeInUse);
            return None;
        }
        let order = NewRecord {
            id: RecordId::made_at(now),
            municipality: self.municipality,
            on: entry.resident_since,
            noted_at: now,
            noted_by: "import".to_owned(),
            change: Change::Registered { entry: Box::new(entry) },
            code_is_new,
        };
        Some(ImportLine { line, order })
    }

    fn send(&mut self, batch: Vec<ImportLine>) -> Result<(), Failure> {
        let vault = self.registry.vault();
        let refused = match self.dry_run {
            true => self.runtime.block_on(self.store.registry_import_judge(vault, batch)),
            false => self.runtime.block_on(self.store.registry_import(vault, batch)),
        };
        for (line, refusal) in refused? {
            self.refuse(line, &refusal);
        }
        Ok(())
    }

    /// Lines of the report: where, which part, and the word for what is wrong; nothing of the person.
    fn refuse(&mut self, line: u64, refusal: &RegistryRefusal) {
        self.refused += 1;
        let mut out = std::io::stdout().lock();
        // Nobody may be reading any more: the count and the exit status tell it all the same.
        let _ = match refusal {
            RegistryRefusal::Parts(faults) => {
                faults.iter().try_for_each(|fault| writeln!(out, "{line},{},{}", fault.part, fault.code))
            }
            other => writeln!(out, "{line},,{}", other.code()),
        };
    }
}
