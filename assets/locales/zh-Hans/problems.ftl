# Explanations of every refusal, /problems/{code}: title, what happened, what to do.
problems-title = 错误信息说明
problems-lead = 申请或签名不被受理时可能出现的理由。
problem-heading-what = 发生了什么
problem-heading-kept = 保留了什么
problem-heading-do = 该怎么办
problem-heading-checks = 未通过的检查项目
problem-code = 代码
problem-status = HTTP 状态
problem-request = 查询编号
problem-detail = 详细信息
problem-home = 前往首页
problem-kept-nothing = 没有受理，也没有记录任何内容。正在填写的申请在到期之前保持原样。
problem-kept-unknown = 您发送的内容可能已经记录，也可能没有。如果已经记录，再次发送相同内容会得到相同的回执。正在填写的申请在到期之前保持原样。
problem-kept-first = 最先记录的申请保持原样。
problem-kept-unchanged = 已提交的申请没有变化。

problem-title-bad-multipart = 无法读取上传的内容
problem-what-bad-multipart = 发送的内容不能作为 multipart/form-data 读取。可能在途中中断了。
problem-do-bad-multipart = 请重新加载页面后再次发送。如果是程序发送的，请检查各部分的名称和分界符。

problem-title-part-missing = 上传的内容缺少一部分
problem-what-part-missing = 必须发送的部分（例如申请书或签名）没有发送。
problem-do-part-missing = 请查看信息中指出的部分，然后一起发送所有部分。

problem-title-part-twice = 同一部分发送了两次
problem-what-part-twice = 只能有一个的部分出现了两次。我们不会猜测您要的是哪一个。
problem-do-part-twice = 每个部分请只发送一次。

problem-title-bad-request = 无法读取请求
problem-what-bad-request = 发送的内容不是可以读取的形式。
problem-do-bad-request = 请重新加载页面，再试一次。

problem-title-unauthorized = 请登录，或输入查询密钥
problem-what-unauthorized = 只有已登录的人或持有查询密钥的人才能查看。查询密钥不符时也会显示此信息。
problem-do-unauthorized = 请确认查询密钥并重新输入。它在提交申请时只显示过一次。

problem-title-forbidden = 不允许进行此操作
problem-what-forbidden = 您的账户不能查看或进行此操作，或者表单不是从本网站的页面发送的。
problem-do-forbidden = 请返回并重新加载页面，再试一次。如果账户缺少所需的权限，请咨询管理员。

problem-title-not-found = 找不到页面
problem-what-not-found = 此地址没有内容。可能是地址输入错误，或者内容到期后已被删除。
problem-do-not-found = 请确认地址，或从首页开始。

problem-title-method-not-allowed = 此地址不能进行该操作
problem-what-method-not-allowed = 此地址不接受这种请求。
problem-do-method-not-allowed = 请使用页面上的链接和按钮。

problem-title-application-id-taken = 此编号下已受理另一份文件
problem-what-application-id-taken = 此 application_id 下已经记录了另一份文件。
problem-do-application-id-taken = 已记录的申请不会改变。请制作新的申请并签名。

problem-title-status-conflict = 申请的当前状态下不能进行此操作
problem-what-status-conflict = 申请已经进入下一阶段，不能再进行此操作。
problem-do-status-conflict = 请查询申请进度，需要时请咨询受理机关。

problem-title-request-timeout = 发送花费的时间太长
problem-what-request-timeout = 在规定时间内没有全部送达。
problem-do-request-timeout = 请检查网络连接，再次发送。

problem-title-too-large = 发送的内容太大
problem-what-too-large = 某个文件或全部内容的大小超过了上限。
problem-do-too-large = 请把文件变小。每个添加的文件不超过10 MB。

problem-title-unsupported-media-type = 不接受这种数据
problem-what-unsupported-media-type = 此地址不接受这种数据。
problem-do-unsupported-media-type = 请按说明文件规定的形式发送。

problem-title-document-not-json = 无法读取申请书
problem-what-document-not-json = 申请书不是规定形式的 JSON 文件。
problem-do-document-not-json = 请不要编辑，按制作时的原样签名并提交申请书。

problem-title-document-duplicate-name = 申请书中同一项目出现两次
problem-what-document-duplicate-name = 申请书中同一名称出现了两次。不同的程序可能有不同的解读，因此不予受理。
problem-do-document-duplicate-name = 请重新制作申请书。

problem-title-document-unknown-field = 申请书中有未知的项目
problem-what-document-unknown-field = 申请书中含有表格中没有的项目。
problem-do-document-unknown-field = 请重新制作申请书。

problem-title-document-format = 申请书的格式不同
problem-what-document-format = 申请书不是 madoguchi/application/1 格式。
problem-do-document-format = 请在本网站制作申请书。

problem-title-wrong-gateway = 这是提交给其他网站的申请书
problem-what-wrong-gateway = 此申请书是为提交到其他网站而制作的。
problem-do-wrong-gateway = 请提交到那个网站，或在本网站重新制作。

problem-title-document-expired = 申请书的提交期限已过
problem-what-document-expired = 申请书必须在制作后的规定时间内提交。该期限已过。
problem-do-document-expired = 请确认填写的内容，并在新的申请书上签名。

problem-title-document-life-too-long = 申请书的有效期太长
problem-what-document-life-too-long = 从制作到提交期限的时间超过了本网站允许的长度。
problem-do-document-life-too-long = 请把从制作到提交期限的时间设在24小时以内，重新制作。

problem-title-document-not-yet-valid = 申请书的制作时间在未来
problem-what-document-not-yet-valid = 申请书上的制作时间还没有到。
problem-do-document-not-yet-valid = 请检查电脑的时钟，重新制作申请书。

problem-title-unknown-procedure = 本窗口不办理此手续
problem-what-unknown-procedure = 指定的手续不在本网站的列表中。
problem-do-unknown-procedure = 请从手续列表中选择。

problem-title-form-version = 表格已更新
problem-what-form-version = 制作申请书之后，此手续的表格有了改动。
problem-do-form-version = 请用新表格重新制作。

problem-title-unknown-recipient = 此机关不受理此手续
problem-what-unknown-recipient = 申请书上的机关不办理此手续。
problem-do-unknown-recipient = 请确认应该提交到哪个市区町村。

problem-title-answers-invalid = 有些回答不符合表格的要求
problem-what-answers-invalid = 必填项目为空，或者长度或形式不符合表格的要求。
problem-do-answers-invalid = 请改正指出的项目。填写的内容还在。

problem-title-applicant-not-signer = 申请人与签名人不同
problem-what-applicant-not-signer = 申请书上的姓名、出生日期、性别或住址与签名所用证书的内容不一致。字符种类不同（例如全角和半角）也属于不一致。
problem-do-applicant-not-signer = 请用“读取证书”自动填写申请人栏，或按证书原样填写。搬家或改姓后，可能需要新的证书。

problem-title-holder-deceased = 证书持有人已去世
problem-what-holder-deceased = 根据居民登记，该证书的持有人已经去世，不能再用它提交申请。
problem-do-holder-deceased = 家属请到市区町村的窗口办理。如果登记有误，请咨询您登记所在的市区町村。

problem-title-attachment-missing = 缺少添加的文件
problem-what-attachment-missing = 申请书上列出的文件中有一个没有发送。
problem-do-attachment-missing = 请把申请书上列出的文件全部一起发送。

problem-title-attachments-wanted = 没有添加需要的材料
problem-what-attachments-wanted = 按您的回答，此手续需要的材料比申请书上列出的更多。
problem-do-attachments-wanted = 请返回添加文件的页面，添加那里写明的材料，然后重新签名。

problem-title-attachment-not-listed = 有申请书上没有列出的文件
problem-what-attachment-not-listed = 发送了申请书上没有列出的文件。没有签名的内容不予受理。
problem-do-attachment-not-listed = 请去掉该文件，或将其加入申请书后重新签名。

problem-title-attachment-mismatch = 添加的文件与签名时不同
problem-what-attachment-mismatch = 发送的文件与申请书上列出的文件不一致。
problem-do-attachment-mismatch = 请发送与签名时相同的文件。如果有改动，请重新制作申请书并签名。

problem-title-attachment-too-large = 添加的文件太大
problem-what-attachment-too-large = 有一个添加的文件超过了大小上限。
problem-do-attachment-too-large = 每个文件请不要超过10 MB。

problem-title-attachment-refused = 添加的文件未通过恶意程序检查
problem-what-attachment-refused = 检查发现文件中可能含有有害程序。
problem-do-attachment-refused = 请重新制作文件，或在安全的电脑上检查后再添加。

problem-title-attachment-twice = 有同名的添加文件
problem-what-attachment-twice = 两个文件的名称相同，无法区分。
problem-do-attachment-twice = 请更改其中一个的名称。

problem-title-too-many-attachments = 添加的文件太多
problem-what-too-many-attachments = 添加文件的数量超过了上限。
problem-do-too-many-attachments = 请不要超过20个。

problem-title-withdrawal-format = 无法读取撤回书
problem-what-withdrawal-format = 撤回书不是 madoguchi/withdrawal/1 格式。
problem-do-withdrawal-format = 请重新制作撤回书。

problem-title-withdrawal-mismatch = 这是针对其他申请的撤回书
problem-what-withdrawal-mismatch = 撤回书上的到达编号或文件与此申请不一致。
problem-do-withdrawal-mismatch = 请确认到达编号，重新制作撤回书。

problem-title-not-the-applicant = 不是申请人本人的签名
problem-what-not-the-applicant = 补正或撤回必须由最初申请时签名的人签名。
problem-do-not-the-applicant = 请用同一个人的卡签名。

problem-title-correction-beyond-marked = 更正超出了标记的范围
problem-what-correction-beyond-marked = 受理机关只要求更正有标记的项目，但其他项目也被更改了。
problem-do-correction-beyond-marked = 请只更正有标记的项目，其他项目保持提交时的内容。
problem-title-corrects-unknown = 找不到要补正的申请
problem-what-corrects-unknown = 补正所指的申请没有记录在本窗口。
problem-do-corrects-unknown = 请确认到达编号。

problem-title-signature-refused = 签名未被接受
problem-what-signature-refused = 签名的一些检查项目没有通过。多数情况是：因搬家或改姓证书已失效、使用了不是签名用的证书，或签名后文件有改动。
problem-do-signature-refused = 请查看指出的项目。如果证书已失效，可以在您所住市区町村的窗口办理新的签名用电子证书。

problem-title-several-signers = 申请只能由一个人签名
problem-what-several-signers = 签名文件中含有两个人以上的签名。
problem-do-several-signers = 请只由申请人本人签名。

problem-title-too-many-drafts = 已开始的申请太多
problem-what-too-many-drafts = 此浏览器中已开始但未提交的申请达到了可保存的数量。
problem-do-too-many-drafts = 请提交或放弃其中一个（在手续页面中可以看到），然后重新开始。

problem-title-too-many-requests = 请求太多
problem-what-too-many-requests = 在短时间内从您的网络收到了太多请求。
problem-do-too-many-requests = 请等待约1分钟，再试一次。

problem-title-revocation-undecided = 现在无法确认您的证书是否有效
problem-what-revocation-undecided = 用于确认证书是否失效的最新列表还没有送到本网站。您的签名没有问题。
problem-do-revocation-undecided = 请稍等一会儿，用同一签名再次提交。

problem-title-storage-unavailable = 现在无法记录
problem-what-storage-unavailable = 无法使用记录装置。如果您正在提交申请，可能已经记录，也可能没有。看回执即可得知。
problem-do-storage-unavailable = 请等待几分钟，再次提交同一申请。如果已经记录，会得到相同的回执。无论提交几次，只会受理一次。

problem-title-scanner-unavailable = 恶意程序检查没有响应
problem-what-scanner-unavailable = 添加的文件通过检查后才会交付，但检查现在没有响应。申请本身已经记录，没有变化。
problem-do-scanner-unavailable = 请等待几分钟，再次获取文件。如果仍然如此，请告知本网站的运营者。

problem-title-overloaded = 现在上传的内容太多
problem-what-overloaded = 本网站同时接收的文件已达到上限，因此没有接收您的文件。
problem-do-overloaded = 请等待1分钟，再次发送。

problem-title-drafts-full = 现在无法保存新的申请
problem-what-drafts-full = 用于保存填写中申请的空间已满。
problem-do-drafts-full = 请稍等一会儿，再试一次。

problem-title-internal = 本网站内部出现问题
problem-what-internal = 本网站内部出现了问题。不是您的操作造成的。
problem-do-internal = 请稍等一会儿，再试一次。如果仍然如此，请告诉我们页面上显示的查询编号。

problem-title-list-refused = 失效列表未被接受
problem-what-list-refused = 没有通过签名、签发机构、适用范围、日期、编号、条目的检查之一。
problem-do-list-refused = 请查看回答中的代码和说明，从认证机构获取最新的列表，再次发送。

problem-title-sign-in-token = 无法读取登录令牌
problem-what-sign-in-token = 签名软件发送的内容不是规定形式的令牌。
problem-do-sign-in-token = 请再试一次。如果仍然如此，请更新签名软件和浏览器扩展程序。

problem-title-sign-in-format = 不支持此版本的登录令牌
problem-what-sign-in-format = 本网站接受 web-eid:1 及其次要版本的令牌。
problem-do-sign-in-format = 请更新签名软件和浏览器扩展程序，再试一次。

problem-title-sign-in-challenge = 登录时间过长，或是在别处开始的登录
problem-what-sign-in-challenge = 登录必须在同一浏览器中5分钟之内完成，每次尝试只有效一次。此浏览器没有正在等待回答的登录。
problem-do-sign-in-challenge = 请再按一次登录按钮。需要允许本网站的 Cookie。

problem-title-sign-in-signature = 卡的应答不符
problem-what-sign-in-signature = 卡签名的不是本网站的地址和最后发给此浏览器的询问。其间可能在另一个窗口开始了登录。
problem-do-sign-in-signature = 请关闭其他登录窗口，确认地址栏中的地址正确，再按一次登录按钮。

problem-title-sign-in-wrong-certificate = 这不是登录用的证书
problem-what-sign-in-wrong-certificate = 卡上有两个证书。使用了签名用的证书，或者是本网站登录时不接受的证书。
problem-do-sign-in-wrong-certificate = 请选择用户证明用证书（密码为4位数字），再试一次。

problem-title-sign-in-certificate-ended = 卡上的登录用证书无效
problem-what-sign-in-certificate-ended = 有效期已过或尚未开始，或者因报失或交还卡而已失效。
problem-do-sign-in-certificate-ended = 请到您所住市区町村的窗口更新。不登录也可以用签名用证书提交申请。

problem-title-sign-in-not-trusted = 无法确认卡的认证机构
problem-what-sign-in-not-trusted = 此证书不是由本网站登录时信任的认证机构签发的。
problem-do-sign-in-not-trusted = 请使用本网站要求的卡。如果就是那张卡，请告知本网站的运营者。

problem-title-sign-in-undecided = 现在无法确认您的证书是否有效
problem-what-sign-in-undecided = 列出失效证书的列表还没有送到本网站，或者证书被暂停使用。在能够确认之前不能登录。
problem-do-sign-in-undecided = 请稍后再试。不登录也可以提交申请。

problem-title-link-another-person = 这是其他人的账户
problem-what-link-another-person = 此账户已关联到姓名或出生日期不同的人的签名用证书。
problem-do-link-another-person = 请不要关联，并保管好该申请的查询密钥。如果您的姓名有变更，请先解除旧的关联。

problem-title-link-raced = 刚刚在别处进行了关联
problem-what-link-raced = 就在此时，同一签名用证书被关联到了另一个账户。
problem-do-link-raced = 请返回“我的页面”，重新回答。如果可能有人在使用您的卡，请联系卡的服务热线，申请暂停使用。
problem-heading-where = 在哪里咨询
problem-where-general = 所提交市区町村的窗口（工作日8:30至17:00，各市区町村有所不同）。请告知请求编号。
problem-where-online = 本网站24小时均可提交。
problem-when = 此操作到达时间
problem-arrival = 期限以被受理的提交到达的时间计算（保留中的也以到达时间计算）。未受理的提交不计算。
problem-typed-title = 您填写的内容
problem-typed-text = 以下内容尚未保存。请复制后重新打开页面填写。
problem-draft-away = 此草稿未在此浏览器中打开。如已创建专用链接请用该链接打开；如已与卡绑定请登录。
