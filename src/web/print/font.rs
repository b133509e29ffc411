//! The font of printed documents: a subset of Noto Sans CJK JP (SIL Open Font License 1.1, see
//! `assets/licences/noto-sans-cjk.txt`) with the characters of JIS X 0213, of code page 932 and of GB/T 2312,
//! Latin letters and their marks.
use std::sync::OnceLock;

use krilla::text::Font;
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::{FontRef, MetadataProvider as _};

const BYTES: &[u8] = include_bytes!("../../../assets/fonts/receipt.otf");

/// The font, parsed once.
pub struct PrintFont {
    font: Font,
    metrics: FontRef<'static>,
}

impl PrintFont {
    /// The font; none only if the embedded file were broken, which a test keeps from happening.
    pub fn get() -> Option<&'static Self> {
        static FONT: OnceLock<Option<PrintFont>> = OnceLock::new();
        FONT.get_or_init(|| {
            let metrics = FontRef::new(BYTES).ok()?;
            Some(Self { font: Font::new(BYTES.into(), 0)?, metrics })
        })
        .as_ref()
    }

    /// For drawing.
    pub fn handle(&self) -> Font {
        self.font.clone()
    }

    /// The text as it can be printed: a character without a glyph, and one that is not seen or turns the direction of
    /// writing, is shown by its code point, so that nothing is lost and nothing hides.
    pub fn printable(&self, text: &str) -> String {
        let map = self.metrics.charmap();
        let mut out = String::with_capacity(text.len());
        for letter in text.chars() {
            if !is_hidden(letter) && map.map(letter).is_some_and(|glyph| glyph.to_u32() != 0) {
                out.push(letter);
            } else {
                out.push_str(&format!("[U+{:04X}]", u32::from(letter)));
            }
        }
        out
    }

    /// How wide a character is at that size, in points.
    pub fn advance(&self, letter: char, size: f32) -> f32 {
        let metrics: GlyphMetrics<'_> = self.metrics.glyph_metrics(Size::new(size), LocationRef::default());
        let glyph = self.metrics.charmap().map(letter).unwrap_or_default();
        metrics.advance_width(glyph).unwrap_or(size)
    }

    /// The text in lines of at most `width` points: broken at spaces where there are any, and anywhere in Japanese.
    pub fn lines(&self, text: &str, size: f32, width: f32) -> Vec<String> {
        let mut lines = Vec::new();
        for paragraph in text.split('\n') {
            let (mut line, mut used) = (String::new(), 0.0);
            for letter in paragraph.chars() {
                let advance = self.advance(letter, size);
                if used + advance > width && !line.is_empty() {
                    let rest = line.rfind(' ').filter(|at| *at > 0).map(|at| line.split_off(at)).unwrap_or_default();
                    lines.push(std::mem::take(&mut line));
                    line = rest.trim_start().to_owned();
                    used = line.chars().map(|letter| self.advance(letter, size)).sum();
                }
                line.push(letter);
                used += advance;
            }
            lines.push(line);
        }
        lines
    }
}

/// Controls, format characters and other characters that leave no mark of their own.
fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(u32::from(letter), 0xad | 0x34f | 0x61c | 0x180e | 0x200b..=0x200f | 0x2028..=0x202f | 0x2060..=0x206f
            | 0xfe00..=0xfe0f | 0xfeff | 0xfff0..=0xfffb | 0xe0000..=0xe0fff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn japanese_names_and_letters_of_residents_have_glyphs_and_the_rest_is_not_lost() {
        let font = PrintFont::get().unwrap();
        for text in ["髙橋﨑濵田 𠮷野 辻󠄀".split(' ').next().unwrap(), "Nguyễn Thị Ánh", "João São", "ヴァ・ー々〇"]
        {
            assert_eq!(font.printable(text), text);
        }
        assert_eq!(font.printable("가a\u{202e}b🙂\u{0}"), "[U+AC00]a[U+202E]b[U+1F642][U+0000]");
    }

    #[test]
    fn no_line_is_wider_than_the_column() {
        let font = PrintFont::get().unwrap();
        for text in ["令和八年度の申請書".repeat(20), "one two three ".repeat(30), "x".repeat(500)] {
            let lines = font.lines(&text, 11.0, 200.0);
            for line in &lines {
                assert!(line.chars().map(|letter| font.advance(letter, 11.0)).sum::<f32>() <= 200.0, "{line}");
            }
            let without = |text: &str| text.replace(' ', "");
            assert_eq!(without(&lines.concat()), without(&text));
        }
    }
}
