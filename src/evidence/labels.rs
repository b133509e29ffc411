//! The labels of a signing request that no procedure's definition has, in every language: the card client shows them as
//! they come.
use crate::procedures::Language;

/// What is labelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    /// The procedure.
    Procedure,
    /// The agency that it goes to.
    Recipient,
    /// The applicant's name.
    Name,
    /// The applicant's date of birth.
    DateOfBirth,
    /// The applicant's sex.
    Sex,
    /// The applicant's address.
    Address,
    /// An attachment, by its number from 1.
    Attachment(usize),
    /// The time until which it may be filed.
    ExpiresAt,
    /// The arrival number of the filing that is withdrawn.
    Withdrawn,
    /// Why it is withdrawn.
    Reason,
}

/// The label in `language`.
pub fn label(language: Language, what: Label) -> String {
    // In the order of the match below: ja, en, ja-simple, zh-Hans, ko, pt-BR, vi.
    let [ja, en, easy, zh, ko, pt, vi] = match what {
        Label::Procedure => ["手続", "Procedure", "手続き（てつづき）", "手续", "절차", "Procedimento", "Thủ tục"],
        Label::Recipient => ["提出先", "Submitted to", "出す ところ", "提交到", "제출처", "Enviado a", "Nơi nhận"],
        Label::Name => ["氏名", "Name", "名前", "姓名", "성명", "Nome", "Họ và tên"],
        Label::DateOfBirth => {
            ["生年月日", "Date of birth", "生まれた日", "出生日期", "생년월일", "Data de nascimento", "Ngày sinh"]
        }
        Label::Sex => ["性別", "Sex", "性別（せいべつ）", "性别", "성별", "Sexo", "Giới tính"],
        Label::Address => ["住所", "Address", "住所（じゅうしょ）", "住址", "주소", "Endereço", "Địa chỉ"],
        Label::Attachment(_) => {
            ["添付ファイル", "Attachment ", "つけた ファイル ", "添加文件 ", "첨부 파일 ", "Anexo ", "Tệp đính kèm "]
        }
        Label::ExpiresAt => {
            ["提出期限", "To be filed by", "いつまでに 出すか", "提交期限", "제출 기한", "Enviar até", "Hạn nộp"]
        }
        Label::Withdrawn => [
            "取り下げる申請の到達番号",
            "Arrival number of the application to be withdrawn",
            "やめる 申請（しんせい）の 到達番号（とうたつばんごう）",
            "要撤回的申请的到达编号",
            "취하할 신청의 도달번호",
            "Número de protocolo da solicitação a retirar",
            "Số tiếp nhận của đơn cần rút",
        ],
        Label::Reason => {
            ["取下げの理由", "Reason", "やめる 理由（りゆう）", "撤回的理由", "취하 이유", "Motivo", "Lý do"]
        }
    };
    let words = match language {
        Language::Ja => ja,
        Language::En => en,
        Language::Easy => easy,
        Language::Zh => zh,
        Language::Ko => ko,
        Language::Pt => pt,
        Language::Vi => vi,
    };
    match what {
        Label::Attachment(number) => format!("{words}{number}"),
        _ => words.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_label_is_there_in_every_language_and_a_number_stands_behind() {
        let labels = [
            Label::Procedure,
            Label::Recipient,
            Label::Name,
            Label::DateOfBirth,
            Label::Sex,
            Label::Address,
            Label::ExpiresAt,
            Label::Withdrawn,
            Label::Reason,
        ];
        for language in Language::ALL.iter().copied() {
            for what in labels {
                assert!(!label(language, what).trim().is_empty());
                let twice = labels.iter().filter(|other| label(language, **other) == label(language, what)).count();
                assert_eq!(twice, 1, "{what:?} in {}", language.tag());
            }
            assert!(label(language, Label::Attachment(12)).ends_with("12"));
        }
        assert_eq!(label(Language::Ja, Label::Attachment(1)), "添付ファイル1");
        assert_eq!(label(Language::En, Label::Attachment(1)), "Attachment 1");
    }
}
