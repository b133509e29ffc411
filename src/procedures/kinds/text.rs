//! Texts as they are typed and as they are signed: half-width kana and full-width digits become the usual ones, and what
//! nobody can see is taken out. Every change is told to the person who typed it.
use std::fmt::Write as _;

/// What was changed in what was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// Half-width kana or hiragana became katakana.
    Kana,
    /// Full-width letters or digits became plain ones, or small letters capitals.
    Width,
    /// Hyphens and spaces were taken out of a number.
    Marks,
    /// Characters that cannot be seen were taken out.
    Invisible,
}

impl Change {
    /// Every change.
    pub const ALL: &[Self] = &[Self::Kana, Self::Width, Self::Marks, Self::Invisible];

    /// The stable word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Kana => "kana",
            Self::Width => "width",
            Self::Marks => "marks",
            Self::Invisible => "invisible",
        }
    }
}

/// A full-width letter, digit or mark as the plain one.
pub fn half_width(character: char) -> char {
    match character {
        '！'..='～' => char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character),
        '　' => ' ',
        other => other,
    }
}

/// Whether a character has no width of its own or turns the direction of writing, so that what is signed could look like
/// something else. Joiners, which emoji and some scripts need, and variation selectors, which names need, are not among them.
pub fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
        | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Text in which nothing can hide: what cannot be seen is written as `⟨U+202E⟩`. Line breaks and tabs stay.
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        let plain = matches!(character, '\n' | '\t') || !(character.is_control() || is_invisible(character));
        if plain {
            out.push(character);
        } else {
            // Writing into a String does not fail.
            let _ = write!(out, "⟨U+{:04X}⟩", u32::from(character));
        }
    }
    out
}

/// Takes out what cannot be seen.
pub fn without_invisible(text: &str) -> (String, Option<Change>) {
    let kept: String = text.chars().filter(|c| !is_invisible(*c)).collect();
    let change = (kept.len() != text.len()).then_some(Change::Invisible);
    (kept, change)
}

/// Katakana in full width out of kana of any kind; other characters stay, and are found fault with later.
pub fn katakana(text: &str) -> (String, Option<Change>) {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            // A voicing mark that stands alone joins the letter before it.
            'ﾞ' | '゛' | '\u{3099}' => join(&mut out, voiced),
            'ﾟ' | '゜' | '\u{309a}' => join(&mut out, half_voiced),
            'ぁ'..='ゖ' | 'ゝ' | 'ゞ' => out.push(char::from_u32(u32::from(character) + 0x60).unwrap_or(character)),
            '･' => out.push('・'),
            'ｦ'..='ﾝ' => out.push(full_width_kana(character)),
            other => out.push(other),
        }
    }
    let change = (out != text).then_some(Change::Kana);
    (out, change)
}

fn join(out: &mut String, join: fn(char) -> Option<char>) {
    if let Some(joined) = out.chars().last().and_then(join) {
        out.pop();
        out.push(joined);
    }
}

/// JIS X 0201 kana in the order of their codes, U+FF66 to U+FF9D.
fn full_width_kana(character: char) -> char {
    const KANA: &str = "ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン";
    let index = u32::from(character).saturating_sub(0xff66);
    usize::try_from(index).ok().and_then(|index| KANA.chars().nth(index)).unwrap_or(character)
}

fn voiced(character: char) -> Option<char> {
    match character {
        'ウ' => Some('ヴ'),
        'カ' | 'キ' | 'ク' | 'ケ' | 'コ' | 'サ' | 'シ' | 'ス' | 'セ' | 'ソ' | 'タ' | 'チ' | 'ツ' | 'テ' | 'ト'
        | 'ハ' | 'ヒ' | 'フ' | 'ヘ' | 'ホ' => char::from_u32(u32::from(character) + 1),
        _ => None,
    }
}

fn half_voiced(character: char) -> Option<char> {
    match character {
        'ハ' | 'ヒ' | 'フ' | 'ヘ' | 'ホ' => char::from_u32(u32::from(character) + 2),
        _ => None,
    }
}

/// Letters and digits in plain width, small letters as capitals where `capitals`.
pub fn plain(text: &str, capitals: bool) -> (String, Option<Change>) {
    let change = |c: char| if capitals { half_width(c).to_ascii_uppercase() } else { half_width(c) };
    let out: String = text.chars().map(change).collect();
    let changed = (out != text).then_some(Change::Width);
    (out, changed)
}

/// Digits alone: hyphens of every kind, spaces, brackets and the mark 〒 are taken out; what else is there stays, and is found
/// fault with later.
pub fn digits(text: &str) -> (String, Option<Change>) {
    let (text_plain, width) = plain(text, false);
    let is_mark = |c: char| {
        matches!(c, '-' | ' ' | '(' | ')' | '.' | '〒' | 'ー' | 'ｰ' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ff0d}')
    };
    let out: String = text_plain.chars().filter(|c| !is_mark(*c)).collect();
    let marks = (out.len() != text_plain.len()).then_some(Change::Marks);
    (out, width.or(marks))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kana_of_every_kind_become_katakana() {
        for (typed, signed) in [
            ("ﾔﾏﾀﾞ ﾊﾅｺ", "ヤマダ ハナコ"),
            ("やまだ　はなこ", "ヤマダ　ハナコ"),
            ("ﾊﾟﾌﾞﾛ･ﾋﾟｶｿ", "パブロ・ピカソ"),
            ("ｳﾞｨｸﾄﾘｱ", "ヴィクトリア"),
            ("ー", "ー"),
        ] {
            assert_eq!(katakana(typed).0, signed);
        }
        assert_eq!(katakana("ヤマダ"), ("ヤマダ".to_owned(), None));
        assert_eq!(katakana("ﾞ").0, "", "a voicing mark that voices nothing");
    }

    #[test]
    fn numbers_are_digits_alone() {
        assert_eq!(digits("〒１００－０００１"), ("1000001".to_owned(), Some(Change::Width)));
        assert_eq!(digits("03-1234-5678"), ("0312345678".to_owned(), Some(Change::Marks)));
        assert_eq!(digits("03 x"), ("03x".to_owned(), Some(Change::Marks)));
        assert_eq!(plain("ａｂ１２", true), ("AB12".to_owned(), Some(Change::Width)));
    }

    #[test]
    fn nothing_hides() {
        assert_eq!(visible("a\u{202e}b\u{0}\n"), "a⟨U+202E⟩b⟨U+0000⟩\n");
        assert_eq!(without_invisible("a\u{200b}b"), ("ab".to_owned(), Some(Change::Invisible)));
        let family = "👨\u{200d}👩";
        assert_eq!(without_invisible(family), (family.to_owned(), None));
    }
}
