//! Purpose limits as data: who may look into the registry for what, on which clause of the Basic Resident Registration Act,
//! whether they may use the Resident Record Code, what an answer may hold, and how long the note of it is kept.
//!
//! The table is the whole rule: what has no line here is refused. Lengths of keeping that the Act leaves to orders are upper bounds
//! of this program; a municipality shortens them with `registry.accesses_kept`.
use std::str::FromStr;

/// Who looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Asker {
    /// A clerk of the municipality that keeps the record.
    Clerk,
    /// Another municipality's gateway.
    Municipality,
    /// An agency of the state or of a local government that the Act's tables name (articles 30-9 to 30-15).
    Agency,
    /// The resident, of their own record.
    Resident,
}

/// What an answer may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Match, no match, moved or dead; never a content of the record.
    Answer,
    /// The content of the record that a copy for that purpose shows; the code only masked.
    Record,
    /// The whole record with its history, as the new municipality needs it (article 24-2).
    Transfer,
}

/// A purpose for which somebody looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Purpose {
    /// Stable word, in forms, rows and messages.
    pub code: &'static str,
    /// Clauses of the Act on which it may rest; the first is the usual one.
    pub bases: &'static [Basis],
    /// Who may look for it.
    pub askers: &'static [Asker],
    /// Whether the asker may name the Resident Record Code (articles 30-37 and 30-38 forbid it to everybody else).
    pub may_use_code: bool,
    /// What the answer may hold.
    pub reach: Reach,
    /// For how many days the note of the look is kept at most.
    pub note_kept_days: u16,
}

/// A clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Basis {
    /// Stable word: `bbra-12-4`.
    pub code: &'static str,
    /// The article as lawyers cite it in Japanese.
    pub ja: &'static str,
    /// And in English.
    pub en: &'static str,
}

macro_rules! bases {
    ($($name:ident = $code:literal $ja:literal $en:literal;)*) => {
        $(const $name: Basis = Basis { code: $code, ja: $ja, en: $en };)*
        /// Every clause of the table.
        pub const BASES: &[Basis] = &[$($name),*];
    };
}

bases! {
    MAINTAIN = "bbra-8" "住民基本台帳法第８条（住民票の記載等）" "Act, article 8 (entries in the Resident Record)";
    NOTICE = "bbra-9" "住民基本台帳法第９条（住民票の記載等のための市町村長間の通知）" "Act, article 9 (notices between municipalities)";
    OWN_COPY = "bbra-12" "住民基本台帳法第１２条（本人等の請求による住民票の写し等の交付）" "Act, article 12 (copies at the request of the person)";
    PUBLIC_COPY = "bbra-12-2" "住民基本台帳法第１２条の２（国又は地方公共団体の機関の請求）" "Act, article 12-2 (copies at the request of public bodies)";
    WIDE_COPY = "bbra-12-4" "住民基本台帳法第１２条の４（住民票の写しの交付の特例）" "Act, article 12-4 (copies issued by another municipality)";
    MOVE_IN = "bbra-22" "住民基本台帳法第２２条（転入届）" "Act, article 22 (move-in notification)";
    MOVE_WITHIN = "bbra-23" "住民基本台帳法第２３条（転居届）" "Act, article 23 (move within the municipality)";
    MOVE_OUT = "bbra-24" "住民基本台帳法第２４条（転出届）" "Act, article 24 (move-out notification)";
    CARD_MOVE = "bbra-24-2" "住民基本台帳法第２４条の２（個人番号カードの交付を受けている者等に関する転入届の特例）" "Act, article 24-2 (moving with a card)";
    HOUSEHOLD = "bbra-25" "住民基本台帳法第２５条（世帯変更届）" "Act, article 25 (change of household)";
    CODE_ENTRY = "bbra-30-3" "住民基本台帳法第３０条の３（住民票コードの記載等）" "Act, article 30-3 (entry of the Resident Record Code)";
    CODE_CHANGE = "bbra-30-4" "住民基本台帳法第３０条の４（住民票コードの記載の変更請求）" "Act, article 30-4 (change of the Resident Record Code)";
    TO_STATE = "bbra-30-9" "住民基本台帳法第３０条の９（国の機関等への本人確認情報の提供）" "Act, article 30-9 (provision to state agencies)";
    TO_LOCAL = "bbra-30-10" "住民基本台帳法第３０条の１０（市町村の執行機関への本人確認情報の提供）" "Act, article 30-10 (provision to municipalities)";
    OWN_ACCESS = "bbra-30-32" "住民基本台帳法第３０条の３２（自己の本人確認情報の開示）" "Act, article 30-32 (disclosure of one's own data)";
    FOREIGN = "bbra-30-46" "住民基本台帳法第３０条の４６（中長期在留者等の転入届）" "Act, article 30-46 (move-in of foreign residents)";
    STATUS = "bbra-30-50" "住民基本台帳法第３０条の５０（出入国在留管理庁長官からの通知）" "Act, article 30-50 (notices of the immigration authority)";
    SURVEY = "bbra-34" "住民基本台帳法第３４条（調査）" "Act, article 34 (surveys)";
}

const CLERK: &[Asker] = &[Asker::Clerk];

/// Seven years.
const LONG: u16 = 2557;

const fn desk(code: &'static str, bases: &'static [Basis], may_use_code: bool) -> Purpose {
    Purpose { code, bases, askers: CLERK, may_use_code, reach: Reach::Record, note_kept_days: LONG }
}

const fn asked(code: &'static str, bases: &'static [Basis], may_use_code: bool) -> Purpose {
    let askers = &[Asker::Agency, Asker::Municipality];
    Purpose { code, bases, askers, may_use_code, reach: Reach::Answer, note_kept_days: LONG }
}

/// Every purpose.
pub const PURPOSES: &[Purpose] = &[
    desk("move-in", &[MOVE_IN, FOREIGN, CARD_MOVE], true),
    desk("move-within", &[MOVE_WITHIN], false),
    desk("move-out", &[MOVE_OUT], false),
    desk("household", &[HOUSEHOLD], false),
    desk("family-register", &[MAINTAIN, NOTICE], false),
    desk("residence-status", &[STATUS], false),
    desk("survey", &[SURVEY], false),
    desk("own-copy", &[OWN_COPY], false),
    desk("public-copy", &[PUBLIC_COPY], false),
    desk("code-entry", &[CODE_ENTRY], true),
    desk("code-change", &[CODE_CHANGE], true),
    desk("card", &[MAINTAIN], false),
    desk("signer-check", &[TO_LOCAL], false),
    // Tables 1 and 2 of the Act name the affairs; these are the ones that procedures of the catalog belong to.
    asked("child-allowance", &[TO_LOCAL], true),
    asked("pension", &[TO_STATE], true),
    asked("social-welfare", &[TO_LOCAL, TO_STATE], true),
    asked("licences", &[TO_STATE, TO_LOCAL], false),
    asked("online-application", &[TO_LOCAL, TO_STATE], false),
    Purpose {
        code: "wide-area-copy",
        bases: &[WIDE_COPY],
        askers: &[Asker::Municipality],
        may_use_code: true,
        reach: Reach::Record,
        note_kept_days: LONG,
    },
    Purpose {
        code: "move-transfer",
        bases: &[CARD_MOVE, NOTICE],
        askers: &[Asker::Municipality],
        may_use_code: true,
        reach: Reach::Transfer,
        note_kept_days: LONG,
    },
    Purpose {
        code: "own-data",
        bases: &[OWN_ACCESS, OWN_COPY],
        askers: &[Asker::Resident],
        may_use_code: false,
        reach: Reach::Record,
        note_kept_days: LONG,
    },
];

/// Why a look is not allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PurposeFault {
    /// No purpose is named, or none of the table.
    #[error("no purpose is named for which the registry may be asked")]
    NoPurpose,
    /// No legal basis is named, or none of the table.
    #[error("no legal basis is named: the registry answers only on a clause of the Act")]
    NoLegalBasis,
    /// The purpose does not rest on that clause.
    #[error("the purpose does not rest on this legal basis")]
    BasisDoesNotFit,
    /// Not this asker's purpose.
    #[error("this asker may not ask for this purpose")]
    NotForThisAsker,
    /// The Resident Record Code may not be used for it.
    #[error("the Resident Record Code may not be used for this purpose (Act, articles 30-37 and 30-38)")]
    CodeForbidden,
}

impl PurposeFault {
    /// A stable word.
    pub fn code(self) -> &'static str {
        match self {
            Self::NoPurpose => "no-purpose",
            Self::NoLegalBasis => "no-legal-basis",
            Self::BasisDoesNotFit => "basis-does-not-fit",
            Self::NotForThisAsker => "not-for-this-asker",
            Self::CodeForbidden => "code-forbidden",
        }
    }
}

/// Proof that the table allows a look: made by [`permit`] alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permit {
    purpose: &'static Purpose,
    basis: Basis,
    asker: Asker,
}

impl Permit {
    /// For what.
    pub fn purpose(&self) -> &'static Purpose {
        self.purpose
    }

    /// On which clause.
    pub fn basis(&self) -> Basis {
        self.basis
    }

    /// Who may.
    pub fn asker(&self) -> Asker {
        self.asker
    }
}

/// The purpose of that code.
pub fn purpose(code: &str) -> Option<&'static Purpose> {
    PURPOSES.iter().find(|purpose| purpose.code == code)
}

/// The purposes for which an asker may look.
pub fn purposes_of(asker: Asker) -> impl Iterator<Item = &'static Purpose> {
    PURPOSES.iter().filter(move |purpose| purpose.askers.contains(&asker))
}

impl FromStr for Basis {
    type Err = PurposeFault;

    fn from_str(code: &str) -> Result<Self, PurposeFault> {
        BASES.iter().find(|basis| basis.code == code).copied().ok_or(PurposeFault::NoLegalBasis)
    }
}

/// Whether `asker` may look for `purpose_code` on `basis_code`, with the Resident Record Code where `with_code`.
///
/// # Errors
/// The first rule that is broken.
pub fn permit(asker: Asker, purpose_code: &str, basis_code: &str, with_code: bool) -> Result<Permit, PurposeFault> {
    let purpose = purpose(purpose_code).ok_or(PurposeFault::NoPurpose)?;
    let basis: Basis = basis_code.parse()?;
    if !purpose.askers.contains(&asker) {
        return Err(PurposeFault::NotForThisAsker);
    }
    if !purpose.bases.contains(&basis) {
        return Err(PurposeFault::BasisDoesNotFit);
    }
    if with_code && !purpose.may_use_code {
        return Err(PurposeFault::CodeForbidden);
    }
    Ok(Permit { purpose, basis, asker })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agency_without_a_legal_basis_is_refused() {
        assert_eq!(permit(Asker::Agency, "child-allowance", "", true), Err(PurposeFault::NoLegalBasis));
        assert_eq!(permit(Asker::Agency, "child-allowance", "because", true), Err(PurposeFault::NoLegalBasis));
        assert_eq!(permit(Asker::Agency, "child-allowance", "bbra-22", true), Err(PurposeFault::BasisDoesNotFit));
        assert_eq!(permit(Asker::Agency, "", "bbra-30-10", true), Err(PurposeFault::NoPurpose));
        assert_eq!(permit(Asker::Agency, "move-in", "bbra-22", false), Err(PurposeFault::NotForThisAsker));
        assert_eq!(permit(Asker::Agency, "licences", "bbra-30-9", true), Err(PurposeFault::CodeForbidden));
        assert!(permit(Asker::Agency, "child-allowance", "bbra-30-10", true).is_ok());
    }

    /// Every pair of purpose and asker: allowed exactly where the table says so.
    #[test]
    fn the_table_is_the_whole_rule() {
        let askers = [Asker::Clerk, Asker::Municipality, Asker::Agency, Asker::Resident];
        for purpose in PURPOSES {
            for asker in askers {
                for basis in BASES {
                    for with_code in [false, true] {
                        let allowed = purpose.askers.contains(&asker)
                            && purpose.bases.contains(basis)
                            && (!with_code || purpose.may_use_code);
                        let found = permit(asker, purpose.code, basis.code, with_code);
                        assert_eq!(found.is_ok(), allowed, "{} {asker:?} {}", purpose.code, basis.code);
                    }
                }
            }
        }
    }

    #[test]
    fn an_agency_never_gets_a_content_of_the_record() {
        for purpose in purposes_of(Asker::Agency) {
            assert_eq!(purpose.reach, Reach::Answer, "{}", purpose.code);
        }
    }

    #[test]
    fn codes_are_used_once() {
        let purposes: std::collections::HashSet<_> = PURPOSES.iter().map(|purpose| purpose.code).collect();
        let bases: std::collections::HashSet<_> = BASES.iter().map(|basis| basis.code).collect();
        assert_eq!((purposes.len(), bases.len()), (PURPOSES.len(), BASES.len()));
    }
}
