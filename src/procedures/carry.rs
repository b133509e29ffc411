//! A draft of one version of a form becomes one of another: field by field, or it is said why not and what is kept aside.
use serde::{Deserialize, Serialize};

use super::definition::Procedure;
use super::field::{Field, FieldKind};
use super::text::Text;
use super::typed::Typed;

/// Why an answer was not carried over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AsideReason {
    /// The form does not ask for it any more.
    NotAsked,
    /// It is asked for in another way now.
    OtherKind,
    /// What was chosen is not offered any more.
    NotOffered,
    /// This form takes nothing over from earlier ones.
    NothingTaken,
}

impl AsideReason {
    /// Every reason.
    pub const ALL: &[Self] = &[Self::NotAsked, Self::OtherKind, Self::NotOffered, Self::NothingTaken];

    /// The stable word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::NotAsked => "not-asked",
            Self::OtherKind => "other-kind",
            Self::NotOffered => "not-offered",
            Self::NothingTaken => "nothing-taken",
        }
    }
}

/// An answer that was kept aside: shown to the person who typed it, never signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Aside {
    /// What it was called, where the earlier version is still known.
    pub label: Option<Text>,
    /// Its name.
    pub name: String,
    /// What was typed.
    pub value: String,
    /// Why.
    pub reason: AsideReason,
}

/// What became of what was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Carried {
    /// What goes on in the new version.
    pub typed: Typed,
    /// What does not.
    pub aside: Vec<Aside>,
}

/// Carries what was typed into an earlier version over to `new`. `old` is None where that version is not known any more.
pub fn carry_over(old: Option<&Procedure>, new: &Procedure, typed: &Typed) -> Carried {
    let mut carried = Carried::default();
    for (name, value) in typed {
        let found = old.and_then(|old| field_of(&old.fields, name));
        match place(found, new, name, value) {
            Ok(name) => {
                carried.typed.insert(name, value.clone());
            }
            Err(_) if value.trim().is_empty() => {}
            Err(reason) => {
                let label = found.map(|field| field.label.clone());
                carried.aside.push(Aside { label, name: name.clone(), value: shown(found, value), reason });
            }
        }
    }
    carried
}

/// The name under which a value goes on.
fn place(old: Option<&Field>, new: &Procedure, name: &str, value: &str) -> Result<String, AsideReason> {
    if new.not_carried_over.is_some() {
        return Err(AsideReason::NothingTaken);
    }
    let (first, rest) = name.split_once(['/', '.']).map_or((name, ""), |(first, _)| (first, &name[first.len()..]));
    let pointer = format!("/{first}");
    let renamed = |field: &&Field| field.was.contains(&pointer);
    let top = new.field(&pointer).or_else(|| new.fields.iter().find(renamed)).ok_or(AsideReason::NotAsked)?;
    let name = format!("{}{rest}", top.name());
    let field = field_of(&new.fields, &name).ok_or(AsideReason::NotAsked)?;
    if old.is_some_and(|old| !fits(old.kind, field.kind)) {
        return Err(AsideReason::OtherKind);
    }
    let offered = field.choices.is_empty() || value.trim().is_empty() || field.choice(value).is_some();
    if offered { Ok(name) } else { Err(AsideReason::NotOffered) }
}

/// Whether what was typed into one kind can be typed into the other.
fn fits(old: FieldKind, new: FieldKind) -> bool {
    let text = |kind: FieldKind| {
        !kind.is_date() && !matches!(kind, FieldKind::Choice | FieldKind::Checkbox | FieldKind::Group)
    };
    old == new || (old.is_date() && new.is_date()) || (text(old) && text(new))
}

/// The field of a name that was typed under: `members/1/name`, `moved_on.year`.
pub fn field_of<'a>(fields: &'a [Field], name: &str) -> Option<&'a Field> {
    let name = name.split('.').next().unwrap_or_default();
    let mut steps = name.split('/');
    let first = steps.next()?;
    let top = fields.iter().find(|field| field.name() == first)?;
    match (steps.next(), steps.next()) {
        (None, _) => Some(top),
        (Some(_), Some(inner)) => top.fields.iter().find(|field| field.name() == inner),
        _ => None,
    }
}

/// What was typed, or the label of what was chosen.
fn shown(field: Option<&Field>, value: &str) -> String {
    let label = field.and_then(|field| field.choice(value));
    label.map_or_else(|| value.chars().take(500).collect(), |label| label.ja.clone())
}
