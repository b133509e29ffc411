//! What mails about drafts say: nothing of what is applied for.

/// The two mails in one language: subject and body of each. In bodies stand `{link}` and, in the second, `{drafts}`.
pub(super) struct DraftWords {
    /// The address is to be confirmed.
    pub(super) confirm: (&'static str, &'static str),
    /// The draft ends soon.
    pub(super) ends: (&'static str, &'static str),
}

pub(super) const JA: DraftWords = DraftWords {
    confirm: (
        "メールアドレスの確認（下書き）",
        "入力中の申請の下書きの期限が近づいたら、このメールアドレスにお知らせする設定が行われました。\n\
         お知らせを受け取る場合は、2日以内に次のページで確認してください。\n\n{link}\n\n心当たりがない場合は、何もしないでください。このアドレスは消去されます。\n",
    ),
    ends: (
        "下書きの期限が近づいています",
        "入力中の申請の下書きが、1日以内に期限になります。期限を過ぎると、しばらくあとに消去されます。\n\
         続きを入力するには、入力をはじめたブラウザーで次のページを開くか、カードでログインしてください。\n\n{drafts}\n\nこのお知らせメールを止める：{link}\n",
    ),
};

pub(super) const EN: DraftWords = DraftWords {
    confirm: (
        "Please confirm your mail address (draft)",
        "Somebody asked that this address is told before a draft of an application ends.\n\
         To be told, please confirm within two days on this page:\n\n{link}\n\n\
         If you know nothing of it, do nothing: the address is forgotten.\n",
    ),
    ends: (
        "A draft of yours ends soon",
        "An application that you began and have not submitted ends within a day. Some time later it is deleted.\n\
         To go on, open this page in the browser where you began, or sign in with your card:\n\n{drafts}\n\nTo stop these mails: {link}\n",
    ),
};

pub(super) const EASY: DraftWords = DraftWords {
    confirm: (
        "メールアドレスを たしかめて ください（下書き（したがき））",
        "下書き（したがき）が 終わる 前に、このメールアドレスに お知らせする お願いが ありました。\n\
         お知らせを 受け取るときは、2日までに 次の ページで たしかめて ください。\n\n{link}\n\n\
         あなたの お願いでは ないときは、何も しないで ください。この アドレスは 消します。\n",
    ),
    ends: (
        "下書き（したがき）が もうすぐ 終わります",
        "書き始めた 申請（しんせい）の 下書き（したがき）は、1日 以内（いない）に 終わります。終わった 後、しばらくして 消えます。\n\
         続きを 書くときは、書き始めた ブラウザーで 次の ページを ひらくか、カードで ログインして ください。\n\n{drafts}\n\nこの メールを 止める：{link}\n",
    ),
};

pub(super) const ZH: DraftWords = DraftWords {
    confirm: (
        "请确认您的邮箱地址（草稿）",
        "有人设置了在申请草稿到期之前向此邮箱地址发送通知。\n\
         如果要接收通知，请在2天之内在以下页面确认。\n\n{link}\n\n如果您没有印象，请不要做任何操作。此地址将被删除。\n",
    ),
    ends: (
        "您的草稿即将到期",
        "您尚未提交的申请草稿将在1天之内到期。到期后过一段时间会被删除。\n\
         要继续填写，请在开始填写的浏览器中打开以下页面，或用卡登录。\n\n{drafts}\n\n停止接收此类邮件：{link}\n",
    ),
};

pub(super) const KO: DraftWords = DraftWords {
    confirm: (
        "메일 주소를 확인해 주세요(임시 저장)",
        "신청의 임시 저장 기한이 다가오면 이 메일 주소로 알리는 설정이 이루어졌습니다.\n\
         알림을 받으시려면 2일 이내에 다음 페이지에서 확인해 주세요.\n\n{link}\n\n짐작되는 일이 없으면 아무것도 하지 마세요. 이 주소는 삭제됩니다.\n",
    ),
    ends: (
        "임시 저장의 기한이 다가왔습니다",
        "아직 제출하지 않은 신청의 임시 저장이 1일 이내에 기한이 됩니다. 기한이 지나면 얼마 후 삭제됩니다.\n\
         계속하려면 시작한 브라우저에서 다음 페이지를 열거나 카드로 로그인해 주세요.\n\n{drafts}\n\n이 알림 메일 중지하기: {link}\n",
    ),
};

pub(super) const PT: DraftWords = DraftWords {
    confirm: (
        "Confirme o seu endereço de e-mail (rascunho)",
        "Foi pedido que este endereço seja avisado antes que um rascunho de solicitação termine.\n\
         Para ser avisado, confirme em até dois dias nesta página:\n\n{link}\n\n\
         Se você não sabe do que se trata, não faça nada: o endereço é apagado.\n",
    ),
    ends: (
        "Um rascunho seu termina em breve",
        "Uma solicitação que você começou e não enviou termina em até um dia. Algum tempo depois ela é apagada.\n\
         Para continuar, abra esta página no navegador em que começou ou entre com o cartão:\n\n{drafts}\n\n\
         Para não receber mais estes e-mails: {link}\n",
    ),
};

pub(super) const VI: DraftWords = DraftWords {
    confirm: (
        "Vui lòng xác nhận địa chỉ email (bản nháp)",
        "Có người đã yêu cầu báo đến địa chỉ này trước khi một bản nháp đơn hết hạn.\n\
         Nếu muốn nhận, hãy xác nhận trong vòng hai ngày tại trang sau:\n\n{link}\n\n\
         Nếu bạn không biết việc này, đừng làm gì cả: địa chỉ sẽ bị xóa.\n",
    ),
    ends: (
        "Bản nháp của bạn sắp hết hạn",
        "Đơn bạn đã bắt đầu và chưa nộp sẽ hết hạn trong vòng một ngày. Một thời gian sau đó nó sẽ bị xóa.\n\
         Để tiếp tục, hãy mở trang sau trong trình duyệt bạn đã bắt đầu, hoặc đăng nhập bằng thẻ:\n\n{drafts}\n\nĐể ngừng nhận email này: {link}\n",
    ),
};
