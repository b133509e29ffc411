//! Times and dates as people read them, in Japan's time.
use chrono::{DateTime, Datelike, FixedOffset, Utc};

use crate::web::i18n::Language;

/// `2026年11月22日 15時04分` or `22 November 2026, 15:04 (Japan time)`.
pub fn moment(language: Language, time: DateTime<Utc>) -> String {
    // Japan has one time zone and no summer time.
    let Some(japan) = FixedOffset::east_opt(9 * 3600) else { return time.to_rfc3339() };
    let local = time.with_timezone(&japan);
    match language {
        Language::Ja => local.format("%Y年%-m月%-d日 %H時%M分").to_string(),
        Language::En => local.format("%-d %B %Y, %H:%M (Japan time)").to_string(),
    }
}

/// The first day of the era Reiwa (law: era-name order of 2019).
const REIWA: (i32, u32, u32) = (2019, 5, 1);

/// The same with the year in the Japanese era too: `令和8年（2026年）11月22日 15時04分（日本時間）`.
pub fn moment_in_both_eras(language: Language, time: DateTime<Utc>) -> String {
    let Some(japan) = FixedOffset::east_opt(9 * 3600) else { return time.to_rfc3339() };
    let local = time.with_timezone(&japan);
    let (year, month, day) = (local.year(), local.month(), local.day());
    if (year, month, day) < REIWA {
        return moment(language, time);
    }
    let era = year - REIWA.0 + 1;
    match language {
        Language::Ja => {
            let era = if era == 1 { "元".to_owned() } else { era.to_string() };
            local.format(&format!("令和{era}年（%Y年）%-m月%-d日 %H時%M分（日本時間）")).to_string()
        }
        Language::En => local.format(&format!("%-d %B %Y (Reiwa {era}), %H:%M (Japan time)")).to_string(),
    }
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
    fn a_size_is_never_told_as_nothing() {
        assert_eq!([size(0), size(1), size(1025), size(10_485_760)], ["0 B", "1 B", "2 KB", "10 MB"]);
        assert_eq!(size(3_565_158), "3.4 MB");
    }
}
