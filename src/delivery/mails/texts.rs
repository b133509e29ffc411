//! What mails say. They name no person and nothing of what was filed or decided: an arrival number and where to look.
use super::draft_texts::{self, DraftWords};
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

/// The mails to residents in one language: subject and body of each. In bodies stand `{number}`, `{link}` and `{status}`.
struct Words {
    confirm: (&'static str, &'static str),
    news: (&'static str, &'static str),
    draft: DraftWords,
}

const JA: Words = Words {
    confirm: (
        "メールアドレスの確認",
        "到達番号 {number} の申請のお知らせを、このメールアドレスに送る設定が行われました。\n\
         お知らせを受け取る場合は、2日以内に次のページで確認してください。\n\n{link}\n\n\
         心当たりがない場合は、何もしないでください。このアドレスは2日後に消去されます。\n",
    ),
    news: (
        "申請についてお知らせがあります",
        "到達番号 {number} の申請について、新しいお知らせがあります。\n\
         内容は、次のページで到達番号と照会キーを入力するか、カードでログインして確認してください。\n\n\
         {status}\n\nこのお知らせメールを止める：{link}\n",
    ),
    draft: draft_texts::JA,
};

const EN: Words = Words {
    confirm: (
        "Please confirm your mail address",
        "Somebody asked that notices about the application with the arrival number {number} are sent to this \
         address.\nTo receive them, please confirm within two days on this page:\n\n{link}\n\n\
         If you know nothing of it, do nothing: the address is forgotten after two days.\n",
    ),
    news: (
        "There is something new about your application",
        "There is something new about the application with the arrival number {number}.\n\
         To read it, give the arrival number and the access key on this page, or sign in with your card:\n\n\
         {status}\n\nTo stop these mails: {link}\n",
    ),
    draft: draft_texts::EN,
};

const EASY: Words = Words {
    confirm: (
        "メールアドレスを たしかめて ください",
        "到達番号（とうたつばんごう） {number} の 申請（しんせい）の お知らせを、このメールアドレスに 送る お願いが ありました。\n\
         お知らせを 受け取るときは、2日までに 次の ページで たしかめて ください。\n\n{link}\n\n\
         あなたの お願いでは ないときは、何も しないで ください。この アドレスは 2日後に 消します。\n",
    ),
    news: (
        "申請（しんせい）の お知らせが あります",
        "到達番号（とうたつばんごう） {number} の 申請（しんせい）に、新しい お知らせが あります。\n\
         次の ページで 到達番号と 照会（しょうかい）キーを 入れるか、カードで ログインして、見て ください。\n\n\
         {status}\n\nこの メールを 止める：{link}\n",
    ),
    draft: draft_texts::EASY,
};

const ZH: Words = Words {
    confirm: (
        "请确认您的邮箱地址",
        "有人设置了向此邮箱地址发送到达编号为 {number} 的申请的通知。\n\
         如果要接收通知，请在2天之内在以下页面确认。\n\n{link}\n\n\
         如果您没有印象，请不要做任何操作。此地址将在2天后删除。\n",
    ),
    news: (
        "您的申请有新的通知",
        "到达编号为 {number} 的申请有新的通知。\n\
         请在以下页面输入到达编号和查询密钥，或用卡登录查看。\n\n\
         {status}\n\n停止接收此类邮件：{link}\n",
    ),
    draft: draft_texts::ZH,
};

const KO: Words = Words {
    confirm: (
        "메일 주소를 확인해 주세요",
        "도달번호 {number} 신청의 알림을 이 메일 주소로 보내는 설정이 이루어졌습니다.\n\
         알림을 받으시려면 2일 이내에 다음 페이지에서 확인해 주세요.\n\n{link}\n\n\
         짐작되는 일이 없으면 아무것도 하지 마세요. 이 주소는 2일 후에 삭제됩니다.\n",
    ),
    news: (
        "신청에 대한 알림이 있습니다",
        "도달번호 {number} 신청에 새로운 알림이 있습니다.\n\
         다음 페이지에서 도달번호와 조회 키를 입력하거나 카드로 로그인하여 확인해 주세요.\n\n\
         {status}\n\n이 알림 메일 중지하기: {link}\n",
    ),
    draft: draft_texts::KO,
};

const PT: Words = Words {
    confirm: (
        "Confirme o seu endereço de e-mail",
        "Foi pedido que os avisos sobre a solicitação com o número de protocolo {number} sejam enviados a este \
         endereço.\nPara recebê-los, confirme em até dois dias nesta página:\n\n{link}\n\n\
         Se você não sabe do que se trata, não faça nada: o endereço é apagado depois de dois dias.\n",
    ),
    news: (
        "Há uma novidade sobre a sua solicitação",
        "Há uma novidade sobre a solicitação com o número de protocolo {number}.\n\
         Para ler, digite o número de protocolo e a chave de consulta nesta página ou entre com o cartão:\n\n\
         {status}\n\nPara não receber mais estes e-mails: {link}\n",
    ),
    draft: draft_texts::PT,
};

const VI: Words = Words {
    confirm: (
        "Vui lòng xác nhận địa chỉ email",
        "Có người đã yêu cầu gửi thông báo về đơn có số tiếp nhận {number} đến địa chỉ này.\n\
         Nếu muốn nhận thông báo, hãy xác nhận trong vòng hai ngày tại trang sau:\n\n{link}\n\n\
         Nếu bạn không biết việc này, đừng làm gì cả: địa chỉ sẽ bị xóa sau hai ngày.\n",
    ),
    news: (
        "Có thông báo mới về đơn của bạn",
        "Có thông báo mới về đơn có số tiếp nhận {number}.\n\
         Để xem, hãy nhập số tiếp nhận và khóa tra cứu tại trang sau, hoặc đăng nhập bằng thẻ:\n\n\
         {status}\n\nĐể ngừng nhận email này: {link}\n",
    ),
    draft: draft_texts::VI,
};

fn words(language: Language) -> &'static Words {
    match language {
        Language::Ja => &JA,
        Language::En => &EN,
        Language::Easy => &EASY,
        Language::Zh => &ZH,
        Language::Ko => &KO,
        Language::Pt => &PT,
        Language::Vi => &VI,
    }
}

/// A mail to a resident. `origin` is the gateway's, `link` the one that confirms or stops.
pub fn resident(
    language: Language,
    kind: MailKind,
    number: Option<ArrivalNumber>,
    (origin, link): (&str, &str),
) -> MailText {
    let number = number.map(|number| number.grouped()).unwrap_or_default();
    let words = words(language);
    let (subject, body) = match kind {
        MailKind::Confirm => words.confirm,
        MailKind::DraftConfirm => words.draft.confirm,
        MailKind::DraftEnds => words.draft.ends,
        MailKind::Notice | MailKind::Filings(_) => words.news,
    };
    // The page opens in the mail's language, whatever browser follows the link.
    let body = body
        .replace("{number}", &number)
        .replace("{link}", &format!("{origin}{link}"))
        .replace("{status}", &format!("{origin}/status?lang={}", language.tag()))
        .replace("{drafts}", &format!("{origin}/drafts?lang={}", language.tag()));
    MailText { subject: subject.to_owned(), body }
}

/// A mail to an agency: how many filings came.
pub fn agency(count: i64, origin: &str) -> MailText {
    MailText {
        subject: format!("新しい申請 {count} 件 / New filings: {count}"),
        body: format!("新しい申請が {count} 件届いています。\nNew filings that came in: {count}.\n\n{origin}/agency\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mail_in_every_language_tells_the_number_where_to_look_and_how_to_stop() {
        for language in Language::ALL.iter().copied() {
            let Words { confirm, news, draft } = words(language);
            let (drafts, link) = (draft.ends.1.matches("{drafts}").count(), draft.ends.1.matches("{link}").count());
            assert_eq!((drafts, link, draft.confirm.1.matches("{link}").count()), (1, 1, 1), "{}", language.tag());
            for part in ["{number}", "{link}"] {
                assert_eq!(confirm.1.matches(part).count(), 1, "{part} in {}", language.tag());
                assert_eq!(news.1.matches(part).count(), 1, "{part} in {}", language.tag());
            }
            assert_eq!(news.1.matches("{status}").count(), 1);
            let mail = resident(language, MailKind::Confirm, None, ("https://a.example", "/mail/x"));
            assert!(mail.body.contains("\n\nhttps://a.example/mail/x\n\n") && !mail.body.contains('{'));
            assert!(language.is_japanese() || language == Language::En || mail.subject != EN.confirm.0);
        }
    }
}
