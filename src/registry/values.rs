//! Identifiers and small values of a resident's record.
use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::{NoContext, Timestamp, Uuid};

/// A text is not a value of that kind. It never repeats the text: that is a person's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} has the wrong form")]
pub struct ValueError(pub &'static str);

macro_rules! identifiers {
    ($($(#[$doc:meta])* $name:ident = $what:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new one (UUIDv7: it says when it was made and nothing of whom it is for).
            pub fn made_at(now: DateTime<Utc>) -> Self {
                let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
                Self(Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, now.timestamp_subsec_nanos())))
            }

            /// The UUID.
            pub fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl FromStr for $name {
            type Err = ValueError;

            fn from_str(text: &str) -> Result<Self, ValueError> {
                let uuid = Uuid::try_parse(text).map_err(|_| ValueError($what))?;
                if uuid.hyphenated().to_string() == text { Ok(Self(uuid)) } else { Err(ValueError($what)) }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    )*};
}

identifiers! {
    /// A resident's record in one municipality. Another municipality's record of the same person has another.
    RecordId = "a record's identifier";
    /// A household (世帯) of one municipality.
    HouseholdId = "a household's identifier";
}

/// A date of birth, of which month and day may be unknown, as certificates have it too: `1950`, `1950-02`, `1950-02-01`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BirthDate {
    year: i32,
    month: Option<u32>,
    day: Option<u32>,
}

impl BirthDate {
    /// The first day that it can mean.
    pub fn earliest(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.year, self.month.unwrap_or(1), self.day.unwrap_or(1)).unwrap_or_default()
    }

    /// Whether year, month and day are known.
    pub fn is_whole(self) -> bool {
        self.day.is_some()
    }

    /// The year.
    pub fn year(self) -> i32 {
        self.year
    }

    /// Month and day, as far as they are known.
    pub fn month_and_day(self) -> (Option<u32>, Option<u32>) {
        (self.month, self.day)
    }
}

impl From<NaiveDate> for BirthDate {
    fn from(date: NaiveDate) -> Self {
        use chrono::Datelike as _;
        Self { year: date.year(), month: Some(date.month()), day: Some(date.day()) }
    }
}

impl FromStr for BirthDate {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        const WRONG: ValueError = ValueError("a date of birth");
        let mut parts = text.split('-');
        let mut part = |length: usize| match parts.next() {
            None => Ok(None),
            Some(digits) if digits.len() == length && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                digits.parse::<u32>().map(Some).map_err(|_| WRONG)
            }
            Some(_) => Err(WRONG),
        };
        let (year, month, day) = (part(4)?.ok_or(WRONG)?, part(2)?, part(2)?);
        let year = i32::try_from(year).map_err(|_| WRONG)?;
        if parts.next().is_some() || !(1850..=2200).contains(&year) {
            return Err(WRONG);
        }
        NaiveDate::from_ymd_opt(year, month.unwrap_or(1), day.unwrap_or(1)).ok_or(WRONG)?;
        Ok(Self { year, month, day })
    }
}

impl fmt::Display for BirthDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        self.month.map_or(Ok(()), |month| write!(f, "-{month:02}"))?;
        self.day.map_or(Ok(()), |day| write!(f, "-{day:02}"))
    }
}

impl fmt::Debug for BirthDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BirthDate(not shown)")
    }
}

impl Serialize for BirthDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for BirthDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Sex, in the words of certificates and documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sex {
    /// 男
    Male,
    /// 女
    Female,
    /// Not known.
    Unknown,
}

impl Sex {
    /// `male`, `female` or `unknown`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Male => "male",
            Self::Female => "female",
            Self::Unknown => "unknown",
        }
    }
}

impl FromStr for Sex {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        match text {
            "male" => Ok(Self::Male),
            "female" => Ok(Self::Female),
            "unknown" => Ok(Self::Unknown),
            _ => Err(ValueError("sex")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_birth_may_be_known_in_part() {
        for good in ["1950", "1950-02", "1950-02-28", "2024-02-29"] {
            assert_eq!(good.parse::<BirthDate>().unwrap().to_string(), good);
        }
        for bad in ["", "50", "1950-2", "1950-13", "1950-02-30", "1950-02-01-01", "1950-", "1799-01-01", "１９５０"]
        {
            assert!(bad.parse::<BirthDate>().is_err(), "{bad}");
        }
        assert_eq!("1950-02".parse::<BirthDate>().unwrap().earliest(), NaiveDate::from_ymd_opt(1950, 2, 1).unwrap());
        assert!(!"1950-02".parse::<BirthDate>().unwrap().is_whole());
    }

    #[test]
    fn identifiers_have_one_spelling() {
        let id = RecordId::made_at(DateTime::UNIX_EPOCH);
        assert_ne!(id, RecordId::made_at(DateTime::UNIX_EPOCH));
        assert_eq!(id.to_string().parse(), Ok(id));
        assert!(id.to_string().to_uppercase().parse::<RecordId>().is_err());
        assert!("x".parse::<HouseholdId>().is_err());
    }
}
