# The second step of a verdict (confirmed, contested).
steps-dyn-resident-none = 证书是否有效还没能确认。申请到达的时间会保留不变。
steps-dyn-resident-provisional = 按申请到达时的最新信息，您的证书有效。之后会用接下来的信息再确认一次。您不需要做任何事。
steps-dyn-resident-confirmed = 用申请到达后的信息也进行了确认：申请到达时，您的证书有效。
steps-dyn-resident-contested = 后来的信息显示，申请到达时您的证书已经失效。搬家或改姓后，证书会自动失效。仅凭这一点，申请不会被拒绝。如何处理由受理机关决定，并会在此页面通知您。
steps-dyn-step-held-decision = 等待确认后作出决定
steps-dyn-step-confirmed = 再次确认证书有效
steps-dyn-step-contested = 发现证书已失效
steps-statements = 显示关于证书的带签名的通知（JWS）
steps-statements-hint = 每个通知都指向前一个通知，第一个通知指向回执。保存文件后，以后可以证明何时确认了什么。
steps-statements-save = 保存回执和通知
