//! Residents' certificates, each with the record whose particulars it certifies: what signs in at a kiosk is somebody, and what
//! certifies an old name or address ends.
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::schema::registry_certificates as certificates;
use crate::ids::AgencyCode;
use crate::store::audit::{self, AuditEntry};
use crate::store::connection::AnyConnection;
use crate::store::registry::schema::registry_records as records;
use crate::store::{Store, StoreError, from_database, parse_stored, stored_digest, to_database};

/// What a certificate is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificatePurpose {
    /// Signing (署名用): certifies name, date of birth, sex and address.
    Sign,
    /// Authentication (利用者証明用): certifies nothing but that it is the same person.
    Authenticate,
}

impl CertificatePurpose {
    /// As it is recorded.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sign => "sign",
            Self::Authenticate => "authenticate",
        }
    }

    fn from_text(text: &str) -> Result<Self, StoreError> {
        match text {
            "sign" => Ok(Self::Sign),
            "authenticate" => Ok(Self::Authenticate),
            _ => Err(StoreError::Fault("a stored purpose of a certificate is not known".to_owned())),
        }
    }
}

/// How a certificate stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateState {
    /// It is valid.
    Valid,
    /// It is on hold.
    Suspended,
    /// It has ended.
    Revoked,
}

const STATES: &[(CertificateState, &str)] = &[
    (CertificateState::Valid, "valid"),
    (CertificateState::Suspended, "suspended"),
    (CertificateState::Revoked, "revoked"),
];

impl CertificateState {
    /// As it is recorded.
    pub fn as_str(self) -> &'static str {
        STATES.iter().find(|(state, _)| *state == self).map_or("", |(_, text)| text)
    }

    fn from_text(text: &str) -> Result<Self, StoreError> {
        let found = STATES.iter().find(|(_, known)| *known == text).map(|(state, _)| *state);
        found.ok_or_else(|| StoreError::Fault("a stored state of a certificate is not known".to_owned()))
    }
}

/// A certificate and its record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResidentCertificate {
    /// Its digest.
    pub sha256: [u8; 32],
    /// The record.
    pub record_id: String,
    /// Whose record it is.
    pub municipality: AgencyCode,
    /// What it is for.
    pub purpose: CertificatePurpose,
    /// Serial number, hexadecimal as the authority writes it.
    pub serial: String,
    /// When it was issued or taken over.
    pub issued_at: DateTime<Utc>,
    /// Until when it is valid.
    pub not_after: DateTime<Utc>,
    /// Up to which event of the record it was looked whether it still fits.
    pub revision: i64,
    /// How it stands.
    pub state: CertificateState,
    /// Why it is not valid.
    pub reason: Option<String>,
    /// Since when it stands so.
    pub state_at: DateTime<Utc>,
}

#[derive(Queryable)]
struct Row {
    certificate_sha256: Vec<u8>,
    record_id: String,
    municipality: String,
    purpose: String,
    serial: String,
    issued_at: NaiveDateTime,
    not_after: NaiveDateTime,
    revision: i64,
    state: String,
    reason: Option<String>,
    state_at: NaiveDateTime,
}

impl TryFrom<Row> for ResidentCertificate {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            sha256: stored_digest(&row.certificate_sha256)?,
            record_id: row.record_id,
            municipality: parse_stored(&row.municipality)?,
            purpose: CertificatePurpose::from_text(&row.purpose)?,
            serial: row.serial,
            issued_at: from_database(row.issued_at),
            not_after: from_database(row.not_after),
            revision: row.revision,
            state: CertificateState::from_text(&row.state)?,
            reason: row.reason,
            state_at: from_database(row.state_at),
        })
    }
}

/// A move of a certificate into another state.
#[derive(Debug, Clone)]
pub struct CertificateMove {
    /// Which.
    pub sha256: [u8; 32],
    /// From any of these.
    pub from: &'static [CertificateState],
    /// Into this.
    pub to: CertificateState,
    /// Why; none where it is valid again.
    pub reason: Option<&'static str>,
    /// Who: `Account::actor`, or `gateway`.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

impl Store {
    /// Records a certificate of a record, with the audit line.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] where it is there already.
    pub async fn certificate_add(&self, new: ResidentCertificate, by: String) -> Result<(), StoreError> {
        self.write(move |conn| {
            let row = (
                certificates::certificate_sha256.eq(new.sha256.to_vec()),
                certificates::record_id.eq(&new.record_id),
                certificates::municipality.eq(new.municipality.as_str()),
                certificates::purpose.eq(new.purpose.as_str()),
                certificates::serial.eq(&new.serial),
                certificates::issued_at.eq(to_database(new.issued_at)),
                certificates::not_after.eq(to_database(new.not_after)),
                certificates::revision.eq(new.revision),
                certificates::state.eq(new.state.as_str()),
                certificates::reason.eq(new.reason.as_deref()),
                certificates::state_at.eq(to_database(new.state_at)),
            );
            diesel::insert_into(certificates::table).values(row).execute(conn)?;
            note(conn, new.state_at, by, "note_certificate", &new.sha256, "done")
        })
        .await
    }

    /// A certificate by its digest.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn certificate_find(&self, sha256: [u8; 32]) -> Result<Option<ResidentCertificate>, StoreError> {
        self.look_up(move |conn| {
            let row: Option<Row> = certificates::table.find(sha256.to_vec()).first(conn).optional()?;
            row.map(ResidentCertificate::try_from).transpose()
        })
        .await
    }

    /// The certificates of a record, newest first.
    ///
    /// # Errors
    /// As [`Self::certificate_find`].
    pub async fn certificates_of(&self, record_id: &str) -> Result<Vec<ResidentCertificate>, StoreError> {
        let record_id = record_id.to_owned();
        self.look_up(move |conn| {
            let of_record = certificates::table.filter(certificates::record_id.eq(record_id));
            let rows: Vec<Row> = of_record.order(certificates::issued_at.desc()).load(conn)?;
            rows.into_iter().map(ResidentCertificate::try_from).collect()
        })
        .await
    }

    /// Certificates that have not ended and whose records have events that they were not looked at for, each with the record's
    /// revision; at most `limit`.
    ///
    /// # Errors
    /// As [`Self::certificate_find`].
    pub async fn certificates_to_look_at(&self, limit: i64) -> Result<Vec<(ResidentCertificate, i64)>, StoreError> {
        self.look_up(move |conn| {
            let changed = certificates::table
                .inner_join(records::table.on(records::id.eq(certificates::record_id)))
                .filter(certificates::state.ne("revoked"))
                .filter(records::revision.gt(certificates::revision))
                .order(certificates::record_id)
                .limit(limit)
                .select((certificates::all_columns, records::revision));
            let rows: Vec<(Row, i64)> = changed.load(conn)?;
            rows.into_iter().map(|(row, revision)| Ok((row.try_into()?, revision))).collect()
        })
        .await
    }

    /// Notes that a certificate was looked at up to that event of its record and still fits.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn certificate_looked_at(&self, sha256: [u8; 32], revision: i64) -> Result<(), StoreError> {
        self.write(move |conn| {
            let row = certificates::table.find(sha256.to_vec()).filter(certificates::revision.lt(revision));
            diesel::update(row).set(certificates::revision.eq(revision)).execute(conn)?;
            Ok(())
        })
        .await
    }

    /// Moves a certificate into another state, with the audit line. `false` where it stands otherwise by now.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn certificate_move(&self, step: CertificateMove) -> Result<bool, StoreError> {
        self.write(move |conn| {
            for from in step.from {
                let open = certificates::table.find(step.sha256.to_vec()).filter(certificates::state.eq(from.as_str()));
                let to = (
                    certificates::state.eq(step.to.as_str()),
                    certificates::reason.eq(step.reason),
                    certificates::state_at.eq(to_database(step.at)),
                );
                if diesel::update(open).set(to).execute(conn)? > 0 {
                    let outcome = step.reason.unwrap_or("done");
                    note(conn, step.at, step.by, action(step.to), &step.sha256, outcome)?;
                    return Ok(true);
                }
            }
            Ok(false)
        })
        .await
    }
}

fn action(to: CertificateState) -> &'static str {
    match to {
        CertificateState::Valid => "lift_certificate_hold",
        CertificateState::Suspended => "suspend_certificate",
        CertificateState::Revoked => "revoke_certificate",
    }
}

fn note(
    conn: &mut AnyConnection,
    at: DateTime<Utc>,
    actor: String,
    action: &'static str,
    digest: &[u8; 32],
    outcome: &str,
) -> Result<(), StoreError> {
    let (subject, outcome) = (hex::encode(digest), outcome.to_owned());
    audit::append(conn, &AuditEntry { at, actor, action, subject, outcome, request_id: None })
}
