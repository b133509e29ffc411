//! What a comparison found, in words that programs and people can read, and without anything of the person.
use serde::{Deserialize, Serialize};

/// What is compared: the four attributes by which a resident is known (基本4情報).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attribute {
    /// Name.
    Name,
    /// Date of birth.
    DateOfBirth,
    /// Sex.
    Sex,
    /// Address.
    Address,
}

impl Attribute {
    /// All four, in the order in which they are told.
    pub const ALL: [Self; 4] = [Self::Name, Self::DateOfBirth, Self::Sex, Self::Address];

    /// `name`, `date_of_birth`, `sex`, `address`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::DateOfBirth => "date_of_birth",
            Self::Sex => "sex",
            Self::Address => "address",
        }
    }
}

/// Whether two sides mean the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Agreement {
    /// They do; the reasons tell what the spellings differ by.
    Same,
    /// No rule decides it; the reasons tell what is open.
    Undecided,
    /// They do not.
    Different,
}

impl Agreement {
    /// `same`, `undecided`, `different`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Undecided => "undecided",
            Self::Different => "different",
        }
    }

    /// Of several the one that is least: one difference makes the whole different, one open point leaves it open.
    pub fn least(all: impl IntoIterator<Item = Self>) -> Self {
        let rank = |one: &Self| match one {
            Self::Same => 0,
            Self::Undecided => 1,
            Self::Different => 2,
        };
        all.into_iter().max_by_key(rank).unwrap_or(Self::Same)
    }
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $decides:literal;)*) => {
        /// Why two spellings are the same, or why it is open. The codes are stable: they are kept with filings.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Reason {
            $($(#[$doc])* $name,)*
        }

        impl Reason {
            /// Every reason.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its stable code.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// Whether spellings that differ by this alone are the same; where not, a clerk decides.
            pub fn decides(self) -> bool {
                match self { $(Self::$name => $decides,)* }
            }

            /// The reason of that code.
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|reason| reason.as_str() == code)
            }
        }
    };
}

reasons! {
    /// Full and half width, compatibility characters (Unicode NFKC).
    Width = "width", true;
    /// A variation selector that asks for a glyph of the same character.
    Glyph = "glyph", true;
    /// Kinds of hyphen, minus and dash.
    Hyphen = "hyphen", true;
    /// Spaces: kind and number, or left out on one side.
    Spacing = "spacing", true;
    /// Capital and small letters.
    LetterCase = "letter_case", true;
    /// Old, new and variant forms of one kanji.
    KanjiVariant = "kanji_variant", true;
    /// ケ, ヶ, が and their like in names of places.
    SmallKana = "small_kana", true;
    /// `１丁目２番３号` and `1-2-3`; numbers in kanji; a postcode before it.
    Notation = "notation", true;
    /// The certificate marks a substitute, and the record has the character that it stands for, or the same.
    SubstituteMark = "substitute_mark", true;
    /// The name is the record's name in letters of the alphabet.
    AlphabetName = "alphabet_name", true;
    /// The name is, or carries in brackets, the record's registered alias (通称).
    Alias = "alias", true;
    /// The certificate marks a substitute, and the record's character there is not known to be one that it stands for.
    SubstituteUnknown = "substitute_unknown", false;
    /// Two kanji that are different and are often taken for each other.
    SimilarKanji = "similar_kanji", false;
    /// The same characters, divided elsewhere into family and given name.
    Boundary = "boundary", false;
    /// The same words in another order.
    WordOrder = "word_order", false;
    /// The same but for words, a room or a number that one side lacks.
    PartLeftOut = "part_left_out", false;
    /// The same letters but for their accents.
    Accents = "accents", false;
    /// What is claimed is how the record's name is read.
    Reading = "reading", false;
    /// The name in brackets is not the record's alias.
    AliasDiffers = "alias_differs", false;
    /// The name is one that the record had before.
    FormerName = "former_name", false;
    /// The address is one that the record had before.
    FormerAddress = "former_address", false;
    /// One side does not tell.
    NotTold = "not_told", false;
    /// One side knows only a part of the date.
    PartOfDate = "part_of_date", false;
    /// The prefecture is left out; municipalities of one name are in several.
    PrefectureLeftOut = "prefecture_left_out", false;
    /// 大字 or 字 is left out.
    AzaLeftOut = "aza_left_out", false;
    /// The name of a building is left out.
    BuildingLeftOut = "building_left_out", false;
    /// The names of the buildings differ, on the same lot.
    BuildingDiffers = "building_differs", false;
    /// It is longer than what is compared.
    TooLong = "too_long", false;
}

/// What was found of one attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Which.
    pub attribute: Attribute,
    /// Whether the two sides mean the same.
    pub agreement: Agreement,
    /// Why; empty where they are the same byte for byte, or simply differ.
    pub reasons: Vec<Reason>,
}

/// What was found of all four.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings(pub [Finding; 4]);

impl Findings {
    /// The whole: different where one attribute is, open where one is open.
    pub fn agreement(&self) -> Agreement {
        Agreement::least(self.0.iter().map(|finding| finding.agreement))
    }

    /// Every reason with its attribute, as `address:notation`, in order.
    pub fn codes(&self) -> Vec<String> {
        let of = |finding: &Finding| {
            let attribute = finding.attribute.as_str();
            let bare = finding.reasons.is_empty() && finding.agreement == Agreement::Different;
            let different = bare.then(|| format!("{attribute}:different"));
            let reasons = finding.reasons.iter().map(move |reason| format!("{attribute}:{}", reason.as_str()));
            different.into_iter().chain(reasons).collect::<Vec<_>>()
        };
        self.0.iter().flat_map(of).collect()
    }
}

/// What is known of one attribute while it is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) agreement: Agreement,
    pub(super) reasons: Vec<Reason>,
}

impl Verdict {
    pub(super) fn different() -> Self {
        Self { agreement: Agreement::Different, reasons: Vec::new() }
    }

    /// The same by these, or open where one of them does not decide.
    pub(super) fn by(mut reasons: Vec<Reason>) -> Self {
        reasons.sort_by_key(|reason| Reason::ALL.iter().position(|one| one == reason));
        reasons.dedup();
        let decided = reasons.iter().all(|reason| reason.decides());
        Self { agreement: if decided { Agreement::Same } else { Agreement::Undecided }, reasons }
    }

    pub(super) fn with(mut self, reason: Reason) -> Self {
        self.reasons.push(reason);
        if self.agreement == Agreement::Different { self } else { Self::by(self.reasons) }
    }

    /// The one that says more for the two being the same.
    pub(super) fn or_better(self, other: impl FnOnce() -> Self) -> Self {
        if self.agreement == Agreement::Same {
            return self;
        }
        let other = other();
        if Agreement::least([self.agreement, other.agreement]) == self.agreement && self.agreement != other.agreement {
            other
        } else {
            self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_difference_decides_and_one_open_point_leaves_it_open() {
        use Agreement::{Different, Same, Undecided};
        for (all, least) in [
            (vec![], Same),
            (vec![Same, Same], Same),
            (vec![Same, Undecided], Undecided),
            (vec![Undecided, Different, Same], Different),
        ] {
            assert_eq!(Agreement::least(all.clone()), least, "{all:?}");
        }
        let pairs = [(Same, Different, Same), (Undecided, Same, Same), (Different, Undecided, Undecided)];
        for (one, other, better) in pairs.into_iter().chain([(Different, Different, Different)]) {
            let verdict = |agreement| Verdict { agreement, reasons: Vec::new() };
            assert_eq!(verdict(one).or_better(|| verdict(other)).agreement, better);
        }
    }

    #[test]
    fn codes_are_unique_and_lead_back() {
        for reason in Reason::ALL {
            assert_eq!(Reason::from_code(reason.as_str()), Some(*reason));
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.as_str());
        }
        assert_eq!(Reason::from_code("guess"), None);
    }
}
