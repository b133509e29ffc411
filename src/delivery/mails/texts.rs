//! What mails say. They name no person and nothing of what was filed or decided: an arrival number and where to look.
use crate::ids::ArrivalNumber;
use crate::procedures::Language;
use crate::store::mails::MailKind;

/// Subject and body.
pub struct MailText {
    /// The subject.
    pub subject: String,
    /// The body, plain text.
    pub body: String,
}

/// A mail to a resident. `origin` is the gateway's, `link` the one that confirms or stops.
pub fn resident(
    language: Language,
    kind: MailKind,
    number: Option<ArrivalNumber>,
    (origin, link): (&str, &str),
) -> MailText {
    let number = number.map(|number| number.grouped()).unwrap_or_default();
    // Mails are in Japanese for who reads any kind of it, and in English for everybody else.
    let japanese = matches!(language, Language::Ja | Language::Easy);
    match (japanese, kind) {
        (true, MailKind::Confirm) => MailText {
            subject: "メールアドレスの確認".to_owned(),
            body: format!(
                "到達番号 {number} の申請のお知らせを、このメールアドレスに送る設定が行われました。\n\
                 お知らせを受け取る場合は、2日以内に次のページで確認してください。\n\n{origin}{link}\n\n\
                 心当たりがない場合は、何もしないでください。このアドレスは2日後に消去されます。\n"
            ),
        },
        (false, MailKind::Confirm) => MailText {
            subject: "Please confirm your mail address".to_owned(),
            body: format!(
                "Somebody asked that notices about the application with the arrival number {number} are sent to this \
                 address.\nTo receive them, please confirm within two days on this page:\n\n{origin}{link}\n\n\
                 If you know nothing of it, do nothing: the address is forgotten after two days.\n"
            ),
        },
        (true, _) => MailText {
            subject: "申請についてお知らせがあります".to_owned(),
            body: format!(
                "到達番号 {number} の申請について、新しいお知らせがあります。\n\
                 内容は、次のページで到達番号と照会キーを入力するか、カードでログインして確認してください。\n\n\
                 {origin}/status\n\nこのお知らせメールを止める：{origin}{link}\n"
            ),
        },
        (false, _) => MailText {
            subject: "There is something new about your application".to_owned(),
            body: format!(
                "There is something new about the application with the arrival number {number}.\n\
                 To read it, give the arrival number and the access key on this page, or sign in with your card:\n\n\
                 {origin}/status\n\nTo stop these mails: {origin}{link}\n"
            ),
        },
    }
}

/// A mail to an agency: how many filings came.
pub fn agency(count: i64, origin: &str) -> MailText {
    MailText {
        subject: format!("新しい申請 {count} 件 / New filings: {count}"),
        body: format!("新しい申請が {count} 件届いています。\nNew filings that came in: {count}.\n\n{origin}/agency\n"),
    }
}
