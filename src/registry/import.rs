//! Residents as a table, a person a line: columns by name, in any order, UTF-8. The text of a cell is never in a fault.
use chrono::NaiveDate;

use super::code::{CheckDigitRule, ResidentRecordCode};
use super::entry::{Entry, PartFault, entry_faults};
use super::record::{BirthDate, ForeignResident, HouseholdId, PersonName, Sex};

/// Columns that have to be there.
pub const REQUIRED: [&str; 7] = ["name", "date_of_birth", "sex", "address", "household", "relation", "resident_since"];

/// Columns that may be there. Without a code the person gets a new one.
pub const OPTIONAL: [&str; 9] = [
    "code",
    "kana",
    "alphabet",
    "alias",
    "postcode",
    "nationality",
    "status_of_residence",
    "period_until",
    "residence_card_number",
];

/// The longest line, in bytes, all cells together.
pub const LINE_BYTES: usize = 16 << 10;

/// Where each column stands.
#[derive(Debug, Clone)]
pub struct Columns(Vec<&'static str>);

/// Why the first line does not name the columns.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeaderFault {
    /// A column has to be there and is not.
    #[error("the column {0} is missing")]
    Missing(&'static str),
    /// A column is not known, or stands there twice.
    #[error("column {0} has a name that is not known, or stands there twice; known: {known}", known = known())]
    Unknown(usize),
}

fn known() -> String {
    [REQUIRED.as_slice(), OPTIONAL.as_slice()].concat().join(", ")
}

/// What is read out of the cells that are not plain text.
struct Values {
    code: Option<ResidentRecordCode>,
    date_of_birth: BirthDate,
    sex: Sex,
    resident_since: NaiveDate,
    period_until: Option<NaiveDate>,
}

impl Columns {
    /// Reads the first line.
    ///
    /// # Errors
    /// [`HeaderFault`].
    pub fn read<'a>(header: impl Iterator<Item = &'a str>) -> Result<Self, HeaderFault> {
        let mut columns = Vec::new();
        for (index, name) in header.enumerate() {
            let name = name.trim_start_matches('\u{feff}').trim();
            let known = REQUIRED.iter().chain(&OPTIONAL).find(|known| **known == name);
            match known.filter(|known| !columns.contains(*known)) {
                Some(known) => columns.push(*known),
                None => return Err(HeaderFault::Unknown(index + 1)),
            }
        }
        match REQUIRED.into_iter().find(|name| !columns.contains(name)) {
            Some(missing) => Err(HeaderFault::Missing(missing)),
            None => Ok(Self(columns)),
        }
    }

    fn cell<'a>(&self, cells: &[&'a str], name: &str) -> &'a str {
        let place = self.0.iter().position(|column| *column == name);
        place.and_then(|place| cells.get(place)).map_or("", |cell| cell.trim())
    }

    fn optional(&self, cells: &[&str], name: &str) -> Option<String> {
        Some(self.cell(cells, name)).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// A person's line, and whether the person needs a new code. `household` gives the identifier of what the file calls a
    /// household; `stand_in` stands for a code that is new until it is made.
    ///
    /// # Errors
    /// Every fault of the line.
    pub fn person(
        &self,
        cells: &[&str],
        rule: CheckDigitRule,
        household: impl FnOnce(&str) -> HouseholdId,
        stand_in: &ResidentRecordCode,
    ) -> Result<(Entry, bool), Vec<PartFault>> {
        if cells.len() != self.0.len() || cells.iter().map(|cell| cell.len()).sum::<usize>() > LINE_BYTES {
            return Err(vec![PartFault { part: "line", code: "form" }]);
        }
        let values = self.values(cells, rule)?;
        let is_new = values.code.is_none();
        let entry = Entry {
            code: values.code.unwrap_or_else(|| stand_in.clone()),
            name: PersonName {
                written: self.cell(cells, "name").to_owned(),
                kana: self.optional(cells, "kana"),
                alphabet: self.optional(cells, "alphabet"),
                alias: self.optional(cells, "alias"),
            },
            date_of_birth: values.date_of_birth,
            sex: values.sex,
            address: self.cell(cells, "address").to_owned(),
            postcode: self.optional(cells, "postcode").map(|text| text.replace('-', "")),
            household: household(self.cell(cells, "household")),
            relation: self.cell(cells, "relation").to_owned(),
            resident_since: values.resident_since,
            from: None,
            foreign: self.foreign(cells, values.period_until),
        };
        let faults = entry_faults(&entry);
        if faults.is_empty() { Ok((entry, is_new)) } else { Err(faults) }
    }

    fn values(&self, cells: &[&str], rule: CheckDigitRule) -> Result<Values, Vec<PartFault>> {
        let code = self.optional(cells, "code").map(|text| ResidentRecordCode::parse(&text, rule)).transpose();
        let born = self.cell(cells, "date_of_birth").parse::<BirthDate>();
        let sex = self.cell(cells, "sex").parse::<Sex>();
        let since = day(self.cell(cells, "resident_since"));
        let until = match self.optional(cells, "period_until") {
            None => Ok(None),
            Some(text) => day(&text).map(Some),
        };
        let no_household = self.cell(cells, "household").is_empty();
        let faults = [
            code.as_ref().err().map(|fault| ("code", fault.code())),
            born.is_err().then_some(("date_of_birth", "form")),
            sex.is_err().then_some(("sex", "form")),
            since.is_err().then_some(("resident_since", "form")),
            until.is_err().then_some(("period_until", "form")),
            no_household.then_some(("household", "required")),
        ];
        let faults: Vec<PartFault> =
            faults.into_iter().flatten().map(|(part, code)| PartFault { part, code }).collect();
        match (code, born, sex, since, until) {
            (Ok(code), Ok(date_of_birth), Ok(sex), Ok(resident_since), Ok(period_until)) if faults.is_empty() => {
                Ok(Values { code, date_of_birth, sex, resident_since, period_until })
            }
            _ => Err(faults),
        }
    }

    fn foreign(&self, cells: &[&str], period_until: Option<NaiveDate>) -> Option<ForeignResident> {
        let nationality = self.optional(cells, "nationality");
        let card = self.optional(cells, "residence_card_number");
        (nationality.is_some() || card.is_some() || period_until.is_some()).then(|| ForeignResident {
            nationality: nationality.unwrap_or_default(),
            status_of_residence: self.cell(cells, "status_of_residence").to_owned(),
            period_until,
            residence_card_number: card.unwrap_or_default(),
        })
    }
}

fn day(text: &str) -> Result<NaiveDate, chrono::ParseError> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn columns() -> Columns {
        let header = "\u{feff}code,name,date_of_birth,sex,address,household,relation,resident_since";
        Columns::read(header.split(',')).unwrap()
    }

    fn read(line: &str) -> Result<(Entry, bool), Vec<PartFault>> {
        let cells: Vec<&str> = line.split(',').collect();
        let stand_in = ResidentRecordCode::parse("00000000000", CheckDigitRule::Unchecked).unwrap();
        let house = |_: &str| HouseholdId::made_at(DateTime::UNIX_EPOCH);
        columns().person(&cells, CheckDigitRule::Modulus11, house, &stand_in)
    }

    #[test]
    fn the_header_names_every_column_once() {
        assert_eq!(Columns::read(["name"].into_iter()).unwrap_err(), HeaderFault::Missing("date_of_birth"));
        assert_eq!(Columns::read(["name", "nmae"].into_iter()).unwrap_err(), HeaderFault::Unknown(2));
        assert_eq!(Columns::read(["name", "name"].into_iter()).unwrap_err(), HeaderFault::Unknown(2));
    }

    #[test]
    fn a_line_is_a_person_or_every_fault_of_it() {
        let good = "12345678903,山田　花子,1985-04-12,female,東京都千代田区千代田１丁目１番１号,h1,世帯主,2010-04-01";
        let (entry, is_new) = read(good).unwrap();
        assert_eq!((entry.name.written.as_str(), is_new), ("山田　花子", false));
        assert!(read(&good.replace("12345678903", "")).unwrap().1);
        let faults = |line: String| read(&line).unwrap_err().into_iter().map(|fault| fault.part).collect::<Vec<_>>();
        assert_eq!(faults(good.replace("12345678903", "1234567890")), ["code"]);
        assert_eq!(faults(good.replace("12345678903", "12345678904")), ["code"]);
        assert_eq!(faults(good.replace("1985-04-12", "1985-13")), ["date_of_birth"]);
        assert_eq!(faults(good.replace("female", "f").replace("h1", "")), ["sex", "household"]);
        assert_eq!(faults(good.replace("山田　花子", " ")), ["name"]);
        assert_eq!(faults(format!("{good},more")), ["line"]);
        assert_eq!(faults(good.replace("花子", &"花".repeat(9000))), ["line"]);
    }

    proptest::proptest! {
        #[test]
        fn any_line_is_read_or_refused(line in "\\PC{0,200}") {
            let _ = read(&line);
            let _ = Columns::read(line.split(','));
        }
    }
}
