//! The table of what is the same, open and different; properties over whatever text; the corpus of the fuzz target.
use proptest::prelude::*;

use super::*;

fn name(claimed: &str, marks: Option<&str>, recorded: Recorded<'_>) -> (Agreement, Vec<Reason>) {
    let all = compare(&Claimed { name: Some(claimed), name_substitutes: marks, ..Claimed::default() }, &recorded);
    let [found, ..] = all.0;
    (found.agreement, found.reasons)
}

fn written(text: &str) -> Recorded<'_> {
    Recorded { written: text, ..Recorded::default() }
}

fn foreign() -> Recorded<'static> {
    Recorded {
        written: "SMITH JOHN WILLIAM",
        alphabet: Some("SMITH JOHN WILLIAM"),
        kana: Some("スミス　ジョン　ウィリアム"),
        alias: Some("山田　太郎"),
        ..Recorded::default()
    }
}

fn address(claimed: &str, marks: Option<&str>, recorded: &str, former: &[&str]) -> (Agreement, Vec<Reason>) {
    let claimed = Claimed { address: Some(claimed), address_substitutes: marks, ..Claimed::default() };
    let recorded = Recorded { address: Some(recorded), former_addresses: former, ..Recorded::default() };
    let [.., found] = compare(&claimed, &recorded).0;
    (found.agreement, found.reasons)
}

#[test]
fn japanese_names() {
    use Agreement::{Different, Same, Undecided};
    type Case<'a> = (&'a str, Option<&'a str>, &'a str, Agreement, &'a [Reason]);
    let cases: &[Case<'_>] = &[
        ("山田　花子", None, "山田　花子", Same, &[]),
        ("山田　花子", Some("00000"), "山田　花子", Same, &[]),
        ("山田　花子", None, "山田花子", Same, &[Reason::Spacing]),
        ("東　海林太郎", None, "東海　林太郎", Undecided, &[Reason::Boundary]),
        ("渡辺　一郎", Some("01000"), "渡邉　一郎", Same, &[Reason::KanjiVariant, Reason::SubstituteMark]),
        ("渡辺　一郎", Some("01000"), "渡辺　一郎", Same, &[Reason::SubstituteMark]),
        ("渡辺　一郎", Some("01000"), "渡\u{2a4b3}　一郎", Undecided, &[Reason::SubstituteUnknown]),
        ("渡辺　一郎", Some("00000"), "渡\u{2a4b3}　一郎", Different, &[]),
        ("渡辺　一郎", Some("01000"), "渡部　二郎", Different, &[]),
        ("斎藤　一", None, "斉藤　一", Undecided, &[Reason::SimilarKanji]),
        ("齋藤　一", None, "斎藤　一", Same, &[Reason::KanjiVariant]),
        ("ｻﾄｳ　ﾊﾅ", None, "サトウ　ハナ", Same, &[Reason::Width]),
        ("山田　花子", None, "山田　華子", Different, &[]),
        ("", None, "", Different, &[]),
    ];
    for (claimed, marks, recorded, agreement, reasons) in cases {
        assert_eq!(name(claimed, *marks, written(recorded)), (*agreement, reasons.to_vec()), "{claimed} {recorded}");
    }
    let reading = Recorded {
        kana: Some("ヤマダ　ハナコ"), former_names: &["鈴木　花子"], ..written("山田　花子")
    };
    assert_eq!(name("やまだ　はなこ", None, reading), (Undecided, vec![Reason::Reading]));
    assert_eq!(name("鈴木　花子", None, reading), (Undecided, vec![Reason::FormerName]));
}

#[test]
fn names_of_foreign_residents() {
    use Agreement::{Different, Same, Undecided};
    let cases: &[(&str, Agreement, &[Reason])] = &[
        ("SMITH JOHN WILLIAM", Same, &[]),
        ("Ｓｍｉｔｈ　Ｊｏｈｎ　Ｗｉｌｌｉａｍ", Same, &[Reason::Width, Reason::LetterCase]),
        ("SMITH, JOHN WILLIAM", Same, &[Reason::Spacing]),
        ("JOHN WILLIAM SMITH", Undecided, &[Reason::WordOrder]),
        ("SMITH JOHN", Undecided, &[Reason::PartLeftOut]),
        ("SMITH", Different, &[]),
        ("SMITH JOHNWILLIAM", Undecided, &[Reason::Boundary]),
        ("SMÏTH JOHN WILLIAM", Undecided, &[Reason::Accents]),
        ("山田　太郎", Same, &[Reason::Alias]),
        ("SMITH JOHN WILLIAM（山田　太郎）", Same, &[Reason::Width, Reason::Alias]),
        ("SMITH JOHN WILLIAM(佐藤　太郎)", Undecided, &[Reason::AliasDiffers]),
        ("JONES JOHN WILLIAM（山田　太郎）", Different, &[]),
        ("すみす　じょん　うぃりあむ", Undecided, &[Reason::Reading]),
    ];
    for (claimed, agreement, reasons) in cases {
        assert_eq!(name(claimed, None, foreign()), (*agreement, reasons.to_vec()), "{claimed}");
    }
    let kanji = Recorded { written: "李　明", alphabet: Some("LI MING"), ..Recorded::default() };
    assert_eq!(name("LI MING", None, kanji), (Same, vec![Reason::AlphabetName]));
}

#[test]
fn addresses() {
    use Agreement::{Different, Same, Undecided};
    let home = "東京都千代田区霞が関二丁目１番２号";
    let cases: &[(&str, &str, Agreement, &[Reason])] = &[
        (home, home, Same, &[]),
        ("東京都千代田区霞が関２－１－２", home, Same, &[Reason::Width, Reason::Notation]),
        (
            "東京都千代田区霞ヶ関2‐1‐2",
            home,
            Same,
            &[Reason::Width, Reason::Hyphen, Reason::SmallKana, Reason::Notation],
        ),
        ("東京都 千代田区 霞が関二丁目１番２号", home, Same, &[Reason::Spacing]),
        ("東京都千代田区霞が関２－１－３", home, Different, &[]),
        ("東京都千代田区霞が関２－１", home, Undecided, &[Reason::PartLeftOut]),
        ("東京都千代田区霞が関２－１－２１", home, Different, &[]),
        ("千代田区霞が関２－１－２", home, Undecided, &[Reason::PrefectureLeftOut]),
        ("大阪府千代田区霞が関２－１－２", home, Different, &[]),
        ("東京都千代田区霞が関２－１－２コーポ３０１", home, Undecided, &[Reason::BuildingLeftOut]),
        ("長野県上田市大字上田１番地", "長野県上田市上田1", Undecided, &[Reason::AzaLeftOut]),
        ("札幌市中央区北一条西二丁目", "札幌市中央区北1条西3丁目", Different, &[]),
        ("東京都千代田区三番町6", "東京都千代田区三番町六番地", Same, &[Reason::Notation]),
        ("東京都中央区1-1ハイツ甲", "東京都中央区1-1ハイツ乙", Undecided, &[Reason::BuildingDiffers]),
        ("東京都", "千代田区", Different, &[]),
    ];
    for (claimed, recorded, agreement, reasons) in cases {
        assert_eq!(address(claimed, None, recorded, &[]), (*agreement, reasons.to_vec()), "{claimed} {recorded}");
        assert_eq!(address(recorded, None, claimed, &[]), (*agreement, reasons.to_vec()), "{recorded} {claimed}");
    }
    let former = ["神奈川県横浜市中区本町６丁目５０番地の１０"];
    assert_eq!(address("神奈川県横浜市中区本町6-50-10", None, home, &former), (Undecided, vec![Reason::FormerAddress]));
    assert_eq!(
        address("東京都葛飾区１番", Some("00010000"), "東京都\u{2a4b3}飾区１番", &[]).1,
        [Reason::SubstituteUnknown]
    );
}

/// Two people with the same four attributes are not told apart by them, and one of several is found.
#[test]
fn which_record_is_meant() {
    let person = Recorded {
        date_of_birth: Some("1985-04-12"),
        sex: Some("female"),
        address: Some("東京都千代田区千代田１丁目１番１号"),
        ..written("山田　花子")
    };
    let claimed = Claimed {
        name: Some("山田　花子"),
        date_of_birth: Some("1985-04-12"),
        sex: Some("female"),
        address: Some("東京都千代田区千代田１－１－１"),
        ..Claimed::default()
    };
    let moved =
        Recorded {
            address: Some("大阪府大阪市北区１"), former_addresses: &["東京都千代田区千代田1-1-1"], ..person
        };
    let other = Recorded { date_of_birth: Some("1985-04-13"), ..person };
    assert!(matches!(decide(&claimed, &[other, person]), Decision::Same(1, _)));
    assert!(matches!(decide(&claimed, &[moved, person]), Decision::Same(1, _)));
    assert!(matches!(decide(&claimed, &[person, other, person]), Decision::Undecided(all) if all.len() == 2));
    assert!(
        matches!(decide(&claimed, &[moved]), Decision::Undecided(all) if all[0].1.codes() == ["address:former_address"])
    );
    assert_eq!(decide(&claimed, &[other]), Decision::None);
    assert_eq!(decide(&claimed, &[]), Decision::None);
}

fn full_width(text: &str) -> String {
    let wide = |one: char| match one {
        ' ' => '\u{3000}',
        '!'..='~' => char::from_u32(u32::from(one) + 0xfee0).unwrap_or(one),
        other => other,
    };
    text.chars().map(wide).collect()
}

/// Text as names and addresses have it, and whatever else.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[一二三十百〇丁目番地号条町区市山田渡邉斎斉ケヶのノー0-9０-９A-Za-z－‐ 　()（）〒階室]{0,40}",
        "\\PC{0,60}",
        any::<String>(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_same_text_is_the_same(text in text()) {
        prop_assume!(!text.trim().is_empty());
        prop_assert_eq!(name(&text, None, written(&text)), (Agreement::Same, vec![]));
        prop_assert_eq!(address(&text, None, &text, &[]), (Agreement::Same, vec![]));
    }

    #[test]
    fn which_side_is_which_makes_no_difference(one in text(), other in text()) {
        prop_assert_eq!(name(&one, None, written(&other)), name(&other, None, written(&one)));
        prop_assert_eq!(address(&one, None, &other, &[]), address(&other, None, &one, &[]));
    }

    #[test]
    fn width_makes_no_difference(text in "[A-Z]{1,8} [A-Za-z]{1,8}", lot in "[1-9][0-9]{0,3}-[1-9][0-9]{0,3}") {
        prop_assert_eq!(name(&full_width(&text), None, written(&text)).0, Agreement::Same);
        let place = format!("東京都千代田区千代田{lot}");
        prop_assert_eq!(address(&full_width(&place), None, &place, &[]).0, Agreement::Same);
    }

    #[test]
    fn another_number_is_never_the_same_place(
        (chome, banchi, go) in (1u32..60, 1u32..3000, 1u32..200), at in 0usize..3, by in 1u32..50,
    ) {
        let mut other = [chome, banchi, go];
        other[at] += by;
        let [a, b, c] = other;
        let one = format!("東京都千代田区千代田{chome}丁目{banchi}番{go}号");
        let (found, _) = address(&format!("東京都千代田区千代田{a}-{b}-{c}"), None, &one, &[]);
        prop_assert_eq!(found, Agreement::Different);
        let same = address(&format!("東京都千代田区千代田{chome}-{banchi}-{go}"), None, &one, &[]).0;
        prop_assert_eq!(same, Agreement::Same);
    }

    #[test]
    fn marks_never_make_different_people_the_same(one in text(), marks in "[01]{0,40}", other in text()) {
        let without = name(&one, None, written(&other));
        let with = name(&one, Some(&marks), written(&other));
        if without.0 != Agreement::Same {
            prop_assert_ne!(with.0, Agreement::Same);
        }
    }

    #[test]
    fn what_is_the_same_has_reasons_that_decide(one in text(), other in text(), marks in proptest::option::of("[01]{0,40}")) {
        for (agreement, reasons) in [name(&one, marks.as_deref(), written(&other)), address(&one, marks.as_deref(), &other, &[])] {
            prop_assert_eq!(agreement == Agreement::Same, agreement != Agreement::Different && reasons.iter().all(|r| r.decides()));
        }
    }
}

#[test]
fn what_is_too_long_is_left_to_a_clerk() {
    let long = "一".repeat(NAME_CHARACTERS + 1);
    assert_eq!(name(&long, None, written(&long)), (Agreement::Undecided, vec![Reason::TooLong]));
    let long = "一".repeat(ADDRESS_CHARACTERS + 1);
    assert_eq!(address(&long, None, &long, &[]), (Agreement::Undecided, vec![Reason::TooLong]));
}

/// The seeds of the fuzz target `matching`: two lines, name and address of either side.
#[test]
fn the_corpus_is_read_without_fault() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/matching");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let mut lines = text.lines();
        let (one, other) = (lines.next().unwrap(), lines.next().unwrap());
        name(one, lines.next(), written(other));
        address(one, None, other, &[]);
        seen += 1;
    }
    assert!(seen >= 3);
}
