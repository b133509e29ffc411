//! Dates as people write them in Japan: by the Western calendar or in an era (元号), and each era with its bounds.
use std::fmt;

use chrono::{Datelike, NaiveDate};

use crate::procedures::text::Language;

/// The longest text that is read as a date, in bytes.
const LONGEST: usize = 64;

/// An era of the Japanese calendar (元号法, 昭和54年法律第43号, and the edicts before it).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Era {
    /// 明治
    Meiji,
    /// 大正
    Taisho,
    /// 昭和
    Showa,
    /// 平成
    Heisei,
    /// 令和
    Reiwa,
}

impl Era {
    /// Every era, the newest first: the order in which they are offered.
    pub const ALL: &[Self] = &[Self::Reiwa, Self::Heisei, Self::Showa, Self::Taisho, Self::Meiji];

    /// The word that forms send: `reiwa`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Meiji => "meiji",
            Self::Taisho => "taisho",
            Self::Showa => "showa",
            Self::Heisei => "heisei",
            Self::Reiwa => "reiwa",
        }
    }

    /// Its name as people read it: `令和`, `레이와`, `Reiwa`.
    pub fn name(self, language: Language) -> &'static str {
        let (kanji, hangul, latin) = match self {
            Self::Meiji => ("明治", "메이지", "Meiji"),
            Self::Taisho => ("大正", "다이쇼", "Taisho"),
            Self::Showa => ("昭和", "쇼와", "Showa"),
            Self::Heisei => ("平成", "헤이세이", "Heisei"),
            Self::Reiwa => ("令和", "레이와", "Reiwa"),
        };
        match language {
            Language::Ja | Language::Easy | Language::Zh => kanji,
            Language::Ko => hangul,
            Language::En | Language::Pt | Language::Vi => latin,
        }
    }

    /// A year of it: `令和2年`, `平成元年`, `레이와 2년`, `Reiwa 2`.
    pub fn with_year(self, language: Language, year: i32) -> String {
        let name = self.name(language);
        match language {
            Language::Ja | Language::Easy | Language::Zh if year == 1 => format!("{name}元年"),
            Language::Ja | Language::Easy | Language::Zh => format!("{name}{year}年"),
            Language::Ko => format!("{name} {year}년"),
            Language::En | Language::Pt | Language::Vi => format!("{name} {year}"),
        }
    }

    /// The era of a word, a name or its letter: `reiwa`, `令和`, `R`.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|era| {
            let english = era.name(Language::En);
            word == era.name(Language::Ja)
                || word.eq_ignore_ascii_case(english)
                || english.get(..1).is_some_and(|letter| word.eq_ignore_ascii_case(letter))
        })
    }

    /// Year, month and day of its first day of the present calendar. An era that began on the day on which the one before it
    /// ended shares that day with it (30 July 1912, 25 December 1926).
    fn first(self) -> (i32, u32, u32) {
        match self {
            // The calendar is the Gregorian one from 1 January of Meiji 6 (明治5年太政官布告第337号); days before that
            // are days of another calendar, and nobody who files was born then.
            Self::Meiji => (1873, 1, 1),
            Self::Taisho => (1912, 7, 30),
            Self::Showa => (1926, 12, 25),
            Self::Heisei => (1989, 1, 8),
            Self::Reiwa => (2019, 5, 1),
        }
    }

    /// The same of its last day, where it has ended.
    fn last(self) -> Option<(i32, u32, u32)> {
        match self {
            Self::Meiji => Some((1912, 7, 30)),
            Self::Taisho => Some((1926, 12, 25)),
            Self::Showa => Some((1989, 1, 7)),
            Self::Heisei => Some((2019, 4, 30)),
            Self::Reiwa => None,
        }
    }

    /// The Western year of its year 1.
    fn first_year(self) -> i32 {
        match self {
            Self::Meiji => 1868,
            Self::Taisho => 1912,
            Self::Showa => 1926,
            Self::Heisei => 1989,
            Self::Reiwa => 2019,
        }
    }

    /// Its last day, where it has ended.
    pub fn last_day(self) -> Option<NaiveDate> {
        self.last().and_then(|(year, month, day)| NaiveDate::from_ymd_opt(year, month, day))
    }

    /// Its first day of the present calendar.
    pub fn first_day(self) -> Option<NaiveDate> {
        let (year, month, day) = self.first();
        NaiveDate::from_ymd_opt(year, month, day)
    }

    /// The era of a day, the newer one where two share it; none before 1873.
    pub fn of(day: NaiveDate) -> Option<Self> {
        Self::ALL.iter().copied().find(|era| era.first_day().is_some_and(|first| first <= day))
    }

    /// The year of this era in which a day lies.
    pub fn year_of(self, day: NaiveDate) -> i32 {
        day.year().saturating_sub(self.first_year()).saturating_add(1)
    }
}

/// Why something is no date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateFault {
    /// Not written as a date.
    Form,
    /// A part of it is missing: the year, the month or the day.
    Missing,
    /// The calendar has no such day: 30 February.
    NoSuchDay,
    /// The era had ended; the day as it is written in the era it lies in, where it lies in one.
    EraEnded(Era, NaiveDate),
    /// The era had not begun.
    EraNotBegun(Era),
    /// Before 1873: days of another calendar.
    OldCalendar,
}

/// A day out of its parts as typed: the era's word (empty or `western` for the Western calendar), year, month, day. Full-width
/// digits and `元` for the first year are taken.
///
/// # Errors
/// Why it is no date.
pub fn from_parts(era: &str, year: &str, month: &str, day: &str) -> Result<NaiveDate, DateFault> {
    if [year, month, day].iter().any(|part| part.trim().is_empty()) {
        return Err(DateFault::Missing);
    }
    let (month, day) = (number(month)?, number(day)?);
    let (month, day) = (u32::try_from(month).unwrap_or(0), u32::try_from(day).unwrap_or(0));
    match era {
        "" | "western" => western(number(year)?, month, day),
        word => {
            let era = Era::from_word(word).ok_or(DateFault::Form)?;
            let year = if year.trim() == "元" { 1 } else { number(year)? };
            in_era(era, year, month, day)
        }
    }
}

/// A day as it is written in one piece: `2026-04-01`, `2026/4/1`, `2026年4月1日`, `令和8年4月1日`, `R8.4.1`, `令和元年5月1日`.
///
/// # Errors
/// Why it is no date.
pub fn from_text(text: &str) -> Result<NaiveDate, DateFault> {
    if text.len() > LONGEST {
        return Err(DateFault::Form);
    }
    let text = text.trim();
    let era_end = text.find(|c: char| c == '元' || half_width(c).is_ascii_digit()).ok_or(DateFault::Form)?;
    let (era, rest) = text.split_at(era_end);
    let mut parts = rest.trim_end_matches('日').split(['-', '/', '.', '年', '月', '．', '／']);
    let (Some(year), Some(month), Some(day), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return Err(DateFault::Form);
    };
    match era.trim() {
        "" if year.trim().chars().count() != 4 => Err(DateFault::Form),
        era => from_parts(era, year, month, day),
    }
}

fn western(year: i32, month: u32, day: u32) -> Result<NaiveDate, DateFault> {
    if (1..1873).contains(&year) {
        return Err(DateFault::OldCalendar);
    }
    if !(1873..=9999).contains(&year) {
        return Err(DateFault::Form);
    }
    NaiveDate::from_ymd_opt(year, month, day).ok_or(DateFault::NoSuchDay)
}

fn in_era(era: Era, year: i32, month: u32, day: u32) -> Result<NaiveDate, DateFault> {
    if !(1..=999).contains(&year) {
        return Err(DateFault::Form);
    }
    let western_year = era.first_year() + year - 1;
    if era == Era::Meiji && western_year < 1873 {
        return Err(DateFault::OldCalendar);
    }
    let date = NaiveDate::from_ymd_opt(western_year, month, day).ok_or(DateFault::NoSuchDay)?;
    if era.last_day().is_some_and(|last| last < date) {
        return Err(DateFault::EraEnded(era, date));
    }
    if era.first_day().is_some_and(|first| date < first) {
        return Err(DateFault::EraNotBegun(era));
    }
    Ok(date)
}

/// One to four digits, half or full width.
fn number(text: &str) -> Result<i32, DateFault> {
    let digits: String = text.trim().chars().map(half_width).collect();
    if !(1..=4).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(DateFault::Form);
    }
    digits.parse().map_err(|_| DateFault::Form)
}

fn half_width(character: char) -> char {
    super::text::half_width(character)
}

/// The day as it is signed: `2026-04-01`.
pub fn iso(day: NaiveDate) -> String {
    day.format("%Y-%m-%d").to_string()
}

/// The day of [`iso`]; none of anything else.
pub fn from_iso(text: &str) -> Option<NaiveDate> {
    let shape = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    shape.then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten()
}

/// A day in both calendars, for people.
pub struct Both(pub Language, pub NaiveDate);

impl fmt::Display for Both {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(language, day) = self;
        let (year, month, number) = (day.year(), day.month(), day.day());
        match language {
            Language::Ja | Language::Easy | Language::Zh => write!(f, "{year}年{month}月{number}日")?,
            Language::En => write!(f, "{}", day.format("%-d %B %Y"))?,
            Language::Ko => write!(f, "{year}년 {month}월 {number}일")?,
            Language::Pt => write!(f, "{number} de {} de {year}", month_in_portuguese(month))?,
            Language::Vi => write!(f, "ngày {number} tháng {month} năm {year}")?,
        }
        let Some(era) = Era::of(*day).map(|era| era.with_year(*language, era.year_of(*day))) else { return Ok(()) };
        match language {
            Language::Ja | Language::Easy | Language::Zh => write!(f, "（{era}）"),
            Language::Ko => write!(f, "({era})"),
            Language::En | Language::Pt | Language::Vi => write!(f, " ({era})"),
        }
    }
}

/// `novembro`; the months of other languages are numbers or chrono's own.
pub fn month_in_portuguese(month: u32) -> &'static str {
    match month {
        1 => "janeiro",
        2 => "fevereiro",
        3 => "março",
        4 => "abril",
        5 => "maio",
        6 => "junho",
        7 => "julho",
        8 => "agosto",
        9 => "setembro",
        10 => "outubro",
        11 => "novembro",
        _ => "dezembro",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        from_iso(text).unwrap()
    }

    #[test]
    fn every_era_has_its_first_and_its_last_day_and_none_beyond() {
        for (text, wanted) in [
            ("令和元年5月1日", "2019-05-01"),
            ("平成31年4月30日", "2019-04-30"),
            ("H1.1.8", "1989-01-08"),
            ("昭和64年1月7日", "1989-01-07"),
            ("昭和元年12月25日", "1926-12-25"),
            ("大正15年12月25日", "1926-12-25"),
            ("T1/7/30", "1912-07-30"),
            ("明治45年7月30日", "1912-07-30"),
            ("明治6年1月1日", "1873-01-01"),
            ("令和８年４月１日", "2026-04-01"),
            ("2026年4月1日", "2026-04-01"),
            (" 2026/4/1 ", "2026-04-01"),
            ("Reiwa 8-4-1", "2026-04-01"),
        ] {
            assert_eq!(from_text(text), Ok(day(wanted)), "{text}");
        }
    }

    #[test]
    fn a_date_that_never_was_is_told_with_what_it_may_be() {
        assert_eq!(from_text("平成32年1月1日"), Err(DateFault::EraEnded(Era::Heisei, day("2020-01-01"))));
        assert_eq!(from_text("平成31年5月1日"), Err(DateFault::EraEnded(Era::Heisei, day("2019-05-01"))));
        assert_eq!(from_text("昭和64年1月8日"), Err(DateFault::EraEnded(Era::Showa, day("1989-01-08"))));
        assert_eq!(from_text("令和元年4月30日"), Err(DateFault::EraNotBegun(Era::Reiwa)));
        assert_eq!(from_text("平成元年1月7日"), Err(DateFault::EraNotBegun(Era::Heisei)));
        assert_eq!(from_text("明治5年12月2日"), Err(DateFault::OldCalendar));
        assert_eq!(from_text("1872-12-31"), Err(DateFault::OldCalendar));
        assert_eq!(from_text("令和7年2月29日"), Err(DateFault::NoSuchDay));
        assert_eq!(from_text("2026-13-01"), Err(DateFault::NoSuchDay));
        assert_eq!(from_parts("reiwa", "8", " ", "1"), Err(DateFault::Missing));
        for form in ["", "令和", "8-4-1", "慶応3年1月1日", "令和0年1月1日", "2026-04", "2026-4-1-1", "令和8年4月1日1"]
        {
            assert_eq!(from_text(form), Err(DateFault::Form), "{form}");
        }
    }

    #[test]
    fn a_day_is_told_in_both_calendars() {
        assert_eq!(Both(Language::Ja, day("2019-05-01")).to_string(), "2019年5月1日（令和元年）");
        assert_eq!(Both(Language::En, day("2026-04-01")).to_string(), "1 April 2026 (Reiwa 8)");
        for (language, words) in [
            (Language::Easy, "2026年4月1日（令和8年）"),
            (Language::Zh, "2026年4月1日（令和8年）"),
            (Language::Ko, "2026년 4월 1일(레이와 8년)"),
            (Language::Pt, "1 de abril de 2026 (Reiwa 8)"),
            (Language::Vi, "ngày 1 tháng 4 năm 2026 (Reiwa 8)"),
        ] {
            assert_eq!(Both(language, day("2026-04-01")).to_string(), words);
        }
        assert_eq!(Both(Language::Ko, day("1860-01-01")).to_string(), "1860년 1월 1일");
    }

    proptest! {
        /// Every day since 1873 is written in its era and read back as the same day.
        #[test]
        fn a_day_written_in_its_era_is_the_same_day(days in 0_i64..200_000) {
            let day = day("1873-01-01") + chrono::Duration::days(days);
            let era = Era::of(day).unwrap();
            let text = format!("{}{}年{}月{}日", era.name(Language::Ja), era.year_of(day), day.month(), day.day());
            prop_assert_eq!(from_text(&text), Ok(day));
            prop_assert_eq!(from_text(&iso(day)), Ok(day));
        }

        /// Whatever is typed is a day of the present calendar or a fault; never a panic.
        #[test]
        fn whatever_is_typed_is_a_day_or_a_fault(text in "(\\PC|[RHSTM平成令和元年月日0-9.\\-/０-９]){0,24}", era in "[a-z]{0,8}") {
            if let Ok(found) = from_text(&text) {
                prop_assert!(found >= day("1873-01-01"));
                prop_assert_eq!(from_iso(&iso(found)), Some(found));
            }
            let _ = from_parts(&era, &text, &text, &text);
        }
    }
}
