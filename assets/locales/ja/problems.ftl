# Explanations of every refusal, /problems/{code}: title, what happened, what to do.

problems-title = エラーの説明
problems-lead = 申請や検証が受け付けられなかったときに表示される理由の一覧です。
problem-heading-what = 何が起きたか
problem-heading-kept = 残っているもの
problem-heading-do = どうすればよいか
problem-heading-checks = 合格しなかった確認項目
problem-code = エラーコード
problem-status = HTTP ステータス
problem-request = 問い合わせ番号
problem-detail = 詳細
problem-home = トップページへ
problem-kept-nothing = 申請は受け付けられておらず、記録は何も残っていません。入力中の申請がある場合は、期限までそのまま残っています。
problem-kept-unknown = 送信した内容は、記録された場合も、されていない場合もあります。記録されていれば、同じものをもう一度送ると同じ受領書が出ます。入力中の申請がある場合は、期限までそのまま残っています。
problem-kept-first = 先に受け付けられた申請がそのまま残っています。
problem-kept-unchanged = 提出済みの申請は変更されていません。

problem-title-bad-multipart = アップロードを読み取れませんでした
problem-what-bad-multipart = 送られたデータが multipart/form-data として読み取れませんでした。途中で切れたか、形式が異なります。
problem-do-bad-multipart = ページを再読み込みして、もう一度送信してください。プログラムから送る場合は、パートの名前と境界文字列を確認してください。

problem-title-part-missing = 送信されたデータに足りないものがあります
problem-what-part-missing = 申請書や署名など、必要なパートの一つが含まれていませんでした。
problem-do-part-missing = 足りないパートの名前を確認し、すべてそろえて送り直してください。

problem-title-part-twice = 同じデータが二度送られました
problem-what-part-twice = 一つだけ送るべきパートが二つ含まれていました。どちらが正しいか判断できないため、受け付けませんでした。
problem-do-part-twice = 一つずつにして送り直してください。

problem-title-bad-request = リクエストを読み取れませんでした
problem-what-bad-request = 送られた内容の形式に誤りがあり、読み取れませんでした。
problem-do-bad-request = ページを再読み込みして、もう一度お試しください。

problem-title-unauthorized = サインインまたは照会キーが必要です
problem-what-unauthorized = この情報を見るには、サインインするか、提出時に表示された照会キーが必要です。入力されたキーが違う場合にもこの画面になります。
problem-do-unauthorized = 照会キーを確認して、もう一度入力してください。キーは提出したときに一度だけ表示されたものです。

problem-title-forbidden = この操作は許可されていません
problem-what-forbidden = お使いのアカウントではこのページの閲覧や操作ができないか、他のサイトから送信されたため受け付けませんでした。
problem-do-forbidden = 前の画面に戻って再読み込みし、もう一度お試しください。必要な権限がない場合は管理者にご連絡ください。

problem-title-not-found = ページが見つかりません
problem-what-not-found = このアドレスには何もありません。アドレスの入力違いか、期限が過ぎて削除された可能性があります。
problem-do-not-found = アドレスを確認するか、トップページからお探しください。

problem-title-method-not-allowed = この方法では利用できません
problem-what-method-not-allowed = このアドレスは、その方法でのアクセスを受け付けていません。
problem-do-method-not-allowed = リンクやボタンから操作してください。

problem-title-application-id-taken = 同じ申請番号の別の文書が受け付けられています
problem-what-application-id-taken = この申請番号（application_id）では、内容の異なる文書がすでに受け付けられています。
problem-do-application-id-taken = 提出済みの申請は変更されません。新しい申請として、はじめから作り直してください。

problem-title-status-conflict = 現在の状況ではこの操作ができません
problem-what-status-conflict = 申請の処理が進んでいるため、この操作はもう受け付けられません。
problem-do-status-conflict = 申請状況を確認し、必要であれば提出先の機関にお問い合わせください。

problem-title-request-timeout = 送信に時間がかかりすぎました
problem-what-request-timeout = データがすべて届く前に、待ち時間の上限を超えました。
problem-do-request-timeout = 通信の状態を確認して、もう一度送信してください。

problem-title-too-large = 送信されたデータが大きすぎます
problem-what-too-large = ファイルまたは全体の大きさが上限を超えています。
problem-do-too-large = ファイルを小さくするか、分けてください。添付ファイルは一つ10 MBまでです。

problem-title-unsupported-media-type = 受け付けていない形式です
problem-what-unsupported-media-type = この形式のデータは受け付けていません。
problem-do-unsupported-media-type = 指定された形式で送り直してください。

problem-title-document-not-json = 申請書を読み取れませんでした
problem-what-document-not-json = 申請書が、決められた形の JSON 文書ではありません。
problem-do-document-not-json = 申請書を編集せず、そのまま署名・提出してください。

problem-title-document-duplicate-name = 申請書に同じ項目が二つあります
problem-what-document-duplicate-name = 申請書の中で、同じ名前の項目が二度使われています。読み手によって内容が変わるおそれがあるため、受け付けられません。
problem-do-document-duplicate-name = 申請書を作り直してください。

problem-title-document-unknown-field = 申請書に知らない項目があります
problem-what-document-unknown-field = 申請書に、この様式にない項目が含まれています。
problem-do-document-unknown-field = 申請書を作り直してください。

problem-title-document-format = 申請書の形式が違います
problem-what-document-format = 申請書が madoguchi/application/1 の形式ではありません。
problem-do-document-format = このサイトで申請書を作り直してください。

problem-title-wrong-gateway = 別の窓口あての申請書です
problem-what-wrong-gateway = この申請書は、別の受付サイトに提出するために作られたものです。
problem-do-wrong-gateway = 申請書に書かれたサイトに提出するか、このサイトで作り直してください。

problem-title-document-expired = 申請書の提出期限が過ぎています
problem-what-document-expired = 申請書は、作成してから決められた時間内に提出する必要があります。その期限が過ぎました。
problem-do-document-expired = 入力内容を確認して、新しい申請書に署名してください。

problem-title-document-life-too-long = 申請書の有効期間が長すぎます
problem-what-document-life-too-long = 申請書に書かれた提出期限が、この窓口で認める長さを超えています。
problem-do-document-life-too-long = 作成から提出期限までを24時間以内にして作り直してください。

problem-title-document-not-yet-valid = 申請書の作成時刻が未来になっています
problem-what-document-not-yet-valid = 申請書の作成時刻が、現在より後になっています。
problem-do-document-not-yet-valid = パソコンの時計を確認して、申請書を作り直してください。

problem-title-unknown-procedure = 取り扱っていない手続です
problem-what-unknown-procedure = 指定された手続は、この窓口にはありません。
problem-do-unknown-procedure = 手続の一覧からお選びください。

problem-title-form-version = 様式が新しくなりました
problem-what-form-version = 申請書を作ったあとで、この手続の様式が改められました。
problem-do-form-version = 新しい様式でもう一度作成してください。

problem-title-unknown-recipient = この提出先では受け付けていません
problem-what-unknown-recipient = 指定された提出先は、この手続を取り扱っていません。
problem-do-unknown-recipient = 提出先の自治体を確認してください。

problem-title-answers-invalid = 入力内容に誤りがあります
problem-what-answers-invalid = 必須の項目が空いているか、長さや形式が様式に合わない項目があります。
problem-do-answers-invalid = 示された項目を直してください。入力した内容は残っています。

problem-title-applicant-not-signer = 申請者と署名した人が違います
problem-what-applicant-not-signer = 申請書の氏名・生年月日・性別・住所が、署名に使われた証明書の内容と一致しません。全角と半角、旧字体などの違いも不一致になります。
problem-do-applicant-not-signer = 「証明書を読み取る」で申請者欄を自動入力するか、証明書のとおりに入力し直してください。引っ越しや改姓のあとは、証明書の更新が必要なことがあります。

problem-title-holder-deceased = 証明書の名義人は亡くなっています
problem-what-holder-deceased = 住民登録では、この証明書の名義人は亡くなった方とされています。亡くなった方の証明書では申請できません。
problem-do-holder-deceased = ご遺族の方は、市区町村の窓口で手続きをしてください。記録が誤っているときは、住民登録のある市区町村にお問い合わせください。

problem-title-attachment-missing = 添付ファイルが足りません
problem-what-attachment-missing = 申請書に書かれている添付ファイルの一つが送られていません。
problem-do-attachment-missing = 申請書に記載した添付ファイルをすべて一緒に送ってください。

problem-title-attachments-wanted = 必要な書類が添付されていません
problem-what-attachments-wanted = この回答の場合に必要な添付書類が、申請書に記載されている数より多くあります。
problem-do-attachments-wanted = 添付ファイルの画面に戻り、そこに書かれている書類を追加して、もう一度署名してください。

problem-title-attachment-not-listed = 申請書にない添付ファイルがあります
problem-what-attachment-not-listed = 申請書に書かれていないファイルが送られました。署名されていないものは受け付けられません。
problem-do-attachment-not-listed = そのファイルを外すか、申請書に加えてから署名し直してください。

problem-title-attachment-mismatch = 添付ファイルの内容が署名したときと違います
problem-what-attachment-mismatch = 送られたファイルが、申請書に記載されたものと大きさや内容で一致しません。
problem-do-attachment-mismatch = 署名したときと同じファイルを送ってください。変更した場合は、申請書を作り直して署名してください。

problem-title-attachment-too-large = 添付ファイルが大きすぎます
problem-what-attachment-too-large = 添付ファイルの一つが、大きさの上限を超えています。
problem-do-attachment-too-large = 一つ10 MBまでにしてください。

problem-title-attachment-refused = 添付ファイルを受け付けられません
problem-what-attachment-refused = 添付ファイルの検査で、危険なプログラムが含まれている可能性があると判定されました。
problem-do-attachment-refused = ファイルを作り直すか、安全なパソコンで確認してから添付してください。

problem-title-attachment-twice = 同じ名前の添付ファイルがあります
problem-what-attachment-twice = 二つの添付ファイルの名前が同じため、区別できません。
problem-do-attachment-twice = 一方の名前を変えてください。

problem-title-too-many-attachments = 添付ファイルが多すぎます
problem-what-too-many-attachments = 添付ファイルの数が上限を超えています。
problem-do-too-many-attachments = 20個以内にまとめてください。

problem-title-withdrawal-format = 取下書を読み取れませんでした
problem-what-withdrawal-format = 取下書が madoguchi/withdrawal/1 の形式ではありません。
problem-do-withdrawal-format = 取下書を作り直してください。

problem-title-withdrawal-mismatch = 別の申請に対する取下書です
problem-what-withdrawal-mismatch = 取下書に書かれた到達番号や文書が、対象の申請と一致しません。
problem-do-withdrawal-mismatch = 到達番号を確認して、取下書を作り直してください。

problem-title-not-the-applicant = 申請した本人の署名ではありません
problem-what-not-the-applicant = 訂正や取下げには、最初の申請と同じ人の署名が必要です。
problem-do-not-the-applicant = 申請したときと同じ方のカードで署名してください。

problem-title-correction-beyond-marked = 訂正が、求められた範囲を超えています
problem-what-correction-beyond-marked = 提出先の機関は印を付けた項目だけの補正を求めていますが、ほかの項目も変わっています。
problem-do-correction-beyond-marked = 印の付いた項目だけを直し、ほかの項目は提出したときのままにしてください。
problem-title-corrects-unknown = 訂正の対象となる申請が見つかりません
problem-what-corrects-unknown = 訂正しようとしている申請が、この窓口にありません。
problem-do-corrects-unknown = 到達番号を確認してください。

problem-title-signature-refused = 署名を受け付けられませんでした
problem-what-signature-refused = 署名の検証で、合格しなかった項目がありました。多くの場合、引っ越しや改姓で証明書が失効している、署名用ではない証明書を使った、または署名のあとで文書が変わったことが原因です。
problem-do-signature-refused = 示された項目をご覧ください。証明書が失効している場合は、お住まいの市区町村の窓口で新しい署名用電子証明書を発行してもらえます。

problem-title-several-signers = 署名は一人分だけ受け付けます
problem-what-several-signers = 署名ファイルに二人以上の署名が含まれています。
problem-do-several-signers = 申請者本人だけの署名にしてください。

problem-title-too-many-drafts = 作成中の申請が多すぎます
problem-what-too-many-drafts = このブラウザーで作成中の申請が、保存できる件数に達しています。
problem-do-too-many-drafts = 手続のページに表示される作成中の申請のどれかを提出または破棄してから、もう一度始めてください。

problem-title-too-many-requests = アクセスが集中しています
problem-what-too-many-requests = 同じネットワークから短い時間に多くのアクセスがありました。
problem-do-too-many-requests = 1分ほど待ってから、もう一度お試しください。

problem-title-revocation-undecided = 証明書の有効性を今は確認できません
problem-what-revocation-undecided = 証明書が失効していないかを調べる最新の情報が、まだこの窓口に届いていません。お客様の署名に問題があるわけではありません。
problem-do-revocation-undecided = しばらく待ってから、同じ署名でもう一度提出してください。

problem-title-storage-unavailable = ただいま記録できません
problem-what-storage-unavailable = 記録装置を利用できませんでした。申請を提出したところであれば、記録された場合も、されていない場合もあります。受領書で確認できます。
problem-do-storage-unavailable = 数分待ってから、同じ申請をもう一度提出してください。記録されていれば同じ受領書が出ます。何度提出しても、受け付けられるのは一度だけです。

problem-title-scanner-unavailable = ウイルス検査が応答しません
problem-what-scanner-unavailable = 添付ファイルは検査に通ってから渡されますが、検査がいま応答していません。申請そのものは記録されており、変わっていません。
problem-do-scanner-unavailable = 数分待ってから、もう一度ファイルを取得してください。続く場合は、このサイトの運用担当者に知らせてください。

problem-title-overloaded = 送信が集中しています
problem-what-overloaded = 同時に受信できるファイルの量を超えたため、受け取れませんでした。
problem-do-overloaded = 1分ほど待ってから、もう一度送信してください。

problem-title-drafts-full = ただいま新しい申請を保存できません
problem-what-drafts-full = 作成中の申請を保存する場所がいっぱいです。
problem-do-drafts-full = しばらく待ってから、もう一度お試しください。

problem-title-internal = 処理中に問題が起きました
problem-what-internal = この窓口の内部で問題が起きました。お客様の操作が原因ではありません。
problem-do-internal = しばらく待ってから、もう一度お試しください。続く場合は、画面の問い合わせ番号を添えてご連絡ください。

problem-title-list-refused = 失効リストは受け付けられませんでした
problem-what-list-refused = 署名、発行者、対象範囲、日付、番号、件数のいずれかの検証に合格しませんでした。
problem-do-list-refused = 回答に含まれるコードと説明をご確認のうえ、認証局から最新のリストを入手して、もう一度送信してください。

problem-title-sign-in-token = ログインのトークンを読み取れません
problem-what-sign-in-token = 署名アプリから送られたものが、求められている形式のトークンではありませんでした。
problem-do-sign-in-token = もう一度お試しください。続くときは、署名アプリとブラウザーの拡張機能を新しくしてください。

problem-title-sign-in-format = ログインのトークンの版に対応していません
problem-what-sign-in-format = このサイトが受け付けるのは web-eid:1 とその下位の版のトークンです。
problem-do-sign-in-format = 署名アプリとブラウザーの拡張機能を新しくして、もう一度お試しください。

problem-title-sign-in-challenge = 時間が過ぎたか、別のところで始めたログインです
problem-what-sign-in-challenge = ログインは、同じブラウザーで5分以内に終える必要があり、1回の試みは1回だけ有効です。このブラウザーには、答えを待っている問いがありませんでした。
problem-do-sign-in-challenge = もう一度ログインのボタンを押してください。このサイトの Cookie を許可しておく必要があります。

problem-title-sign-in-signature = カードの答えが合いません
problem-what-sign-in-signature = カードが署名したのは、このサイトの住所と、このブラウザーに最後に出した問いではありませんでした。その間に別の画面でログインを始めた可能性があります。
problem-do-sign-in-signature = ほかのログイン画面を閉じ、アドレス欄の住所が正しいことを確かめて、もう一度ログインのボタンを押してください。

problem-title-sign-in-wrong-certificate = ログイン用の証明書ではありません
problem-what-sign-in-wrong-certificate = カードには証明書が二つあります。署名用の証明書が使われたか、このサイトがログインに受け付けない証明書です。
problem-do-sign-in-wrong-certificate = 利用者証明用の証明書（暗証番号は数字4桁）を選んで、もう一度お試しください。

problem-title-sign-in-certificate-ended = ログイン用の証明書が有効ではありません
problem-what-sign-in-certificate-ended = 有効期間が過ぎたか始まっていないか、カードの紛失の届出や返納で失効しています。
problem-do-sign-in-certificate-ended = お住まいの市区町村の窓口で更新できます。申請は、ログインしなくても署名用の証明書で提出できます。

problem-title-sign-in-not-trusted = カードの認証局を確認できません
problem-what-sign-in-not-trusted = このサイトがログインに信頼している認証局が発行した証明書ではありません。
problem-do-sign-in-not-trusted = このサイトが案内しているカードをお使いください。そのカードであれば、サイトの運営者にお知らせください。

problem-title-sign-in-undecided = 証明書が有効かどうかを、いま確認できません
problem-what-sign-in-undecided = 失効した証明書を知らせる一覧がまだ届いていないか、証明書が一時停止されています。確認できるまではログインできません。
problem-do-sign-in-undecided = しばらくしてからもう一度お試しください。申請は、ログインしなくても提出できます。

problem-title-link-another-person = ほかの方のアカウントです
problem-what-link-another-person = このアカウントは、氏名か生年月日の異なる方の署名用証明書と結び付いています。
problem-do-link-another-person = 結び付けずに、その申請の照会キーを保管してください。氏名が変わったときは、先に古い結び付きを解除してください。

problem-title-link-raced = たった今、ほかで結び付けられました
problem-what-link-raced = 同じ署名用証明書が、ちょうど今、別のアカウントに結び付けられました。
problem-do-link-raced = マイページに戻って、もう一度お答えください。ほかの人があなたのカードを使っているおそれがあるときは、カードの一時停止を窓口に申し出てください。
problem-heading-where = どこに聞くか
problem-where-general = 提出先の市区町村の窓口（平日8時30分から17時まで。市区町村により異なります）。「問い合わせ番号」を伝えてください。
problem-where-online = このサイトでの提出は24時間いつでもできます。
problem-when = この操作が届いた日時
problem-arrival = 届出の期限は、受け付けられた提出が届いた日時（保留中のものも届いた日時）で数えます。受け付けられなかった提出は数えません。
problem-typed-title = 入力した内容
problem-typed-text = この内容はまだ保存されていません。写しを取り、ページを開き直して入力してください。
problem-draft-away = この下書きは、このブラウザーでは開いていません。専用リンクを作ってあればそのリンクで、カードに結び付けてあればログインして開けます。
