//! What each error code says to a person, and what to do next, in Japanese and English.
use super::texts::Language;

/// A text in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Both {
    /// 日本語.
    pub ja: &'static str,
    /// English.
    pub en: &'static str,
}

impl Both {
    /// The one of a language.
    pub fn of(self, language: Language) -> &'static str {
        match language {
            Language::Ja => self.ja,
            Language::En => self.en,
        }
    }
}

/// The texts of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message {
    /// The stable code.
    pub code: &'static str,
    /// What happened, in a few words.
    pub title: Both,
    /// What to do next.
    pub next: Both,
}

/// The texts of `code`.
pub fn message(code: &str) -> Option<&'static Message> {
    MESSAGES.iter().find(|message| message.code == code)
}

/// The texts for what a gateway says of a certificate (sub-indications of ETSI EN 319 102-1).
pub fn of_sub_indication(sub_indication: &str) -> Option<&'static Message> {
    let code = match sub_indication {
        "REVOKED" | "REVOKED_NO_POE" => "certificate-revoked",
        "EXPIRED" | "OUT_OF_BOUNDS_NOT_REVOKED" | "OUT_OF_BOUNDS_NO_POE" => "certificate-expired",
        "NOT_YET_VALID" => "certificate-not-yet-valid",
        _ => return None,
    };
    message(code)
}

macro_rules! messages {
    ($($code:literal: $title_ja:literal, $title_en:literal; $next_ja:literal, $next_en:literal;)*) => {
        /// Every code that a person may meet.
        pub static MESSAGES: &[Message] = &[$(Message {
            code: $code,
            title: Both { ja: $title_ja, en: $title_en },
            next: Both { ja: $next_ja, en: $next_en },
        },)*];
    };
}

messages! {
    "reader-service-stopped":
        "カードリーダーのサービスが動いていません", "the card reader service is not running";
        "パソコンを再起動するか、pcscd サービスを起動してください（systemctl start pcscd.socket）", "start this machine again, or start the service: systemctl start pcscd.socket";
    "no-reader":
        "カードリーダーが見つかりません", "no card reader was found";
        "カードリーダーをパソコンに接続し、ドライバーが入っているか確かめてください", "connect the reader, and see that its driver is installed";
    "no-card":
        "カードがありません", "there is no card in the reader";
        "マイナンバーカードをカードリーダーに置いて（挿して）、もう一度お試しください", "put your card on (or into) the reader and try again";
    "wrong-card":
        "このカードは使えません", "this is another kind of card";
        "マイナンバーカードを、向きを確かめて置いてください。署名用電子証明書が入っていないカードでは申請できません", "use your My Number card, the right way round; a card without a signature certificate cannot sign applications";
    "card-removed":
        "途中でカードが抜かれました", "the card was pulled out";
        "署名は完了していません。カードを置き直し、最後まで動かさずに、もう一度お試しください", "nothing was signed; put the card back, leave it there until the end, and try again";
    "card-busy":
        "カードは使用中です", "the card is in use";
        "カードを使っているほかの画面やソフトを終わらせてから、もう一度お試しください", "another window or program uses it; let that one finish or close it, and try again";
    "several-cards":
        "カードが複数あります", "several cards are there";
        "使わないカードを抜くか、--card で選んでください", "take out those that you do not need, or choose one with --card";
    "card-not-found":
        "指定されたカードがありません", "the card that was named is not there";
        "カードを置き直すか、madoguchi-card status で名前を確かめてください", "put it back, or look up the names with madoguchi-card status";
    "pin-form":
        "暗証番号の形が違います", "this cannot be the PIN";
        "残り回数は減っていません。入力し直してください", "no try was lost; type it again";
    "pin-wrong":
        "暗証番号が違います", "the PIN is wrong";
        "署名用は5回、利用者証明用は3回続けて間違えるとロックされます。正しい番号が分からないときは、残り回数があるうちにやめてください", "after 5 wrong ones in a row (3 for the PIN of four digits) the card locks; when you are not sure, stop while tries are left";
    "pin-locked":
        "暗証番号がロックされています", "the PIN is locked";
        "住民票のある市区町村の窓口で、カードと本人確認書類を持って初期化（再設定）を受けてください。署名用はコンビニのキオスク端末とスマートフォンのアプリでも初期化できる場合があります。デモ用カードは署名アプリを再起動すると元に戻ります", "have it reset at the counter of your municipality, with the card and proof of who you are; for the signature PIN a convenience store's kiosk and the phone app may do it too. A demo card is unlocked when the client is started again";
    "pin-pad-cancelled":
        "暗証番号の入力が中止されました", "the PIN entry at the reader was ended";
        "カードリーダーのボタンで暗証番号を入力し、確定してください", "type the PIN on the reader's own keys and confirm it";
    "pin-pad-needed":
        "暗証番号はカードリーダーで入力します", "the reader takes the PIN itself";
        "--pin-stdin を付けずに、もう一度お試しください", "try again without --pin-stdin; the PIN is typed on the reader's own keys";
    "no-certificate":
        "カードに電子証明書がありません", "the card has no certificate for this";
        "電子証明書が発行されているか、住民票のある市区町村の窓口で確かめてください（引越しや改姓のあとは失効しています）", "ask at the counter of your municipality whether it was issued; after moving or a change of name it ends and is issued anew";
    "module-unusable":
        "カードのドライバー（PKCS#11 モジュール）を使えません", "the PKCS#11 module cannot be used";
        "パスとパッケージ（Debian では opensc-pkcs11）を確かめてください", "look at its path, and whether its package is installed (opensc-pkcs11 on Debian)";
    "certificate-expired":
        "電子証明書の有効期間が過ぎています", "your certificate has ended";
        "住民票のある市区町村の窓口で更新してください（有効期間は5回目の誕生日まで。引越し・改姓でも失効します）。パソコンの時計が正しいかも確かめてください", "renew it at the counter of your municipality: it ends on your fifth birthday after issue, and when you move or change your name; see also that this machine's clock is right";
    "certificate-not-yet-valid":
        "電子証明書の有効期間が始まっていません", "your certificate is not valid yet";
        "パソコンの時計が正しいか確かめてください", "see that this machine's clock is right";
    "certificate-revoked":
        "電子証明書は失効しています", "your certificate ended";
        "多くの場合、引越しや改姓で住所・氏名が変わったためです。住民票のある市区町村の窓口で新しい電子証明書の発行を受けてください", "mostly because you moved or changed your name; have a new one issued at the counter of the municipality where you live now";
    "card-malformed":
        "カードの応答が正しくありません", "the card answered wrongly";
        "カードを置き直して、もう一度お試しください。続くときは窓口で点検を受けてください", "put it back and try again; when it goes on, have the card looked at";
    "card-unusable":
        "カードを使えません", "the card cannot be used";
        "カードを置き直して、もう一度お試しください", "put it back and try again";
    "request-used":
        "この申請はすでに署名されています", "this request was signed before";
        "署名済みのファイルを提出してください。見つからないときは、窓口のサイトで申請を作り直してください", "hand in the signature that was made; when it is lost, make the application again on the gateway's page";
    "used-full":
        "署名済み申請の記録がいっぱいです", "the record of used requests is full";
        "古い申請の期限が切れてから、もう一度お試しください", "try again when older requests have run out";
    "request-malformed":
        "署名要求を読めません", "the signing request cannot be read";
        "窓口のサイトからもう一度ダウンロードしてください", "fetch it from the gateway again";
    "gateway-not-trusted":
        "この窓口は登録されていません", "this gateway is not trusted";
        "知っている窓口であれば、madoguchi-card trust で鍵を確かめて登録してください", "if you know it, look at its keys and pin them with madoguchi-card trust";
    "request-signature":
        "窓口の署名を確認できません", "the gateway's signature is not good";
        "署名しないでください。窓口のサイトからもう一度ダウンロードし、続くときは madoguchi-card trust で鍵を確かめてください", "do not sign; fetch the request again, and when it goes on look at the keys with madoguchi-card trust";
    "request-audience":
        "この要求は署名アプリ宛てではありません", "the request is for somebody else";
        "署名しないでください", "do not sign";
    "request-issuer":
        "別の窓口の要求です", "the request is another gateway's";
        "署名しないでください。要求した画面と要求を作った窓口が違います", "do not sign: the page or document is another gateway's than the request";
    "request-expired":
        "署名要求の期限が切れています", "the request has expired";
        "窓口のサイトで申請を作り直してください", "make the application again on the gateway's page";
    "request-not-yet-valid":
        "署名要求の日時がこのパソコンの時計より先です", "the request is not valid yet";
        "パソコンの時計を合わせてください", "set this machine's clock right";
    "request-digest":
        "申請内容が窓口で作られたものと違います", "the application is not the one that the gateway made";
        "途中で書き換えられています。署名せずに、窓口のサイトで作り直してください", "it was changed on its way; do not sign, and make it again on the gateway's page";
    "document-malformed":
        "申請内容を表示できません", "the application cannot be shown";
        "表示できないものには署名しません。署名アプリを更新し、窓口のサイトで作り直してください", "what cannot be shown is not signed; update the card client and make the application again";
    "attachment-mismatch":
        "ファイルが申請の添付と一致しません", "a file is not the one that the application lists";
        "署名せずに、正しいファイルか確かめてください", "do not sign; see whether it is the right file";
    "user-cancelled":
        "署名していません", "nothing was signed";
        "同意されなかったため中止しました", "you did not agree";
    "keys-unreachable":
        "窓口の鍵を取得できません", "the gateway's keys cannot be fetched";
        "ネットワークと窓口のアドレスを確かめてください", "look at the network and the gateway's address";
    "status-problems":
        "問題が見つかりました", "something is in the way";
        "上の [problem] の行を見てください", "see the lines marked [problem] above";
    "input-unreadable":
        "ファイルを読み書きできません", "a file cannot be read";
        "場所と権限を確かめてください", "look at where it is and whether you may read it";
    "usage":
        "使い方が違います", "wrong usage";
        "madoguchi-card --help を見てください", "see madoguchi-card --help";
    "fault":
        "署名アプリの障害です", "the card client failed";
        "もう一度お試しください。続くときは、この表示を窓口に伝えてください", "try again; when it goes on, tell the help desk what this says";
    "expired":
        "時間切れです", "the time is over";
        "画面からもう一度始めてください", "nobody answered in time; ask again";
    "busy":
        "カードは使用中です", "the card is in use";
        "ほかのサイトの画面が開いています。先にそちらに答えるか閉じてください", "another site's window is open; answer or close that one first";
    "replaced":
        "新しい要求に置き換わりました", "replaced by a newer request";
        "新しい画面で続けてください", "go on in the newer window";
    "card-changed":
        "カードが入れ替わっています", "this is another card than before";
        "署名していません。電子証明書を読み取ったカードを置いて、もう一度お試しください。別のカードで申請するときは、電子証明書の読み取りから始めてください", "nothing was signed; put the card back whose certificate was read and try again, or begin by reading the other card's certificate";
    "certificate-purpose":
        "この電子証明書はこの用途に使えません", "this certificate is for something else";
        "申請には署名用電子証明書、ログインには利用者証明用電子証明書を使います。カード（ファイル）を選び直してください", "applications are signed with the signature certificate, signing in takes the authentication certificate; choose the other card or file";
    "too-many":
        "画面が何度も開かれました", "too many windows";
        "同じサイトから続けて求められたため、止めています。5分ほど待って、元の画面からもう一度始めてください", "a site asked again and again without an answer; wait five minutes and start again from its page";
    "too-large":
        "一度に送られた申請が大きすぎます", "too much was sent at once";
        "申請の数を減らして、もう一度お試しください", "ask for fewer applications at once";
    "window-not-opened":
        "署名アプリの画面を開けません", "the card client's window cannot be opened";
        "使うブラウザーを --open-with か MADOGUCHI_CARD_BROWSER で指定してください", "name a browser with --open-with or MADOGUCHI_CARD_BROWSER";
    "client-ending":
        "署名アプリは終了するところです", "the card client is ending";
        "署名アプリを起動して、元の画面からもう一度始めてください", "start it again, and start again from the page you came from";
    "pairing-code":
        "接続コードが違います", "the code is wrong";
        "署名アプリの画面に表示されたコードを入力し直してください。5回間違えると使えなくなります", "type the code that the card client's window shows; after five wrong ones it is good no more";
    "pairing-not-offered":
        "このサイトへの接続コードは出ていません", "no pairing is offered to this site";
        "サイトの画面で接続をもう一度始め、署名アプリに表示されるコードを入力してください（有効なのは5分間、1回だけです）", "ask for pairing again on the site's page, and type the code that the card client shows for it (good once, for five minutes)";
    "phrase-form":
        "この合言葉は使えません", "this phrase cannot be used";
        "4～60文字で、見える文字だけを使って決めてください", "choose 4 to 60 visible characters";
    "phrase-none":
        "合言葉が決められていません", "no phrase was chosen";
        "madoguchi-card phrase で決めてください。暗証番号を入力する画面が本物か見分けられます", "choose one with madoguchi-card phrase: it tells the windows that ask for your PIN from fake ones";
    "origin-not-paired":
        "このサイトとは接続していません", "this site is not paired";
        "接続しているサイトは madoguchi-card pair --list で確かめられます。接続するには madoguchi-card pair を使ってください", "see madoguchi-card pair --list; to pair it: madoguchi-card pair ORIGIN";
    "token-invalid":
        "接続が取り消されています", "not paired";
        "サイトの画面で接続し直してください", "connect again on the site's page";
    "caller-unknown":
        "これは手で起動するものではありません", "this is not started by hand";
        "ブラウザーが拡張機能のために起動します。登録するには madoguchi-card native-host install を使ってください", "the browser starts it for the extension; install it with: madoguchi-card native-host install";
    "nonce-malformed":
        "ログインの要求を読めません", "the nonce cannot be used";
        "サイトのログイン画面を開き直して、もう一度お試しください", "open the site's sign-in page again and try once more";
    "answer-too-long":
        "結果が大きすぎてブラウザーに渡せません", "too long for the browser";
        "申請の数を減らして、もう一度お試しください", "ask for fewer at once";
    "agent-key":
        "署名アプリではないプログラムが応答しています", "another program answers than the card client";
        "そのアドレスを使うプログラムを調べてください。署名アプリの画面に合言葉が表示されないときは、暗証番号を入力しないでください", "find out which program uses that address; do not type your PIN where your phrase is not shown";
    "port-taken":
        "エージェントのアドレスは使われています", "the agent's address is taken";
        "エージェントがすでに動いているか、別のプログラムがそのアドレスを使っています。madoguchi-card status で確かめるか、--listen で別のアドレスを指定してください", "an agent runs already, or another program uses it: see madoguchi-card status, or choose another with --listen";
    "folder-busy":
        "署名アプリの設定は書き換え中です", "the card client's folder is in use";
        "ほかで動いている署名アプリの操作が終わってから、もう一度お試しください", "let the other one finish what it does, and try again";
    "bad-json":
        "サイトからの要求を読めません", "the call cannot be read";
        "サイトの画面を開き直してください。続くときは、署名アプリを更新してください", "open the site's page again; when it goes on, update the card client";
    "message-malformed":
        "ブラウザーからの要求を読めません", "the browser's message cannot be read";
        "拡張機能と署名アプリを新しくしてください", "update the extension and the card client";
    "media-type":
        "サイトからの要求の形式が違います", "not JSON";
        "サイトの画面を開き直してください", "open the site's page again";
    "host-not-allowed":
        "署名アプリのアドレスが違います", "wrong Host";
        "署名アプリは自分のアドレスへの要求にだけ応えます", "the agent answers under its own address only";
    "user-not-allowed":
        "別の利用者のプログラムです", "another user";
        "署名アプリは、起動した本人のプログラムにだけ応えます", "the agent answers its own user's programs";
    "no-interface":
        "ここではサイトに応えません", "no page is answered here";
        "ブラウザーの拡張機能を使ってください", "the browser's extension is answered";
    "not-found":
        "ここには何もありません", "there is nothing here";
        "元の画面からもう一度始めてください", "start again from the page you came from";
    "operation-unknown":
        "その要求はありません", "no such operation";
        "終わっているか、別のサイトのものです。元の画面からもう一度始めてください", "it is over, or another site's; ask again";
    "cancelled":
        "元の画面で中止されました", "cancelled by the page";
        "必要であれば、もう一度始めてください", "begin again where you need it";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_stands_once_and_speaks_both_languages() {
        for (index, entry) in MESSAGES.iter().enumerate() {
            assert!(
                MESSAGES.iter().skip(index + 1).all(|other| other.code != entry.code),
                "{} stands twice",
                entry.code
            );
            for text in [entry.title, entry.next] {
                assert!(!text.ja.is_ascii() && text.en.is_ascii(), "{}", entry.code);
            }
        }
    }

    /// What this program says by a code: as it stands in its own sources.
    fn codes_of(source: &str) -> Vec<String> {
        let code = |rest: &str| {
            let code = rest.trim_start().strip_prefix('"')?.split('"').next()?;
            code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-').then(|| code.to_owned())
        };
        let before = ["::refused(", "code: ", "code: Some(", "then_some("];
        before.iter().flat_map(|before| source.split(before).skip(1).filter_map(code)).collect()
    }

    fn sources(folder: &std::path::Path, into: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, into);
            } else {
                into.push(std::fs::read_to_string(&path).unwrap());
            }
        }
    }

    #[test]
    fn every_code_that_is_said_has_its_texts() {
        let mut files = Vec::new();
        sources(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/card_client"), &mut files);
        let said: std::collections::BTreeSet<String> = files.iter().flat_map(|file| codes_of(file)).collect();
        assert!(said.len() > 40 && said.contains("window-not-opened") && said.contains("fault"), "{said:?}");
        let without: Vec<&String> = said.iter().filter(|code| message(code).is_none()).collect();
        assert!(without.is_empty(), "without texts in both languages: {without:?}");
    }

    #[test]
    fn every_code_is_described() {
        let described = include_str!("../../docs/CARD.md");
        for message in MESSAGES {
            assert!(described.contains(&format!("`{}`", message.code)), "{} is not in docs/CARD.md", message.code);
        }
    }
}
