# Explanations of every refusal, /problems/{code}: title, what happened, what to do.
problems-title = Giải thích các thông báo lỗi
problems-lead = Những lý do có thể được nêu khi đơn hoặc chữ ký không được chấp nhận.
problem-heading-what = Điều gì đã xảy ra
problem-heading-kept = Những gì được giữ lại
problem-heading-do = Việc cần làm
problem-heading-checks = Các mục kiểm tra không đạt
problem-code = Mã
problem-status = Trạng thái HTTP
problem-request = Số yêu cầu
problem-detail = Chi tiết
problem-home = Về trang chủ
problem-kept-nothing = Chưa có gì được tiếp nhận hay ghi lại. Đơn bạn đang nhập vẫn giữ nguyên cho đến khi hết thời hạn.
problem-kept-unknown = Nội dung bạn gửi có thể đã được ghi lại hoặc chưa. Nếu đã được ghi, gửi lại đúng nội dung đó sẽ nhận được cùng giấy biên nhận. Đơn bạn đang nhập vẫn giữ nguyên cho đến khi hết thời hạn.
problem-kept-first = Đơn được ghi lại đầu tiên vẫn giữ nguyên.
problem-kept-unchanged = Các đơn đã nộp không thay đổi.

problem-title-bad-multipart = Không đọc được nội dung tải lên
problem-what-bad-multipart = Nội dung đã gửi không đọc được dưới dạng multipart/form-data. Có thể đã bị ngắt giữa chừng.
problem-do-bad-multipart = Hãy tải lại trang và gửi lại. Nếu gửi bằng chương trình, hãy kiểm tra tên các phần và dấu phân cách.

problem-title-part-missing = Thiếu một phần của nội dung tải lên
problem-what-part-missing = Một phần bắt buộc, chẳng hạn đơn hoặc chữ ký, đã không được gửi.
problem-do-part-missing = Hãy xem thông báo nêu phần nào và gửi tất cả các phần cùng nhau.

problem-title-part-twice = Một phần được gửi hai lần
problem-what-part-twice = Phần chỉ được có một lần lại xuất hiện hai lần. Chúng tôi không đoán phần nào mới đúng.
problem-do-part-twice = Hãy gửi mỗi phần một lần.

problem-title-bad-request = Không đọc được yêu cầu
problem-what-bad-request = Nội dung đã gửi không ở dạng đọc được.
problem-do-bad-request = Hãy tải lại trang và thử lại.

problem-title-unauthorized = Hãy đăng nhập hoặc nhập khóa tra cứu
problem-what-unauthorized = Chỉ người đã đăng nhập hoặc có khóa tra cứu mới xem được. Thông báo này cũng hiện khi khóa không khớp.
problem-do-unauthorized = Hãy kiểm tra khóa tra cứu và nhập lại. Khóa chỉ hiển thị một lần khi nộp đơn.

problem-title-forbidden = Bạn không được phép làm việc này
problem-what-forbidden = Tài khoản của bạn không được xem hoặc làm việc này, hoặc biểu mẫu không được gửi từ một trang của trang web này.
problem-do-forbidden = Hãy quay lại, tải lại trang và thử lại. Nếu tài khoản thiếu quyền cần thiết, hãy hỏi người quản trị.

problem-title-not-found = Không tìm thấy trang
problem-what-not-found = Không có gì ở địa chỉ này. Có thể địa chỉ bị gõ sai, hoặc nội dung đã bị xóa khi hết thời hạn.
problem-do-not-found = Hãy kiểm tra địa chỉ hoặc bắt đầu từ trang chủ.

problem-title-method-not-allowed = Không thể làm việc này ở địa chỉ này
problem-what-method-not-allowed = Địa chỉ này không nhận loại yêu cầu đó.
problem-do-method-not-allowed = Hãy dùng các liên kết và nút trên trang.

problem-title-application-id-taken = Một tài liệu khác đã được nộp với mã này
problem-what-application-id-taken = Một tài liệu khác đã được ghi lại với application_id này.
problem-do-application-id-taken = Đơn đã ghi không thay đổi. Hãy tạo đơn mới và ký đơn đó.

problem-title-status-conflict = Không thể làm việc này ở tình trạng hiện tại của đơn
problem-what-status-conflict = Đơn đã sang bước khác nên không thể làm việc này nữa.
problem-do-status-conflict = Hãy xem tình trạng đơn và hỏi cơ quan nhận đơn nếu cần.

problem-title-request-timeout = Gửi mất quá nhiều thời gian
problem-what-request-timeout = Đã hết thời gian trước khi nhận được toàn bộ nội dung.
problem-do-request-timeout = Hãy kiểm tra kết nối và gửi lại.

problem-title-too-large = Nội dung gửi quá lớn
problem-what-too-large = Một tệp, hoặc toàn bộ, vượt quá dung lượng cho phép.
problem-do-too-large = Hãy làm nhỏ các tệp. Mỗi tệp đính kèm tối đa 10 MB.

problem-title-unsupported-media-type = Không nhận loại dữ liệu này
problem-what-unsupported-media-type = Địa chỉ này không nhận dữ liệu loại này.
problem-do-unsupported-media-type = Hãy gửi theo dạng ghi trong tài liệu hướng dẫn.

problem-title-document-not-json = Không đọc được đơn
problem-what-document-not-json = Đơn không phải là tài liệu JSON đúng dạng yêu cầu.
problem-do-document-not-json = Hãy ký và nộp đơn đúng như khi được tạo ra, không chỉnh sửa.

problem-title-document-duplicate-name = Đơn có một mục xuất hiện hai lần
problem-what-document-duplicate-name = Cùng một tên xuất hiện hai lần trong đơn. Các chương trình khác nhau có thể hiểu khác nhau nên đơn không được nhận.
problem-do-document-duplicate-name = Hãy tạo lại đơn.

problem-title-document-unknown-field = Đơn có mục không xác định
problem-what-document-unknown-field = Đơn chứa một mục không có trong mẫu.
problem-do-document-unknown-field = Hãy tạo lại đơn.

problem-title-document-format = Đơn có định dạng khác
problem-what-document-format = Đơn không có định dạng madoguchi/application/1.
problem-do-document-format = Hãy tạo đơn trên trang web này.

problem-title-wrong-gateway = Đơn này dành cho trang web khác
problem-what-wrong-gateway = Đơn này được tạo để nộp trên một trang web khác.
problem-do-wrong-gateway = Hãy nộp ở đó, hoặc tạo đơn mới ở đây.

problem-title-document-expired = Đã quá hạn nộp đơn này
problem-what-document-expired = Đơn phải được nộp trong một khoảng thời gian nhất định sau khi tạo. Thời gian đó đã hết.
problem-do-document-expired = Hãy kiểm tra nội dung đã nhập và ký đơn mới.

problem-title-document-life-too-long = Thời hạn của đơn quá dài
problem-what-document-life-too-long = Khoảng thời gian từ khi tạo đến hạn nộp dài hơn mức trang web này cho phép.
problem-do-document-life-too-long = Hãy tạo lại với khoảng cách tối đa 24 giờ.

problem-title-document-not-yet-valid = Đơn ghi thời điểm tạo ở tương lai
problem-what-document-not-yet-valid = Thời điểm tạo ghi trong đơn chưa đến.
problem-do-document-not-yet-valid = Hãy kiểm tra đồng hồ máy tính và tạo lại đơn.

problem-title-unknown-procedure = Thủ tục này không có ở đây
problem-what-unknown-procedure = Thủ tục được nêu không có trong danh sách của trang web này.
problem-do-unknown-procedure = Hãy chọn trong danh sách thủ tục.

problem-title-form-version = Mẫu đơn đã thay đổi
problem-what-form-version = Mẫu đơn của thủ tục này đã được sửa sau khi đơn được tạo.
problem-do-form-version = Hãy tạo lại đơn theo mẫu mới.

problem-title-unknown-recipient = Cơ quan này không nhận thủ tục này
problem-what-unknown-recipient = Cơ quan ghi trong đơn không phụ trách thủ tục này.
problem-do-unknown-recipient = Hãy kiểm tra xem phải nộp cho địa phương nào.

problem-title-answers-invalid = Một số câu trả lời không đúng với mẫu
problem-what-answers-invalid = Có mục bắt buộc bị bỏ trống, hoặc độ dài hay dạng không đúng với mẫu.
problem-do-answers-invalid = Hãy sửa các mục được nêu. Nội dung bạn đã nhập vẫn còn.

problem-title-applicant-not-signer = Người nộp đơn không phải người đã ký
problem-what-applicant-not-signer = Họ tên, ngày sinh, giới tính hoặc địa chỉ trong đơn khác với chứng thư đã ký. Chỉ cần khác loại ký tự cũng bị coi là khác.
problem-do-applicant-not-signer = Hãy điền người nộp đơn bằng “Đọc chứng thư”, hoặc nhập đúng như trong chứng thư. Sau khi chuyển nhà hoặc đổi tên, có thể bạn cần chứng thư mới.

problem-title-holder-deceased = Theo sổ đăng ký, chủ chứng thư đã qua đời
problem-what-holder-deceased = Sổ đăng ký cư trú ghi rằng chủ của chứng thư này đã qua đời. Không thể nộp đơn bằng chứng thư này nữa.
problem-do-holder-deceased = Nếu bạn là người nhà, hãy đến quầy của địa phương. Nếu ghi nhận bị sai, hãy hỏi địa phương nơi bạn đăng ký cư trú.

problem-title-attachment-missing = Thiếu tệp đính kèm
problem-what-attachment-missing = Một tệp ghi trong đơn đã không được gửi kèm.
problem-do-attachment-missing = Hãy gửi tất cả các tệp ghi trong đơn.

problem-title-attachments-wanted = Thiếu giấy tờ đính kèm cần thiết
problem-what-attachments-wanted = Với các câu trả lời này, thủ tục cần nhiều tệp đính kèm hơn số ghi trong đơn.
problem-do-attachments-wanted = Hãy quay lại trang tệp đính kèm, thêm các giấy tờ được nêu ở đó và ký lại.

problem-title-attachment-not-listed = Có tệp đính kèm không ghi trong đơn
problem-what-attachment-not-listed = Một tệp không ghi trong đơn đã được gửi. Những gì chưa được ký thì không được nhận.
problem-do-attachment-not-listed = Hãy bỏ tệp đó ra, hoặc thêm vào đơn rồi ký lại.

problem-title-attachment-mismatch = Tệp đính kèm không phải là tệp đã được ký
problem-what-attachment-mismatch = Tệp đã gửi khác với tệp ghi trong đơn.
problem-do-attachment-mismatch = Hãy gửi đúng tệp đã ghi. Nếu bạn đã thay đổi tệp, hãy tạo lại đơn và ký.

problem-title-attachment-too-large = Tệp đính kèm quá lớn
problem-what-attachment-too-large = Một trong các tệp đính kèm vượt quá dung lượng cho phép.
problem-do-attachment-too-large = Mỗi tệp tối đa 10 MB.

problem-title-attachment-refused = Tệp đính kèm bị từ chối khi kiểm tra mã độc
problem-what-attachment-refused = Kết quả kiểm tra cho thấy tệp có thể chứa chương trình có hại.
problem-do-attachment-refused = Hãy tạo lại tệp, hoặc kiểm tra tệp trên máy tính an toàn.

problem-title-attachment-twice = Hai tệp đính kèm trùng tên
problem-what-attachment-twice = Hai tệp có cùng tên nên không phân biệt được.
problem-do-attachment-twice = Hãy đổi tên một tệp.

problem-title-too-many-attachments = Có quá nhiều tệp đính kèm
problem-what-too-many-attachments = Số tệp nhiều hơn mức cho phép.
problem-do-too-many-attachments = Hãy giữ trong 20 tệp.

problem-title-withdrawal-format = Không đọc được đơn xin rút
problem-what-withdrawal-format = Đơn xin rút không có định dạng madoguchi/withdrawal/1.
problem-do-withdrawal-format = Hãy tạo lại đơn xin rút.

problem-title-withdrawal-mismatch = Đơn xin rút này dành cho đơn khác
problem-what-withdrawal-mismatch = Số tiếp nhận hoặc tài liệu ghi trong đơn xin rút không phải của đơn này.
problem-do-withdrawal-mismatch = Hãy kiểm tra số tiếp nhận và tạo lại đơn xin rút.

problem-title-not-the-applicant = Đây không phải chữ ký của người đã nộp đơn
problem-what-not-the-applicant = Việc bổ sung hoặc rút đơn phải do chính người đã ký đơn ký.
problem-do-not-the-applicant = Hãy ký bằng thẻ của chính người đó.

problem-title-correction-beyond-marked = Nội dung sửa vượt quá phần được đánh dấu
problem-what-correction-beyond-marked = Cơ quan chỉ yêu cầu sửa các mục được đánh dấu, nhưng các mục khác cũng đã bị thay đổi.
problem-do-correction-beyond-marked = Chỉ sửa các mục được đánh dấu và giữ nguyên các mục khác như khi nộp.
problem-title-corrects-unknown = Không tìm thấy đơn cần bổ sung
problem-what-corrects-unknown = Đơn được nêu trong phần bổ sung không được ghi lại ở đây.
problem-do-corrects-unknown = Hãy kiểm tra số tiếp nhận.

problem-title-signature-refused = Chữ ký không được chấp nhận
problem-what-signature-refused = Một số mục kiểm tra chữ ký không đạt. Thường là do chứng thư đã mất hiệu lực vì chuyển nhà hoặc đổi tên, dùng chứng thư không phải để ký, hoặc tài liệu bị thay đổi sau khi ký.
problem-do-signature-refused = Hãy xem các mục được nêu. Nếu chứng thư đã mất hiệu lực, bạn có thể xin cấp chứng thư số dùng để ký mới tại quầy của cơ quan hành chính nơi bạn ở.

problem-title-several-signers = Đơn chỉ do một người ký
problem-what-several-signers = Tệp chữ ký chứa chữ ký của nhiều hơn một người.
problem-do-several-signers = Chỉ người nộp đơn được ký.

problem-title-too-many-drafts = Bạn đã bắt đầu quá nhiều đơn
problem-what-too-many-drafts = Trong trình duyệt này, số đơn đã bắt đầu mà chưa nộp đã đạt mức tối đa được lưu.
problem-do-too-many-drafts = Hãy nộp hoặc hủy một đơn (có trong trang của thủ tục) rồi bắt đầu lại.

problem-title-too-many-requests = Quá nhiều yêu cầu
problem-what-too-many-requests = Có quá nhiều yêu cầu từ mạng của bạn trong thời gian ngắn.
problem-do-too-many-requests = Hãy đợi khoảng một phút rồi thử lại.

problem-title-revocation-undecided = Hiện không kiểm tra được chứng thư của bạn có hiệu lực hay không
problem-what-revocation-undecided = Danh sách cho biết chứng thư nào đã mất hiệu lực chưa đến trang web này. Chữ ký của bạn không có vấn đề gì.
problem-do-revocation-undecided = Hãy đợi một lát và nộp lại cùng chữ ký.

problem-title-storage-unavailable = Hiện không thể ghi lại
problem-what-storage-unavailable = Không truy cập được nơi ghi. Nếu bạn đang nộp đơn, đơn có thể đã được ghi hoặc chưa; giấy biên nhận sẽ cho biết.
problem-do-storage-unavailable = Hãy đợi vài phút rồi gửi lại cùng đơn đó. Nếu đã được ghi, bạn sẽ nhận cùng giấy biên nhận. Dù gửi bao nhiêu lần, đơn chỉ được tiếp nhận một lần.

problem-title-scanner-unavailable = Chương trình kiểm tra mã độc không phản hồi
problem-what-scanner-unavailable = Tệp đính kèm chỉ được giao sau khi kiểm tra, mà hiện chương trình kiểm tra không phản hồi. Đơn đã được ghi và không thay đổi.
problem-do-scanner-unavailable = Hãy đợi vài phút rồi lấy lại tệp. Nếu vẫn vậy, hãy báo cho người vận hành trang web này.

problem-title-overloaded = Hiện có quá nhiều nội dung đang tải lên
problem-what-overloaded = Trang web này đang nhận hết mức số tệp có thể nên chưa nhận tệp của bạn.
problem-do-overloaded = Hãy đợi một phút rồi gửi lại.

problem-title-drafts-full = Hiện không thể lưu thêm đơn mới
problem-what-drafts-full = Chỗ dành cho các đơn đang nhập đã hết.
problem-do-drafts-full = Hãy đợi một lát rồi thử lại.

problem-title-internal = Có sự cố ở phía chúng tôi
problem-what-internal = Trang web này gặp lỗi. Lỗi không phải do thao tác của bạn.
problem-do-internal = Hãy đợi một lát rồi thử lại. Nếu vẫn vậy, hãy cho chúng tôi biết số yêu cầu hiển thị trên trang.

problem-title-list-refused = Danh sách thu hồi bị từ chối
problem-what-list-refused = Danh sách không đạt một trong các mục kiểm tra: chữ ký, nơi ban hành, phạm vi, ngày, số, các mục.
problem-do-list-refused = Hãy xem mã và câu giải thích trong phản hồi; lấy danh sách hiện hành từ tổ chức chứng thực và gửi lại.

problem-title-sign-in-token = Không đọc được mã thông báo đăng nhập
problem-what-sign-in-token = Nội dung ứng dụng ký gửi không phải mã thông báo đúng dạng yêu cầu.
problem-do-sign-in-token = Hãy thử lại. Nếu vẫn vậy, hãy cập nhật ứng dụng ký và tiện ích mở rộng của trình duyệt.

problem-title-sign-in-format = Phiên bản mã thông báo đăng nhập không được chấp nhận
problem-what-sign-in-format = Trang web này nhận mã thông báo định dạng web-eid:1 và các phiên bản phụ.
problem-do-sign-in-format = Hãy cập nhật ứng dụng ký và tiện ích mở rộng của trình duyệt rồi thử lại.

problem-title-sign-in-challenge = Đăng nhập quá lâu hoặc được bắt đầu ở nơi khác
problem-what-sign-in-challenge = Việc đăng nhập phải bắt đầu và kết thúc trong cùng trình duyệt trong vòng 5 phút, mỗi lần chỉ có giá trị một lần. Trình duyệt này không có lần đăng nhập nào đang chờ.
problem-do-sign-in-challenge = Hãy bấm lại nút đăng nhập. Cần cho phép cookie của trang web này.

problem-title-sign-in-signature = Câu trả lời của thẻ không khớp
problem-what-sign-in-signature = Nội dung thẻ đã ký không phải địa chỉ của trang web này và câu hỏi cuối cùng gửi cho trình duyệt này. Có thể một cửa sổ khác đã bắt đầu đăng nhập trong lúc đó.
problem-do-sign-in-signature = Hãy đóng các cửa sổ đăng nhập khác, kiểm tra địa chỉ trên thanh địa chỉ và bấm lại nút đăng nhập.

problem-title-sign-in-wrong-certificate = Đây không phải chứng thư dùng để đăng nhập
problem-what-sign-in-wrong-certificate = Thẻ có hai chứng thư. Chứng thư dùng để ký tài liệu đã được dùng, hoặc chứng thư không phải loại mà trang web này nhận khi đăng nhập.
problem-do-sign-in-wrong-certificate = Hãy chọn chứng thư xác thực người dùng (mã PIN 4 chữ số) và thử lại.

problem-title-sign-in-certificate-ended = Chứng thư đăng nhập của thẻ không có hiệu lực
problem-what-sign-in-certificate-ended = Chứng thư đã hết hạn hoặc chưa bắt đầu, hoặc đã mất hiệu lực vì thẻ được báo mất hay trả lại.
problem-do-sign-in-certificate-ended = Bạn có thể gia hạn tại quầy của cơ quan hành chính nơi bạn ở. Không đăng nhập vẫn nộp đơn được bằng chứng thư dùng để ký.

problem-title-sign-in-not-trusted = Không xác nhận được tổ chức chứng thực của thẻ
problem-what-sign-in-not-trusted = Chứng thư không do tổ chức chứng thực mà trang web này tin cậy để đăng nhập cấp.
problem-do-sign-in-not-trusted = Hãy dùng thẻ mà trang web này yêu cầu. Nếu đúng là thẻ đó, hãy báo cho người vận hành trang web này.

problem-title-sign-in-undecided = Hiện không kiểm tra được chứng thư của bạn có hiệu lực hay không
problem-what-sign-in-undecided = Danh sách cho biết chứng thư nào đã mất hiệu lực chưa đến trang web này, hoặc chứng thư đang bị tạm ngừng. Chưa xác nhận được thì chưa đăng nhập được.
problem-do-sign-in-undecided = Hãy thử lại sau. Không đăng nhập vẫn nộp đơn được.

problem-title-link-another-person = Tài khoản này là của người khác
problem-what-link-another-person = Tài khoản này được liên kết với chứng thư dùng để ký của một người có họ tên hoặc ngày sinh khác.
problem-do-link-another-person = Đừng liên kết, và hãy giữ khóa tra cứu của đơn đó. Nếu bạn đã đổi tên, hãy hủy liên kết cũ trước.

problem-title-link-raced = Chứng thư vừa được liên kết ở nơi khác
problem-what-link-raced = Đúng lúc này, cùng chứng thư dùng để ký đó được liên kết với một tài khoản khác.
problem-do-link-raced = Hãy quay lại “Trang của tôi” và trả lời lại. Nếu có thể người khác đang giữ thẻ của bạn, hãy gọi đường dây hỗ trợ của thẻ để tạm ngừng thẻ.
problem-heading-where = Hỏi ở đâu
problem-where-general = Quầy của địa phương nơi nộp (thứ Hai đến thứ Sáu, 8:30–17:00; tùy nơi). Hãy cho biết số yêu cầu.
problem-where-online = Trên trang này bạn có thể nộp bất cứ lúc nào.
problem-when = Thời điểm nhận được
problem-arrival = Thời hạn tính theo lúc đơn được tiếp nhận đã đến, kể cả đơn đang chờ. Đơn không được nhận thì không tính.
problem-typed-title = Nội dung bạn đã nhập
problem-typed-text = Nội dung này chưa được lưu. Hãy sao chép, mở lại trang và nhập lại.
problem-draft-away = Bản nháp này không mở trong trình duyệt này. Nếu đã tạo liên kết riêng, hãy mở bằng liên kết đó; nếu gắn với thẻ, hãy đăng nhập.
