# The second step of a verdict (confirmed, contested).
steps-dyn-resident-none = 証明書（しょうめいしょ）が 使えるか どうか、まだ わかりません。申請（しんせい）が 着いた日と 時間は そのまま 残ります。
steps-dyn-resident-provisional = 申請（しんせい）が 着いたときの 一番 新しい 情報（じょうほう）では、証明書（しょうめいしょ）は 使えました。次の 情報で、もう一度 たしかめます。あなたは 何も しなくて いいです。
steps-dyn-resident-confirmed = 申請（しんせい）が 着いた後の 情報（じょうほう）でも たしかめました。着いたときに 証明書（しょうめいしょ）が 使えたことが わかりました。
steps-dyn-resident-contested = 後の 情報（じょうほう）では、申請（しんせい）が 着いたとき、証明書（しょうめいしょ）は もう 使えませんでした。ひっこしたり 名前が 変わったりすると、証明書は 自動（じどう）で 使えなく なります。これだけで 申請が だめに なることは ありません。どうするかは 役所が 決めて、この ページで 知らせます。
steps-dyn-step-held-decision = 待った後に 決まりました
steps-dyn-step-confirmed = 証明書（しょうめいしょ）を もう一度 たしかめました
steps-dyn-step-contested = 証明書（しょうめいしょ）が 使えなかったことが わかりました
steps-statements = 証明書（しょうめいしょ）についての 署名（しょめい）が ある お知らせ（JWS）を 見る
steps-statements-hint = お知らせは、それぞれ 1つ前の お知らせを 指します。最初（さいしょ）の お知らせは 受領書（じゅりょうしょ）を 指します。ファイルを とっておくと、いつ 何が わかったか、後で 見せることが できます。
steps-statements-save = 受領書（じゅりょうしょ）と お知らせを とっておく
