//! Documents out of the register as they are printed: Japanese with English below, since most who read them read Japanese.
use crate::registry::papers::code::VerificationCode;
use crate::registry::papers::kind::PaperKind;
use crate::web::print::sheet::{PrintError, Sheet};

/// What is printed.
#[derive(Debug, Clone)]
pub struct PaperContents {
    /// What it is.
    pub kind: PaperKind,
    /// Name of the municipality in Japanese and in letters of the alphabet.
    pub municipality: (String, String),
    /// Who issues it: the title of the mayor.
    pub issuer: String,
    /// The day of issue, `2026-11-23`.
    pub issued_on: String,
    /// The gateway's origin.
    pub origin: String,
    /// The code by which anybody can ask about it.
    pub code: VerificationCode,
    /// The entries, a list a person: label (Japanese / English) and value.
    pub people: Vec<Vec<(String, String)>>,
}

impl PaperContents {
    /// The address that the QR code leads to.
    pub fn address(&self) -> String {
        format!("{}/documents/verify?code={}", self.origin, self.code.as_str())
    }

    /// The document.
    ///
    /// # Errors
    /// As [`Sheet::to_pdf`].
    pub fn to_pdf(&self) -> Result<Vec<u8>, PrintError> {
        let (title, title_en) = self.kind.titles();
        let several = self.people.len() > 1;
        let mut rows = vec![(title_en.to_owned(), format!("{}（{}）", self.municipality.0, self.municipality.1))];
        for (at, person) in self.people.iter().enumerate() {
            if several {
                rows.push((format!("世帯員 / Member {} of {}", at + 1, self.people.len()), "―".to_owned()));
            }
            rows.extend(person.iter().cloned());
        }
        rows.push(("発行年月日 / Issued on".to_owned(), self.issued_on.clone()));
        rows.push(("発行者 / Issued by".to_owned(), self.issuer.clone()));
        let sheet = Sheet {
            language: "ja",
            title: title.to_owned(),
            code: (self.address(), format!("{title_en}: {}", self.address())),
            number: ("検証コード / Verification code".to_owned(), self.code.grouped()),
            rows,
            note: self.note(),
            embedded: None,
        };
        sheet.to_pdf()
    }

    fn note(&self) -> String {
        let page = format!("{}/documents/verify", self.origin);
        format!(
            "これは、住民基本台帳の記載事項に相違ないことを証明する。電子データには{}の電子署名が付いています。発行の事実と記載内容は、\
             検証コードにより {page} で確かめることができます。\n\
             This certifies the entries of the Basic Resident Register. The electronic document bears the electronic seal of {}. \
             Anybody can check at {page}, with the verification code, that it was issued and that its contents were not altered.",
            self.issuer, self.municipality.1
        )
    }
}

#[cfg(test)]
mod tests {
    use ring::rand::SystemRandom;

    use super::*;

    #[test]
    fn a_document_is_a_pdf_however_many_live_in_the_household() {
        let code = VerificationCode::random(&SystemRandom::new()).unwrap();
        let person = vec![("氏名 / Name".to_owned(), "山田　花子".to_owned())];
        let mut contents = PaperContents {
            kind: PaperKind::HouseholdCopy,
            municipality: ("千代田区".to_owned(), "Chiyoda City".to_owned()),
            issuer: "千代田区長".to_owned(),
            issued_on: "2026-11-23".to_owned(),
            origin: "https://madoguchi.example".to_owned(),
            code,
            people: vec![person.clone()],
        };
        let one = contents.to_pdf().unwrap();
        contents.people = vec![person; 40];
        let many = contents.to_pdf().unwrap();
        assert!(one.starts_with(b"%PDF-") && many.starts_with(b"%PDF-") && many.len() > one.len());
    }
}
