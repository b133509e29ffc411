//! Settings: one struct a subject, read once from a TOML file with `MADOGUCHI__SECTION__KEY` overrides from the
//! environment, and refused as a whole when anything in it is wrong: a wrong or unknown key is named with its value
//! and what is allowed (public contract section 2).
//!
//! To add a setting, add a line to its section's `section!` block; to add a section, write its block and name it in
//! [`Settings`].

mod grace;
mod read;
mod sections;
mod values;

use std::path::{Path, PathBuf};

pub use grace::Grace;
pub use sections::{
    AlarmSettings, CardSettings, CatalogSettings, DatabaseSettings, DocumentSettings, FollowFreshest, FollowPoints,
    IssuingSettings, KeySettings, LimitSettings, LogSettings, MailSettings, MunicipalitySettings, NetworkSettings,
    OcspSettings, OfficialSettings, OnUndecided, PaperMunicipality, PaperSettings, PeerSettings, RegistrySettings,
    ResponderFiles, RevocationSettings, ScannerSettings, SecondOpinionSettings, ServerSettings, SessionSettings,
    SignInSettings, SignatureSettings, SourceSettings, TrustSettings,
};
pub use values::{ByteSize, LogFormat, Origin, Period, Secret, SourceUrl};

use read::{SectionReader, Source};

/// Everything that can be set.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// `[server]`
    pub server: ServerSettings,
    /// `[database]`
    pub database: DatabaseSettings,
    /// `[documents]`
    pub documents: DocumentSettings,
    /// `[trust]`
    pub trust: TrustSettings,
    /// `[revocation]`
    pub revocation: RevocationSettings,
    /// `[ocsp]`
    pub ocsp: OcspSettings,
    /// `[signature]`
    pub signature: SignatureSettings,
    /// `[keys]`
    pub keys: KeySettings,
    /// `[official]`
    pub official: OfficialSettings,
    /// `[papers]`
    pub papers: PaperSettings,
    /// `[network]`
    pub network: NetworkSettings,
    /// `[issuing]`
    pub issuing: IssuingSettings,
    /// `[mail]`
    pub mail: MailSettings,
    /// `[alarms]`
    pub alarms: AlarmSettings,
    /// `[second_opinion]`
    pub second_opinion: SecondOpinionSettings,
    /// `[scanner]`
    pub scanner: ScannerSettings,
    /// `[limits]`
    pub limits: LimitSettings,
    /// `[sessions]`
    pub sessions: SessionSettings,
    /// `[sign_in]`
    pub sign_in: SignInSettings,
    /// `[catalog]`
    pub catalog: CatalogSettings,
    /// `[card]`
    pub card: CardSettings,
    /// `[registry]`
    pub registry: RegistrySettings,
    /// `[log]`
    pub log: LogSettings,
}

/// Why there are no settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// The file cannot be read: its name and why.
    #[error("{0}")]
    Unreadable(String),
    /// They are refused; every wrong key is listed, a line each.
    #[error("{}", .0.join("\n"))]
    Wrong(Vec<String>),
}

impl Settings {
    /// Reads `file` and the environment of the process.
    ///
    /// # Errors
    /// When the file cannot be read, is not TOML, or a key or value in it or in the environment is wrong.
    pub fn load(file: &Path) -> Result<Self, SettingsError> {
        let text = std::fs::read_to_string(file)
            .map_err(|error| SettingsError::Unreadable(format!("{} cannot be read: {error}", file.display())))?;
        let base = file.parent().unwrap_or_else(|| Path::new(".")).to_path_buf();
        Self::from_text(&text, std::env::vars(), &base)
    }

    /// The same from text and given variables; relative paths are made relative to `base`.
    ///
    /// # Errors
    /// As [`Settings::load`].
    pub fn from_text(
        text: &str,
        variables: impl IntoIterator<Item = (String, String)>,
        base: &Path,
    ) -> Result<Self, SettingsError> {
        let variables: Vec<(String, String)> = variables.into_iter().collect();
        let mut source = Source::new(text, variables.iter().cloned())?;
        let sources = source.tables("revocation", "source");
        let municipalities = source.tables("registry", "municipality");
        let mut settings = Self {
            server: source.section(),
            database: source.section(),
            documents: source.section(),
            trust: source.section(),
            revocation: source.section(),
            ocsp: source.section(),
            signature: source.section(),
            keys: source.section(),
            official: source.section(),
            papers: source.section(),
            network: source.section(),
            issuing: source.section(),
            mail: source.section(),
            alarms: source.section(),
            second_opinion: source.section(),
            scanner: source.section(),
            limits: source.section(),
            sessions: source.section(),
            sign_in: source.section(),
            catalog: source.section(),
            card: source.section(),
            registry: source.section(),
            log: source.section(),
        };
        source.finish()?;
        settings.revocation.source = sources;
        settings.registry.municipality = municipalities;
        settings
            .documents
            .fill_from(|wanted| variables.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone()));
        settings.check_together()?;
        Ok(settings.resolved(base))
    }

    /// What is right alone and wrong together.
    fn check_together(&self) -> Result<(), SettingsError> {
        let (room, most) = (self.limits.uploads_in_flight, self.server.max_body);
        let mut wrong = Vec::new();
        if room.bytes() < most.bytes() {
            wrong.push(format!(
                "limits.uploads_in_flight = \"{room}\": allowed: no less than server.max_body, which is {most}"
            ));
        }
        if self.revocation.ldap_user.is_some() != self.revocation.ldap_password.is_some() {
            wrong.push("revocation.ldap_user: allowed: together with revocation.ldap_password".to_owned());
        }
        wrong.extend(self.network.wrong_together());
        for (number, source) in self.revocation.source.iter().enumerate() {
            wrong.extend(source.wrong_together().map(|line| format!("revocation.source[{}].{line}", number + 1)));
        }
        if !self.papers.municipality.is_empty() && self.official.anchors.is_none() {
            wrong.push(
                "papers.municipality: allowed: together with official.anchors, under which its seal is verified"
                    .to_owned(),
            );
        }
        wrong.extend(self.registry.wrong_together());
        if wrong.is_empty() { Ok(()) } else { Err(SettingsError::Wrong(wrong)) }
    }

    /// Relative paths are relative to the file that names them.
    fn resolved(mut self, base: &Path) -> Self {
        let join = |path: &mut PathBuf| *path = base.join(&*path);
        join(&mut self.trust.anchors);
        join(&mut self.trust.intermediates);
        join(&mut self.revocation.directory);
        join(&mut self.revocation.index);
        join(&mut self.keys.directory);
        let optional = [
            &mut self.issuing.authority,
            &mut self.server.tls_certificate,
            &mut self.server.tls_key,
            &mut self.catalog.directory,
        ];
        let official = [&mut self.official.anchors, &mut self.official.intermediates, &mut self.official.crls];
        official.into_iter().flatten().for_each(join);
        let responder = [&mut self.ocsp.certificate, &mut self.ocsp.key];
        let more = self.ocsp.responders.iter_mut().flat_map(|files| [&mut files.certificate, &mut files.key]);
        more.for_each(join);
        let seals = self.papers.municipality.iter_mut();
        seals.flat_map(|place| [&mut place.seal_certificate, &mut place.seal_key]).for_each(join);
        self.network.paths().for_each(join);
        optional.into_iter().chain(responder).flatten().for_each(join);
        self.database.url = resolve_url(&self.database.url, "sqlite:", base);
        self.documents.store = resolve_url(&self.documents.store, "file:", base);
        if !["jpki", "generic"].contains(&self.signature.policy.as_str()) {
            self.signature.policy = base.join(&self.signature.policy).to_string_lossy().into_owned();
        }
        self
    }
}

fn resolve_url(url: &str, scheme: &str, base: &Path) -> String {
    match url.strip_prefix(scheme) {
        Some(path) if path != ":memory:" => format!("{scheme}{}", base.join(path).display()),
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &str, variables: &[(&str, &str)]) -> Vec<String> {
        match read(text, variables) {
            Err(SettingsError::Wrong(lines)) => lines,
            other => panic!("{other:?}"),
        }
    }

    fn read(text: &str, variables: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Settings::from_text(text, variables, Path::new("/etc/madoguchi"))
    }

    #[test]
    fn an_empty_file_works_and_paths_are_relative_to_it() {
        let settings = read("", &[]).unwrap();
        assert_eq!(settings.server.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(settings.trust.anchors, Path::new("/etc/madoguchi/pki/anchors"));
        assert_eq!(settings.database.url, "sqlite:/etc/madoguchi/madoguchi.db");
        assert_eq!(settings.revocation.hold_for_at_most.as_secs(), 7 * 86_400);
    }

    #[test]
    fn every_wrong_key_is_named_with_its_value_and_what_is_allowed() {
        let text =
            "[server]\nlisten = \"nowhere\"\nmax_boddy = \"1MiB\"\n[revocation]\non_undecided = \"maybe\"\n[sever]\n";
        let lines = wrong(text, &[]);
        assert_eq!(lines.len(), 4, "{lines:?}");
        assert!(lines.iter().any(|line| line.starts_with("server.listen = \"nowhere\": allowed: ")));
        assert!(lines.iter().any(|line| line.starts_with("server.max_boddy: unknown key; allowed: listen, ")));
        assert!(lines.iter().any(|line| line.contains("\"maybe\"") && line.contains("\"hold\" or \"refuse\"")));
        assert!(lines.iter().any(|line| line.starts_with("[sever]: unknown section; allowed: ")));
    }

    #[test]
    fn the_environment_overrides_the_file() {
        let variables = [
            ("MADOGUCHI__LIMITS__REQUESTS_PER_MINUTE", "0"),
            ("MADOGUCHI__SERVER__LISTEN", "127.0.0.1:9"),
            ("MADOGUCHI__SERVER__TRUSTED_PROXIES", "[\"10.0.0.0/8\"]"),
            ("MADOGUCHI__SESSIONS__IDLE", "5m"),
            ("PATH", "/bin"),
        ];
        let settings = read("[server]\nlisten = \"127.0.0.1:8\"", &variables).unwrap();
        assert_eq!(settings.limits.requests_per_minute, 0);
        assert_eq!(settings.server.listen.port(), 9);
        assert_eq!(settings.server.trusted_proxies.len(), 1);
        assert_eq!(settings.sessions.idle.as_secs(), 300);
    }

    #[test]
    fn a_bucket_is_opened_with_what_is_set_or_with_the_usual_variables() {
        let variables = [
            ("AWS_ACCESS_KEY_ID", "from-environment"),
            ("AWS_SECRET_ACCESS_KEY", "hush"),
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:9000"),
            ("AWS_DEFAULT_REGION", "ap-northeast-1"),
        ];
        let documents = read("[documents]\nstore = \"s3://bucket\"", &variables).unwrap().documents;
        assert_eq!(documents.access_key_id.as_deref(), Some("from-environment"));
        assert_eq!(documents.secret_access_key.as_ref().map(Secret::expose), Some("hush"));
        assert_eq!(documents.endpoint.as_deref(), Some("http://127.0.0.1:9000"));
        assert_eq!(documents.region.as_deref(), Some("ap-northeast-1"));
        assert!(!format!("{documents:?}").contains("hush"), "{documents:?}");
        let text = "[documents]\nstore = \"s3://bucket\"\naccess_key_id = \"set\"\nregion = \"eu-west-1\"";
        let documents = read(text, &variables).unwrap().documents;
        assert_eq!((documents.access_key_id.as_deref(), documents.region.as_deref()), (Some("set"), Some("eu-west-1")));
        assert!(documents.secret_access_key.is_none(), "a key and another key's secret do not go together");
        assert!(read("", &variables).unwrap().documents.secret_access_key.is_none());
        let lines = wrong("[documents]\nsecret_access_key = [\"hush\"]", &[]);
        assert!(lines[0].starts_with("documents.secret_access_key: allowed: ") && !lines[0].contains("hush"));
    }

    #[test]
    fn a_wrong_variable_is_named() {
        let lines = wrong("", &[("MADOGUCHI__SERVER__LISTEM", "x")]);
        assert!(lines[0].starts_with("server.listem: unknown key"), "{lines:?}");
        let lines = wrong("", &[("MADOGUCHI__LIMITS__APPLICATION", "much")]);
        assert!(lines[0].starts_with("limits.application = \"much\": allowed: "), "{lines:?}");
    }

    #[test]
    fn there_is_room_for_one_upload_of_the_largest_size() {
        let lines = wrong("[limits]\nuploads_in_flight = \"49MiB\"", &[]);
        assert!(lines[0].starts_with("limits.uploads_in_flight = \"49 MiB\": allowed: no less than"), "{lines:?}");
        assert!(read("[limits]\nuploads_in_flight = \"50MiB\"", &[]).is_ok());
        assert!(read("[server]\nmax_body = \"1GiB\"", &[]).is_err());
    }

    /// The reference names every key of every section with its default, and no other.
    #[test]
    fn the_reference_of_the_settings_is_complete_and_tells_the_defaults() {
        let (mut text, mut keys, mut section) = (String::new(), Vec::new(), "");
        let (mut list, mut list_keys, mut in_list) = (String::new(), Vec::<(&str, Vec<&str>)>::new(), false);
        for line in include_str!("../../docs/settings.md").lines() {
            if let Some(name) = line.strip_prefix("## [") {
                section = name.trim_end_matches(']');
                // A table of a list is read where one is written: see below.
                if section.starts_with('[') {
                    in_list = true;
                    list.push_str(&format!("[{section}]]\n"));
                    list_keys.push((section.trim_matches(['[', ']']), Vec::new()));
                    continue;
                }
                in_list = false;
                text.push_str(&format!("[{section}]\n"));
            }
            let Some((key, rest)) = line.strip_prefix("| `").and_then(|row| row.split_once("` | ")) else { continue };
            let default = rest.split(" | ").next().unwrap();
            if in_list {
                list_keys.last_mut().unwrap().1.push(key);
                let default = match key {
                    "url" => "\"http://a.example/\"",
                    "code" => "\"131016\"",
                    _ => default.trim_matches('`'),
                };
                if default != "none" {
                    list.push_str(&format!("{key} = {default}\n"));
                }
                continue;
            }
            keys.push(format!("{section}.{key}"));
            if default != "none" {
                text.push_str(&format!("{key} = {}\n", default.trim_matches('`')));
            }
        }
        assert_eq!(format!("{:?}", read(&text, &[]).unwrap()), format!("{:?}", read("", &[]).unwrap()));
        let sections: Vec<&str> = text.lines().filter(|line| line.starts_with('[')).collect();
        let none: String = sections.iter().map(|section| format!("{section}\nnone = 1\n")).collect();
        let unknown = wrong(&none, &[]);
        let allowed = unknown.iter().flat_map(|line| {
            let (section, allowed) = line.split_once(".none: unknown key; allowed: ").unwrap();
            allowed.split(", ").map(move |key| format!("{section}.{key}"))
        });
        assert_eq!(keys, allowed.collect::<Vec<_>>());
        assert!(wrong("[none]", &[])[0].ends_with(&sections.join(", ").replace(['[', ']'], "")));
        let built_in =
            "[[revocation.source]]\nurl = \"http://a.example/\"\n[[registry.municipality]]\ncode = \"131016\"";
        assert_eq!(format!("{:?}", read(&list, &[]).unwrap()), format!("{:?}", read(built_in, &[]).unwrap()));
        for (name, keys) in list_keys {
            let unknown = wrong(&format!("[[{name}]]\nnone = 1"), &[]);
            assert_eq!(unknown[0], format!("{name}[1].none: unknown key; allowed: {}", keys.join(", ")));
        }
    }

    #[test]
    fn sources_are_tables_and_a_wrong_one_is_named_by_its_number() {
        let text = "[revocation]\npoll = \"1s\"\n[[revocation.source]]\nurl = \"http://a.example/ca.crl\"\n\
                    [[revocation.source]]\nurl = \"ldap://b.example/CN=x\"\nuser = \"cn=u\"\nevery = \"2h\"\nallow = [\"10.0.0.0/8\"]";
        let password = [("MADOGUCHI__REVOCATION__SOURCE__2__PASSWORD", "hush")];
        let revocation = read(text, &password).unwrap().revocation;
        assert_eq!((revocation.poll.as_secs(), revocation.source.len()), (1, 2));
        assert_eq!(revocation.source[1].password.as_ref().map(Secret::expose), Some("hush"));
        assert_eq!((revocation.source[1].every.as_secs(), revocation.source[1].allow.len()), (7200, 1));
        assert!(!format!("{revocation:?}").contains("hush"));
        let all = [("MADOGUCHI__REVOCATION__SOURCE", "[{url = \"https://c.example/\"}]")];
        assert_eq!(read(text, &all).unwrap().revocation.source[0].url.as_str(), "https://c.example/");
        for (text, line) in [
            ("url = \"ftp://a.example/\"", "revocation.source[1].url = \"ftp://a.example/\": allowed: a URL without"),
            ("url = \"http://u:hush@a.example/\"", "revocation.source[1].url: allowed: a URL without"),
            ("name = \"x\"", "revocation.source[1].url: is missing"),
            (
                "url = \"http://a.example/\"\nevry = \"1h\"",
                "revocation.source[1].evry: unknown key; allowed: url, name, ",
            ),
            ("url = \"ldap://a.example/\"\nuser = \"cn=x\"", "revocation.source[1].password: is missing"),
            ("url = \"ldap://a.example/\"\npassword = [\"hush\"]", "revocation.source[1].password: allowed: "),
            (
                "url = \"http://a.example/\"\nuser = \"u\"\npassword = \"hush\"",
                "revocation.source[1].user: allowed: with an ldap",
            ),
        ] {
            let lines = wrong(&format!("[[revocation.source]]\n{text}"), &[]);
            assert!(lines[0].starts_with(line) && !lines[0].contains("hush"), "{lines:?}");
        }
        assert_eq!(
            wrong("[revocation]\nsource = 1", &[])[0],
            "revocation.source: allowed: tables: [[revocation.source]]"
        );
        let lines = wrong("", &[("MADOGUCHI__REVOCATION__SOURCE", "nothing")]);
        assert_eq!(lines[0], "revocation.source: allowed: tables: [[revocation.source]]");
        let lines = wrong("", &[("MADOGUCHI__REVOCATION__SOURCE__3__URL", "http://a.example/")]);
        assert_eq!(lines[0], "revocation.source__3__url: no such table; there are 0");
    }

    #[test]
    fn an_origin_has_no_path_and_needs_a_host() {
        for bad in ["https://a.example/", "ftp://a.example", "https://", "https://a.example/x", "https://u@a.example"] {
            let text = format!("[server]\npublic_origin = \"{bad}\"");
            assert!(read(&text, &[]).is_err(), "{bad}");
        }
    }
}
