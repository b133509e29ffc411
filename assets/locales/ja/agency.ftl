# 行政機関向けページ、および担当者向けページ共通の文言。

## ログイン（行政機関・運用者共通）
staff-sign-in-agency = 行政機関の担当者ログイン
staff-sign-in-operator = 認証基盤の運用者ログイン
staff-login = ログイン名
staff-password = パスワード
staff-sign-in-button = ログイン
staff-sign-in-failed = ログインできませんでした
staff-sign-in-refused = ログイン名またはパスワードが正しくありません。続けて失敗すると、そのログイン名はしばらく使えなくなります。
staff-sign-in-stopped = 失敗が続いたため、このログイン名では { $until } までログインできません。
staff-sign-in-help = アカウントはこのサービスの管理者が発行します。パスワードをお忘れの場合は、管理者に再発行を依頼してください。

## パスワードの変更
staff-password-title = パスワードの変更
staff-password-current = 現在のパスワード
staff-password-new = 新しいパスワード
staff-password-repeat = 新しいパスワード（もう一度）
staff-password-hint = { $count } 文字以上。いくつかの単語を並べると、覚えやすく推測されにくくなります。
staff-password-button = パスワードを変更する
staff-password-done = パスワードを変更しました
staff-password-back = 一覧に戻る
staff-password-must-title = はじめにご自分のパスワードを設定してください
staff-password-must = 現在のパスワードは、他の人から渡されたものです。
staff-password-wrong = 現在のパスワードが正しくありません。
staff-password-same = 新しいパスワードが現在のものと同じです。
staff-password-differs = 新しいパスワードが一致していません。
staff-password-short = パスワードは { $count } 文字以上にしてください。
staff-password-long = パスワードは { $count } バイト以内にしてください。
staff-password-guessable = 推測されやすいパスワードです（同じ文字の繰り返し、またはログイン名を含んでいます）。
staff-change-password = パスワード変更
