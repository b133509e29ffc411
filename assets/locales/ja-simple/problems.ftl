# Explanations of every refusal, /problems/{code}: title, what happened, what to do.
problems-title = エラーの 説明（せつめい）
problems-lead = 申請（しんせい）や 署名（しょめい）を 受け付けることが できないときの 理由（りゆう）です。
problem-heading-what = 何が ありましたか
problem-heading-kept = 残って いるもの
problem-heading-do = すること
problem-heading-checks = 合格（ごうかく）しなかった 項目（こうもく）
problem-code = コード
problem-status = HTTP の 番号
problem-request = 問い合わせの 番号
problem-detail = くわしい こと
problem-home = 最初（さいしょ）の ページへ 行く
problem-kept-nothing = 申請（しんせい）は 受け付けて いません。何も 記録（きろく）して いません。書いている 申請は、期限（きげん）まで そのまま あります。
problem-kept-unknown = 送ったものを 記録（きろく）したか どうか、わかりません。記録したときは、同じものを もう一度 送ると、同じ 受領書（じゅりょうしょ）が 出ます。書いている 申請（しんせい）は、期限（きげん）まで そのまま あります。
problem-kept-first = はじめに 記録（きろく）した 申請（しんせい）は そのまま あります。
problem-kept-unchanged = 出した 申請（しんせい）は 変わって いません。

problem-title-bad-multipart = 送ったものを 読むことが できません
problem-what-bad-multipart = 送ったものを multipart/form-data として 読むことが できません。途中（とちゅう）で 切れたかも しれません。
problem-do-bad-multipart = ページを もう一度 開いて、もう一度 送って ください。プログラムで 送ったときは、部分（ぶぶん）の 名前と 境界（きょうかい）を 見て ください。

problem-title-part-missing = 送ったものの 一部（いちぶ）が ありません
problem-what-part-missing = 申請書（しんせいしょ）や 署名（しょめい）など、必要（ひつよう）な ものが 1つ ありません。
problem-do-part-missing = 足りないものの 名前を 見て、全部（ぜんぶ）を 一緒に 送って ください。

problem-title-part-twice = 同じものを 2回 送りました
problem-what-part-twice = 1回だけ 送るものが 2回 ありました。どちらが 正しいか、わかりません。
problem-do-part-twice = それぞれ 1回だけ 送って ください。

problem-title-bad-request = 送ったものを 読むことが できません
problem-what-bad-request = 送ったものの 形が 違います。
problem-do-bad-request = ページを もう一度 開いて、もう一度 して ください。

problem-title-unauthorized = ログインするか、照会（しょうかい）キーを 入れて ください
problem-what-unauthorized = ログインした人か、照会（しょうかい）キーを 持つ人だけが 見ることが できます。照会キーが 違うときも、この ページが 出ます。
problem-do-unauthorized = 照会（しょうかい）キーを 見て、もう一度 入れて ください。申請（しんせい）を 出したときに 1回だけ 出ました。

problem-title-forbidden = これは できません
problem-what-forbidden = あなたの アカウントでは 見ることや することが できません。または、このサイトの ページから 送って いません。
problem-do-forbidden = もどって、ページを もう一度 開いて、もう一度 して ください。必要（ひつよう）な 権限（けんげん）が ないときは、管理（かんり）する人に 聞いて ください。

problem-title-not-found = ページが 見つかりません
problem-what-not-found = この アドレスには 何も ありません。アドレスが 違うか、期限（きげん）が すぎて 消えたかも しれません。
problem-do-not-found = アドレスを 見るか、最初（さいしょ）の ページから はじめて ください。

problem-title-method-not-allowed = この アドレスでは できません
problem-what-method-not-allowed = この アドレスは、その やり方を 受け付けません。
problem-do-method-not-allowed = ページの リンクや ボタンを 使って ください。

problem-title-application-id-taken = 同じ 番号で 別（べつ）の 文書（ぶんしょ）を 受け付けて います
problem-what-application-id-taken = この application_id で、もう 別（べつ）の 文書（ぶんしょ）を 記録（きろく）して います。
problem-do-application-id-taken = 記録（きろく）した 申請（しんせい）は 変わりません。新しい 申請を 作って、署名（しょめい）して ください。

problem-title-status-conflict = 今の 申請（しんせい）の 状態（じょうたい）では できません
problem-what-status-conflict = 申請（しんせい）は 先に 進みました。もう できません。
problem-do-status-conflict = 申請（しんせい）の 今を 見て ください。必要（ひつよう）なときは、申請を 出した 役所に 聞いて ください。

problem-title-request-timeout = 送るのに 時間が かかりすぎました
problem-what-request-timeout = 時間の 中に 全部（ぜんぶ）が 着きませんでした。
problem-do-request-timeout = インターネットの 接続（せつぞく）を 見て、もう一度 送って ください。

problem-title-too-large = 送ったものが 大きすぎます
problem-what-too-large = ファイルの どれか、または 全部（ぜんぶ）が 大きすぎます。
problem-do-too-large = ファイルを 小さく して ください。つける ファイルは 1つ 10 MBまでです。

problem-title-unsupported-media-type = この 種類（しゅるい）の データは 受け付けません
problem-what-unsupported-media-type = この アドレスでは、この 種類（しゅるい）の データを 受け付けません。
problem-do-unsupported-media-type = 説明（せつめい）の 文書（ぶんしょ）に ある 形で 送って ください。

problem-title-document-not-json = 申請書（しんせいしょ）を 読むことが できません
problem-what-document-not-json = 申請書（しんせいしょ）は、決まった 形の JSON では ありません。
problem-do-document-not-json = 申請書（しんせいしょ）を 変えないで、できたまま 署名（しょめい）して 出して ください。

problem-title-document-duplicate-name = 申請書（しんせいしょ）に 同じ 項目（こうもく）が 2つ あります
problem-what-document-duplicate-name = 申請書（しんせいしょ）に 同じ 名前が 2回 あります。読む プログラムで 意味が 変わるかも しれません。だから 受け付けません。
problem-do-document-duplicate-name = 申請書（しんせいしょ）を もう一度 作って ください。

problem-title-document-unknown-field = 申請書（しんせいしょ）に 知らない 項目（こうもく）が あります
problem-what-document-unknown-field = 申請書（しんせいしょ）に、決まった 形には ない 項目（こうもく）が あります。
problem-do-document-unknown-field = 申請書（しんせいしょ）を もう一度 作って ください。

problem-title-document-format = 申請書（しんせいしょ）の 形が 違います
problem-what-document-format = 申請書（しんせいしょ）は madoguchi/application/1 の 形では ありません。
problem-do-document-format = このサイトで 申請書（しんせいしょ）を 作って ください。

problem-title-wrong-gateway = ほかの サイトに 出す 申請書（しんせいしょ）です
problem-what-wrong-gateway = この 申請書（しんせいしょ）は、ほかの サイトに 出すために 作ったものです。
problem-do-wrong-gateway = その サイトに 出すか、このサイトで 新しく 作って ください。

problem-title-document-expired = 申請書（しんせいしょ）を 出す 期限（きげん）が すぎました
problem-what-document-expired = 申請書（しんせいしょ）は、作ってから 決まった 時間の 中に 出します。その 時間が すぎました。
problem-do-document-expired = 書いたことを 見て、新しい 申請書（しんせいしょ）に 署名（しょめい）して ください。

problem-title-document-life-too-long = 申請書（しんせいしょ）の 期限（きげん）が 長すぎます
problem-what-document-life-too-long = 作った 時間から 出す 期限（きげん）までが、このサイトの 決まりより 長いです。
problem-do-document-life-too-long = 24時間までに して、もう一度 作って ください。

problem-title-document-not-yet-valid = 申請書（しんせいしょ）を 作った 時間が 今より 後です
problem-what-document-not-yet-valid = 申請書（しんせいしょ）に ある 作った 時間は、まだ 来て いません。
problem-do-document-not-yet-valid = パソコンの 時計を 見て、申請書（しんせいしょ）を もう一度 作って ください。

problem-title-unknown-procedure = この 手続き（てつづき）は ここでは できません
problem-what-unknown-procedure = この 手続き（てつづき）は、このサイトの リストに ありません。
problem-do-unknown-procedure = 手続き（てつづき）の リストから えらんで ください。

problem-title-form-version = 手続き（てつづき）の 形が 新しく なりました
problem-what-form-version = 申請書（しんせいしょ）を 作った後で、この 手続き（てつづき）の 形が 変わりました。
problem-do-form-version = 新しい 形で もう一度 作って ください。

problem-title-unknown-recipient = この 役所は この 手続き（てつづき）を 受け付けて いません
problem-what-unknown-recipient = 申請書（しんせいしょ）に ある 役所は、この 手続き（てつづき）を して いません。
problem-do-unknown-recipient = どの 市区町村（しくちょうそん）に 出すか、たしかめて ください。

problem-title-answers-invalid = 書いたことに まちがいが あります
problem-what-answers-invalid = かならず 書く 項目（こうもく）が ない、または 長さや 形が 違います。
problem-do-answers-invalid = 出ている 項目（こうもく）を 直して ください。書いたことは 残って います。

problem-title-applicant-not-signer = 申請（しんせい）する人と 署名（しょめい）した人が 違います
problem-what-applicant-not-signer = 申請書（しんせいしょ）の 名前、生まれた日、性別（せいべつ）、住所（じゅうしょ）が、署名（しょめい）した 証明書（しょうめいしょ）と 違います。文字（もじ）の 種類（しゅるい）が 違うだけでも、違うものに なります。
problem-do-applicant-not-signer = 「証明書を 読む」で 申請（しんせい）する人を 入れるか、証明書（しょうめいしょ）に あるとおりに 書いて ください。ひっこした後や 名前が 変わった後は、新しい 証明書が 必要（ひつよう）かも しれません。

problem-title-holder-deceased = 証明書（しょうめいしょ）の 人は なくなって います
problem-what-holder-deceased = 役所（やくしょ）の 記録（きろく）では、この 証明書（しょうめいしょ）の 人は なくなって います。この 証明書では 申請（しんせい）できません。
problem-do-holder-deceased = 家族（かぞく）の 人は、市区町村（しくちょうそん）の 窓口（まどぐち）へ 行って ください。記録（きろく）が まちがって いるときも、市区町村に 聞いて ください。

problem-title-attachment-missing = つける ファイルが 足りません
problem-what-attachment-missing = 申請書（しんせいしょ）に ある ファイルを 1つ 送って いません。
problem-do-attachment-missing = 申請書（しんせいしょ）に ある ファイルを 全部（ぜんぶ） 一緒に 送って ください。

problem-title-attachments-wanted = 必要（ひつよう）な 書類（しょるい）が ついて いません
problem-what-attachments-wanted = この 答えのときに 必要（ひつよう）な 書類（しょるい）は、申請書（しんせいしょ）に ある 数より 多いです。
problem-do-attachments-wanted = ファイルを つける ページに もどって ください。そこに ある 書類（しょるい）を つけて、もう一度 署名（しょめい）して ください。

problem-title-attachment-not-listed = 申請書（しんせいしょ）に ない ファイルが あります
problem-what-attachment-not-listed = 申請書（しんせいしょ）に 書いて いない ファイルを 送りました。署名（しょめい）していないものは 受け付けません。
problem-do-attachment-not-listed = その ファイルを はずすか、申請書（しんせいしょ）に 入れて、もう一度 署名（しょめい）して ください。

problem-title-attachment-mismatch = ファイルが 署名（しょめい）したときと 違います
problem-what-attachment-mismatch = 送った ファイルは、申請書（しんせいしょ）に ある ファイルと 違います。
problem-do-attachment-mismatch = 署名（しょめい）したときと 同じ ファイルを 送って ください。変えたときは、申請書（しんせいしょ）を もう一度 作って 署名して ください。

problem-title-attachment-too-large = つけた ファイルが 大きすぎます
problem-what-attachment-too-large = つけた ファイルの 1つが 大きすぎます。
problem-do-attachment-too-large = 1つ 10 MBまでに して ください。

problem-title-attachment-refused = つけた ファイルを 受け付けることが できません
problem-what-attachment-refused = 調べた 結果（けっか）、悪い プログラム（ウイルス）が あるかも しれません。
problem-do-attachment-refused = ファイルを もう一度 作るか、安全（あんぜん）な パソコンで 調べて ください。

problem-title-attachment-twice = 同じ 名前の ファイルが あります
problem-what-attachment-twice = 2つの ファイルの 名前が 同じです。どちらか わかりません。
problem-do-attachment-twice = 1つの 名前を 変えて ください。

problem-title-too-many-attachments = つけた ファイルが 多すぎます
problem-what-too-many-attachments = つけた ファイルの 数が 多すぎます。
problem-do-too-many-attachments = 20こまでに して ください。

problem-title-withdrawal-format = 取下書（とりさげしょ・申請を やめる 書類）を 読むことが できません
problem-what-withdrawal-format = 取下書（とりさげしょ）は madoguchi/withdrawal/1 の 形では ありません。
problem-do-withdrawal-format = 取下書（とりさげしょ）を もう一度 作って ください。

problem-title-withdrawal-mismatch = ほかの 申請（しんせい）を やめる 書類（しょるい）です
problem-what-withdrawal-mismatch = 取下書（とりさげしょ）に ある 到達番号（とうたつばんごう）か 文書（ぶんしょ）が、この 申請（しんせい）の ものでは ありません。
problem-do-withdrawal-mismatch = 到達番号（とうたつばんごう）を 見て、取下書（とりさげしょ）を もう一度 作って ください。

problem-title-not-the-applicant = 申請（しんせい）した人の 署名（しょめい）では ありません
problem-what-not-the-applicant = 申請（しんせい）を 直すときや やめるときは、はじめに 署名（しょめい）した人が 署名します。
problem-do-not-the-applicant = 同じ人の カードで 署名（しょめい）して ください。

problem-title-correction-beyond-marked = なおした ところが 多すぎます
problem-what-correction-beyond-marked = 役所は しるしの ある ところだけを なおして ください と 言いました。ほかの ところも 変わって います。
problem-do-correction-beyond-marked = しるしの ある ところだけを なおして ください。ほかは 前と 同じに して ください。
problem-title-corrects-unknown = 直す 申請（しんせい）が 見つかりません
problem-what-corrects-unknown = 直したい 申請（しんせい）の 記録（きろく）が ここに ありません。
problem-do-corrects-unknown = 到達番号（とうたつばんごう）を たしかめて ください。

problem-title-signature-refused = 署名（しょめい）を 受け付けることが できませんでした
problem-what-signature-refused = 署名（しょめい）を 調べて、合格（ごうかく）しなかった 項目（こうもく）が あります。多くの 理由（りゆう）は 次の どれかです。ひっこしや 名前が 変わって、証明書（しょうめいしょ）が 使えなく なった。署名用（しょめいよう）では ない 証明書を 使った。署名した後で 文書（ぶんしょ）が 変わった。
problem-do-signature-refused = 出ている 項目（こうもく）を 見て ください。証明書（しょうめいしょ）が 使えなく なったときは、住んでいる 市区町村（しくちょうそん）の 窓口（まどぐち）で 新しい 署名用（しょめいよう）電子証明書を もらって ください。

problem-title-several-signers = 署名（しょめい）は 1人だけです
problem-what-several-signers = 署名（しょめい）ファイルに 2人 以上（いじょう）の 署名が あります。
problem-do-several-signers = 申請（しんせい）する人だけが 署名（しょめい）して ください。

problem-title-too-many-drafts = 書いている 申請（しんせい）が 多すぎます
problem-what-too-many-drafts = このブラウザーで 書いている 申請（しんせい）の 数が 一番 多い 数に なりました。
problem-do-too-many-drafts = 手続き（てつづき）の ページに ある 申請（しんせい）の どれかを 出すか 捨（す）てて、もう一度 はじめて ください。

problem-title-too-many-requests = アクセスが 多すぎます
problem-what-too-many-requests = あなたの ネットワークから、短い 時間に たくさんの アクセスが ありました。
problem-do-too-many-requests = 1分くらい 待って、もう一度 して ください。

problem-title-revocation-undecided = 証明書（しょうめいしょ）が 使えるか どうか、今は わかりません
problem-what-revocation-undecided = 使えない 証明書（しょうめいしょ）の 新しい リストが、まだ このサイトに 来て いません。あなたの 署名（しょめい）は 悪く ありません。
problem-do-revocation-undecided = 少し 待って、同じ 署名（しょめい）で もう一度 出して ください。

problem-title-storage-unavailable = 今は 記録（きろく）できません
problem-what-storage-unavailable = 記録（きろく）する 機械（きかい）が 使えませんでした。申請（しんせい）を 出しているときは、記録したか どうか、わかりません。受領書（じゅりょうしょ）で わかります。
problem-do-storage-unavailable = 数分 待って、同じ 申請（しんせい）を もう一度 出して ください。記録（きろく）したときは、同じ 受領書（じゅりょうしょ）が 出ます。何回 出しても、受け付けるのは 1回だけです。

problem-title-scanner-unavailable = ウイルスを 調べる プログラムが 答えません
problem-what-scanner-unavailable = つけた ファイルは、調べた後に 渡します。今、調べる プログラムが 答えません。申請（しんせい）は 記録（きろく）して あります。変わって いません。
problem-do-scanner-unavailable = 数分 待って、もう一度 して ください。続くときは、このサイトの 人に 知らせて ください。

problem-title-overloaded = 今、たくさんの 人が 送って います
problem-what-overloaded = 一度に 受け取ることが できる 量より 多いです。だから 受け取ることが できませんでした。
problem-do-overloaded = 1分くらい 待って、もう一度 送って ください。

problem-title-drafts-full = 今は 新しい 申請（しんせい）を とっておくことが できません
problem-what-drafts-full = 書いている 申請（しんせい）を とっておく 場所が いっぱいです。
problem-do-drafts-full = 少し 待って、もう一度 して ください。

problem-title-internal = このサイトで 問題（もんだい）が ありました
problem-what-internal = このサイトの 中で 問題（もんだい）が ありました。あなたの せいでは ありません。
problem-do-internal = 少し 待って、もう一度 して ください。続くときは、ページに ある 問い合わせの 番号を 知らせて ください。

problem-title-list-refused = 失効（しっこう）リストを 受け付けることが できませんでした
problem-what-list-refused = 署名（しょめい）、発行した ところ、範囲（はんい）、日、番号、数の どれかが 合格（ごうかく）しませんでした。
problem-do-list-refused = 答えに ある コードと 説明（せつめい）を 見て、認証局（にんしょうきょく）から 新しい リストを もらって、もう一度 送って ください。

problem-title-sign-in-token = ログインの トークンを 読むことが できません
problem-what-sign-in-token = 署名（しょめい）アプリが 送ったものは、決まった 形の トークンでは ありません。
problem-do-sign-in-token = もう一度 して ください。続くときは、署名（しょめい）アプリと ブラウザーの 拡張機能（かくちょう きのう）を 新しく して ください。

problem-title-sign-in-format = この 版（はん）の ログインの トークンは 使えません
problem-what-sign-in-format = このサイトは web-eid:1 の 形の トークンを 受け付けます。
problem-do-sign-in-format = 署名（しょめい）アプリと ブラウザーの 拡張機能（かくちょう きのう）を 新しく して、もう一度 して ください。

problem-title-sign-in-challenge = ログインの 時間が すぎました。または、ほかの ところで はじめた ログインです
problem-what-sign-in-challenge = ログインは、同じ ブラウザーで 5分までに 終わらせます。1回の ログインは 1回だけ 使えます。このブラウザーには、答えを 待つ ログインが ありませんでした。
problem-do-sign-in-challenge = もう一度 ログインの ボタンを 押して ください。このサイトの Cookie を 使えるように して ください。

problem-title-sign-in-signature = カードの 答えが 合いません
problem-what-sign-in-signature = カードが 署名（しょめい）したものは、このサイトの アドレスと、このブラウザーへの 最後（さいご）の 質問（しつもん）では ありませんでした。ほかの 画面（がめん）で ログインを はじめたかも しれません。
problem-do-sign-in-signature = ほかの ログインの 画面（がめん）を 閉じて ください。アドレスが 正しいか 見て ください。それから、もう一度 ログインの ボタンを 押して ください。

problem-title-sign-in-wrong-certificate = ログインの 証明書（しょうめいしょ）では ありません
problem-what-sign-in-wrong-certificate = カードには 証明書（しょうめいしょ）が 2つ あります。署名用（しょめいよう）の 証明書を 使ったか、このサイトが ログインに 受け付けない 証明書です。
problem-do-sign-in-wrong-certificate = 利用者証明用（りようしゃ しょうめいよう）の 証明書（しょうめいしょ）（暗証番号（あんしょうばんごう）は 数字 4つ）を えらんで、もう一度 して ください。

problem-title-sign-in-certificate-ended = カードの ログインの 証明書（しょうめいしょ）が 使えません
problem-what-sign-in-certificate-ended = 期限（きげん）が すぎたか、まだ はじまって いません。または、カードを なくした 届け（とどけ）や カードを 返したことで、使えなく なりました。
problem-do-sign-in-certificate-ended = 住んでいる 市区町村（しくちょうそん）の 窓口（まどぐち）で 新しく することが できます。申請（しんせい）は、ログインしなくても 署名用（しょめいよう）の 証明書（しょうめいしょ）で 出すことが できます。

problem-title-sign-in-not-trusted = カードを 発行した ところが わかりません
problem-what-sign-in-not-trusted = このサイトが ログインで 信用（しんよう）する ところが 出した 証明書（しょうめいしょ）では ありません。
problem-do-sign-in-not-trusted = このサイトで 使える カードを 使って ください。その カードのときは、このサイトの 人に 知らせて ください。

problem-title-sign-in-undecided = 証明書（しょうめいしょ）が 使えるか どうか、今は わかりません
problem-what-sign-in-undecided = 使えない 証明書（しょうめいしょ）の リストが まだ このサイトに 来て いません。または、証明書が 止まって います。わかるまで ログインできません。
problem-do-sign-in-undecided = 後で もう一度 して ください。申請（しんせい）は ログインしなくても 出すことが できます。

problem-title-link-another-person = ほかの人の アカウントです
problem-what-link-another-person = この アカウントは、名前か 生まれた日が 違う人の 署名用（しょめいよう）の 証明書（しょうめいしょ）と つながって います。
problem-do-link-another-person = つながないで、その 申請（しんせい）の 照会（しょうかい）キーを とっておいて ください。名前が 変わったときは、先に 古い つながりを やめて ください。

problem-title-link-raced = 今、ほかの ところで つなぎました
problem-what-link-raced = ちょうど 今、同じ 署名用（しょめいよう）の 証明書（しょうめいしょ）が ほかの アカウントに つながりました。
problem-do-link-raced = マイページに もどって、もう一度 答えて ください。ほかの人が あなたの カードを 使って いるかも しれないときは、カードの 電話の 窓口（まどぐち）に 電話して、カードを 止めて もらって ください。
problem-heading-where = どこに 聞くか
problem-where-general = 出す 市区町村（しくちょうそん）の 窓口（まどぐち）（月曜日から 金曜日、8時30分から 17時まで。ちがう ところも あります）。番号も 言って ください。
problem-where-online = この サイトでは 24時間 いつでも 出せます。
problem-when = これが 届（とど）いた 時
problem-arrival = いつまでに 出すかは、受け取られた ものが 届（とど）いた 時で 数えます（待って いる ものも 届いた 時）。受け取られなかった ものは 数えません。
problem-typed-title = 書いた もの
problem-typed-text = これは まだ 保存（ほぞん）して いません。コピーして、ページを もう一度 開いて 書いて ください。
problem-draft-away = この 下書き（したがき）は、この ブラウザーでは 開いて いません。専用（せんよう）リンクが あれば、その リンクで 開きます。カードで 残したなら、ログインして ください。
