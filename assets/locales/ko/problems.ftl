# Explanations of every refusal, /problems/{code}: title, what happened, what to do.
problems-title = 오류 설명
problems-lead = 신청이나 서명이 받아들여지지 않을 때 표시되는 이유입니다.
problem-heading-what = 무슨 일이 있었는지
problem-heading-kept = 남아 있는 것
problem-heading-do = 해야 할 일
problem-heading-checks = 통과하지 못한 검사 항목
problem-code = 코드
problem-status = HTTP 상태
problem-request = 문의 번호
problem-detail = 자세한 내용
problem-home = 홈으로 가기
problem-kept-nothing = 접수되지 않았으며 아무것도 기록되지 않았습니다. 입력 중인 신청은 기한이 될 때까지 그대로 남아 있습니다.
problem-kept-unknown = 보내신 내용이 기록되었을 수도 있고 그렇지 않을 수도 있습니다. 기록되었다면 같은 것을 다시 보내면 같은 접수증이 나옵니다. 입력 중인 신청은 기한이 될 때까지 그대로 남아 있습니다.
problem-kept-first = 처음 기록된 신청은 그대로입니다.
problem-kept-unchanged = 제출된 신청은 변경되지 않습니다.

problem-title-bad-multipart = 업로드한 내용을 읽을 수 없습니다
problem-what-bad-multipart = 보내신 내용을 multipart/form-data로 읽을 수 없습니다. 도중에 끊겼을 수 있습니다.
problem-do-bad-multipart = 페이지를 새로 고치고 다시 보내 주세요. 프로그램으로 보낸 경우 각 부분의 이름과 경계를 확인해 주세요.

problem-title-part-missing = 업로드에 빠진 부분이 있습니다
problem-what-part-missing = 신청서나 서명처럼 반드시 보내야 하는 부분이 없었습니다.
problem-do-part-missing = 메시지에 나온 부분을 확인하고 모든 부분을 함께 보내 주세요.

problem-title-part-twice = 같은 부분이 두 번 전송되었습니다
problem-what-part-twice = 한 번만 있어야 하는 부분이 두 번 있었습니다. 어느 쪽이 맞는지 저희가 추측하지 않습니다.
problem-do-part-twice = 각 부분을 한 번씩 보내 주세요.

problem-title-bad-request = 요청을 읽을 수 없습니다
problem-what-bad-request = 보내신 내용이 읽을 수 있는 형식이 아닙니다.
problem-do-bad-request = 페이지를 새로 고치고 다시 시도해 주세요.

problem-title-unauthorized = 로그인하거나 조회 키를 입력해 주세요
problem-what-unauthorized = 로그인한 분이나 조회 키를 가진 분만 볼 수 있습니다. 조회 키가 맞지 않을 때도 표시됩니다.
problem-do-unauthorized = 조회 키를 확인하고 다시 입력해 주세요. 신청을 제출했을 때 한 번 표시되었습니다.

problem-title-forbidden = 이 작업은 허용되지 않습니다
problem-what-forbidden = 사용 중인 계정으로는 이것을 보거나 할 수 없거나, 양식이 이 사이트의 페이지에서 전송되지 않았습니다.
problem-do-forbidden = 돌아가서 페이지를 새로 고치고 다시 시도해 주세요. 필요한 권한이 없으면 관리자에게 문의해 주세요.

problem-title-not-found = 페이지를 찾을 수 없습니다
problem-what-not-found = 이 주소에는 아무것도 없습니다. 주소가 잘못되었거나 기한이 지나 삭제되었을 수 있습니다.
problem-do-not-found = 주소를 확인하거나 홈에서 시작해 주세요.

problem-title-method-not-allowed = 이 주소에서는 할 수 없습니다
problem-what-method-not-allowed = 이 주소는 그런 종류의 요청을 받지 않습니다.
problem-do-method-not-allowed = 페이지의 링크와 버튼을 사용해 주세요.

problem-title-application-id-taken = 이 번호로 다른 문서가 접수되었습니다
problem-what-application-id-taken = 이 application_id로 다른 문서가 이미 기록되어 있습니다.
problem-do-application-id-taken = 기록된 신청은 변경되지 않습니다. 새 신청을 만들어 서명해 주세요.

problem-title-status-conflict = 신청의 현재 상태에서는 할 수 없습니다
problem-what-status-conflict = 신청이 다음 단계로 진행되어 이제 할 수 없습니다.
problem-do-status-conflict = 신청 상황을 확인하고, 필요하면 제출처 기관에 문의해 주세요.

problem-title-request-timeout = 전송에 시간이 너무 오래 걸렸습니다
problem-what-request-timeout = 시간 안에 모든 내용이 도착하지 않았습니다.
problem-do-request-timeout = 네트워크 연결을 확인하고 다시 보내 주세요.

problem-title-too-large = 보내신 내용이 너무 큽니다
problem-what-too-large = 파일 하나 또는 전체 크기가 상한을 넘었습니다.
problem-do-too-large = 파일을 작게 해 주세요. 첨부 파일은 한 개당 10 MB까지입니다.

problem-title-unsupported-media-type = 이런 종류의 데이터는 받지 않습니다
problem-what-unsupported-media-type = 이 주소에서는 이런 종류의 데이터를 받지 않습니다.
problem-do-unsupported-media-type = 설명서에 정해진 형식으로 보내 주세요.

problem-title-document-not-json = 신청서를 읽을 수 없습니다
problem-what-document-not-json = 신청서가 정해진 형식의 JSON 문서가 아닙니다.
problem-do-document-not-json = 신청서를 편집하지 말고 만들어진 그대로 서명하여 제출해 주세요.

problem-title-document-duplicate-name = 신청서에 같은 항목이 두 번 있습니다
problem-what-document-duplicate-name = 신청서에 같은 이름이 두 번 나옵니다. 프로그램마다 다르게 해석할 수 있어 받지 않습니다.
problem-do-document-duplicate-name = 신청서를 다시 만들어 주세요.

problem-title-document-unknown-field = 신청서에 알 수 없는 항목이 있습니다
problem-what-document-unknown-field = 신청서에 양식에 없는 항목이 들어 있습니다.
problem-do-document-unknown-field = 신청서를 다시 만들어 주세요.

problem-title-document-format = 신청서의 형식이 다릅니다
problem-what-document-format = 신청서가 madoguchi/application/1 형식이 아닙니다.
problem-do-document-format = 이 사이트에서 신청서를 만들어 주세요.

problem-title-wrong-gateway = 다른 사이트에 제출할 신청서입니다
problem-what-wrong-gateway = 이 신청서는 다른 사이트에 제출하기 위해 만들어졌습니다.
problem-do-wrong-gateway = 그 사이트에 제출하거나 이 사이트에서 새로 만들어 주세요.

problem-title-document-expired = 신청서의 제출 기한이 지났습니다
problem-what-document-expired = 신청서는 만든 뒤 정해진 시간 안에 제출해야 합니다. 그 기한이 지났습니다.
problem-do-document-expired = 입력한 내용을 확인하고 새 신청서에 서명해 주세요.

problem-title-document-life-too-long = 신청서의 유효기간이 너무 깁니다
problem-what-document-life-too-long = 작성부터 제출 기한까지의 시간이 이 사이트가 허용하는 길이를 넘습니다.
problem-do-document-life-too-long = 작성부터 제출 기한까지를 24시간 이내로 하여 다시 만들어 주세요.

problem-title-document-not-yet-valid = 신청서의 작성 시각이 미래입니다
problem-what-document-not-yet-valid = 신청서에 적힌 작성 시각이 아직 되지 않았습니다.
problem-do-document-not-yet-valid = 컴퓨터의 시계를 확인하고 신청서를 다시 만들어 주세요.

problem-title-unknown-procedure = 이곳에서 취급하지 않는 절차입니다
problem-what-unknown-procedure = 지정된 절차가 이 사이트의 목록에 없습니다.
problem-do-unknown-procedure = 절차 목록에서 선택해 주세요.

problem-title-form-version = 양식이 새로워졌습니다
problem-what-form-version = 신청서를 만든 뒤 이 절차의 양식이 바뀌었습니다.
problem-do-form-version = 새 양식으로 다시 만들어 주세요.

problem-title-unknown-recipient = 이 기관은 이 절차를 접수하지 않습니다
problem-what-unknown-recipient = 신청서에 적힌 기관은 이 절차를 취급하지 않습니다.
problem-do-unknown-recipient = 어느 시구정촌에 제출해야 하는지 확인해 주세요.

problem-title-answers-invalid = 양식에 맞지 않는 답변이 있습니다
problem-what-answers-invalid = 필수 항목이 비어 있거나, 길이나 형식이 양식에 맞지 않습니다.
problem-do-answers-invalid = 표시된 항목을 고쳐 주세요. 입력한 내용은 남아 있습니다.

problem-title-applicant-not-signer = 신청자와 서명한 사람이 다릅니다
problem-what-applicant-not-signer = 신청서의 성명, 생년월일, 성별 또는 주소가 서명에 사용된 증명서의 내용과 다릅니다. 문자의 종류(전각과 반각 등)만 달라도 일치하지 않는 것으로 봅니다.
problem-do-applicant-not-signer = ‘증명서 읽기’로 신청자란을 자동 입력하거나 증명서에 적힌 그대로 입력해 주세요. 이사하거나 성이 바뀐 뒤에는 새 증명서가 필요할 수 있습니다.

problem-title-holder-deceased = 증명서의 명의인이 사망한 것으로 되어 있습니다
problem-what-holder-deceased = 주민등록에 따르면 이 증명서의 명의인은 사망했습니다. 이 증명서로는 더 이상 신청할 수 없습니다.
problem-do-holder-deceased = 유족이신 경우 시구정촌 창구에서 절차를 밟아 주세요. 기록이 잘못된 경우 주민등록이 있는 시구정촌에 문의해 주세요.

problem-title-attachment-missing = 첨부 파일이 부족합니다
problem-what-attachment-missing = 신청서에 적힌 첨부 파일 중 하나가 전송되지 않았습니다.
problem-do-attachment-missing = 신청서에 적힌 파일을 모두 함께 보내 주세요.

problem-title-attachments-wanted = 필요한 서류가 첨부되지 않았습니다
problem-what-attachments-wanted = 이 답변의 경우 절차에 필요한 첨부 서류가 신청서에 적힌 것보다 많습니다.
problem-do-attachments-wanted = 첨부 파일 화면으로 돌아가 그곳에 적힌 서류를 추가하고 다시 서명해 주세요.

problem-title-attachment-not-listed = 신청서에 없는 첨부 파일이 있습니다
problem-what-attachment-not-listed = 신청서에 적혀 있지 않은 파일이 전송되었습니다. 서명되지 않은 것은 받지 않습니다.
problem-do-attachment-not-listed = 그 파일을 빼거나, 신청서에 추가한 뒤 다시 서명해 주세요.

problem-title-attachment-mismatch = 첨부 파일이 서명했을 때와 다릅니다
problem-what-attachment-mismatch = 전송된 파일이 신청서에 적힌 파일과 다릅니다.
problem-do-attachment-mismatch = 서명했을 때와 같은 파일을 보내 주세요. 변경했다면 신청서를 다시 만들어 서명해 주세요.

problem-title-attachment-too-large = 첨부 파일이 너무 큽니다
problem-what-attachment-too-large = 첨부 파일 중 하나가 크기 상한을 넘었습니다.
problem-do-attachment-too-large = 한 개당 10 MB까지로 해 주세요.

problem-title-attachment-refused = 첨부 파일이 악성 프로그램 검사에서 거부되었습니다
problem-what-attachment-refused = 파일에 해로운 프로그램이 들어 있을 수 있다고 판정되었습니다.
problem-do-attachment-refused = 파일을 다시 만들거나 안전한 컴퓨터에서 확인해 주세요.

problem-title-attachment-twice = 같은 이름의 첨부 파일이 있습니다
problem-what-attachment-twice = 두 첨부 파일의 이름이 같아 구별할 수 없습니다.
problem-do-attachment-twice = 한쪽의 이름을 바꿔 주세요.

problem-title-too-many-attachments = 첨부 파일이 너무 많습니다
problem-what-too-many-attachments = 첨부 파일의 수가 상한을 넘었습니다.
problem-do-too-many-attachments = 20개 이내로 해 주세요.

problem-title-withdrawal-format = 취하서를 읽을 수 없습니다
problem-what-withdrawal-format = 취하서가 madoguchi/withdrawal/1 형식이 아닙니다.
problem-do-withdrawal-format = 취하서를 다시 만들어 주세요.

problem-title-withdrawal-mismatch = 다른 신청에 대한 취하서입니다
problem-what-withdrawal-mismatch = 취하서에 적힌 도달번호나 문서가 이 신청의 것이 아닙니다.
problem-do-withdrawal-mismatch = 도달번호를 확인하고 취하서를 다시 만들어 주세요.

problem-title-not-the-applicant = 신청한 본인의 서명이 아닙니다
problem-what-not-the-applicant = 보정이나 취하에는 처음 신청할 때와 같은 사람의 서명이 필요합니다.
problem-do-not-the-applicant = 같은 사람의 카드로 서명해 주세요.

problem-title-correction-beyond-marked = 표시된 범위를 벗어난 정정입니다
problem-what-correction-beyond-marked = 기관은 표시한 항목만 정정해 달라고 했지만 다른 항목도 바뀌었습니다.
problem-do-correction-beyond-marked = 표시된 항목만 고치고 다른 항목은 제출했을 때 그대로 두세요.
problem-title-corrects-unknown = 보정할 신청을 찾을 수 없습니다
problem-what-corrects-unknown = 보정하려는 신청이 이곳에 기록되어 있지 않습니다.
problem-do-corrects-unknown = 도달번호를 확인해 주세요.

problem-title-signature-refused = 서명이 받아들여지지 않았습니다
problem-what-signature-refused = 서명 검사 중 통과하지 못한 항목이 있습니다. 대부분 이사나 성의 변경으로 증명서가 실효되었거나, 서명용이 아닌 증명서를 사용했거나, 서명한 뒤 문서가 바뀐 것이 원인입니다.
problem-do-signature-refused = 표시된 항목을 확인해 주세요. 증명서가 실효된 경우 거주하시는 시구정촌 창구에서 새 서명용 전자증명서를 발급받을 수 있습니다.

problem-title-several-signers = 신청에는 한 사람만 서명합니다
problem-what-several-signers = 서명 파일에 두 사람 이상의 서명이 들어 있습니다.
problem-do-several-signers = 신청자 본인만 서명해 주세요.

problem-title-too-many-drafts = 작성 중인 신청이 너무 많습니다
problem-what-too-many-drafts = 이 브라우저에서 작성 중이며 제출하지 않은 신청이 보관할 수 있는 수에 도달했습니다.
problem-do-too-many-drafts = 절차 페이지에 표시되는 신청 중 하나를 제출하거나 폐기한 뒤 다시 시작해 주세요.

problem-title-too-many-requests = 요청이 너무 많습니다
problem-what-too-many-requests = 짧은 시간에 사용 중인 네트워크에서 너무 많은 요청이 있었습니다.
problem-do-too-many-requests = 1분 정도 기다렸다가 다시 시도해 주세요.

problem-title-revocation-undecided = 지금은 증명서가 유효한지 확인할 수 없습니다
problem-what-revocation-undecided = 실효된 증명서를 알려 주는 목록이 아직 이 사이트에 도착하지 않았습니다. 서명에는 문제가 없습니다.
problem-do-revocation-undecided = 잠시 기다렸다가 같은 서명으로 다시 제출해 주세요.

problem-title-storage-unavailable = 지금은 기록할 수 없습니다
problem-what-storage-unavailable = 기록 장치에 접속할 수 없었습니다. 신청을 제출하던 중이었다면 기록되었을 수도 있고 그렇지 않을 수도 있습니다. 접수증으로 확인할 수 있습니다.
problem-do-storage-unavailable = 몇 분 기다렸다가 같은 신청을 다시 보내 주세요. 기록되어 있으면 같은 접수증이 나옵니다. 몇 번을 보내도 한 번만 접수됩니다.

problem-title-scanner-unavailable = 악성 프로그램 검사가 응답하지 않습니다
problem-what-scanner-unavailable = 첨부 파일은 검사를 마친 뒤에만 전달되는데, 지금 검사가 응답하지 않습니다. 신청 자체는 기록되어 있으며 변경되지 않았습니다.
problem-do-scanner-unavailable = 몇 분 기다렸다가 파일을 다시 요청해 주세요. 계속되면 이 사이트의 운영자에게 알려 주세요.

problem-title-overloaded = 지금 업로드가 몰리고 있습니다
problem-what-overloaded = 동시에 받을 수 있는 파일의 양을 넘어 받지 못했습니다.
problem-do-overloaded = 1분 기다렸다가 다시 보내 주세요.

problem-title-drafts-full = 지금은 새 신청을 보관할 수 없습니다
problem-what-drafts-full = 입력 중인 신청을 보관할 공간이 가득 찼습니다.
problem-do-drafts-full = 잠시 기다렸다가 다시 시도해 주세요.

problem-title-internal = 저희 쪽에서 문제가 생겼습니다
problem-what-internal = 이 사이트 내부에 문제가 생겼습니다. 고객님의 조작이 원인이 아닙니다.
problem-do-internal = 잠시 기다렸다가 다시 시도해 주세요. 계속되면 페이지에 표시된 문의 번호를 알려 주세요.

problem-title-list-refused = 실효 목록이 받아들여지지 않았습니다
problem-what-list-refused = 서명, 발급자, 범위, 날짜, 번호, 항목 중 어느 하나의 검사를 통과하지 못했습니다.
problem-do-list-refused = 응답에 있는 코드와 설명을 확인하고, 인증기관에서 최신 목록을 받아 다시 보내 주세요.

problem-title-sign-in-token = 로그인 토큰을 읽을 수 없습니다
problem-what-sign-in-token = 서명 앱이 보낸 것이 정해진 형식의 토큰이 아닙니다.
problem-do-sign-in-token = 다시 시도해 주세요. 계속되면 서명 앱과 브라우저 확장 프로그램을 업데이트해 주세요.

problem-title-sign-in-format = 지원하지 않는 버전의 로그인 토큰입니다
problem-what-sign-in-format = 이 사이트는 web-eid:1과 그 하위 버전의 토큰을 받습니다.
problem-do-sign-in-format = 서명 앱과 브라우저 확장 프로그램을 업데이트하고 다시 시도해 주세요.

problem-title-sign-in-challenge = 로그인이 너무 오래 걸렸거나 다른 곳에서 시작되었습니다
problem-what-sign-in-challenge = 로그인은 같은 브라우저에서 5분 안에 마쳐야 하며, 한 번의 시도는 한 번만 유효합니다. 이 브라우저에는 진행 중인 로그인이 없었습니다.
problem-do-sign-in-challenge = 로그인 버튼을 다시 눌러 주세요. 이 사이트의 쿠키를 허용해야 합니다.

problem-title-sign-in-signature = 카드의 응답이 맞지 않습니다
problem-what-sign-in-signature = 카드가 서명한 것은 이 사이트의 주소와 이 브라우저에 마지막으로 보낸 질문이 아니었습니다. 그사이에 다른 창에서 로그인을 시작했을 수 있습니다.
problem-do-sign-in-signature = 다른 로그인 창을 닫고 주소 표시줄의 주소가 올바른지 확인한 뒤 로그인 버튼을 다시 눌러 주세요.

problem-title-sign-in-wrong-certificate = 로그인용 증명서가 아닙니다
problem-what-sign-in-wrong-certificate = 카드에는 증명서가 두 개 있습니다. 문서 서명용 증명서가 사용되었거나, 이 사이트가 로그인에 받지 않는 증명서입니다.
problem-do-sign-in-wrong-certificate = 이용자 증명용 증명서(비밀번호는 숫자 4자리)를 선택하고 다시 시도해 주세요.

problem-title-sign-in-certificate-ended = 카드의 로그인용 증명서가 유효하지 않습니다
problem-what-sign-in-certificate-ended = 유효기간이 지났거나 시작되지 않았거나, 카드의 분실 신고나 반납으로 실효되었습니다.
problem-do-sign-in-certificate-ended = 거주하시는 시구정촌 창구에서 갱신할 수 있습니다. 로그인하지 않아도 서명용 증명서로 신청을 제출할 수 있습니다.

problem-title-sign-in-not-trusted = 카드의 인증기관을 확인할 수 없습니다
problem-what-sign-in-not-trusted = 이 사이트가 로그인에 신뢰하는 인증기관이 발급한 증명서가 아닙니다.
problem-do-sign-in-not-trusted = 이 사이트가 요구하는 카드를 사용해 주세요. 바로 그 카드라면 이 사이트의 운영자에게 알려 주세요.

problem-title-sign-in-undecided = 지금은 증명서가 유효한지 확인할 수 없습니다
problem-what-sign-in-undecided = 실효된 증명서를 알려 주는 목록이 아직 이 사이트에 도착하지 않았거나, 증명서가 일시 정지되어 있습니다. 확인될 때까지 로그인할 수 없습니다.
problem-do-sign-in-undecided = 나중에 다시 시도해 주세요. 로그인하지 않아도 신청을 제출할 수 있습니다.

problem-title-link-another-person = 다른 사람의 계정입니다
problem-what-link-another-person = 이 계정은 성명이나 생년월일이 다른 사람의 서명용 증명서와 연결되어 있습니다.
problem-do-link-another-person = 연결하지 말고 그 신청의 조회 키를 보관해 주세요. 성명이 바뀌었다면 먼저 이전 연결을 해제해 주세요.

problem-title-link-raced = 방금 다른 곳에서 연결되었습니다
problem-what-link-raced = 바로 지금 같은 서명용 증명서가 다른 계정에 연결되었습니다.
problem-do-link-raced = 마이페이지로 돌아가 다시 답해 주세요. 다른 사람이 카드를 쓰고 있을 우려가 있으면 카드 안내 전화에 연락하여 일시 정지해 주세요.
problem-heading-where = 어디에 문의하나
problem-where-general = 제출할 시구정촌의 창구(평일 8시 30분~17시, 시구정촌에 따라 다름). 요청 번호를 알려 주세요.
problem-where-online = 이 사이트에서는 24시간 언제든지 제출할 수 있습니다.
problem-when = 이 조작이 도달한 일시
problem-arrival = 기한은 접수된 제출이 도달한 일시(보류 중인 것도 도달한 일시)로 계산합니다. 접수되지 않은 제출은 계산하지 않습니다.
problem-typed-title = 입력한 내용
problem-typed-text = 이 내용은 아직 저장되지 않았습니다. 복사한 후 페이지를 다시 열어 입력해 주세요.
problem-draft-away = 이 초안은 이 브라우저에서 열려 있지 않습니다. 전용 링크가 있으면 그 링크로, 카드에 연결했다면 로그인하여 열 수 있습니다.
