//! `madoguchi verify --as-of`: a recorded verdict made again, and compared with the record byte for byte.
use std::path::Path;

use crate::cli::failure::Failure;
use crate::gateway::open::store_options;
use crate::gateway::trust_state::{AsOfError, MadeAgain, make_again};
use crate::ids::ArrivalNumber;
use crate::settings::Settings;
use crate::signature::report::ENGINE;
use crate::store::{Store, StoreError};
use crate::verdict::Indication;

/// The verdict that was asked for, and how all verdicts on the filing compare with the record.
pub struct Again {
    /// As it was made now: compact JSON.
    pub report: String,
    /// Its indication.
    pub indication: Indication,
    /// A line a verdict.
    pub lines: Vec<String>,
    /// Whether one of this very engine differs, which must not be.
    pub differs: bool,
}

/// Makes the verdicts on a filing again; `number` is the one to be printed, 1 the first.
///
/// # Errors
/// The settings, the record or what was kept cannot be used; there is no such filing or verdict.
pub fn run(config: &Path, arrival_number: ArrivalNumber, number: usize) -> Result<Again, Failure> {
    let settings = Settings::load(config)?;
    let none = || Failure::input("there is no record of this version; run `madoguchi migrate` or the gateway first");
    let record = Store::open_as_it_is(&store_options(&settings)?).map_err(Failure::fault)?.ok_or_else(none)?;
    let all = make_again(&record, arrival_number).map_err(|error| match error {
        AsOfError::Store(StoreError::Damaged(_)) | AsOfError::NoFiling | AsOfError::Kept(_) => {
            Failure::input(error.to_string())
        }
        AsOfError::Store(error) => Failure::fault(error),
    })?;
    let found = number.checked_sub(1).and_then(|at| all.get(at));
    let asked = found
        .ok_or_else(|| Failure::usage(format!("--verdict {number}: the filing has {} (1 is the first)", all.len())))?;
    let indication = indication_of(&asked.report).ok_or_else(|| Failure::fault("the report tells no indication"))?;
    Ok(Again {
        report: asked.report.clone(),
        indication,
        lines: all.iter().enumerate().map(|(at, one)| line(at + 1, one)).collect(),
        differs: all.iter().any(|one| !one.is_the_same() && one.engine == ENGINE),
    })
}

fn indication_of(report: &str) -> Option<Indication> {
    let read: serde_json::Value = serde_json::from_str(report).ok()?;
    let text = read.get("indication")?.as_str()?;
    let all = [Indication::TotalPassed, Indication::TotalFailed, Indication::Indeterminate];
    all.into_iter().find(|one| one.as_str() == text)
}

fn line(number: usize, one: &MadeAgain) -> String {
    let MadeAgain { recorded, engine, .. } = one;
    let what = format!("verdict {number} ({}, {})", recorded.kind, recorded.decided_at.to_rfc3339());
    match (one.is_the_same(), engine.as_str()) {
        (true, _) => format!("{what}: made again, the same byte for byte"),
        (false, ENGINE) => {
            format!("{what}: DIFFERS from the record, although {ENGINE} made both; keep both and report it")
        }
        (false, other) => format!("{what}: differs from the record, which {other} made; this is {ENGINE}"),
    }
}
