//! Mails: the addresses that residents gave and confirmed, and the outbox. What a mail says is made when it is sent; a row
//! holds no text.
use chrono::{DateTime, Duration, NaiveDateTime, Utc};
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::after_schema::{mail_addresses, mails};
use super::connection::{AnyConnection, on_backend};
use super::draft_addresses;
use super::schema::submissions;
use super::submissions as filings;
use super::{Store, StoreError, parse_stored, to_database};
use crate::ids::{AgencyCode, ArrivalNumber};

/// The most addresses of one filing that are asked or confirmed at a time.
pub const MAX_ADDRESSES: i64 = 5;

/// The most requests to confirm that one filing sends in a day, so that nobody is plagued through it.
const MAX_ASKED_A_DAY: i64 = 10;

/// An address that was not confirmed for so long is forgotten.
pub const CONFIRM_WITHIN: Duration = Duration::days(2);

/// A mail that could not be sent for so many times is given up.
const MAX_TRIES: i32 = 12;

/// What a mail tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailKind {
    /// An address is to be confirmed.
    Confirm,
    /// There is something new about a filing.
    Notice,
    /// A draft's address is to be confirmed.
    DraftConfirm,
    /// A draft ends soon.
    DraftEnds,
    /// So many filings came to an agency.
    Filings(i64),
}

/// An address of a filing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailAddress {
    /// Random: the name in links.
    pub id: String,
    /// The address.
    pub address: String,
    /// Whether it was confirmed.
    pub confirmed: bool,
}

/// A mail that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueMail {
    /// Its row.
    pub id: i64,
    /// What it tells.
    pub kind: MailKind,
    /// The agency that it goes to; none for a resident.
    pub agency: Option<AgencyCode>,
    /// The resident's address: its identifier, itself, and the tag of its language.
    pub resident: Option<(String, String, String)>,
    /// The filing, where it is of one.
    pub arrival_number: Option<ArrivalNumber>,
    /// How often it was tried before.
    pub tries: i32,
}

/// What became of asking for an address to be confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// The mail is in the outbox.
    Done,
    /// The address is confirmed already.
    Known,
    /// Too many addresses, or too many requests today.
    TooMany,
}

/// How long until the next try after `tries` of them: a minute, doubling, six hours at most.
pub fn pause_after(tries: i32) -> Duration {
    let doubled = 1_i64.checked_shl(u32::try_from(tries.clamp(0, 20)).unwrap_or_default()).unwrap_or(1);
    Duration::minutes(doubled).min(Duration::hours(6))
}

/// Of a mail in the outbox. Written out: a bound value would keep SQLite from the index of these alone (`.cargo/config.toml`).
pub(super) fn is_waiting() -> SqlLiteral<Bool> {
    sql::<Bool>("mails.state = 'waiting'")
}

/// Puts a notice into the outbox for each confirmed address of a filing, unless one waits for it already.
pub(super) fn queue_notice(conn: &mut AnyConnection, submission_id: i64, at: NaiveDateTime) -> Result<(), StoreError> {
    let addresses: Vec<String> = mail_addresses::table
        .filter(mail_addresses::submission_id.eq(submission_id))
        .filter(mail_addresses::state.eq("confirmed"))
        .select(mail_addresses::id)
        .load(conn)?;
    for address in addresses {
        let waiting: i64 = mails::table
            .filter(mails::address_id.eq(&address))
            .filter(mails::kind.eq("notice"))
            .filter(is_waiting())
            .count()
            .get_result(conn)?;
        if waiting == 0 {
            queue(conn, To::Resident(&address), MailKind::Notice, at)?;
        }
    }
    Ok(())
}

/// Whom a mail goes to.
#[derive(Debug, Clone, Copy)]
pub(super) enum To<'a> {
    /// A filing's address, by its identifier.
    Resident(&'a str),
    /// A draft's address, by its identifier.
    Draft(&'a str),
    /// An agency, by its code.
    Agency(&'a str),
}

pub(super) fn queue(conn: &mut AnyConnection, to: To<'_>, kind: MailKind, at: NaiveDateTime) -> Result<(), StoreError> {
    let (address, draft, agency) = match to {
        To::Resident(id) => (Some(id), None, None),
        To::Draft(id) => (None, Some(id), None),
        To::Agency(code) => (None, None, Some(code)),
    };
    let (kind, filings) = match kind {
        MailKind::Confirm => ("confirm", 0),
        MailKind::Notice => ("notice", 0),
        MailKind::DraftConfirm => ("draft-confirm", 0),
        MailKind::DraftEnds => ("draft-ends", 0),
        MailKind::Filings(count) => ("filings", count),
    };
    let row = (
        mails::address_id.eq(address),
        mails::draft_address_id.eq(draft),
        mails::agency.eq(agency),
        mails::kind.eq(kind),
        mails::filings.eq(filings),
        mails::made_at.eq(at),
        mails::next_try_at.eq(at),
        mails::tries.eq(0),
        mails::state.eq("waiting"),
        mails::state_at.eq(at),
    );
    on_backend!(conn, c => diesel::insert_into(mails::table).values(row).execute(c))?;
    Ok(())
}

impl Store {
    /// Notes an address that is to be confirmed, and the mail that asks for it. `id` is random.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such filing.
    pub async fn mail_address_ask(
        &self,
        number: ArrivalNumber,
        id: String,
        address: String,
        language: &'static str,
        now: DateTime<Utc>,
    ) -> Result<Asked, StoreError> {
        self.write(move |conn| {
            let filing = filings::find(conn, number)?.ok_or(StoreError::NotFound)?;
            let of_filing = || mail_addresses::table.filter(mail_addresses::submission_id.eq(filing.id));
            let same: i64 = of_filing()
                .filter(mail_addresses::address.eq(&address))
                .filter(mail_addresses::state.eq("confirmed"))
                .count()
                .get_result(conn)?;
            if same > 0 {
                return Ok(Asked::Known);
            }
            let live: i64 = of_filing().filter(mail_addresses::address.ne("")).count().get_result(conn)?;
            let today = of_filing().filter(mail_addresses::asked_at.gt(to_database(now - Duration::days(1))));
            if live >= MAX_ADDRESSES || today.count().get_result::<i64>(conn)? >= MAX_ASKED_A_DAY {
                return Ok(Asked::TooMany);
            }
            let row = (
                mail_addresses::id.eq(&id),
                mail_addresses::submission_id.eq(filing.id),
                mail_addresses::address.eq(&address),
                mail_addresses::language.eq(language),
                mail_addresses::state.eq("asked"),
                mail_addresses::asked_at.eq(to_database(now)),
            );
            diesel::insert_into(mail_addresses::table).values(row).execute(conn)?;
            queue(conn, To::Resident(&id), MailKind::Confirm, to_database(now))?;
            Ok(Asked::Done)
        })
        .await
    }

    /// The addresses of a filing that are asked or confirmed.
    ///
    /// # Errors
    /// [`StoreError`] when they could not be read.
    pub async fn mail_addresses_of(&self, number: ArrivalNumber) -> Result<Vec<MailAddress>, StoreError> {
        self.read(move |conn| {
            let Some(filing) = filings::find(conn, number)? else { return Ok(Vec::new()) };
            let rows: Vec<(String, String, String)> = mail_addresses::table
                .filter(mail_addresses::submission_id.eq(filing.id))
                .filter(mail_addresses::address.ne(""))
                .order(mail_addresses::asked_at)
                .select((mail_addresses::id, mail_addresses::address, mail_addresses::state))
                .load(conn)?;
            let one = |(id, address, state): (String, String, String)| MailAddress {
                id,
                address,
                confirmed: state == "confirmed",
            };
            Ok(rows.into_iter().map(one).collect())
        })
        .await
    }

    /// Confirms an address; whether there was one that waited for it or is confirmed already.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn mail_address_confirm(&self, id: String, now: DateTime<Utc>) -> Result<bool, StoreError> {
        self.write(move |conn| {
            let asked = mail_addresses::table
                .find(&id)
                .filter(mail_addresses::state.eq("asked"))
                .filter(mail_addresses::asked_at.gt(to_database(now - CONFIRM_WITHIN)));
            let columns =
                (mail_addresses::state.eq("confirmed"), mail_addresses::decided_at.eq(Some(to_database(now))));
            if diesel::update(asked).set(columns).execute(conn)? == 1 {
                return Ok(true);
            }
            let confirmed = mail_addresses::table.find(&id).filter(mail_addresses::state.eq("confirmed"));
            let is_confirmed = confirmed.count().get_result::<i64>(conn)? == 1;
            Ok(is_confirmed || draft_addresses::confirm(conn, &id, to_database(now - CONFIRM_WITHIN))?)
        })
        .await
    }

    /// Where an address stands: `asked`, `confirmed` or `stopped`; none where there is none.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn mail_address_state(&self, id: String) -> Result<Option<String>, StoreError> {
        self.read(move |conn| {
            let found = mail_addresses::table.find(&id).select(mail_addresses::state).first(conn).optional()?;
            if found.is_some() { Ok(found) } else { draft_addresses::state(conn, &id) }
        })
        .await
    }

    /// Stops mails to an address and forgets it; what waits for it is dropped.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn mail_address_stop(&self, id: String, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.write(move |conn| stop(conn, &id, to_database(now))).await
    }

    /// Forgets the addresses that were never confirmed.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn mail_addresses_expire(&self, now: DateTime<Utc>) -> Result<usize, StoreError> {
        self.write(move |conn| {
            let over: Vec<String> = mail_addresses::table
                .filter(mail_addresses::state.eq("asked"))
                .filter(mail_addresses::asked_at.le(to_database(now - CONFIRM_WITHIN)))
                .select(mail_addresses::id)
                .limit(500)
                .load(conn)?;
            over.iter().try_for_each(|id| stop(conn, id, to_database(now)))?;
            Ok(over.len() + draft_addresses::expire(conn, to_database(now - CONFIRM_WITHIN))?)
        })
        .await
    }

    /// Mails that are due, the oldest first. Only one gateway asks at a time: the caller has the lease.
    ///
    /// # Errors
    /// [`StoreError`] when they could not be read.
    pub async fn mails_due(&self, now: DateTime<Utc>, limit: i64) -> Result<Vec<DueMail>, StoreError> {
        type Row = (i64, String, i64, Option<String>, i32, Option<String>, Option<String>);
        self.read(move |conn| {
            let rows: Vec<Row> = mails::table
                .filter(is_waiting())
                .filter(mails::next_try_at.le(to_database(now)))
                .order(mails::next_try_at)
                .limit(limit)
                .select((
                    mails::id,
                    mails::kind,
                    mails::filings,
                    mails::agency,
                    mails::tries,
                    mails::address_id,
                    mails::draft_address_id,
                ))
                .load(conn)?;
            rows.into_iter().map(|row| due(conn, row)).collect()
        })
        .await
    }

    /// Notes that a mail was taken by the server, or that it was not: it is tried again, later each time, and given up in
    /// the end.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written: it may be sent twice then.
    pub async fn mail_tried(&self, id: i64, taken: bool, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.write(move |conn| {
            let row = mails::table.find(id).filter(mails::state.eq("waiting"));
            let tries: Option<i32> = row.select(mails::tries).first(conn).optional()?;
            let Some(tries) = tries.map(|tries| tries.saturating_add(1)) else { return Ok(()) };
            let state = match (taken, tries >= MAX_TRIES) {
                (true, _) => "sent",
                (false, true) => "given_up",
                (false, false) => "waiting",
            };
            let next = now + pause_after(tries.saturating_sub(1));
            let columns = (
                mails::state.eq(state),
                mails::tries.eq(tries),
                mails::next_try_at.eq(to_database(next)),
                mails::state_at.eq(to_database(now)),
            );
            diesel::update(mails::table.find(id)).set(columns).execute(conn)?;
            Ok(())
        })
        .await
    }
}

fn due(
    conn: &mut AnyConnection,
    (id, kind, filings, agency, tries, address_id, draft): (
        i64,
        String,
        i64,
        Option<String>,
        i32,
        Option<String>,
        Option<String>,
    ),
) -> Result<DueMail, StoreError> {
    let kind = match kind.as_str() {
        "confirm" => MailKind::Confirm,
        "filings" => MailKind::Filings(filings),
        "draft-confirm" => MailKind::DraftConfirm,
        "draft-ends" => MailKind::DraftEnds,
        _ => MailKind::Notice,
    };
    type Address = (String, String, String, String);
    let found: Option<Address> = match address_id {
        Some(address) => mail_addresses::table
            .inner_join(submissions::table)
            .filter(mail_addresses::id.eq(address))
            .select((
                mail_addresses::id,
                mail_addresses::address,
                mail_addresses::language,
                submissions::arrival_number,
            ))
            .first(conn)
            .optional()?,
        None => None,
    };
    let arrival_number = found.as_ref().map(|found| parse_stored(&found.3)).transpose()?;
    let mut resident = found.map(|(id, address, language, _)| (id, address, language));
    if let Some(draft) = draft {
        resident = draft_addresses::to(conn, &draft)?;
    }
    Ok(DueMail { id, kind, agency: agency.as_deref().map(parse_stored).transpose()?, resident, arrival_number, tries })
}

fn stop(conn: &mut AnyConnection, id: &str, now: NaiveDateTime) -> Result<(), StoreError> {
    let columns =
        (mail_addresses::address.eq(""), mail_addresses::state.eq("stopped"), mail_addresses::decided_at.eq(Some(now)));
    diesel::update(mail_addresses::table.find(id)).set(columns).execute(conn)?;
    let waiting = mails::table.filter(mails::address_id.eq(id)).filter(is_waiting());
    diesel::update(waiting).set((mails::state.eq("dropped"), mails::state_at.eq(now))).execute(conn)?;
    draft_addresses::stop(conn, id, now)
}
