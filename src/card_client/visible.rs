//! Text made safe to be shown: nothing in it acts, nothing in it is unseen.
use std::fmt::Write as _;

/// Text in which nothing can hide or act: control characters, those without width or ink, those that turn the direction of
/// writing, and every blank but the space and the ideographic space become `⟨U+XXXX⟩`; line breaks stay. A variation selector
/// stays where it follows a character that it can belong to: names are written with them.
pub fn neutralise(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut bears_selector = false;
    for character in text.replace("\r\n", "\n").chars() {
        let hides = match character {
            '\n' => false,
            _ if is_selector(character) => !bears_selector,
            _ => character.is_control() || is_unseen(character),
        };
        bears_selector = !hides && !is_selector(character) && !character.is_whitespace();
        if hides {
            // Writing into a String does not fail.
            let _ = write!(out, "⟨U+{:04X}⟩", u32::from(character));
        } else {
            out.push(character);
        }
    }
    out
}

fn is_selector(character: char) -> bool {
    matches!(character, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// Characters that are drawn as nothing (Default_Ignorable_Code_Point and blanks of other kinds), or that act on others.
fn is_unseen(character: char) -> bool {
    matches!(character,
        '\u{a0}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{1680}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{2000}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{205f}'..='\u{206f}'
        | '\u{2800}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{13430}'..='\u{13440}'
        | '\u{16fe4}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d159}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e00ff}'
        | '\u{e01f0}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_could_hide_is_shown() {
        assert_eq!(neutralise("a\u{1b}[2Jb\u{202e}c\r\nd\te"), "a⟨U+001B⟩[2Jb⟨U+202E⟩c\nd⟨U+0009⟩e");
        assert_eq!(neutralise("葛\u{e0100}城　花子 1\u{fe0f}"), "葛\u{e0100}城　花子 1\u{fe0f}");
        assert_eq!(neutralise("\u{2800}\u{a0}\u{2003}\u{3164}"), "⟨U+2800⟩⟨U+00A0⟩⟨U+2003⟩⟨U+3164⟩");
        assert_eq!(neutralise("\u{fe00}葛\u{e0100}\u{e0101} \u{fe0f}"), "⟨U+FE00⟩葛\u{e0100}⟨U+E0101⟩ ⟨U+FE0F⟩");
    }

    /// Takes the neutralised characters back.
    fn restored(shown: &str) -> String {
        let mut out = String::new();
        let mut rest = shown;
        while let Some((before, after)) = rest.split_once("⟨U+") {
            let (code, after) = after.split_once('⟩').unwrap();
            out.push_str(before);
            out.push(char::from_u32(u32::from_str_radix(code, 16).unwrap()).unwrap());
            rest = after;
        }
        out + rest
    }

    /// Characters that are mostly of the kind that hides.
    fn odd() -> impl Strategy<Value = char> {
        prop_oneof![
            any::<char>(),
            prop::char::range('\u{0}', '\u{b0}'),
            prop::char::range('\u{1ff0}', '\u{2070}'),
            prop::char::range('\u{2800}', '\u{2802}'),
            prop::char::range('\u{fe00}', '\u{fe10}'),
            prop::char::range('\u{e0000}', '\u{e1000}'),
        ]
    }

    const BLANK: &str = "\u{2800}\u{200b}\u{200d}\u{2060}\u{feff}\u{3164}\u{ffa0}\u{115f}\u{ad}";

    proptest! {
        #[test]
        fn nothing_is_lost_and_nothing_blank_is_left(characters in prop::collection::vec(odd(), 0..40)) {
            let text: String = characters.into_iter().filter(|c| !"⟨⟩\r".contains(*c)).collect();
            let shown = neutralise(&text);
            prop_assert_eq!(restored(&shown), text);
            prop_assert_eq!(neutralise(&shown), shown.clone(), "what is shown is shown as it is");
            for character in shown.chars().filter(|c| !"\n \u{3000}".contains(*c)) {
                prop_assert!(!character.is_control() && !character.is_whitespace(), "{:?}", character);
                prop_assert!(!BLANK.contains(character), "{:?}", character);
            }
        }
    }
}
