//! The six attributes of a resident in a signing certificate's subjectAltName, and the certificate's life by birthday.
use chrono::{DateTime, Datelike, Duration, NaiveDate, Utc};

use super::declaration::{CardDeclaration, Sex};
use super::{AuthorityError, der};

const ARC: &str = "1.2.392.200149.8.5.5";

/// The subjectAltName's content: six otherName, each a UTF8String under [0], in the order that cards have them.
///
/// # Errors
/// When an attribute is missing or not of its form.
pub fn subject_alt_name(card: &CardDeclaration) -> Result<Vec<u8>, AuthorityError> {
    let missing = |what: &str| {
        AuthorityError::Declaration(format!(
            "card `{}`: {what} is missing; its profile puts it into the certificate",
            card.id
        ))
    };
    let address = card.address.as_deref().ok_or_else(|| missing("address"))?;
    let sex = match card.sex.ok_or_else(|| missing("sex"))? {
        Sex::Male => "1",
        Sex::Female => "2",
        Sex::Unknown => "3",
    };
    let birth = birth_code(card.date_of_birth.as_deref().ok_or_else(|| missing("date_of_birth"))?)
        .map_err(|what| AuthorityError::Declaration(format!("card `{}`: {what}", card.id)))?;
    let name_marks = marks(card, "name_substitutes", &card.name, card.name_substitutes.as_deref())?;
    let address_marks = marks(card, "address_substitutes", address, card.address_substitutes.as_deref())?;
    let in_order = [
        (1, card.name.as_str()),
        (4, birth.as_str()),
        (3, sex),
        (5, address),
        (2, name_marks.as_str()),
        (6, address_marks.as_str()),
    ];
    let mut names = Vec::new();
    for (number, value) in in_order {
        let type_id = der::oid(&format!("{ARC}.{number}"))?;
        names.extend(der::context(0, &[type_id, der::context(0, &der::utf8(value))].concat()));
    }
    Ok(der::tlv(0x30, &names))
}

/// One mark a character; given ones must fit.
fn marks(card: &CardDeclaration, key: &str, text: &str, given: Option<&str>) -> Result<String, AuthorityError> {
    let length = text.chars().count();
    match given {
        None => Ok("0".repeat(length)),
        Some(given) if given.len() == length && given.bytes().all(|mark| matches!(mark, b'0' | b'1')) => {
            Ok(given.to_owned())
        }
        Some(given) => Err(AuthorityError::Declaration(format!(
            "card `{}`: {key} `{given}` must be one 0 or 1 for each of the {length} characters",
            card.id
        ))),
    }
}

/// EYYYYMMDD from `1980-12-31`, `1980-12`, `1980` or itself; the year is Gregorian, unknown parts are 00.
fn birth_code(text: &str) -> Result<String, String> {
    let wrong = || format!("date_of_birth `{text}` must be 1980-12-31, 1980-12, 1980 or the nine digits EYYYYMMDD");
    if text.len() == 9 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(text.to_owned());
    }
    let mut parts = text.split('-').map(str::parse::<u32>);
    let mut next = || parts.next().transpose().map_err(|_| wrong());
    let (year, month, day) = (next()?.ok_or_else(wrong)?, next()?.unwrap_or(0), next()?.unwrap_or(0));
    if !(1868..=2200).contains(&year) || month > 12 || day > 31 {
        return Err(wrong());
    }
    Ok(format!("{}{year:04}{month:02}{day:02}", era(year, month, day)))
}

/// The era's digit, 0 where the known parts do not tell.
fn era(year: u32, month: u32, day: u32) -> char {
    let digit = |date: (u32, u32, u32)| match date {
        date if date >= (2019, 5, 1) => '5',
        date if date >= (1989, 1, 8) => '4',
        date if date >= (1926, 12, 25) => '3',
        date if date >= (1912, 7, 30) => '2',
        _ => '1',
    };
    let first = digit((year, month.max(1), day.max(1)));
    let last = digit((year, if month == 0 { 12 } else { month }, if day == 0 { 31 } else { day }));
    if first == last { first } else { '0' }
}

/// The end of the holder's fifth birthday after `issued`, in Japan; five years after issue where the birthday is unknown.
pub fn fifth_birthday(issued: DateTime<Utc>, date_of_birth: Option<&str>) -> DateTime<Utc> {
    let issued_on = (issued + Duration::hours(9)).date_naive();
    let birth = date_of_birth.and_then(|text| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).unwrap_or(issued_on);
    let birthday = |year: i32| {
        NaiveDate::from_ymd_opt(year, birth.month(), birth.day()).or_else(|| NaiveDate::from_ymd_opt(year, 3, 1))
    };
    let first = match birthday(issued_on.year()) {
        Some(this_year) if this_year > issued_on => issued_on.year(),
        _ => issued_on.year() + 1,
    };
    let last_second = birthday(first + 4).and_then(|day| day.and_hms_opt(23, 59, 59));
    last_second.map_or(issued + Duration::days(1826), |local| local.and_utc() - Duration::hours(9))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn births_are_written_with_their_era_and_a_gregorian_year() {
        assert_eq!(birth_code("1980-12-31").unwrap(), "319801231");
        assert_eq!(birth_code("1989-01-07").unwrap(), "319890107");
        assert_eq!(birth_code("1989-01-08").unwrap(), "419890108");
        assert_eq!(birth_code("1989-02").unwrap(), "419890200");
        assert_eq!(birth_code("1989").unwrap(), "019890000");
        assert_eq!(birth_code("2020").unwrap(), "520200000");
        assert_eq!(birth_code("000000000").unwrap(), "000000000");
        for wrong in ["", "1980-13", "1980/12/31", "80-1-1", "1700"] {
            assert!(birth_code(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_certificate_ends_with_the_fifth_birthday() {
        let at = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().with_timezone(&Utc);
        let end = |issued: &str, birth: &str| fifth_birthday(at(issued), Some(birth)).to_rfc3339();
        assert_eq!(end("2026-01-10T00:00:00Z", "1980-12-31"), "2030-12-31T14:59:59+00:00");
        assert_eq!(end("2026-06-10T00:00:00Z", "1980-06-10"), "2031-06-10T14:59:59+00:00");
        assert_eq!(end("2026-06-10T00:00:00Z", "1980-02-29"), "2031-03-01T14:59:59+00:00");
    }
}
