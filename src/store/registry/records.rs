//! Records as they stand: found by identifier, by code, by household, by what a clerk types, and by what a certificate says.
use diesel::prelude::*;

use super::schema::registry_records as table;
use super::vault::Vault;
use crate::ids::AgencyCode;
use crate::registry::code::ResidentRecordCode;
use crate::registry::key::search_key;
use crate::registry::record::{BirthDate, HouseholdId, RecordId, ResidentRecord, Sex};
use crate::store::connection::AnyConnection;
use crate::store::{Store, StoreError};

/// What a clerk looks for; what is none is not asked.
#[derive(Clone, Default)]
pub struct RecordSearch {
    /// The beginning of a name, however it is spelled: written, read, in alphabet, or an alias.
    pub name: Option<String>,
    /// The date of birth as it is recorded.
    pub date_of_birth: Option<BirthDate>,
    /// Whether records of people who moved away or died are shown too.
    pub all: bool,
}

impl std::fmt::Debug for RecordSearch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecordSearch(not shown)")
    }
}

/// Where a record's body is sealed for.
pub(super) fn place(id: RecordId) -> String {
    format!("record {id}")
}

type Sealed = (String, Vec<u8>);

fn open(vault: &Vault, (id, body): Sealed) -> Result<ResidentRecord, StoreError> {
    vault.open(&format!("record {id}"), &body)
}

fn open_all(vault: &Vault, rows: Vec<Sealed>) -> Result<Vec<ResidentRecord>, StoreError> {
    rows.into_iter().map(|row| open(vault, row)).collect()
}

/// The record of that identifier, inside a transaction.
///
/// # Errors
/// When the database does not answer or the row is damaged.
pub fn find(connection: &mut AnyConnection, vault: &Vault, id: RecordId) -> Result<Option<ResidentRecord>, StoreError> {
    let row: Option<Sealed> =
        table::table.find(id.to_string()).select((table::id, table::body)).first(connection).optional()?;
    row.map(|row| open(vault, row)).transpose()
}

/// Records of that code, current ones first; at most `limit`. The code's former records too: where the person moved out or died.
///
/// # Errors
/// As [`find`].
pub fn find_by_code(
    connection: &mut AnyConnection,
    vault: &Vault,
    code: &ResidentRecordCode,
) -> Result<Vec<ResidentRecord>, StoreError> {
    let hmac = vault.code_hmac(code);
    let of_code = || table::table.filter(table::code_hmac.eq(hmac.clone())).select((table::id, table::body));
    let mut rows: Vec<Sealed> = of_code().filter(table::standing.eq("current")).load(connection)?;
    let former = of_code().filter(table::standing.ne("current")).order(table::noted_at.desc()).limit(20);
    rows.extend(former.load::<Sealed>(connection)?);
    open_all(vault, rows)
}

/// Records with that date of birth and sex, in all municipalities of this gateway or in one: what a certificate is compared with.
/// A day of which month or day are not recorded counts too. At most `limit`.
///
/// # Errors
/// As [`find`].
pub fn candidates(
    connection: &mut AnyConnection,
    vault: &Vault,
    municipality: Option<AgencyCode>,
    born: BirthDate,
    sex: Sex,
    limit: i64,
) -> Result<Vec<ResidentRecord>, StoreError> {
    let text = born.to_string();
    let spellings: Vec<String> =
        [4, 7, 10].into_iter().filter_map(|length| text.get(..length)).map(str::to_owned).collect();
    let mut query = table::table
        .filter(table::date_of_birth.eq_any(spellings))
        .select((table::id, table::body))
        .order(table::id)
        .limit(limit)
        .into_boxed();
    if sex != Sex::Unknown {
        query = query.filter(table::sex.eq_any([sex.as_str(), Sex::Unknown.as_str()]));
    }
    if let Some(municipality) = municipality {
        query = query.filter(table::municipality.eq(municipality.as_str().to_owned()));
    }
    open_all(vault, query.load(connection)?)
}

/// The current records of a household, inside a transaction; at most a hundred.
///
/// # Errors
/// As [`find`].
pub fn members(
    connection: &mut AnyConnection,
    vault: &Vault,
    household: HouseholdId,
) -> Result<Vec<ResidentRecord>, StoreError> {
    let rows: Vec<Sealed> = table::table
        .filter(table::household.eq(household.to_string()))
        .filter(table::standing.eq("current"))
        .order(table::id)
        .select((table::id, table::body))
        .limit(100)
        .load(connection)?;
    open_all(vault, rows)
}

fn search(
    connection: &mut AnyConnection,
    vault: &Vault,
    municipality: AgencyCode,
    wanted: &RecordSearch,
    limit: i64,
) -> Result<Vec<ResidentRecord>, StoreError> {
    let mut query = table::table
        .filter(table::municipality.eq(municipality.as_str().to_owned()))
        .select((table::id, table::body))
        .order((table::name_key, table::id))
        .limit(limit)
        .into_boxed();
    if let Some(from) = wanted.name.as_deref().map(search_key).filter(|key| !key.is_empty()) {
        // Everything that begins with the key lies between it and it with the last character there is.
        let to = format!("{from}\u{10ffff}");
        let name = table::name_key.ge(from.clone()).and(table::name_key.lt(to.clone()));
        let kana = table::kana_key.ge(from.clone()).and(table::kana_key.lt(to.clone()));
        let alphabet = table::alphabet_key.ge(from.clone()).and(table::alphabet_key.lt(to.clone()));
        let alias = table::alias_key.ge(from).and(table::alias_key.lt(to));
        query = query.filter(name.nullable().or(kana).or(alphabet).or(alias));
    }
    if let Some(born) = wanted.date_of_birth {
        query = query.filter(table::date_of_birth.eq(born.to_string()));
    }
    if !wanted.all {
        query = query.filter(table::standing.eq("current"));
    }
    open_all(vault, query.load(connection)?)
}

impl Store {
    /// The record of that identifier.
    ///
    /// # Errors
    /// When the database does not answer or the row is damaged.
    pub async fn registry_record(&self, vault: &Vault, id: RecordId) -> Result<Option<ResidentRecord>, StoreError> {
        let vault = vault.clone();
        self.look_up(move |connection| find(connection, &vault, id)).await
    }

    /// Records of that Resident Record Code, the current one first.
    ///
    /// # Errors
    /// As [`Store::registry_record`].
    pub async fn registry_by_code(
        &self,
        vault: &Vault,
        code: ResidentRecordCode,
    ) -> Result<Vec<ResidentRecord>, StoreError> {
        let vault = vault.clone();
        self.look_up(move |connection| find_by_code(connection, &vault, &code)).await
    }

    /// Records that a certificate's date of birth and sex may belong to: see [`candidates`].
    ///
    /// # Errors
    /// As [`Store::registry_record`].
    pub async fn registry_candidates(
        &self,
        vault: &Vault,
        municipality: Option<AgencyCode>,
        born: BirthDate,
        sex: Sex,
        limit: i64,
    ) -> Result<Vec<ResidentRecord>, StoreError> {
        let vault = vault.clone();
        self.look_up(move |connection| candidates(connection, &vault, municipality, born, sex, limit)).await
    }

    /// The records of a municipality that a clerk looks for, by name; at most `limit`.
    ///
    /// # Errors
    /// As [`Store::registry_record`].
    pub async fn registry_search(
        &self,
        vault: &Vault,
        municipality: AgencyCode,
        wanted: RecordSearch,
        limit: i64,
    ) -> Result<Vec<ResidentRecord>, StoreError> {
        let vault = vault.clone();
        self.read(move |connection| search(connection, &vault, municipality, &wanted, limit)).await
    }

    /// The current records of a household.
    ///
    /// # Errors
    /// As [`Store::registry_record`].
    pub async fn registry_household(
        &self,
        vault: &Vault,
        household: HouseholdId,
    ) -> Result<Vec<ResidentRecord>, StoreError> {
        let vault = vault.clone();
        self.look_up(move |connection| members(connection, &vault, household)).await
    }

    /// Whether the records open with this vault.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when they do not.
    pub async fn registry_opens(&self, vault: &Vault) -> Result<(), StoreError> {
        let vault = vault.clone();
        self.read(move |connection| {
            let row: Option<Sealed> = table::table.select((table::id, table::body)).first(connection).optional()?;
            match row.map(|row| open(&vault, row)).transpose() {
                Ok(_) => Ok(()),
                Err(_) => Err(StoreError::Damaged("the records were sealed with another registry.key".to_owned())),
            }
        })
        .await
    }

    /// How many current records a municipality has.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn registry_count(&self, municipality: AgencyCode) -> Result<i64, StoreError> {
        self.read(move |connection| {
            let current = table::table
                .filter(table::municipality.eq(municipality.as_str().to_owned()))
                .filter(table::standing.eq("current"));
            Ok(current.count().get_result(connection)?)
        })
        .await
    }
}
