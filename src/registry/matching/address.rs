//! Addresses: municipality and place, the numbers of the lot, and the building on it.
use super::ADDRESS_CHARACTERS;
use super::finding::{Agreement, Reason, Verdict};
use super::fold::{self, Step};
use super::{kanji, notation};

/// What addresses differ by, in the order in which it is taken away.
const ADDRESS: &[Step] = &[
    (Reason::Width, fold::width),
    (Reason::Glyph, fold::without_selectors),
    (Reason::Hyphen, fold::hyphens),
    (Reason::LetterCase, fold::capitals),
    (Reason::Spacing, notation::spaces),
    (Reason::KanjiVariant, kanji::common_forms),
    (Reason::SmallKana, notation::small_kana),
    (Reason::Notation, notation::numbers),
];

const PREFECTURES: &str = "北海道 青森県 岩手県 宮城県 秋田県 山形県 福島県 茨城県 栃木県 群馬県 埼玉県 千葉県 東京都 神奈川県 新潟県 富山県 \
    石川県 福井県 山梨県 長野県 岐阜県 静岡県 愛知県 三重県 滋賀県 京都府 大阪府 兵庫県 奈良県 和歌山県 鳥取県 島根県 岡山県 広島県 山口県 \
    徳島県 香川県 愛媛県 高知県 福岡県 佐賀県 長崎県 熊本県 大分県 宮崎県 鹿児島県 沖縄県";

/// Compares a claimed address, with the substitute marks of its certificate, with the record's and those before it.
pub(super) fn compare(claimed: Option<&str>, marks: Option<&str>, recorded: Option<&str>, former: &[&str]) -> Verdict {
    let (Some(claimed), Some(recorded)) = (claimed, recorded) else { return Verdict::by(vec![Reason::NotTold]) };
    let too_long = |text: &str| text.chars().count() > ADDRESS_CHARACTERS;
    if too_long(claimed) || too_long(recorded) {
        return Verdict::by(vec![Reason::TooLong]);
    }
    let claimed = fold::clean(claimed);
    let current = one(&claimed, marks, &fold::clean(recorded));
    current.or_better(|| {
        let mut before = former.iter().filter(|address| !too_long(address));
        let was = before.any(|address| one(&claimed, marks, &fold::clean(address)).agreement == Agreement::Same);
        if was { Verdict::by(vec![Reason::FormerAddress]) } else { Verdict::different() }
    })
}

fn one(claimed: &str, marks: Option<&str>, recorded: &str) -> Verdict {
    if claimed.trim().is_empty() || recorded.trim().is_empty() {
        return Verdict::by(vec![Reason::NotTold]);
    }
    let opened = fold::opened(claimed, marks);
    if let Some(reasons) = fold::needed(ADDRESS, claimed, recorded) {
        let same = Verdict::by(reasons);
        return if opened.is_some() { same.with(Reason::SubstituteMark) } else { same };
    }
    let right = fold::all(ADDRESS, recorded);
    let plain = parts_compared(&fold::all(ADDRESS, claimed), &right);
    plain.or_better(|| match opened {
        Some(text) => parts_compared(&fold::all(ADDRESS, &text), &right).with(Reason::SubstituteUnknown),
        None => Verdict::different(),
    })
}

/// An address that every folding went over, in its parts.
struct Parts {
    place: String,
    lot: String,
    building: String,
}

impl Parts {
    fn of(text: &str) -> Self {
        let is_number = |one: char| one.is_ascii_digit() || one == '-';
        let mut place_end = text.find(|one: char| one.is_ascii_digit()).unwrap_or(text.len());
        loop {
            let rest = text.get(place_end..).unwrap_or_default();
            let lot_end = rest.find(|one| !is_number(one)).unwrap_or(rest.len());
            let after = rest.get(lot_end..).unwrap_or_default();
            // 北1条西2-3: the first number belongs to the place.
            let next =
                after.starts_with(['条', '線', '区']).then(|| after.find(|one: char| one.is_ascii_digit())).flatten();
            match next {
                Some(next) => place_end += lot_end + next,
                None => {
                    let (lot, building) = rest.split_at(lot_end);
                    let place = text.get(..place_end).unwrap_or_default();
                    return Self { place: place.into(), lot: lot.into(), building: building.into() };
                }
            }
        }
    }
}

fn parts_compared(left: &str, right: &str) -> Verdict {
    let (left, right) = (Parts::of(left), Parts::of(right));
    let (place, lot) = (places(&left.place, &right.place), lots(&left.lot, &right.lot));
    match (place, lot) {
        (Some(mut reasons), Some(of_lot)) => {
            reasons.extend(of_lot);
            reasons.extend(buildings(&left.building, &right.building));
            Verdict::by(reasons)
        }
        _ => Verdict::different(),
    }
}

/// Nothing where the places differ; else what one side leaves out.
fn places(left: &str, right: &str) -> Option<Vec<Reason>> {
    if fold::equal_but_open(left, right) {
        return Some(Vec::new());
    }
    let bare = |text: &str| text.replace("大字", "").replace('字', "");
    let whole = |text: &str| PREFECTURES.split_whitespace().find_map(|name| text.strip_prefix(name)).map(str::to_owned);
    let mut reasons = Vec::new();
    let (mut one, mut other) = (left.to_owned(), right.to_owned());
    match (whole(left), whole(right)) {
        (Some(rest), None) => (one, reasons) = (rest, vec![Reason::PrefectureLeftOut]),
        (None, Some(rest)) => (other, reasons) = (rest, vec![Reason::PrefectureLeftOut]),
        _ => {}
    }
    // A prefecture alone is no place.
    if one.is_empty() || other.is_empty() {
        return None;
    }
    if fold::equal_but_open(&one, &other) {
        return Some(reasons);
    }
    reasons.push(Reason::AzaLeftOut);
    fold::equal_but_open(&bare(&one), &bare(&other)).then_some(reasons)
}

/// Nothing where the lots differ; else whether one says less.
fn lots(left: &str, right: &str) -> Option<Vec<Reason>> {
    let is_part = |short: &str, long: &str| {
        !short.is_empty() && long.strip_prefix(short).is_some_and(|rest| rest.starts_with('-') || short.ends_with('-'))
    };
    match left == right {
        true => Some(Vec::new()),
        false => (is_part(left, right) || is_part(right, left)).then(|| vec![Reason::PartLeftOut]),
    }
}

fn buildings(left: &str, right: &str) -> Option<Reason> {
    match (left.is_empty(), right.is_empty()) {
        _ if fold::equal_but_open(left, right) => None,
        (false, false) => Some(Reason::BuildingDiffers),
        _ => Some(Reason::BuildingLeftOut),
    }
}
