//! Times in declarations: RFC 3339, or counted from the moment of making.
use chrono::{DateTime, Duration, Utc};
use serde::Deserialize;

/// A time: absolute (`2023-03-01T00:00:00Z`) or counted from the present (`-30d`, `+6h`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Moment {
    /// At this time.
    At(DateTime<Utc>),
    /// So long from the moment of making; negative is before it.
    FromNow(Duration),
}

impl Moment {
    /// The time it means when made at `now`.
    pub fn at(self, now: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::At(at) => at,
            Self::FromNow(span) => now + span,
        }
    }
}

impl TryFrom<String> for Moment {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if let Ok(at) = DateTime::parse_from_rfc3339(&text) {
            return Ok(Self::At(at.with_timezone(&Utc)));
        }
        let signed = match (text.strip_prefix('-'), text.strip_prefix('+')) {
            (Some(rest), _) => span(rest).map(|span| -span),
            (_, Some(rest)) => span(rest),
            _ => None,
        };
        signed.map(Self::FromNow).ok_or_else(|| {
            format!("`{text}` is not a time; write RFC 3339 (2023-03-01T00:00:00Z), or -30d or +6h counted from now")
        })
    }
}

/// A length of time: `7d`, `36h`, `90m`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Span(pub Duration);

impl TryFrom<String> for Span {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        span(&text).map(Self).ok_or_else(|| format!("`{text}` is not a length of time; write 7d, 36h or 90m"))
    }
}

/// Reads `7d`, `36h`, `90m` up to about a century.
fn span(text: &str) -> Option<Duration> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let seconds: i64 = match unit {
        "d" => 86_400,
        "h" => 3_600,
        "m" => 60,
        _ => return None,
    };
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let total = digits.parse::<i64>().ok()?.checked_mul(seconds)?;
    (total <= 36_525 * 86_400).then(|| Duration::seconds(total))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_absolute_and_relative_times() {
        let now = DateTime::parse_from_rfc3339("2026-01-02T00:00:00Z").unwrap().with_timezone(&Utc);
        let at = |text: &str| Moment::try_from(text.to_owned()).map(|moment| moment.at(now).to_rfc3339());
        assert_eq!(at("-1d").unwrap(), "2026-01-01T00:00:00+00:00");
        assert_eq!(at("+36h").unwrap(), "2026-01-03T12:00:00+00:00");
        assert_eq!(at("2023-03-01T09:00:00+09:00").unwrap(), "2023-03-01T00:00:00+00:00");
        for wrong in ["", "d", "1d", "+d", "-1w", "+-1d", "+99999999999999d", "2023-03-01"] {
            assert!(at(wrong).is_err(), "{wrong}");
        }
    }
}
