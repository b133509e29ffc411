# 職員の画面：住民基本台帳
nav-clerk-records = 住民をさがす
nav-clerk-new = 住民票の作成
nav-clerk-notices = 住民票コード通知
nav-clerk-accesses = 閲覧の記録
staff-sign-in-clerk = 住民基本台帳の職員ログイン
