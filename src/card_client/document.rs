//! Reading the document that is to be signed, so that what is shown is what any other reader sees: an object in the
//! order in which it stands, and no name twice.
mod numbers;

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// One value of a JSON document, members in their order.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// null.
    Null,
    /// true or false.
    Bool(bool),
    /// A number, as it stands in the document: `1.0` is not `1`, and no digit is lost.
    Number(String),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Node>),
    /// An object.
    Object(Vec<(String, Node)>),
}

impl Node {
    /// Reads UTF-8 JSON of one value, without duplicate names at any depth.
    ///
    /// # Errors
    /// What is wrong with it, for people.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let mut root: Self = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        let mut texts = numbers::texts(bytes);
        match root.take_numbers(&mut texts) && texts.next().is_none() {
            true => Ok(root),
            false => Err("its numbers cannot be told apart".to_owned()),
        }
    }

    /// Gives every number, in order, its text out of the document; false when there are too few.
    fn take_numbers<'a>(&mut self, texts: &mut impl Iterator<Item = &'a str>) -> bool {
        match self {
            Self::Number(number) => texts.next().map(|text| text.clone_into(number)).is_some(),
            Self::List(items) => items.iter_mut().all(|item| item.take_numbers(texts)),
            Self::Object(members) => members.iter_mut().all(|(_, value)| value.take_numbers(texts)),
            Self::Null | Self::Bool(_) | Self::Text(_) => true,
        }
    }

    /// A member of an object.
    pub fn member(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.iter().find(|(key, _)| key == name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// A string.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The value at a JSON pointer (RFC 6901).
    pub fn at(&self, pointer: &str) -> Option<&Self> {
        if pointer.is_empty() {
            return Some(self);
        }
        pointer.strip_prefix('/')?.split('/').try_fold(self, |node, token| {
            let token = token.replace("~1", "/").replace("~0", "~");
            match node {
                Self::Object(_) => node.member(&token),
                Self::List(items) => items.get(token.parse::<usize>().ok()?),
                _ => None,
            }
        })
    }

    /// Every value that is neither an object nor an array (an empty one counts), with its pointer, in order.
    pub fn leaves(&self) -> Vec<(String, &Self)> {
        let mut found = Vec::new();
        self.collect_leaves(String::new(), &mut found);
        found
    }

    fn collect_leaves<'a>(&'a self, pointer: String, found: &mut Vec<(String, &'a Self)>) {
        match self {
            Self::Object(members) if !members.is_empty() => {
                for (name, value) in members {
                    let token = name.replace('~', "~0").replace('/', "~1");
                    value.collect_leaves(format!("{pointer}/{token}"), found);
                }
            }
            Self::List(items) if !items.is_empty() => {
                for (index, item) in items.iter().enumerate() {
                    item.collect_leaves(format!("{pointer}/{index}"), found);
                }
            }
            _ => found.push((pointer, self)),
        }
    }
}

impl fmt::Display for Node {
    /// As a person reads it: strings without quotation marks, lists a line an item.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("–"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(text) | Self::Text(text) => f.write_str(text),
            Self::List(items) => {
                let lines: Vec<String> = items.iter().map(ToString::to_string).collect();
                f.write_str(&lines.join("\n"))
            }
            Self::Object(members) => {
                let lines: Vec<String> = members.iter().map(|(name, value)| format!("{name}: {value}")).collect();
                f.write_str(&lines.join("\n"))
            }
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Number(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Number(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Number(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Node, A::Error> {
        let mut names = std::collections::HashSet::new();
        let mut object = Vec::new();
        while let Some((name, value)) = members.next_entry::<String, Node>()? {
            if !names.insert(name.clone()) {
                return Err(de::Error::custom(format!("the name {name:?} stands twice")));
            }
            object.push((name, value));
        }
        Ok(Node::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_is_kept_and_pointers_find_values() {
        let node = Node::parse(r#"{"b": {"x/y": 1, "~": [true, null]}, "a": ""}"#.as_bytes()).unwrap();
        let leaves: Vec<String> = node.leaves().into_iter().map(|(pointer, _)| pointer).collect();
        assert_eq!(leaves, ["/b/x~1y", "/b/~0/0", "/b/~0/1", "/a"]);
        assert_eq!(node.at("/b/x~1y"), Some(&Node::Number("1".into())));
        assert_eq!(node.at("/b/~0/1"), Some(&Node::Null));
        assert_eq!((node.at("/c"), node.at("b"), node.at("/a/0")), (None, None, None));
    }

    #[test]
    fn duplicate_names_and_broken_json_are_refused() {
        for wrong in [
            r#"{"a":1,"a":2}"#,
            r#"{"a":{"b":1,"b":1}}"#,
            r#"{"a":1,"\u0061":2}"#,
            "{",
            "{}{}",
            "\u{feff}{}",
            r#""\ud800""#,
        ] {
            assert!(Node::parse(wrong.as_bytes()).is_err(), "{wrong}");
        }
        assert!(Node::parse("[".repeat(100_000).as_bytes()).is_err());
    }
}
