// SPDX-License-Identifier: GPL-3.0-or-later
export const vi = {
  'watch.keys': 'Phím: cách = phát, ← → = 10 giây, F = toàn màn hình',
  'watch.seen': 'Đã học {percent}% bài này',
  'watch.completed': 'Bạn đã học xong bài này',
  'watch.saved': 'Đã lưu tiến độ',
  'watch.unsaved': 'Tiến độ được giữ trên máy, sẽ tự gửi khi có mạng',
  'watch.sign_in': 'Đăng nhập để lưu tiến độ học',
  'watch.session_lost': 'Phiên đăng nhập đã hết. Tiến độ được giữ trên máy này; đăng nhập lại để lưu.',
  'watch.next': 'Các bài trong khoá',
  'watch.growing': 'Bài đang được xử lý. Phần đầu đã xem được, phần sau sẽ tự nối vào.',

  'slides.title': 'Các trang chiếu',
  'slides.page': 'Trang {n}',
  'slides.go': 'Trang {n}, từ {time}',

  'wait.queued': 'Bài đang chờ tới lượt xử lý',
  'wait.queued_hint': 'Trang này tự cập nhật. Bạn có thể quay lại sau.',
  'wait.processing': 'Bài đang được xử lý',
  'wait.eta': 'Còn khoảng {time}',
  'wait.eta_unknown': 'Đang ước tính thời gian',
  'wait.uploading': 'Thầy cô đang tải bài lên',
  'wait.failed': 'Bài này chưa xem được',
  'wait.failed_hint': 'Lỗi này hiện ở trang của thầy cô. Xin quay lại sau.',
} as const;
