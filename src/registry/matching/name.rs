//! Names: as written, in letters of the alphabet, the registered alias, and what is often written instead.
use super::NAME_CHARACTERS;
use super::finding::{Agreement, Reason, Verdict};
use super::fold::{self, NAME};
use super::kanji;

/// The names that a record has.
#[derive(Clone, Copy, Default)]
pub(super) struct Names<'a> {
    pub(super) written: &'a str,
    pub(super) kana: Option<&'a str>,
    pub(super) alphabet: Option<&'a str>,
    pub(super) alias: Option<&'a str>,
    pub(super) former: &'a [&'a str],
}

/// Compares a claimed name, with the substitute marks of its certificate, with a record's.
pub(super) fn compare(claimed: &str, marks: Option<&str>, names: &Names<'_>) -> Verdict {
    let all = [Some(names.written), names.kana, names.alphabet, names.alias];
    let longest = all.into_iter().flatten().chain(names.former.iter().copied()).chain([claimed]);
    if longest.map(|name| name.chars().count()).max().unwrap_or_default() > NAME_CHARACTERS {
        return Verdict::by(vec![Reason::TooLong]);
    }
    let claimed_clean = fold::clean(claimed);
    let against = |name: &str| one(&claimed_clean, marks, &fold::clean(name));
    let of = |name: Option<&str>, reason: Reason| match name {
        Some(name) => against(name).with(reason),
        None => Verdict::different(),
    };
    against(names.written)
        .or_better(|| of(names.alphabet, Reason::AlphabetName))
        .or_better(|| of(names.alias, Reason::Alias))
        .or_better(|| bracketed(&claimed_clean, names))
        .or_better(|| reading(&claimed_clean, names))
        .or_better(|| former(&claimed_clean, marks, names))
}

/// Two names: same by what the foldings take away, open by what only may mean the same.
fn one(claimed: &str, marks: Option<&str>, recorded: &str) -> Verdict {
    if recorded.trim().is_empty() || claimed.trim().is_empty() {
        return Verdict::different();
    }
    let opened = fold::opened(claimed, marks);
    if let Some(reasons) = fold::needed(NAME, claimed, recorded) {
        let same = Verdict::by(reasons);
        return if opened.is_some() { same.with(Reason::SubstituteMark) } else { same };
    }
    let (left, right) = (fold::all(NAME, claimed), fold::all(NAME, recorded));
    let open = opened.map(|text| fold::all(NAME, &text));
    if open.is_some_and(|text| fold::equal_but_open(&text, &right)) {
        return Verdict::by(vec![Reason::SubstituteUnknown]);
    }
    boundaries(&left, &right).or_better(|| words(&left, &right)).or_better(|| letters(&left, &right))
}

/// The same characters, parted elsewhere or on one side only.
fn boundaries(left: &str, right: &str) -> Verdict {
    let joined = |text: &str| text.replace(' ', "");
    if joined(left) != joined(right) {
        return Verdict::different();
    }
    let parted = |text: &str| text.contains(' ');
    // Where letters of the alphabet run together, it is not seen where one word ends.
    let latin = left.chars().any(|one| one.is_ascii_alphabetic());
    let both = parted(left) && parted(right);
    let decided = !(latin || both);
    Verdict::by(vec![if decided { Reason::Spacing } else { Reason::Boundary }])
}

/// The same words in another order, or all of the words of one among those of the other.
fn words(left: &str, right: &str) -> Verdict {
    let sorted = |text: &str| {
        let mut all: Vec<String> = text.split(' ').map(str::to_owned).collect();
        all.sort();
        all
    };
    let (left, right) = (sorted(left), sorted(right));
    if left == right {
        return Verdict::by(vec![Reason::WordOrder]);
    }
    let (fewer, more) = if left.len() < right.len() { (left, right) } else { (right, left) };
    let mut rest = more.clone();
    let all_there =
        fewer.iter().all(|word| rest.iter().position(|one| one == word).map(|at| rest.remove(at)).is_some());
    if fewer.len() >= 2 && all_there { Verdict::by(vec![Reason::PartLeftOut]) } else { Verdict::different() }
}

/// The same but for accents, or for kanji that are taken for each other.
fn letters(left: &str, right: &str) -> Verdict {
    if fold::without_accents(left) == fold::without_accents(right) {
        return Verdict::by(vec![Reason::Accents]);
    }
    let similar = |text: &str| kanji::similar_forms(&text.replace(' ', ""));
    if similar(left) == similar(right) { Verdict::by(vec![Reason::SimilarKanji]) } else { Verdict::different() }
}

/// `SMITH JOHN（山田　太郎）`: the name, and the alias in brackets.
fn bracketed(claimed: &str, names: &Names<'_>) -> Verdict {
    let folded = fold::width(claimed);
    let Some((outside, inside)) = folded.trim().strip_suffix(')').and_then(|text| text.split_once('(')) else {
        return Verdict::different();
    };
    let outer = one(outside, None, names.written).or_better(|| match names.alphabet {
        Some(alphabet) => one(outside, None, alphabet).with(Reason::AlphabetName),
        None => Verdict::different(),
    });
    if outer.agreement == Agreement::Different {
        return outer;
    }
    let inner = names.alias.map_or_else(Verdict::different, |alias| one(inside, None, alias));
    match inner.agreement {
        Agreement::Different => outer.with(Reason::AliasDiffers),
        _ => inner.reasons.iter().fold(outer.with(Reason::Alias), |verdict, reason| verdict.with(*reason)),
    }
}

/// How the name is read, in either kana.
fn reading(claimed: &str, names: &Names<'_>) -> Verdict {
    let Some(kana) = names.kana else { return Verdict::different() };
    let sound = |text: &str| fold::katakana(&fold::all(NAME, text)).replace(' ', "");
    let (left, right) = (sound(claimed), sound(&fold::clean(kana)));
    if !right.is_empty() && left == right { Verdict::by(vec![Reason::Reading]) } else { Verdict::different() }
}

/// A name that the record had before.
fn former(claimed: &str, marks: Option<&str>, names: &Names<'_>) -> Verdict {
    let had = |name: &&str| one(claimed, marks, &fold::clean(name)).agreement == Agreement::Same;
    if names.former.iter().any(had) { Verdict::by(vec![Reason::FormerName]) } else { Verdict::different() }
}
