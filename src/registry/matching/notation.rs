//! Notation of addresses: `千代田区霞が関二丁目１番地の２` and `千代田区霞ヶ関2-1-2` are one place.

/// What stands behind a number, longest first, and what may not follow it: there it belongs to a name (三番町, 五号館).
const MARKERS: &[(&str, &str)] =
    &[("丁目", ""), ("番地", ""), ("番", "町丁館街組"), ("号室", ""), ("号", "館棟線車地室")];

/// Behind these a number in kanji is a number too; they stay, because they are part of a name.
const COUNTED: &[&str] = &["条", "線", "区", "階"];

/// One plain space between numbers or letters that would run together, and none elsewhere.
pub(super) fn spaces(text: &str) -> String {
    let runs = |one: Option<char>| one.is_some_and(|one| one.is_ascii_alphanumeric());
    let mut out = String::with_capacity(text.len());
    let mut all = text.trim().chars().peekable();
    while let Some(one) = all.next() {
        if !one.is_whitespace() {
            out.push(one);
            continue;
        }
        while all.next_if(|next| next.is_whitespace()).is_some() {}
        if runs(out.chars().next_back()) && runs(all.peek().copied()) {
            out.push('-');
        }
    }
    out
}

/// ケ, ヶ, カ, ヵ and が between kanji as one; ノ, の and 之 there too; ツ and ッ.
pub(super) fn small_kana(text: &str) -> String {
    let all: Vec<char> = text.chars().collect();
    let at = |index: Option<usize>| index.and_then(|index| all.get(index)).copied();
    let is_kanji = |one: Option<char>| {
        one.is_some_and(|one| matches!(one, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}' | '々'))
    };
    let fold = |(index, one): (usize, &char)| {
        if !(is_kanji(at(index.checked_sub(1))) && is_kanji(at(Some(index + 1)))) {
            return *one;
        }
        match one {
            'ケ' | 'ヶ' | 'カ' | 'ヵ' | 'が' | 'ガ' => 'ヶ',
            'の' | 'ノ' | '之' | '乃' => 'ノ',
            'ツ' | 'ッ' | 'つ' | 'っ' => 'ッ',
            other => *other,
        }
    };
    all.iter().enumerate().map(fold).collect()
}

/// Numbers as digits, parted by hyphens; without what only says that they are numbers, and without a postcode.
pub(super) fn numbers(text: &str) -> String {
    let digits = kanji_numbers(without_postcode(text));
    let mut out = String::with_capacity(digits.len());
    let mut rest = digits.as_str();
    while let Some(one) = rest.chars().next() {
        let after_digit = out.ends_with(|last: char| last.is_ascii_digit());
        match after_digit.then(|| marker(rest)).flatten() {
            Some(length) => {
                out.push('-');
                rest = rest.get(length..).unwrap_or_default();
                // 番地の１０: the particle goes with the mark.
                rest = rest.strip_prefix(['の', 'ノ', '-']).unwrap_or(rest);
            }
            None => {
                out.push(one);
                rest = rest.get(one.len_utf8()..).unwrap_or_default();
            }
        }
    }
    between_numbers(&out)
}

/// How many octets of a mark stand at the beginning.
fn marker(rest: &str) -> Option<usize> {
    let found = MARKERS.iter().find(|(mark, not_before)| {
        rest.strip_prefix(mark).is_some_and(|after| !after.starts_with(|next| not_before.contains(next)))
    });
    if let Some((mark, _)) = found {
        return Some(mark.len());
    }
    // １の２
    let after = rest.strip_prefix('の').or_else(|| rest.strip_prefix('ノ'))?;
    after.starts_with(|next: char| next.is_ascii_digit()).then_some('の'.len_utf8())
}

/// Hyphens only between what they part; a floor by its letter.
fn between_numbers(text: &str) -> String {
    let all: Vec<char> = text.chars().collect();
    let plain = |one: Option<&char>| one.is_some_and(char::is_ascii_alphanumeric);
    let mut out = String::with_capacity(text.len());
    for (index, one) in all.iter().enumerate() {
        match one {
            '-' => {
                let next = all.iter().skip(index + 1).find(|next| **next != '-');
                if plain(out.chars().next_back().as_ref()) && plain(next) {
                    out.push('-');
                }
            }
            '階' if out.ends_with(|last: char| last.is_ascii_digit()) => out.push('F'),
            other => out.push(*other),
        }
    }
    out
}

fn without_postcode(text: &str) -> &str {
    match text.strip_prefix('〒') {
        Some(rest) => rest.trim_start_matches(|one: char| one.is_ascii_digit() || one == '-'),
        None => text,
    }
}

/// Numbers in kanji before a mark as digits.
fn kanji_numbers(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(one) = rest.chars().next() {
        let length = rest.find(|next| digit(next).is_none() && unit(next).is_none()).unwrap_or(rest.len());
        let (run, after) = rest.split_at(length);
        let is_number = marker(after).is_some_and(|_| !after.starts_with(['の', 'ノ']))
            || COUNTED.iter().any(|mark| after.starts_with(mark));
        match value(run).filter(|_| is_number) {
            Some(value) => {
                out.push_str(&value.to_string());
                rest = after;
            }
            None => {
                let taken = if run.is_empty() { one.len_utf8() } else { run.len() };
                out.push_str(rest.get(..taken).unwrap_or_default());
                rest = rest.get(taken..).unwrap_or_default();
            }
        }
    }
    out
}

fn digit(one: char) -> Option<u32> {
    "〇一二三四五六七八九".chars().position(|digit| digit == one).and_then(|at| u32::try_from(at).ok())
}

fn unit(one: char) -> Option<u32> {
    match one {
        '十' => Some(10),
        '百' => Some(100),
        '千' => Some(1000),
        _ => None,
    }
}

/// What a run of kanji numerals says: 二十三, or place by place 一〇一; none where it says nothing.
fn value(run: &str) -> Option<u32> {
    if run.is_empty() || run.chars().count() > 7 {
        return None;
    }
    if run.chars().all(|one| digit(one).is_some()) {
        return Some(run.chars().filter_map(digit).fold(0, |all, one| all * 10 + one));
    }
    let (mut whole, mut last_unit, mut open) = (0, 10_000, None);
    for one in run.chars() {
        match (unit(one), digit(one)) {
            (Some(unit), _) if unit < last_unit => {
                whole += open.take().unwrap_or(1) * unit;
                last_unit = unit;
            }
            (None, Some(digit)) if open.is_none() && digit > 0 => open = Some(digit),
            _ => return None,
        }
    }
    Some(whole + open.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_kanji_are_read_and_nonsense_is_left() {
        for (run, number) in [
            ("二", Some(2)),
            ("十", Some(10)),
            ("十三", Some(13)),
            ("二十", Some(20)),
            ("百二十一", Some(121)),
            ("一〇一", Some(101)),
            ("千", Some(1000)),
            ("十百", None),
            ("二三十", None),
            ("", None),
            ("九九九九九九九九九九", None),
        ] {
            assert_eq!(value(run), number, "{run}");
        }
    }

    #[test]
    fn one_place_has_one_notation() {
        for (written, folded) in [
            ("霞が関二丁目1番地の2", "霞が関2-1-2"),
            ("本町6丁目50番地の10", "本町6-50-10"),
            ("千代田1丁目1番1号", "千代田1-1-1"),
            ("千代田1-1-1", "千代田1-1-1"),
            ("神田司町2丁目2番", "神田司町2-2"),
            ("1丁目1番1号コーポ101号室", "1-1-1コーポ101"),
            ("三番町6番地", "三番町6"),
            ("六番町十三番地二", "六番町13二"),
            ("北一条西二丁目3", "北1条西2-3"),
            ("〒100-0001東京都千代田区千代田1の1", "東京都千代田区千代田1-1"),
            ("中町5番地3階", "中町5-3F"),
            ("一宮市", "一宮市"),
        ] {
            assert_eq!(numbers(written), folded, "{written}");
        }
    }

    #[test]
    fn spaces_part_numbers_and_nothing_else() {
        assert_eq!(spaces(" 千代田 1-1  101 コーポ A "), "千代田1-1-101コーポA");
        assert_eq!(small_kana("霞ヶ関"), small_kana("霞が関"));
        assert_eq!(small_kana("がんばる"), "がんばる");
    }
}
