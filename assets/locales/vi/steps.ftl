# The second step of a verdict (confirmed, contested).
steps-dyn-resident-none = Chưa xác nhận được chứng thư của bạn có hiệu lực hay không. Thời điểm đơn đến vẫn được giữ nguyên.
steps-dyn-resident-provisional = Theo thông tin mới nhất khi đơn đến, chứng thư của bạn còn hiệu lực. Chúng tôi sẽ kiểm tra thêm một lần với thông tin tiếp theo. Bạn không cần làm gì.
steps-dyn-resident-confirmed = Chứng thư đã được kiểm tra lại với thông tin có sau khi đơn đến: khi đơn đến, chứng thư còn hiệu lực.
steps-dyn-resident-contested = Theo thông tin có sau đó, khi đơn đến thì chứng thư đã hết hiệu lực. Điều này tự động xảy ra khi chuyển nhà hoặc đổi tên. Chỉ vì điều này thì đơn không bị từ chối: cơ quan nhận đơn sẽ quyết định, và bạn sẽ thấy thông báo tại đây.
steps-dyn-step-held-decision = Đã quyết định sau thời gian chờ
steps-dyn-step-confirmed = Đã xác nhận lại hiệu lực của chứng thư
steps-dyn-step-contested = Phát hiện chứng thư đã mất hiệu lực
steps-statements = Hiển thị các thông báo có chữ ký về chứng thư (JWS)
steps-statements-hint = Mỗi thông báo chỉ đến thông báo trước nó, và thông báo đầu tiên chỉ đến giấy biên nhận. Hãy lưu tệp: nhờ đó bạn có thể chứng minh bất cứ lúc nào điều gì đã được xác nhận và khi nào.
steps-statements-save = Lưu giấy biên nhận và các thông báo
