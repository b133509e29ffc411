//! What the client says to people, in Japanese and English.
use serde::Deserialize;

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// 日本語.
    #[default]
    Ja,
    /// English.
    En,
}

impl Language {
    /// The person's language by the environment (LC_ALL, LC_MESSAGES, LANG).
    pub fn of_environment() -> Self {
        let set = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .iter()
            .find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
        if set.is_some_and(|value| value.starts_with("ja")) { Self::Ja } else { Self::En }
    }

    /// Its tag for `lang`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Ja => "ja",
            Self::En => "en",
        }
    }

    /// Its texts.
    pub fn texts(self) -> &'static Texts {
        match self {
            Self::Ja => &JA,
            Self::En => &EN,
        }
    }
}

/// Declares the texts: a field a text, its two languages beside each other.
macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident: $ja:literal, $en:literal;)*) => {
        /// The texts of one language.
        #[derive(Debug)]
        pub struct Texts { $($(#[$doc])* pub $name: &'static str,)* }
        static JA: Texts = Texts { $($name: $ja,)* };
        static EN: Texts = Texts { $($name: $en,)* };
    };
}

texts! {
    /// Name of the program.
    program: "署名アプリ", "Card client";
    /// Which gateway asks.
    gateway: "依頼元", "Asked by";
    /// In place of a value that the document does not have.
    not_given: "（記入なし）", "(not given)";
    /// Heading of what has no label.
    also_in_it: "文書のその他の内容", "What else stands in the document";
    /// An attachment.
    attachment: "添付ファイル", "Attachment";
    /// Unit of a size.
    bytes: "バイト", "bytes";
    /// A file at hand is this attachment.
    compared: "手元のファイルと一致しました", "matches the file given";
    /// No file was compared.
    not_compared: "手元のファイルとは照合していません", "not compared with a file";
    /// Heading of choosing files to be compared.
    compare_title: "添付ファイルを手元のファイルと照合する", "Compare the attachments with your files";
    /// What becomes of them.
    compare_hint: "このパソコンの中だけで照合し、ファイルの保存も送信もしません。選ばなくても署名できます。", "They are compared on this computer alone; nothing of them is kept or sent. You may sign without this.";
    /// Button that compares.
    compare: "照合する", "Compare";
    /// Before the names of files that are no attachments.
    not_an_attachment: "この申請の添付と一致しないファイルです。内容が違うときは署名しないでください", "Not an attachment of this application; do not sign if it should be";
    /// Question on the terminal.
    agree: "この内容に署名しますか。署名する場合は yes と入力してください: ", "Sign this? Type yes to sign: ";
    /// Prompt on the terminal.
    pin_prompt: "暗証番号: ", "PIN: ";
    /// Title of the window that reads a certificate.
    read_title: "電子証明書の読み取り", "Read your certificate";
    /// What that window is for.
    read_lead: "次のサイトが、申請者欄に記入するために電子証明書（氏名・住所・生年月日・性別を含みます）の読み取りを求めています。", "This site asks for your certificate, to fill in who applies. It holds your name, address, date of birth and sex.";
    /// Title of the window that signs.
    sign_title: "申請内容の確認と署名", "Check and sign your application";
    /// What that window is for.
    sign_lead: "次の内容に署名します。内容は署名する文書そのものから表示しています。", "This is what you sign, shown out of the very document that is signed.";
    /// Choice of the card.
    card: "カード", "Card";
    /// Label of the PIN.
    pin: "暗証番号（署名用パスワード）", "PIN";
    /// Hint at the PIN.
    pin_hint: "暗証番号はこのパソコンの中だけで使い、サイトには送りません。", "Your PIN stays on this computer and is never sent to the site.";
    /// Tries left, before the number.
    tries_left: "残り回数", "Tries left";
    /// Tries left that the card tells by a flag.
    tries_low: "減っています（カードは回数を知らせません）", "fewer than all (the card does not tell how many)";
    /// The next wrong PIN locks.
    tries_final: "1（次に間違えるとロックされます）", "1 (the next wrong one locks it)";
    /// Locked.
    tries_locked: "0（ロックされています）", "0 (locked)";
    /// The card does not tell.
    tries_unknown: "カードが知らせません", "not told by the card";
    /// At a reader with keys of its own.
    on_the_pad: "カードリーダーのボタンで暗証番号を入力してください", "Type the PIN on the reader's own keys";
    /// Readers.
    readers: "カードリーダー", "Reader";
    /// Cards.
    cards: "カード", "Cards";
    /// When a certificate ended.
    ended_at: "有効期間の終わり", "Ended";
    /// When a certificate begins.
    begins_at: "有効期間の始まり", "Begins";
    /// Form of the signature PIN.
    pin_form_signature: "署名用の暗証番号は6～16文字の英大文字と数字です", "the signature PIN has 6 to 16 letters A-Z and digits";
    /// Form of the authentication PIN.
    pin_form_authentication: "利用者証明用の暗証番号は4桁の数字です", "the authentication PIN has 4 digits";
    /// What a certificate is for that cannot sign.
    is_for_signing_in: "これは利用者証明用（ログイン用）の電子証明書です", "this certificate is for signing in";
    /// What a certificate is for that cannot sign in.
    is_for_signatures: "これは署名用の電子証明書です", "this certificate is for signatures";
    /// Question of `trust`.
    trust_question: "この鍵の窓口を登録しますか。窓口が公表している鍵と見比べてから、登録する場合は yes と入力してください: ", "Trust this gateway with these keys? Compare them with what it publishes. Type yes to trust it: ";
    /// Beside a key that is pinned.
    trust_known: "（登録済み）", "(pinned)";
    /// Beside a key that was pinned.
    trust_lost: "（登録済み。窓口の鍵にはもうありません）", "(pinned, and not there any more)";
    /// After pinning.
    trusted: "登録しました", "pinned";
    /// After `pair --line`, behind the origin.
    paired_line: "を接続しました。窓口の設定の [card] に、エージェントのアドレスと pairing = 次の行 を書いてください:", "is paired; its settings need, under [card], the agent's address and pairing = this line:";
    /// After `pair --remove`, behind the origin.
    paired_no_more: "の接続を解除しました", "is paired no more";
    /// After the phrase was chosen.
    phrase_chosen: "合言葉を決めました", "the phrase is chosen";
    /// After `native-host uninstall`, before the path.
    removed: "削除しました:", "removed";
    /// When the agent runs, before its address.
    listens: "署名アプリのエージェントが動いています:", "the card client's agent listens on";
    /// Button that reads.
    read: "読み取る", "Read";
    /// Button that signs.
    sign: "署名する", "Sign";
    /// Button that refuses.
    refuse: "中止する", "Cancel";
    /// Wrong PIN.
    wrong_pin: "暗証番号が違います。", "The PIN is wrong.";
    /// No PIN typed.
    bad_pin: "暗証番号を入力してください（1～64文字）。", "Type your PIN (1 to 64 characters).";
    /// No card chosen.
    no_card: "カードを選んでください。", "Choose a card.";
    /// Title of errors.
    error_title: "エラー: ", "Error: ";
    /// After reading.
    read_done: "電子証明書を読み取りました", "Your certificate was read";
    /// After signing.
    sign_done: "署名しました", "Signed";
    /// After signing, where not all could be signed.
    sign_partly: "一部の申請だけに署名しました", "Only some of the applications were signed";
    /// What to do after it.
    close: "このウィンドウを閉じて、元の画面に戻ってください。", "Close this window and go back to the page you came from.";
    /// After a refusal.
    refused: "中止しました。署名も読み取りも行っていません。", "Cancelled. Nothing was signed or read.";
    /// A locked PIN.
    locked: "暗証番号がロックされました。実際のカードでは市区町村の窓口で解除します。デモ用カードは署名アプリを再起動すると元に戻ります。", "The PIN is locked. A real card is unlocked at the counter of your municipality; a demo card when the client is started again.";
    /// A card that cannot be used.
    unusable: "このカードは使えません。", "This card cannot be used.";
    /// A page that was opened before or is over.
    gone: "この画面はすでに開かれたか、期限が切れています。元の画面からもう一度始めてください。", "This window was opened before, or its time is over. Start again from the page you came from.";
    /// Title of that.
    gone_title: "この画面は使えません", "This window cannot be used";
    /// A form that did not come from our page.
    forged: "この送信は受け付けられません。元の画面からもう一度始めてください。", "This was not sent from the client's own window. Start again from the page you came from.";
    /// The digest.
    digest: "文書の SHA-256", "SHA-256 of the document";
    /// Legend of the application.
    application: "申請内容", "Application";
    /// Deadline.
    valid_until: "提出期限", "To be filed by";
    /// The box that must be ticked before signing.
    checked: "内容をすべて確認しました", "I have read all of this";
    /// The box was left empty.
    not_checked: "内容を確認して、「内容をすべて確認しました」にチェックを入れてください。", "Read the application and tick “I have read all of this”.";
    /// Looks for a card again.
    again: "もう一度探す", "Look again";
    /// A reader with keys of its own.
    pin_pad: "暗証番号はカードリーダーのキーで入力します（下の欄は空のまま）", "The PIN is typed on the reader's own keys; leave the field below empty";
    /// In place of the PIN field, where no reader takes the PIN from it.
    pad_alone: "下のボタンを押したあと、カードリーダーのキーで暗証番号を入力してください", "Press the button below, then enter the PIN on the reader's own keys";
    /// Goes on to the next of several filings.
    next_filing: "確認したので次へ", "Checked, go on to the next";
    /// Above the phrase.
    phrase: "あなたの合言葉", "Your phrase";
    /// What the phrase is for.
    phrase_check: "あなたが決めた合言葉と違うときは、暗証番号を入力しないでください。偽の画面です。", "If this is not the phrase you chose, do not type your PIN: the window is not the card client's.";
    /// No phrase was chosen.
    phrase_none: "合言葉がまだ決められていません。「madoguchi-card phrase」で決めると、偽の画面を見分けられます。", "No phrase was chosen yet. Choose one with “madoguchi-card phrase”, so that you can tell this window from a fake one.";
    /// Label of the field in which it is chosen.
    phrase_choose: "合言葉", "Your phrase";
    /// Hint at it.
    phrase_hint: "暗証番号を入力する画面にいつも表示されます。あなただけが知っている言葉を4～60文字で決めてください。", "It stands in every window that asks for your PIN. Choose 4 to 60 characters that only you know.";
    /// A phrase that cannot be used.
    bad_phrase: "合言葉は4～60文字で入力してください。見えない文字は使えません。", "A phrase has 4 to 60 visible characters.";
    /// Title of pairing.
    pair_title: "サイトとの接続", "Connect with a site";
    /// What is asked.
    pair_lead: "次のサイトが、この署名アプリとの接続を求めています。", "This site asks to be connected with your card client.";
    /// What to look at.
    pair_check: "アドレスが、いま開いているサイトのものと同じか確かめてください。自分で始めていないときは「中止する」を押してください。", "See that the address is the one of the page you have open. If you did not start this, choose Cancel.";
    /// Button that pairs.
    pair: "接続コードを表示する", "Show the code";
    /// Title of the code.
    code_title: "接続コード", "Connection code";
    /// Where to type it.
    code_lead: "このコードを、次のサイトの画面に入力してください。ほかのサイトや電話では決して伝えないでください。", "Type this code into the page of this site. Never tell it to another site or on the phone.";
    /// How long it is good.
    code_hint: "5分間、1回だけ有効です。入力したらこのウィンドウを閉じてください。", "It is good once, for five minutes. Close this window when you have typed it.";
    /// The same on the terminal.
    code_hint_terminal: "5分間、1回だけ有効です。署名アプリ（madoguchi-card agent）を起動しておいてください。", "It is good once, for five minutes. The agent (madoguchi-card agent) must be running.";
    /// Title of signing in.
    login_title: "カードでログイン", "Sign in with your card";
    /// What it is for.
    login_lead: "次のサイトへのログインに、利用者証明用電子証明書を使います（氏名や住所は含まれません）。", "This site asks you to sign in with the authentication certificate, which holds neither name nor address.";
    /// Button that signs in.
    login: "ログインする", "Sign in";
    /// Label of its PIN.
    login_pin: "暗証番号（利用者証明用・4桁）", "PIN for signing in (4 digits)";
    /// After signing in.
    login_done: "カードの確認ができました", "Your card has been checked";
    /// The box that keeps the card open.
    keep_open: "続けて署名するため、5分間は暗証番号なしでカードを使えるようにする（申請内容は署名の前に必ず表示します）", "Keep the card open for 5 minutes, so that I can sign without the PIN again (the application is always shown before it is signed)";
    /// The card is open.
    is_open: "は先ほどの暗証番号で開いています。", "is open by the PIN that you typed before.";
    /// The card stays open.
    stays_open: "は、このサイトの申請に署名するために開いたままです。", "stays open, to sign an application of this site.";
    /// Before a time of day.
    until: "終了時刻", "until";
    /// Button that closes the card.
    close_card: "カードを今すぐ閉じる", "Close the card now";
}
