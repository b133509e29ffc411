//! How long after a receipt a revocation list has to be issued to confirm its verdict.
use std::collections::BTreeMap;

use chrono::Duration;

use super::sections::RevocationSettings;

/// The grace periods of the CAs: what was reported to a CA before a receipt is on its lists after that.
#[derive(Debug, Clone, Default)]
pub struct Grace {
    usual: Duration,
    of: BTreeMap<String, Duration>,
}

impl Grace {
    /// As the settings say.
    pub fn of(settings: &RevocationSettings) -> Self {
        let of = settings.grace_of.iter().map(|(issuer, period)| (issuer.clone(), period.chrono()));
        Self { usual: settings.grace.chrono(), of: of.collect() }
    }

    /// That of the CA of this name (RFC 4514).
    pub fn for_issuer(&self, issuer: &str) -> Duration {
        self.of.get(issuer).copied().unwrap_or(self.usual)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    #[test]
    fn a_ca_of_its_own_period_has_it_and_the_others_the_usual_one() {
        let text = "[revocation]\ngrace = \"2h\"\ngrace_of = { \"CN=Slow,C=JP\" = \"1d\" }";
        let settings = Settings::from_text(text, [], std::path::Path::new("/")).unwrap();
        let grace = Grace::of(&settings.revocation);
        assert_eq!(grace.for_issuer("CN=Slow,C=JP"), Duration::days(1));
        assert_eq!(grace.for_issuer("CN=Other,C=JP"), Duration::hours(2));
    }
}
