//! `--help` in the person's language. The English texts stand at the arguments; the Japanese ones here, each beside its
//! English.
use clap::{Arg, Command, CommandFactory, FromArgMatches};

use crate::card_client::texts::Language;

/// Reads the command line, with the help in the language of the environment.
///
/// # Errors
/// As clap does: wrong usage, or help that was asked for.
pub fn parse<P: CommandFactory + FromArgMatches>() -> Result<P, clap::Error> {
    let mut command = P::command();
    // Made whole first, so that the texts of what clap adds itself are there to be translated.
    command.build();
    if Language::of_environment() == Language::Ja {
        command = in_japanese(command);
    }
    let mut matches = command.try_get_matches_from_mut(std::env::args_os())?;
    P::from_arg_matches_mut(&mut matches).map_err(|error| error.format(&mut command))
}

fn in_japanese(command: Command) -> Command {
    let about = command.get_about().and_then(|about| japanese(&about.to_string()));
    let command = match about {
        Some(about) => command.about(about),
        None => command,
    };
    let template = "{about-with-newline}\n使い方: {usage}\n\n{all-args}{after-help}";
    let command = command.mut_args(argument).help_template(template).subcommand_help_heading("コマンド");
    command.mut_subcommands(in_japanese)
}

fn argument(arg: Arg) -> Arg {
    let heading = if arg.is_positional() { "引数" } else { "オプション" };
    // The help in Japanese names the values that may be given; clap would list them in English.
    let arg = arg.hide_possible_values(true).help_heading(heading);
    match arg.get_help().and_then(|help| japanese(&help.to_string())) {
        Some(help) => arg.help(help).long_help(help),
        None => arg,
    }
}

fn japanese(english: &str) -> Option<&'static str> {
    HELP.iter().find(|(known, _)| *known == english).map(|(_, japanese)| *japanese)
}

/// English and Japanese.
const HELP: &[(&str, &str)] = &[
    (
        "The resident's card client: shows what a gateway asks to be signed, and signs it with the card",
        "署名アプリ: 窓口から届いた署名要求の内容を表示し、カードで署名します",
    ),
    (
        "The client's folder (pinned keys, pairings); by default $XDG_CONFIG_HOME/madoguchi-card",
        "署名アプリのフォルダー（登録した鍵、接続先）。既定は $XDG_CONFIG_HOME/madoguchi-card",
    ),
    (
        "Show signing requests and sign them with one PIN entry",
        "署名要求の内容を表示し、暗証番号の1回の入力で署名します",
    ),
    ("Write a card's certificate (PEM)", "カードの電子証明書を書き出します（PEM）"),
    ("Show a gateway's keys and pin them", "窓口の鍵を表示し、登録します"),
    (
        "Let a trusted gateway's pages talk to the agent: shows the code that is typed into its page; lists and ends pairings",
        "登録した窓口の画面がエージェントを使えるようにします（画面に入力するコードを表示）。一覧と解除もできます",
    ),
    ("Choose the phrase that stands above every PIN field", "暗証番号の欄の上に表示する合言葉を決めます"),
    (
        "Tell what works and what is in the way: reader, card, tries, dates, gateways, clock, agent, phrase",
        "カードリーダー・カード・残り回数・有効期間・窓口・時計・エージェント・合言葉を調べ、問題を知らせます",
    ),
    ("Serve the pages of paired gateways on this machine", "接続した窓口の画面に、このパソコンの中で応えます"),
    (
        "Answer the browser's extension (started by the browser); tell browsers where this is",
        "ブラウザーの拡張機能に応えます（ブラウザーが起動）。ブラウザーへの登録もします",
    ),
    ("Tell browsers where the host is", "ブラウザーに登録します"),
    ("Take that back", "ブラウザーへの登録を取り消します"),
    (
        "The signing requests (.mgreq); each is shown and agreed to, and one PIN entry signs them all",
        "署名要求（.mgreq）。それぞれ表示して確認し、暗証番号の1回の入力ですべてに署名します",
    ),
    (
        "Where the signature goes; by default beside the request, ending in .p7s. A folder where there are several",
        "署名の保存先。既定は署名要求と同じ場所の .p7s。複数のときはフォルダー",
    ),
    (
        "A card in a reader, by this PKCS#11 module (/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so)",
        "カードリーダーのカード（この PKCS#11 モジュールを使う。例: /usr/lib/x86_64-linux-gnu/opensc-pkcs11.so）",
    ),
    ("A demo card: a PKCS#12 file (again for each)", "デモ用カード: PKCS#12 ファイル（複数可）"),
    ("A JPKI card in a reader, by PC/SC", "カードリーダーのマイナンバーカード（PC/SC で直接）"),
    (
        "Which card, where several are there: a part of its label or reader, as status tells them",
        "複数のカードがあるときに使うカード（status が表示する名前かカードリーダーの一部）",
    ),
    ("The gateway's key set, in place of the pinned one", "登録した鍵の代わりに使う窓口の鍵"),
    (
        "A file that the application lists, to be compared with it (again for each)",
        "申請の添付と照合するファイル（複数可）",
    ),
    (
        "Read the PIN from the first line of standard input, and ask nothing",
        "暗証番号を標準入力の1行目から読み、確認を求めません",
    ),
    ("Read the PIN from the first line of standard input", "暗証番号を標準入力の1行目から読みます"),
    ("Which certificate", "どちらの電子証明書か: signature（署名用）または authentication（利用者証明用）"),
    ("Where the certificate goes; by default to standard output", "電子証明書の保存先。既定は標準出力"),
    ("The gateway: https://…, or http:// on this machine", "窓口: https://… またはこのパソコンの http://"),
    (
        "Pin without asking; only where you compared the keys by another way",
        "確認せずに登録します（別の方法で鍵を照合したときだけ）",
    ),
    ("Show who is paired", "接続した窓口の一覧を表示します"),
    ("End the pairing of this gateway: its pages are answered no more", "この窓口の接続を解除します"),
    (
        "Pair without a code and print the line for the gateway's own setting card.pairing (a gateway on this machine, for demonstrations)",
        "コードなしで接続し、窓口の設定 card.pairing の行を表示します（このパソコンの窓口のデモ用）",
    ),
    ("Show it", "表示します"),
    ("Print help", "使い方を表示します"),
    ("Print help (see more with '--help')", "使い方を表示します"),
    ("Print version", "版を表示します"),
    ("Print this message or the help of the given subcommand(s)", "コマンドの使い方を表示します"),
    (
        "Say what a code or a gateway's refusal means, and what to do",
        "エラーの符号や窓口の回答の意味と、次にすることを説明します",
    ),
    (
        "A code of this program (pin-locked), a gateway's sub-indication (REVOKED_NO_POE), or the file with a gateway's refusal",
        "エラーの符号（pin-locked など）、窓口の判定（REVOKED_NO_POE など）、または窓口の回答のファイル",
    ),
    (
        "At the counter: make a key in a token and write the request for its certificate",
        "窓口で: トークンの中で鍵を作り、電子証明書の発行要求を書き出します",
    ),
    (
        "At the counter: write a certificate into the token that has its key",
        "窓口で: 鍵のあるトークンに電子証明書を書き込みます",
    ),
    (
        "The token's PKCS#11 module (/usr/lib/softhsm/libsofthsm2.so)",
        "トークンの PKCS#11 モジュール（/usr/lib/softhsm/libsofthsm2.so）",
    ),
    (
        "Which token, where several are there: a part of its label or reader",
        "トークンが複数あるとき、その名前か読取機の名前の一部",
    ),
    (
        "Where the request goes (PKCS#10, PEM); by default to standard output",
        "発行要求（PKCS#10、PEM）の保存先。既定は標準出力",
    ),
    ("The certificate (PEM or DER)", "電子証明書（PEM または DER）"),
    ("Print one JSON document", "JSON で表示します"),
    ("Ask no gateway", "窓口に問い合わせません"),
    ("The PKCS#11 module to look through; by default OpenSC's", "調べる PKCS#11 モジュール。既定は OpenSC"),
    ("Where the agent listens", "エージェントの待ち受けアドレス"),
    ("Where to listen, on this machine", "待ち受けるアドレス（このパソコンの中だけ）"),
    (
        "The command that opens the client's windows, given the address as its last argument; by default the system's browser",
        "画面を開くコマンド（最後の引数にアドレス）。既定はシステムのブラウザー",
    ),
    (
        "The command that opens the client's windows; by default the system's browser",
        "画面を開くコマンド。既定はシステムのブラウザー",
    ),
    ("The identifier of the extension where it came from a store of its own", "独自のストアから入れた拡張機能の識別子"),
    ("The browser; by default all of them", "ブラウザー: chromium、chrome、firefox、edge のどれか。既定はすべて"),
    ("The browser's own folder, where it is not the usual one", "ブラウザーのフォルダー（既定でないとき）"),
    ("What the browser says of who starts this", "起動元（ブラウザーが渡します）"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn every(command: &Command, visit: &mut impl FnMut(&Command)) {
        visit(command);
        command.get_subcommands().for_each(|sub| every(sub, visit));
    }

    fn command_line() -> Command {
        let mut command = crate::card_client::command::CommandLine::command();
        command.build();
        command
    }

    #[test]
    fn every_help_text_has_its_japanese() {
        every(&command_line(), &mut |command| {
            let about = command.get_about().map(ToString::to_string).unwrap_or_default();
            assert!(japanese(&about).is_some(), "{}: {about:?} has no Japanese", command.get_name());
            for arg in command.get_arguments().filter(|arg| !arg.is_hide_set()) {
                let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
                assert!(japanese(&help).is_some(), "{} {}: {help:?} has no Japanese", command.get_name(), arg.get_id());
            }
        });
        let shown = in_japanese(command_line()).render_long_help().to_string();
        assert!(shown.contains("使い方:") && shown.contains("コマンド") && shown.contains("登録します"), "{shown}");
        every(&in_japanese(command_line()), &mut |command| {
            let shown = command.clone().render_long_help().to_string();
            for english in ["Print ", "Options:", "Arguments:", "Commands:", "Usage:", "Possible values"] {
                assert!(!shown.contains(english), "{} says {english:?}:\n{shown}", command.get_name());
            }
        });
    }

    #[test]
    fn no_japanese_is_left_of_what_is_gone() {
        let mut english = std::collections::HashSet::new();
        every(&command_line(), &mut |command| {
            english.extend(command.get_about().map(ToString::to_string));
            english.extend(command.get_arguments().filter_map(|arg| arg.get_help()).map(ToString::to_string));
        });
        let stale: Vec<&str> = HELP.iter().map(|(known, _)| *known).filter(|known| !english.contains(*known)).collect();
        assert!(stale.is_empty(), "{stale:?}");
    }

    #[test]
    fn the_manual_names_environment_and_files() {
        let manual = include_str!("../../../docs/man/madoguchi-card.1").replace("\\-", "-");
        for name in [
            crate::card_client::opener::ENVIRONMENT,
            "PCSCLITE_CSOCK_NAME",
            "XDG_CONFIG_HOME",
            "LC_ALL",
            "/trusted.json",
            "/pairings.json",
            "/phrase.txt",
            "/used-requests.json",
            "/native-host.sh",
        ] {
            assert!(manual.contains(name), "{name} is not in docs/man/madoguchi-card.1");
        }
    }

    /// The manual names every command and option, and none that is not there.
    #[test]
    fn the_manual_is_complete() {
        let manual = include_str!("../../../docs/man/madoguchi-card.1").replace("\\-", "-");
        let mut options = vec!["--help".to_owned(), "--version".to_owned()];
        every(&command_line(), &mut |command| {
            let name = command.get_name();
            assert!(manual.contains(name), "{name} is not in docs/man/madoguchi-card.1");
            for arg in command.get_arguments().filter(|arg| !arg.is_hide_set()) {
                let Some(long) = arg.get_long() else { continue };
                assert!(
                    manual.contains(&format!("--{long}")),
                    "--{long} of {name} is not in docs/man/madoguchi-card.1"
                );
                options.push(format!("--{long}"));
            }
        });
        for word in
            manual.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).filter(|word| word.starts_with("--"))
        {
            let from_elsewhere = ["--no-default-features", "--features"].contains(&word);
            assert!(from_elsewhere || options.iter().any(|option| option == word), "{word} is no option");
        }
    }
}
