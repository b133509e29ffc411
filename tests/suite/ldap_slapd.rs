//! Lists from a directory: Debian's slapd, on loopback and a port of its own, with its database in a temporary folder.
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration as Span;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::Duration;
use madoguchi::clock::Stopwatch;
use madoguchi::delivery::fetching::Fetching;

use crate::crl_archive::{Place, Running, issued};
use crate::support::der_pki::*;
use crate::support::visitor::wait;

const LIST: &str = "certificateRevocationList;binary";

/// A directory of `o=Town`, in which `cn=Archived` has lists.
struct Directory {
    folder: tempfile::TempDir,
    port: u16,
    process: Child,
}

impl Directory {
    /// With these attributes of `cn=Archived,o=Town`; `closed`: only who signs in may read.
    fn start(attributes: &[(&str, &[u8])], closed: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        std::fs::create_dir(folder.path().join("db")).unwrap();
        let access = if closed { "access to * by anonymous auth by users read" } else { "access to * by * read" };
        let text = format!(
            "include /etc/ldap/schema/core.schema\npidfile {0}/slapd.pid\nmodulepath /usr/lib/ldap\nmoduleload back_mdb\n\
             sizelimit unlimited\ndatabase mdb\nsuffix \"o=Town\"\nrootdn \"cn=admin,o=Town\"\nrootpw hush\n\
             directory {0}/db\nmaxsize 268435456\n{access}\n",
            folder.path().display()
        );
        std::fs::write(folder.path().join("slapd.conf"), text).unwrap();
        let values: String =
            attributes.iter().map(|(name, value)| format!("{name}:: {}\n", STANDARD.encode(value))).collect();
        let entries = format!(
            "dn: o=Town\nobjectClass: organization\no: Town\n\ndn: cn=Archived,o=Town\nobjectClass: cRLDistributionPoint\n\
             cn: Archived\n{values}\ndn: cn=reader,o=Town\nobjectClass: person\ncn: reader\nsn: reader\nuserPassword: word\n"
        );
        std::fs::write(folder.path().join("entries.ldif"), entries).unwrap();
        let added =
            program("slapadd", folder.path()).arg("-l").arg(folder.path().join("entries.ldif")).output().unwrap();
        assert!(added.status.success(), "slapadd: {}", String::from_utf8_lossy(&added.stderr));
        let process = run(folder.path(), port);
        Self { folder, port, process }
    }

    fn settings(&self, rest: &str) -> String {
        let url = format!("ldap://127.0.0.1:{}/{rest}", self.port);
        format!("[[revocation.source]]\nurl = \"{url}\"\nallow = [\"127.0.0.1/32\"]\ntimeout = \"5s\"\n")
    }

    fn stop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }

    fn start_again(&mut self) {
        self.process = run(self.folder.path(), self.port);
    }

    /// Puts another value in the place of an attribute's.
    fn put(&self, attribute: &str, value: &[u8]) {
        let mut ldap = ldap3::LdapConn::new(&format!("ldap://127.0.0.1:{}", self.port)).unwrap();
        ldap.simple_bind("cn=admin,o=Town", "hush").unwrap().success().unwrap();
        let values = std::collections::HashSet::from([value.to_vec()]);
        let change = ldap3::Mod::Replace(attribute.as_bytes().to_vec(), values);
        ldap.modify("cn=Archived,o=Town", vec![change]).unwrap().success().unwrap();
        ldap.unbind().unwrap();
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        self.stop();
    }
}

fn program(name: &str, folder: &Path) -> Command {
    let mut command = Command::new(Path::new("/usr/sbin").join(name));
    command.arg("-f").arg(folder.join("slapd.conf")).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

/// In the foreground, so that it is this process's own; ready when it takes connections.
fn run(folder: &Path, port: u16) -> Child {
    let log = std::fs::File::create(folder.join("log")).unwrap();
    let url = format!("ldap://127.0.0.1:{port}");
    let mut process = program("slapd", folder).args(["-d", "0", "-h", &url]).stderr(log).spawn().unwrap();
    let begun = Stopwatch::start();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        let ended = process.try_wait().unwrap();
        let log = || std::fs::read_to_string(folder.join("log")).unwrap_or_default();
        assert!(ended.is_none() && begun.elapsed() < Span::from_secs(20), "slapd: {ended:?} {}", log());
        std::thread::sleep(Span::from_millis(50));
    }
    process
}

fn start(place: &Place, gateway: &str, settings: &str) -> (Running, Fetching) {
    let (running, settings) = place.start_with(gateway, settings);
    let fetching = Fetching::new(running.gateway.clone(), &settings);
    (running, fetching)
}

fn ask(running: &Running, fetching: &mut Fetching) -> Option<String> {
    wait(async {
        for source in running.gateway.sources.all() {
            running.gateway.store.crl_source_make_due(source.key, running.gateway.clock.now()).await?;
        }
        fetching.round().await?;
        fetching.settle().await
    })
    .unwrap();
    let states = wait(running.gateway.store.crl_source_list()).unwrap();
    states.into_iter().find_map(|state| state.last_failure).map(|(code, _)| code)
}

#[test]
fn base_and_delta_come_from_one_entry_of_slapd() {
    let place = Place::sqlite();
    let (base, delta) = (issued(1, 3), issued(2, 2).with(extension("2.5.29.27", true, &integer(1))));
    let values = [(LIST, base.der(&place.ca)), ("deltaRevocationList;binary", delta.der(&place.ca))];
    let directory = Directory::start(&values.each_ref().map(|(name, value)| (*name, value.as_slice())), false);
    let (running, mut fetching) = start(&place, "one", &directory.settings("cn=Archived,o=Town"));
    assert_eq!(ask(&running, &mut fetching), None);
    assert_eq!(running.numbers().len(), 2);
    // The next list, which the directory gives in the place of the first.
    directory.put(LIST, &issued(3, 1).der(&place.ca));
    assert_eq!(ask(&running, &mut fetching), None);
    assert!(running.numbers().contains(&"3".to_owned()), "{:?}", running.numbers());
}

#[test]
fn a_large_list_comes_whole_from_slapd_and_one_over_the_size_does_not() {
    let place = Place::sqlite();
    let many = (1_u32..60_000).fold(issued(1, 3), |list, serial| {
        list.entry(entry(&[&[1][..], &serial.to_be_bytes()].concat(), at() - Duration::days(3), &[]))
    });
    let list = many.der(&place.ca);
    assert!(list.len() > 1 << 20);
    let directory = Directory::start(&[(LIST, list.as_slice())], false);
    let small = directory.settings("cn=Archived,o=Town") + "max_size = \"512KiB\"\n";
    let (running, mut fetching) = start(&place, "small", &small);
    assert_eq!(ask(&running, &mut fetching).as_deref(), Some("too_large"));
    assert!(running.numbers().is_empty());
    let (running, mut fetching) = start(&place, "large", &directory.settings("cn=Archived,o=Town"));
    assert_eq!(ask(&running, &mut fetching), None);
    assert_eq!(running.numbers(), ["1"]);
}

#[test]
fn slapd_with_a_list_of_another_issuer_with_none_and_without_the_entry() {
    let place = Place::sqlite();
    let stranger = Entity::new("CN=Stranger");
    let directory = Directory::start(&[(LIST, issued(1, 3).der(&stranger).as_slice())], false);
    for (gateway, rest, expected) in [
        ("stranger", "cn=Archived,o=Town", "unknown_issuer"),
        ("none", "cn=reader,o=Town", "no_list"),
        ("absent", "cn=Nobody,o=Town", "no_list"),
        ("elsewhere", "o=Elsewhere", "no_list"),
    ] {
        let (running, mut fetching) = start(&place, gateway, &directory.settings(rest));
        assert_eq!(ask(&running, &mut fetching).as_deref(), Some(expected), "{gateway}");
        assert!(running.numbers().is_empty());
        place.forget_sources();
    }
}

#[test]
fn slapd_gone_and_back_and_the_folder_unaffected_meanwhile() {
    let place = Place::sqlite();
    let mut directory = Directory::start(&[(LIST, issued(2, 2).der(&place.ca).as_slice())], false);
    directory.stop();
    let (mut running, mut fetching) = start(&place, "one", &directory.settings("o=Town??sub?(cn=Archived)"));
    assert_eq!(ask(&running, &mut fetching).as_deref(), Some("not_reached"));
    place.put("one", "a.crl", &issued(1, 3));
    running.look();
    assert_eq!(running.numbers(), ["1"]);
    directory.start_again();
    assert_eq!(ask(&running, &mut fetching), None);
    assert_eq!(running.numbers(), ["2"]);
}

#[test]
fn slapd_that_asks_who_reads_gets_user_and_password() {
    let place = Place::sqlite();
    let directory = Directory::start(&[(LIST, issued(1, 3).der(&place.ca).as_slice())], true);
    let settings = directory.settings("cn=Archived,o=Town");
    let (running, mut fetching) = start(&place, "nobody", &settings);
    assert_eq!(ask(&running, &mut fetching).as_deref(), Some("ldap_result"));
    for (gateway, password, expected) in [("wrong", "guess", Some("ldap_sign_in")), ("right", "word", None)] {
        let keys = format!("{settings}user = \"cn=reader,o=Town\"\npassword = \"{password}\"\n");
        let (running, mut fetching) = start(&place, gateway, &keys);
        assert_eq!(ask(&running, &mut fetching).as_deref(), expected);
    }
}

/// A distribution point that is a name is looked up in the directory that the settings name.
#[test]
fn a_directory_name_is_looked_up_in_slapd() {
    let place = Place::sqlite();
    let directory = Directory::start(&[(LIST, issued(1, 3).der(&place.ca).as_slice())], false);
    let points = distribution_points(&[vec![crate::support::der_pki::directory("O=Town,CN=Archived")]]);
    let spec = CertSpec::ca(1).with(points).valid(at() - Duration::days(365), at() + Duration::days(36_500));
    let certificate = spec.certificate(&place.ca, &place.ca);
    std::fs::write(place.folder.path().join("anchors/root.cer"), certificate.der()).unwrap();
    let keys = format!(
        "follow_distribution_points = \"cas\"\nldap_directory = \"ldap://127.0.0.1:{}\"\nallow = [\"127.0.0.1/32\"]\n",
        directory.port
    );
    let (running, mut fetching) = start(&place, "one", &keys);
    wait(fetching.round()).unwrap();
    wait(fetching.settle()).unwrap();
    assert_eq!(ask(&running, &mut fetching), None);
    assert_eq!(running.numbers(), ["1"]);
}
