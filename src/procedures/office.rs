//! Where people can ask: the office that handles a procedure, with its address, telephone and hours.
use serde::{Deserialize, Serialize};

use super::definition::{Definition, Procedure};
use super::place::Faults;
use super::text::Text;
use crate::ids::AgencyCode;

/// The longest telephone number, as it is written.
const LONGEST_TELEPHONE: usize = 40;

/// An office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Office {
    /// The agency whose office it is; none: of every agency that has none of its own here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<AgencyCode>,
    /// Its name.
    pub name: Text,
    /// Where it is.
    #[serde(default)]
    pub address: Text,
    /// Its telephone number: digits, `+`, `-`, spaces and brackets.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub telephone: String,
    /// When it is open.
    pub hours: Text,
}

impl Procedure {
    /// The office to ask about a filing with `recipient`: its own, or that of all others.
    pub fn office(&self, recipient: Option<&AgencyCode>) -> Option<&Office> {
        let own =
            self.offices.iter().find(|office| office.recipient.is_some() && office.recipient.as_ref() == recipient);
        own.or_else(|| self.offices.iter().find(|office| office.recipient.is_none()))
    }
}

/// What must hold of the offices of a definition.
pub(super) fn check(definition: &Definition, faults: &mut Faults<'_>) {
    let mut seen = Vec::new();
    for (index, office) in definition.offices.iter().enumerate() {
        let key = format!("office[{index}]");
        super::check::required(&format!("{key}.name"), &office.name, faults);
        super::check::optional(&format!("{key}.address"), &office.address, faults);
        super::check::required(&format!("{key}.hours"), &office.hours, faults);
        let fits = |c: char| c.is_ascii_digit() || "+-() ".contains(c);
        if office.telephone.len() > LONGEST_TELEPHONE || !office.telephone.chars().all(fits) {
            let todo = "write it as 03-1234-5678";
            faults.note(format!("{key}.telephone"), "is no telephone number", todo);
        }
        if seen.contains(&&office.recipient) {
            faults.note(format!("{key}.recipient"), "stands twice", "one office for each, and one without recipient");
        }
        seen.push(&office.recipient);
    }
}
