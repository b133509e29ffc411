//! Residents' pages in every language over HTTP: the mark of the language, the picker, and how a language is chosen.
use madoguchi::web::i18n::Language;

use crate::pages_flow::fill_in;
use crate::support::browser::Browser;
use crate::support::gateway::TestGateway;

/// Pages that anybody may open.
const OPEN: &[&str] = &[
    "/",
    "/help",
    "/privacy",
    "/procedures",
    "/procedures/general-application",
    "/procedures/resident-record-copy",
    "/status",
    "/verify",
    "/problems",
    "/problems/signature-refused",
    "/nothing-here",
];

fn count(text: &str, part: &str) -> usize {
    text.matches(part).count()
}

/// What every page in `language` has: its mark, its title's language, and a picker of all languages in their own names.
fn judge(browser: &mut Browser, path: &str, language: Language) -> String {
    let join = if path.contains('?') { '&' } else { '?' };
    let answer = browser.get(&format!("{path}{join}lang={}", language.tag()));
    let (text, tag) = (answer.text(), language.tag());
    assert!(matches!(answer.status, 200 | 404), "{path} in {tag}: {} {text}", answer.status);
    // An explanation of a problem is also the body of an answer that is no page.
    if !path.starts_with("/problems/") && answer.status == 200 {
        assert_eq!(answer.header("content-language"), Some(tag), "{path}");
    }
    assert!(text.contains(&format!("<html lang=\"{tag}\">")), "{path} in {tag}: {text}");
    let picker = text.split_once("<details class=\"languages\">").and_then(|(_, rest)| rest.split_once("</details>"));
    let picker = picker.unwrap_or_else(|| panic!("no picker on {path} in {tag}: {text}")).0;
    for other in Language::ALL {
        let (tag, name) = (other.tag(), other.own_name());
        let current = if *other == language { " aria-current=\"true\"" } else { "" };
        let end = format!("lang={tag}\" lang=\"{tag}\" hreflang=\"{tag}\"{current}>{name}</a>");
        assert!(picker.contains(&end), "{path}: no link {end} in {picker}");
    }
    assert_eq!(count(picker, "aria-current"), 1, "{path} in {tag}");
    text
}

#[test]
fn every_page_of_residents_comes_in_seven_languages() {
    let gateway = TestGateway::start();
    let mut browser = Browser::new(gateway.client, "ja");
    for language in Language::ALL.iter().copied() {
        for path in OPEN {
            let text = judge(&mut browser, path, language);
            let skip = format!(">{}</a>", language.t("skip-to-content"));
            assert!(text.contains(&skip), "{path} in {}: {text}", language.tag());
        }
        let home = judge(&mut browser, "/", language);
        assert!(home.contains(&*language.t("home-title")), "{home}");
    }
}

#[test]
fn the_pages_of_a_draft_come_in_seven_languages_and_lose_nothing() {
    let gateway = TestGateway::start();
    let mut browser = Browser::new(gateway.client, "ja");
    let draft = fill_in(&mut browser, "sign-yamada");
    for language in Language::ALL.iter().copied() {
        for page in ["form/applicant", "form/recipient", "form/content", "attachments"] {
            let text = judge(&mut browser, &format!("{draft}/{page}"), language);
            assert!(page != "form/content" || text.contains("街灯の修理"), "{text}");
        }
    }
    browser.post(&format!("{draft}/review"), &[]);
    for language in Language::ALL.iter().copied() {
        for page in ["review", "sign"] {
            judge(&mut browser, &format!("{draft}/{page}"), language);
        }
    }
}

#[test]
fn staff_are_spoken_to_in_the_languages_of_everybody() {
    let gateway = TestGateway::start();
    let mut browser = Browser::new(gateway.client, "vi");
    for (tag, spoken) in [("vi", "en"), ("ja-simple", "ja"), ("ja", "ja"), ("en", "en")] {
        for path in ["/agency/sign-in", "/operator/sign-in"] {
            let answer = browser.get(&format!("{path}?lang={tag}"));
            assert_eq!(answer.status, 200, "{path}");
            let text = answer.text();
            assert!(text.contains(&format!("<html lang=\"{spoken}\">")), "{path} for {tag}: {text}");
            assert_eq!(count(&text, " hreflang="), 2, "{text}");
        }
    }
    browser.get("/?lang=ko");
    browser.get("/agency/sign-in?lang=vi");
    let home = browser.get("/");
    assert_eq!(
        home.header("content-language"),
        Some("ko"),
        "what stands in for a language is not taken for the choice"
    );
}

#[test]
fn the_address_goes_before_the_cookie_and_the_cookie_before_the_header() {
    let gateway = TestGateway::start();
    let mut browser = Browser::new(gateway.client, "fr, pt-PT;q=0.8, en;q=0.5");
    let language =
        |browser: &mut Browser, path: &str| browser.get(path).header("content-language").unwrap_or_default().to_owned();
    assert_eq!(language(&mut browser, "/"), "pt-BR", "by Accept-Language");
    assert_eq!(language(&mut browser, "/?lang=zh-TW"), "zh-Hans", "by the address");
    assert_eq!(language(&mut browser, "/help"), "zh-Hans", "by the cookie");
    assert_eq!(language(&mut browser, "/help?lang=xx"), "zh-Hans", "a language that is not there changes nothing");
    assert_eq!(language(&mut browser, "/help?lang=ja-x-easy"), "ja-simple");
}

#[test]
fn numbers_take_the_plural_of_their_language() {
    for (language, one, several) in [
        (Language::En, "1 file", "2 files"),
        (Language::Pt, "1 arquivo", "2 arquivos"),
        (Language::Vi, "1 tệp", "2 tệp"),
        (Language::Ko, "파일 1개", "파일 2개"),
        (Language::Zh, "1 个文件", "2 个文件"),
        (Language::Easy, "ファイル 1 こ", "ファイル 2 こ"),
    ] {
        assert_eq!(language.count("files-count", 1), one);
        assert_eq!(language.count("files-count", 2), several);
    }
}
