//! What the registry says of who signs a filing. It is read before the filing is judged, judged with it, and recorded with it
//! in one transaction.
use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::{NoContext, Timestamp, Uuid};

use super::Registry;
use crate::crypto::to_hex;
use crate::evidence::registry_answer::{self, RegistryAnswerFacts};
use crate::gateway::Gateway;
use crate::gateway::outcome::Stop;
use crate::ids::AgencyCode;
use crate::intake::Recordable;
use crate::intake::document::ApplicationDocument;
use crate::jws::JwsError;
use crate::registry::answer::{ClaimedAttributes, Found, RegistryAnswer, RegistryExcerpt};
use crate::registry::matching::ApplicantRule;
use crate::registry::purpose::{Asker, Permit, permit};
use crate::registry::record::Sex;
use crate::store::StoreError;
use crate::store::registry::accesses::NewAccess;
use crate::store::registry::filings::{FilingNote, NewFilingAnswer};
use crate::store::registry::questions::{NewQuestion, QuestionBody, place};

/// More people of one date of birth and sex are not compared; a clerk looks then.
const MOST_RECORDS: i64 = 500;

/// For what the registry is asked about the signer where the procedure does not say.
const USUAL: (&str, &str) = ("online-application", "bbra-30-10");

/// Who asked what for whom.
pub(in crate::gateway) struct Asked<'a> {
    pub(in crate::gateway) claimed: &'a ClaimedAttributes,
    pub(in crate::gateway) by: String,
    pub(in crate::gateway) permit: Permit,
    pub(in crate::gateway) at: DateTime<Utc>,
    /// Whose clerks are asked where no record tells.
    pub(in crate::gateway) usually: AgencyCode,
}

impl Gateway {
    /// What the registry has to say of the person whom a document names, to be judged together with the signature. None where
    /// there is no registry, where certificates do not hold the four attributes, or where the document cannot be read (which
    /// intake will say).
    ///
    /// # Errors
    /// When the record does not answer.
    pub(in crate::gateway) async fn registry_excerpt(
        &self,
        application: &[u8],
        at: DateTime<Utc>,
    ) -> Result<Option<Arc<RegistryExcerpt>>, StoreError> {
        let Some(registry) = self.registry().filter(|_| self.rules.applicant == ApplicantRule::FourAttributes) else {
            return Ok(None);
        };
        let Ok(document) = ApplicationDocument::read(application) else { return Ok(None) };
        let Some(permit) = self.permit_of(&document) else { return Ok(None) };
        let claimed = ClaimedAttributes::from(&document.applicant);
        self.excerpt_of(registry, &claimed, permit, at).await.map(|excerpt| Some(Arc::new(excerpt)))
    }

    /// What the registry has to say of a claim.
    ///
    /// # Errors
    /// When the record does not answer.
    pub(in crate::gateway) async fn excerpt_of(
        &self,
        registry: &Registry,
        claimed: &ClaimedAttributes,
        permit: Permit,
        asked_at: DateTime<Utc>,
    ) -> Result<RegistryExcerpt, StoreError> {
        let born = claimed.date_of_birth.as_deref().and_then(|text| text.parse().ok());
        let sex = claimed.sex.as_deref().and_then(|text| text.parse().ok()).unwrap_or(Sex::Unknown);
        let hmac = registry.vault().claim_hmac(&claimed.in_one());
        let (records, decided) = self.store.registry_excerpt(registry.vault(), hmac, born, sex, MOST_RECORDS).await?;
        let is_whole = born.is_some_and(|born: crate::registry::record::BirthDate| born.is_whole());
        let is_complete = is_whole && records.len() < usize::try_from(MOST_RECORDS).unwrap_or(usize::MAX);
        Ok(RegistryExcerpt { records, is_complete, decided, asked_at, permit })
    }

    /// For what the registry is asked about a filing's signer: what its procedure says, or that somebody applies online.
    fn permit_of(&self, document: &ApplicationDocument) -> Option<Permit> {
        let procedure = self.catalog.version(document.procedure.as_str(), document.form_version);
        let check = procedure.and_then(|procedure| procedure.registry_check.as_ref());
        let (purpose, basis) = check.map_or(USUAL, |check| (check.purpose.as_str(), check.legal_basis.as_str()));
        permit(Asker::Agency, purpose, basis, false).ok()
    }

    /// What is recorded with a filing: the registry's answer about its signer, signed, and the question to a clerk where it is
    /// open.
    ///
    /// # Errors
    /// When it cannot be signed or sealed.
    pub(in crate::gateway) fn registry_note(
        &self,
        submission: &Recordable,
        excerpt: Option<&RegistryExcerpt>,
    ) -> Result<Option<Box<FilingNote>>, Stop> {
        let (Some(registry), Some(excerpt), Some(answer)) = (self.registry(), excerpt, submission.registry_answer())
        else {
            return Ok(None);
        };
        let document = submission.document();
        let claimed = ClaimedAttributes::from(&document.applicant);
        let asked = Asked {
            claimed: &claimed,
            by: format!("agency {}", document.recipient),
            permit: excerpt.permit,
            at: excerpt.asked_at,
            usually: document.recipient,
        };
        let question = self.question_of(registry, &asked, answer)?;
        let application = to_hex(&submission.received().application_sha256);
        let answer = self.filing_answer(registry, &asked, answer, &application)?;
        Ok(Some(Box::new(FilingNote { answer, question })))
    }

    /// An answer about a filing, as it is kept.
    pub(in crate::gateway) fn filing_answer(
        &self,
        registry: &Registry,
        asked: &Asked<'_>,
        answer: &RegistryAnswer,
        application_sha256: &str,
    ) -> Result<NewFilingAnswer, JwsError> {
        let facts = RegistryAnswerFacts {
            application_sha256,
            answer: answer.found.as_str(),
            reasons: &answer.reasons,
            by_clerk: answer.by_clerk,
            municipality: answer.municipality,
            record_digest: answer.digest.as_deref(),
            asked_at: asked.at,
            purpose: asked.permit.purpose().code,
            legal_basis: asked.permit.basis().code,
        };
        Ok(NewFilingAnswer {
            statement_jws: registry_answer::issue(&self.keys, &facts)?,
            answer: answer.clone(),
            claim_hmac: registry.vault().claim_hmac(&asked.claimed.in_one()),
            access: access_of(asked, answer),
        })
    }

    /// The question to a clerk, where an answer is open.
    pub(in crate::gateway) fn question_of(
        &self,
        registry: &Registry,
        asked: &Asked<'_>,
        answer: &RegistryAnswer,
    ) -> Result<Option<NewQuestion>, StoreError> {
        if answer.found != Found::Undecided {
            return Ok(None);
        }
        let likeliest = answer.candidates.first().map(|candidate| candidate.municipality);
        let first = registry.municipalities().first().map(|municipality| municipality.code);
        let usual = registry.municipality(asked.usually).map(|municipality| municipality.code);
        let Some(municipality) = likeliest.or(usual).or(first) else { return Ok(None) };
        let seconds = u64::try_from(asked.at.timestamp()).unwrap_or_default();
        let id = Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, asked.at.timestamp_subsec_nanos()));
        let body = QuestionBody { claimed: asked.claimed.clone(), candidates: answer.candidates.clone() };
        Ok(Some(NewQuestion {
            id,
            municipality,
            claim_hmac: registry.vault().claim_hmac(&asked.claimed.in_one()),
            asked_by: asked.by.clone(),
            purpose: asked.permit.purpose().code,
            basis: asked.permit.basis().code,
            opened_at: asked.at,
            body: registry.vault().seal(&place(id), &body)?,
        }))
    }
}

/// The line of a look at the registry.
pub(in crate::gateway) fn access_of(asked: &Asked<'_>, answer: &RegistryAnswer) -> NewAccess {
    NewAccess {
        at: asked.at,
        record: answer.record,
        municipality: answer.municipality.unwrap_or(asked.usually),
        viewer: asked.by.clone(),
        action: "identity",
        permit: asked.permit,
        outcome: answer.found.as_str(),
    }
}
