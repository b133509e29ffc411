//! Somebody with a browser: keeps cookies, fills in forms with the token that the page gave out.
#![allow(dead_code)]
use std::collections::BTreeMap;

use madoguchi::clock::{Clock, SystemClock};
use madoguchi::store::accounts::Role;
use madoguchi::store::password::NewPassword;

use super::gateway::TestGateway;
use super::http::{Answer, BOUNDARY, Client, Part, multipart};

/// The password of every account that tests make.
pub const PASSWORD: &str = "kaki-no-tane 2026";

/// Runs a store's future to its end.
pub fn wait<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// Makes an account that may sign in.
pub fn account(gateway: &TestGateway, login: &str, role: Role) {
    let password = NewPassword::chosen(PASSWORD, login).unwrap();
    wait(gateway.gateway.store.account_add(login, role, password, false, SystemClock.now())).unwrap();
}

/// A browser.
pub struct Visitor {
    client: Client,
    cookies: BTreeMap<String, String>,
}

impl Visitor {
    pub fn new(gateway: &TestGateway) -> Self {
        Self { client: gateway.client, cookies: BTreeMap::new() }
    }

    /// Somebody who signed in at `desk` (`agency` or `operator`).
    pub fn signed_in(gateway: &TestGateway, desk: &str, login: &str) -> Self {
        let mut visitor = Self::new(gateway);
        let answer = visitor.sign_in(desk, login, PASSWORD);
        assert_eq!((answer.status, answer.header("location")), (303, Some(format!("/{desk}").as_str())));
        visitor
    }

    pub fn sign_in(&mut self, desk: &str, login: &str, password: &str) -> Answer {
        let path = format!("/{desk}/sign-in");
        self.submit(&path, &path, &[("login", login), ("password", password)])
    }

    /// All of them, as a browser sends them.
    pub fn cookies(&self) -> String {
        let jar: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        jar.join("; ")
    }

    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    pub fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    pub fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, &[], b"")
    }

    /// The token of the forms on the page at `path`.
    pub fn token(&mut self, path: &str) -> String {
        let page = self.get(path);
        assert_eq!(page.status, 200, "{path}: {}", page.text());
        let text = page.text();
        text.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    }

    /// Opens the page at `page` and sends its form to `path`.
    pub fn submit(&mut self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.token(page);
        let mut all = vec![("csrf", token.as_str())];
        all.extend_from_slice(fields);
        self.post(path, &all)
    }

    /// Sends a form as it is.
    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let pair = |(name, value): &(&str, &str)| format!("{name}={}", percent(value));
        let body: Vec<String> = fields.iter().map(pair).collect();
        self.send("POST", path, &[("Content-Type", "application/x-www-form-urlencoded")], body.join("&").as_bytes())
    }

    pub fn post_parts(&mut self, path: &str, parts: &[Part<'_>]) -> Answer {
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        self.send("POST", path, &[("Content-Type", &kind)], &multipart(parts))
    }

    pub fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let jar = self.cookies();
        let mut all = vec![("Accept", "text/html"), ("Accept-Language", "en")];
        if !jar.is_empty() {
            all.push(("Cookie", &jar));
        }
        all.extend_from_slice(headers);
        let answer = self.client.send(method, path, &all, body);
        for (_, cookie) in answer.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie")) {
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            match value {
                "" => self.cookies.remove(name),
                value => self.cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        answer
    }
}

fn percent(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
