//! What the person is shown: the application's own values under the request's labels, and whatever else stands in it.
use std::fmt::Write as _;

use super::attachments::Attachment;
use super::document::Node;
use super::request::CheckedRequest;
use super::texts::Texts;
use super::visible::neutralise;

/// One labelled value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it is.
    pub label: String,
    /// The value out of the document.
    pub value: String,
}

/// Everything in a document, ready to be shown: control characters are neutralised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// The gateway that asks.
    pub gateway: String,
    /// What the gateway has labels for, in its order.
    pub lines: Vec<Line>,
    /// What else stands in the document, by pointer.
    pub others: Vec<Line>,
    /// The attachments that the document lists.
    pub attachments: Vec<Attachment>,
    /// SHA-256 of the document, hex.
    pub sha256: String,
}

impl Review {
    /// What a request asks to be signed.
    pub fn of(request: &CheckedRequest, texts: &Texts) -> Self {
        let root = request.root();
        let display = &request.claims().display;
        let lines = display.iter().map(|line| Line {
            label: neutralise(&line.label),
            value: root.at(&line.pointer).map_or_else(|| texts.not_given.to_owned(), shown),
        });
        let labelled = |pointer: &str| {
            display.iter().any(|line| {
                pointer.strip_prefix(line.pointer.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
        };
        let attachments = Attachment::listed_in(root);
        // An attachment that does not read as one stays among the other values, so that nothing signed is left unseen.
        let listed = |pointer: &str| !attachments.is_empty() && pointer.starts_with("/attachments/");
        let others = root
            .leaves()
            .into_iter()
            .filter(|(pointer, _)| !labelled(pointer) && !listed(pointer))
            .map(|(pointer, value)| Line { label: neutralise(&pointer), value: shown(value) })
            .collect();
        Self {
            gateway: neutralise(request.gateway()),
            lines: lines.collect(),
            others,
            attachments,
            sha256: request.claims().application_sha256.clone(),
        }
    }

    /// As text for a terminal. Each line of a value is indented, so that no value can look like a label.
    pub fn for_terminal(&self, texts: &Texts) -> String {
        let mut out = format!("{}: {}\n\n", texts.gateway, self.gateway);
        for line in &self.lines {
            block(&mut out, line);
        }
        for attachment in &self.attachments {
            let Attachment { name, media_type, size, sha256, .. } = attachment;
            let value = format!("{name}\n{media_type}, {size} {}\nSHA-256 {sha256}", texts.bytes);
            let note = attachment.compared.map_or(texts.not_compared, |()| texts.compared);
            block(&mut out, &Line { label: texts.attachment.to_owned(), value: format!("{value}\n{note}") });
        }
        let _ = writeln!(out, "{}", texts.also_in_it);
        for line in &self.others {
            block(&mut out, line);
        }
        let _ = writeln!(out, "SHA-256 {}", self.sha256);
        out
    }
}

fn block(out: &mut String, line: &Line) {
    let label = line.label.replace('\n', " ");
    let _ = writeln!(out, "{label}");
    for part in line.value.split('\n') {
        let _ = writeln!(out, "    {part}");
    }
}

fn shown(node: &Node) -> String {
    neutralise(&node.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_cannot_look_like_a_label() {
        let mut out = String::new();
        block(&mut out, &Line { label: "題名\n偽".into(), value: "一行\n氏名".into() });
        assert_eq!(out, "題名 偽\n    一行\n    氏名\n");
    }
}
