//! What names are found by: one spelling of what people type in many.

/// A name as it is searched for: full-width letters and digits as plain ones, hiragana as katakana, no spaces, one case.
pub fn search_key(name: &str) -> String {
    name.chars().filter(|character| !character.is_whitespace()).flat_map(plain).collect()
}

fn plain(character: char) -> std::char::ToLowercase {
    let shifted = |by: u32| char::from_u32(u32::from(character) + by).unwrap_or(character);
    let character = match character {
        '！'..='～' => char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character),
        'ぁ'..='ゖ' => shifted(0x60),
        other => other,
    };
    character.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_have_one_key() {
        for (one, other) in
            [("山田　花子", "山田花子"), ("ＳＭＩＴＨ　ＪＯＨＮ", "Smith John"), ("やまだ はなこ", "ヤマダ　ハナコ")]
        {
            assert_eq!(search_key(one), search_key(other));
        }
        assert_ne!(search_key("山田"), search_key("山口"));
    }
}
