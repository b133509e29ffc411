//! One kind of printed document: a heading, a number with its QR code, labelled lines, and a file that is embedded.
use std::num::NonZeroU16;

use krilla::Document;
use krilla::SerializeSettings;
use krilla::color::rgb;
use krilla::embed::{AssociationKind, EmbeddedFile, MimeType};
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule};
use krilla::surface::Surface;
use krilla::tagging::{ContentTag, SpanTag, Tag, TagGroup, TagTree};
use krilla::text::TextDirection;

use super::font::PrintFont;
use super::qr;

/// A4 (ISO 216) in points.
const PAPER: (f32, f32) = (595.0, 842.0);
const MARGIN: f32 = 56.0;
const QR_SIDE: f32 = 110.0;

/// What is printed.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    /// Tag of the language.
    pub language: &'static str,
    /// The heading.
    pub title: String,
    /// What the QR code says, and its description for who does not see it.
    pub code: (String, String),
    /// The number in large print, with its label.
    pub number: (String, String),
    /// Labels with their values.
    pub rows: Vec<(String, String)>,
    /// A sentence below.
    pub note: String,
    /// A file in the document: its name, media type and bytes.
    pub embedded: Option<(String, &'static str, Vec<u8>)>,
}

/// Why no document was made.
#[derive(Debug, thiserror::Error)]
#[error("a document could not be written as PDF: {0}")]
pub struct PrintError(&'static str);

/// One line of text on its way to paper.
struct TextLine {
    text: String,
    size: f32,
    grey: u8,
    /// Room above it.
    above: f32,
    heading: bool,
}

impl Sheet {
    /// The document.
    ///
    /// # Errors
    /// When the embedded font were broken, or what is printed cannot be a PDF.
    pub fn to_pdf(&self) -> Result<Vec<u8>, PrintError> {
        let font = PrintFont::get().ok_or(PrintError("the font is missing"))?;
        let mut document = Document::new_with(SerializeSettings { enable_tagging: true, ..Default::default() });
        let mut tags = TagTree::new().with_lang(Some(self.language.to_owned()));
        let mut lines = self.lines(font).into_iter().peekable();
        let mut first = true;
        while lines.peek().is_some() {
            let settings = PageSettings::from_wh(PAPER.0, PAPER.1).ok_or(PrintError("the paper has no size"))?;
            let mut page = document.start_page_with(settings);
            let mut surface = page.surface();
            if std::mem::take(&mut first) {
                self.draw_code(&mut surface, &mut tags);
            }
            let mut y = MARGIN;
            while let Some(line) = lines.next_if(|line| y + line.above + line.size <= PAPER.1 - MARGIN) {
                y += line.above + line.size;
                draw_line(&mut surface, &mut tags, font, &line, y);
            }
            surface.finish();
            page.finish();
        }
        self.finish(document, tags)
    }

    fn finish(&self, mut document: Document, tags: TagTree) -> Result<Vec<u8>, PrintError> {
        let metadata = Metadata::new().title(self.title.clone()).language(self.language.to_owned());
        document.set_metadata(metadata.creator("Madoguchi".to_owned()));
        document.set_tag_tree(tags);
        if let Some((name, media_type, bytes)) = &self.embedded {
            document.embed_file(EmbeddedFile {
                path: name.clone(),
                mime_type: MimeType::new(media_type),
                description: Some(self.title.clone()),
                association_kind: AssociationKind::Data,
                data: bytes.clone().into(),
                modification_date: None,
                compress: None,
                location: None,
            });
        }
        document.finish().map_err(|_| PrintError("the document is not valid"))
    }

    fn lines(&self, font: &PrintFont) -> Vec<TextLine> {
        let mut lines = Vec::new();
        let mut add = |text: &str, (size, grey, above, heading): (f32, u8, f32, bool), width: f32| {
            for (at, text) in font.lines(&font.printable(text), size, width).into_iter().enumerate() {
                let above = if at == 0 { above } else { size * 0.35 };
                lines.push(TextLine { text, size, grey, above, heading });
            }
        };
        let wide = PAPER.0 - 2.0 * MARGIN;
        let beside_code = wide - QR_SIDE - 24.0;
        add(&self.title, (20.0, 0, 0.0, true), beside_code);
        add(&self.number.0, (10.0, 80, 22.0, false), beside_code);
        add(&self.number.1, (20.0, 0, 6.0, false), beside_code);
        // What follows begins below the code.
        let mut room = 34.0;
        for (label, value) in &self.rows {
            add(label, (9.0, 80, room, false), wide);
            add(value, (11.0, 0, 4.0, false), wide);
            room = 12.0;
        }
        add(&self.note, (9.0, 80, 24.0, false), wide);
        lines
    }

    /// The code at the right margin: one path of all its dark squares.
    fn draw_code(&self, surface: &mut Surface<'_>, tags: &mut TagTree) {
        let Some(code) = qr::modules(&self.code.0) else { return };
        let side = QR_SIDE / code.width as f32;
        let (left, top) = (PAPER.0 - MARGIN - QR_SIDE, MARGIN);
        let mut path = PathBuilder::new();
        for (column, row) in &code.dark {
            let (x, y) = (left + *column as f32 * side, top + *row as f32 * side);
            if let Some(square) = Rect::from_xywh(x, y, side, side) {
                path.push_rect(square);
            }
        }
        let Some(path) = path.finish() else { return };
        let id = surface.start_tagged(ContentTag::Other);
        surface.set_fill(Some(grey(0)));
        surface.draw_path(&path);
        surface.end_tagged();
        let mut figure = TagGroup::new(Tag::Figure(Some(self.code.1.clone())));
        figure.push(id);
        tags.push(figure);
    }
}

fn grey(level: u8) -> Fill {
    Fill { paint: rgb::Color::new(level, level, level).into(), opacity: NormalizedF32::ONE, rule: FillRule::NonZero }
}

fn draw_line(surface: &mut Surface<'_>, tags: &mut TagTree, font: &PrintFont, line: &TextLine, y: f32) {
    if line.text.is_empty() {
        return;
    }
    let id = surface.start_tagged(ContentTag::Span(SpanTag::empty()));
    surface.set_fill(Some(grey(line.grey)));
    let at = Point::from_xy(MARGIN, y);
    surface.draw_text(at, font.handle(), line.size, &line.text, false, TextDirection::LeftToRight);
    surface.end_tagged();
    let mut group = match line.heading {
        true => TagGroup::new(Tag::Hn(NonZeroU16::MIN, Some(line.text.clone()))),
        false => TagGroup::new(Tag::P),
    };
    group.push(id);
    tags.push(group);
}
