//! What the form macros of `templates/components.html` take: fields with what was typed and what is wrong with it.

/// How a field is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldKind {
    /// One line.
    Text,
    /// Several lines, so many shown.
    Lines(u16),
    /// A password: never filled in again.
    Password,
    /// One of the choices, as a list.
    Select,
    /// One of the choices, as buttons.
    Radios,
    /// A date as text, `1980-12-31`.
    Date,
    /// A date by year, month and day, and with an era where there is a choice of them.
    DateParts,
    /// A municipality, by code or by name.
    Municipality,
    /// Digits: keyboards of telephones offer them.
    Digits,
}

/// One of the controls that a date is typed into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatePart {
    /// `era`, `year`, `month`, `day`.
    pub part: &'static str,
    /// What it is called.
    pub label: String,
    /// What was typed.
    pub value: String,
    /// The eras, where it is a list.
    pub choices: Vec<Choice>,
}

impl DatePart {
    /// Whether it holds a year, which has more digits.
    pub fn is_year(&self) -> bool {
        self.part == "year"
    }
}

/// A choice of a select or of radio buttons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
}

/// A field of a form; its id in the page is `f-` and its name with `.` as `-`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The name it is sent under.
    pub name: String,
    /// What it is called.
    pub label: String,
    /// A sentence that helps; empty for none.
    pub hint: String,
    /// The language of label and hint where it is not the page's (WCAG 2.2, 3.1.2).
    pub lang: Option<&'static str>,
    /// The same of the choices.
    pub choices_lang: Option<&'static str>,
    /// What was typed.
    pub value: String,
    /// What is wrong with it.
    pub error: Option<String>,
    /// How it is asked for.
    pub kind: FieldKind,
    /// Whether it must be filled in.
    pub required: bool,
    /// Whether it is shown but cannot be changed.
    pub locked: bool,
    /// Longest text in characters; 0 for no bound.
    pub max_length: u32,
    /// The `autocomplete` token (HTML 4.10.18.7); empty for none.
    pub autocomplete: &'static str,
    /// The choices of a select or of radio buttons.
    pub choices: Vec<Choice>,
    /// The controls of a date.
    pub parts: Vec<DatePart>,
    /// Whether its label is the heading of the page.
    pub heading: bool,
    /// Whether the keyboard begins here.
    pub autofocus: bool,
    /// It belongs to some answers to another field of the page: that field's name and those answers, with `|` between them.
    pub reveal: Option<(String, String)>,
}

impl Field {
    /// A required line of text.
    pub fn text(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            label: label.into(),
            hint: String::new(),
            lang: None,
            choices_lang: None,
            value: String::new(),
            error: None,
            kind: FieldKind::Text,
            required: true,
            locked: false,
            max_length: 0,
            autocomplete: "",
            choices: Vec::new(),
            parts: Vec::new(),
            heading: false,
            autofocus: false,
            reveal: None,
        }
    }

    /// Another kind.
    #[must_use]
    pub fn kind(mut self, kind: FieldKind) -> Self {
        self.kind = kind;
        self
    }

    /// With a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// With what was typed.
    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// With what is wrong.
    #[must_use]
    pub fn error(mut self, error: Option<String>) -> Self {
        self.error = error;
        self
    }

    /// Need not be filled in.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    /// Bounded, in characters.
    #[must_use]
    pub fn max_length(mut self, characters: u32) -> Self {
        self.max_length = characters;
        self
    }

    /// With an `autocomplete` token.
    #[must_use]
    pub fn autocomplete(mut self, token: &'static str) -> Self {
        self.autocomplete = token;
        self
    }

    /// With choices.
    #[must_use]
    pub fn choices(mut self, choices: Vec<Choice>) -> Self {
        self.choices = choices;
        self
    }

    /// Whether it is asked for by radio buttons.
    pub fn is_radios(&self) -> bool {
        self.kind == FieldKind::Radios
    }

    /// Whether it is asked for by a list.
    pub fn is_select(&self) -> bool {
        self.kind == FieldKind::Select
    }

    /// Whether it is a password.
    pub fn is_password(&self) -> bool {
        self.kind == FieldKind::Password
    }

    /// Whether it is a date.
    pub fn is_date(&self) -> bool {
        self.kind == FieldKind::Date
    }

    /// Whether it is a date by its parts.
    pub fn is_date_parts(&self) -> bool {
        self.kind == FieldKind::DateParts
    }

    /// Whether it is a municipality.
    pub fn is_municipality(&self) -> bool {
        self.kind == FieldKind::Municipality
    }

    /// Whether digits are typed into it.
    pub fn is_digits(&self) -> bool {
        self.kind == FieldKind::Digits
    }

    /// How many lines are shown, where it takes several.
    pub fn rows(&self) -> Option<u16> {
        match self.kind {
            FieldKind::Lines(rows) => Some(rows),
            _ => None,
        }
    }

    /// Its id in the page.
    pub fn id(&self) -> String {
        format!("f-{}", self.name.replace(['.', '/'], "-"))
    }

    /// The ids of its hint and its error, for `aria-describedby`; empty where it has neither.
    pub fn described_by(&self) -> String {
        let id = self.id();
        let mut ids = Vec::new();
        if !self.hint.is_empty() {
            ids.push(format!("{id}-hint"));
        }
        if self.error.is_some() {
            ids.push(format!("{id}-error"));
        }
        ids.join(" ")
    }
}

/// What is wrong with a field, with the field's name before it.
fn named(label: &str, error: &str) -> String {
    // A question has its mark; otherwise the colon of the script that the label ends in: full-width beside Chinese
    // characters and kana alone.
    let is_wide = |last: char| matches!(u32::from(last), 0x3000..=0x30ff | 0x3400..=0x9fff | 0xf900..=0xfaff | 0xff00..=0xff60 | 0x20000..=0x3ffff);
    let between = match label.chars().next_back() {
        Some('?' | '？') => " ",
        Some(last) if is_wide(last) => "：",
        _ => ": ",
    };
    format!("{label}{between}{error}")
}

/// One line of an error summary: leads to the field with this id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SummaryLine {
    /// Id of the field in the page; empty where no field is to blame.
    pub id: String,
    /// What is wrong and how to put it right.
    pub message: String,
}

/// The error summary of a form: a line for each field with an error, in the form's order.
pub fn summary(fields: &[Field]) -> Vec<SummaryLine> {
    let line =
        |field: &Field| Some(SummaryLine { id: field.id(), message: named(&field.label, field.error.as_ref()?) });
    fields.iter().filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;
    use askama::Template;

    use super::*;
    use crate::web::page::Page;

    #[derive(Template)]
    #[template(
        ext = "html",
        source = r#"{% extends "base.html" %}{% import "components.html" as ui %}{% block main %}
{{ ui::error_summary(errors) }}{{ ui::csrf() }}{% for f in fields %}{{ ui::field(f) }}{% endfor %}
{% call ui::notice("info", "Title") %}<p>{{ text }}</p>{% endcall %}{% call ui::details("More") %}x{% endcall %}
<dl class="summary-list">{{ ui::row("key", text) }}</dl>{{ ui::tag("green", "ok") }}{{ ui::button("go") }}
{{ ui::secondary_button("go") }}{{ ui::warning_button("go") }}{{ ui::link_button("/x", "go") }}{{ ui::secondary_link_button("/x", "go") }}
{% endblock %}"#
    )]
    struct EveryPart {
        page: Page,
        fields: Vec<Field>,
        errors: Vec<SummaryLine>,
        text: &'static str,
    }

    fn rendered(fields: Vec<Field>) -> String {
        let request = TestRequest::get().uri("/form?x=1&lang=en").to_http_request();
        let page = Page::of(&request).named("A form").csrf("token").errors(true);
        let errors = summary(&fields);
        EveryPart { page, fields, errors, text: "<script>alert(1)</script>" }.render().unwrap()
    }

    #[test]
    fn the_colon_is_that_of_the_labels_script() {
        for (label, line) in [
            ("氏名", "氏名：x"),
            ("名前（カタカナ）", "名前（カタカナ）：x"),
            ("姓名", "姓名：x"),
            ("성명", "성명: x"),
            ("Endereço", "Endereço: x"),
            ("Địa chỉ", "Địa chỉ: x"),
            ("Name", "Name: x"),
            ("", ": x"),
        ] {
            assert_eq!(named(label, "x"), line);
        }
    }

    #[test]
    fn an_error_is_linked_to_its_field_and_what_was_typed_stays() {
        let fields = vec![
            Field::text("answers.title", "Title").value("\"typed\"").error(Some("Too long".to_owned())).hint("Short"),
            Field::text("body", "Body").kind(FieldKind::Lines(8)).value("line 1\nline 2").max_length(20),
        ];
        let html = rendered(fields);
        assert!(html.contains("<a href=\"#f-answers-title\">Title: Too long</a>"), "{html}");
        assert!(html.contains("aria-describedby=\"f-answers-title-hint f-answers-title-error\" aria-invalid=\"true\""));
        assert!(html.contains("value=\"&#34;typed&#34;\""));
        assert!(html.contains("line 1\nline 2</textarea>"));
        assert!(html.contains("<title>Error: A form"));
    }

    #[test]
    fn nothing_is_marked_up_by_what_was_typed_and_nothing_is_inline() {
        let choices = vec![Choice { value: "a".to_owned(), label: "A".to_owned() }];
        let html = rendered(vec![
            Field::text("s", "S").kind(FieldKind::Select).choices(choices.clone()).value("a"),
            Field::text("r", "R").kind(FieldKind::Radios).choices(choices).value("a"),
            Field::text("p", "P").kind(FieldKind::Password).value("never shown"),
        ]);
        assert!(!html.contains("<script>") && !html.contains("never shown") && !html.contains(" style="));
        assert!(html.contains("<option value=\"a\" selected>") && html.contains("value=\"a\" checked"));
        assert!(html.contains("href=\"/form?x=1&#38;lang=ja\""), "{html}");
    }
}
