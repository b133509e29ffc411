//! A browser without JavaScript: keeps cookies, reads pages, posts their forms with the token they hold.
#![allow(dead_code)]
use std::collections::BTreeMap;

use super::http::{Answer, BOUNDARY, Client, Part, multipart};

/// A browser.
pub struct Browser {
    client: Client,
    cookies: BTreeMap<String, String>,
    language: &'static str,
    /// The token of the last page that held one.
    token: String,
}

impl Browser {
    pub fn new(client: Client, language: &'static str) -> Self {
        Self { client, cookies: BTreeMap::new(), language, token: String::new() }
    }

    pub fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, None, &[])
    }

    /// Posts a form with the token of the page read last, and follows one redirection.
    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut body = format!("csrf={}", self.token);
        for (name, value) in fields {
            body.push_str(&format!("&{name}={}", percent_encoded(value)));
        }
        let answer = self.send("POST", path, Some("application/x-www-form-urlencoded"), body.as_bytes());
        self.follow(answer)
    }

    /// Posts files: the name of the part, of the file, and its bytes.
    pub fn upload(&mut self, path: &str, files: &[(&str, &str, &[u8])]) -> Answer {
        let token = self.token.clone();
        let mut parts = vec![Part { name: "csrf", file_name: None, bytes: token.as_bytes() }];
        parts.extend(files.iter().map(|(name, file, bytes)| Part { name, file_name: Some(file), bytes }));
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        let answer = self.send("POST", path, Some(&kind), &multipart(&parts));
        self.follow(answer)
    }

    /// Forgets the token, as a form of another site has none.
    pub fn forget_token(&mut self) {
        self.token.clear();
    }

    /// A call as a page's script makes it, with the token of the page in a header.
    pub fn call(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let (cookies, token) = (cookies.join("; "), self.token.clone());
        let mut all =
            vec![("Accept-Language", self.language), ("Cookie", cookies.as_str()), ("X-CSRF-Token", token.as_str())];
        all.extend_from_slice(headers);
        self.client.send(method, path, &all, body)
    }

    fn follow(&mut self, answer: Answer) -> Answer {
        match (answer.status, answer.header("location").map(str::to_owned)) {
            (303, Some(location)) => {
                let page = self.get(location.split('#').next().unwrap());
                let mut headers = page.headers.clone();
                headers.push(("x-was-at".to_owned(), location));
                Answer { headers, ..page }
            }
            _ => answer,
        }
    }

    fn send(&mut self, method: &str, path: &str, kind: Option<&str>, body: &[u8]) -> Answer {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies = cookies.join("; ");
        let mut headers = vec![("Accept", "text/html"), ("Accept-Language", self.language)];
        headers.push(("Cookie", &cookies));
        headers.extend(kind.map(|kind| ("Content-Type", kind)));
        let answer = self.client.send(method, path, &headers, body);
        for (_, cookie) in answer.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie")) {
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
            match cookie.contains("Max-Age=0") {
                true => self.cookies.remove(name),
                false => self.cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        if let Some((_, after)) = text.split_once("name=\"csrf\" value=\"") {
            self.token = after.split('"').next().unwrap().to_owned();
        }
        answer
    }
}

fn percent_encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
