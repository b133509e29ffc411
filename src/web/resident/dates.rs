//! Times and dates as people read them, in Japan's time.
use chrono::{DateTime, Datelike, FixedOffset, Offset, Timelike, Utc};

use crate::procedures::kinds::date::month_in_portuguese;
use crate::web::i18n::Language;

/// `2026年11月22日 15時04分` or `22 November 2026, 15:04 (Japan time)`.
pub fn moment(language: Language, time: DateTime<Utc>) -> String {
    told(language, time, None)
}

/// A time of day in Japan: `14:05`.
pub fn clock(time: DateTime<Utc>) -> String {
    let japan = FixedOffset::east_opt(9 * 3600);
    japan.map_or_else(|| time.to_rfc3339(), |japan| time.with_timezone(&japan).format("%H:%M").to_string())
}

/// The first day of the era Reiwa (law: era-name order of 2019).
const REIWA: (i32, u32, u32) = (2019, 5, 1);

/// The same with the year in the Japanese era too: `令和8年（2026年）11月22日 15時04分（日本時間）`.
pub fn moment_in_both_eras(language: Language, time: DateTime<Utc>) -> String {
    let local = in_japan(time);
    let is_reiwa = (local.year(), local.month(), local.day()) >= REIWA;
    told(language, time, is_reiwa.then(|| local.year() - REIWA.0 + 1))
}

/// Japan has one time zone and no summer time.
fn in_japan(time: DateTime<Utc>) -> DateTime<FixedOffset> {
    let japan = FixedOffset::east_opt(9 * 3600).unwrap_or(Utc.fix());
    time.with_timezone(&japan)
}

/// The time, with the year of Reiwa where one is given.
fn told(language: Language, time: DateTime<Utc>, era: Option<i32>) -> String {
    let local = in_japan(time);
    // The first year of an era is 元年 in Japanese and Chinese.
    let kanji = match era {
        None => String::new(),
        Some(1) => "令和元年".to_owned(),
        Some(year) => format!("令和{year}年"),
    };
    let in_brackets = |words: Option<String>| words.unwrap_or_default();
    let (year, month, day) = (local.year(), local.month(), local.day());
    let (hour, minute) = (local.hour(), local.minute());
    match (language, era) {
        (Language::Ja | Language::Easy, None) => format!("{year}年{month}月{day}日 {hour:02}時{minute:02}分"),
        (Language::Ja, Some(_)) => {
            format!("{kanji}（{year}年）{month}月{day}日 {hour:02}時{minute:02}分（日本時間）")
        }
        (Language::Easy, Some(_)) => {
            format!("{year}年（{kanji}）{month}月{day}日 {hour:02}時{minute:02}分（日本の 時間）")
        }
        (Language::Zh, None) => format!("{year}年{month}月{day}日 {hour:02}:{minute:02}（日本时间）"),
        (Language::Zh, Some(_)) => format!("{year}年（{kanji}）{month}月{day}日 {hour:02}:{minute:02}（日本时间）"),
        (Language::En, era) => {
            let era = in_brackets(era.map(|year| format!(" (Reiwa {year})")));
            format!("{day} {} {year}{era}, {hour:02}:{minute:02} (Japan time)", month_in_english(month))
        }
        (Language::Ko, era) => {
            let era = in_brackets(era.map(|year| format!("(레이와 {year}년)")));
            format!("{year}년{era} {month}월 {day}일 {hour:02}:{minute:02}(일본 시간)")
        }
        (Language::Pt, era) => {
            let era = in_brackets(era.map(|year| format!(" (ano {year} da era Reiwa)")));
            let month = month_in_portuguese(month);
            format!("{day} de {month} de {year}{era}, {hour:02}:{minute:02} (horário do Japão)")
        }
        (Language::Vi, era) => {
            let era = in_brackets(era.map(|year| format!(" (năm Reiwa {year})")));
            format!("{hour:02}:{minute:02} ngày {day} tháng {month} năm {year}{era} (giờ Nhật Bản)")
        }
    }
}

/// `November`.
fn month_in_english(month: u32) -> &'static str {
    u8::try_from(month).ok().and_then(|month| chrono::Month::try_from(month).ok()).map_or("", |month| month.name())
}

/// How large a file is, in units of 1024: `12 KB`, `3.4 MB`.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..=1023 => format!("{bytes} B"),
        1024..=1_048_575 => format!("{} KB", bytes.div_ceil(1024)),
        _ => megabytes(bytes),
    }
}

/// Rounded to a tenth.
fn megabytes(bytes: u64) -> String {
    let tenths = bytes.saturating_mul(10).saturating_add(1 << 19) >> 20;
    match tenths % 10 {
        0 => format!("{} MB", tenths / 10),
        tenth => format!("{}.{tenth} MB", tenths / 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_told_in_japan() {
        let time = "2026-11-22T15:04:05Z".parse().unwrap();
        assert_eq!(moment(Language::Ja, time), "2026年11月23日 00時04分");
        assert_eq!(moment(Language::En, time), "23 November 2026, 00:04 (Japan time)");
    }

    #[test]
    fn both_eras_are_told_and_the_first_year_is_gannen() {
        let told = |text: &str| {
            let time = text.parse().unwrap();
            (moment_in_both_eras(Language::Ja, time), moment_in_both_eras(Language::En, time))
        };
        let (ja, en) = told("2026-11-22T15:04:05Z");
        assert_eq!(ja, "令和8年（2026年）11月23日 00時04分（日本時間）");
        assert_eq!(en, "23 November 2026 (Reiwa 8), 00:04 (Japan time)");
        assert!(told("2019-04-30T15:00:00Z").0.starts_with("令和元年（2019年）5月1日"));
        assert!(told("2019-04-30T14:59:59Z").0.starts_with("2019年4月30日"));
    }

    #[test]
    fn every_language_tells_both_eras_in_its_own_way() {
        let time = "2026-11-22T15:04:05Z".parse().unwrap();
        for (language, words) in [
            (Language::Easy, "2026年（令和8年）11月23日 00時04分（日本の 時間）"),
            (Language::Zh, "2026年（令和8年）11月23日 00:04（日本时间）"),
            (Language::Ko, "2026년(레이와 8년) 11월 23일 00:04(일본 시간)"),
            (Language::Pt, "23 de novembro de 2026 (ano 8 da era Reiwa), 00:04 (horário do Japão)"),
            (Language::Vi, "00:04 ngày 23 tháng 11 năm 2026 (năm Reiwa 8) (giờ Nhật Bản)"),
        ] {
            assert_eq!(moment_in_both_eras(language, time), words);
        }
        assert_eq!(moment(Language::Pt, time), "23 de novembro de 2026, 00:04 (horário do Japão)");
        assert_eq!(moment(Language::Zh, time), "2026年11月23日 00:04（日本时间）");
        assert_eq!(moment(Language::Vi, time), "00:04 ngày 23 tháng 11 năm 2026 (giờ Nhật Bản)");
    }

    #[test]
    fn a_size_is_never_told_as_nothing() {
        assert_eq!([size(0), size(1), size(1025), size(10_485_760)], ["0 B", "1 B", "2 KB", "10 MB"]);
        assert_eq!(size(3_565_158), "3.4 MB");
    }
}
