// SPDX-License-Identifier: GPL-3.0-or-later
/* What every screen says. Short words, one thought a sentence. */
export const vi = {
  'app.name': 'Ban Mai',
  'app.skip': 'Đến nội dung chính',
  'app.offline': 'Đang không có mạng. Những gì đã mở vẫn xem được.',
  'app.language': 'English',
  'app.studio': 'Bài giảng của tôi',
  'app.admin': 'Quản trị',
  'app.announcements': 'Thông báo',
  'app.home': 'Trang chủ',

  'login.title': 'Đăng nhập',
  'login.submit': 'Đăng nhập',
  'login.out': 'Đăng xuất',
  'login.needed': 'Xin đăng nhập để xem phần này.',
  'login.forbidden': 'Tài khoản này không được xem phần này.',

  'error.offline': 'Không có mạng, hoặc mạng quá yếu. Xin thử lại khi có mạng.',
  'error.offline_retried': 'Không có mạng, hoặc mạng quá yếu. Máy sẽ tự thử lại khi có mạng.',
  'error.busy': 'Máy chủ đang bận. Xin thử lại sau ít phút.',
  'error.broken': 'Máy chủ gặp lỗi. Xin thử lại; nếu vẫn lỗi, hãy báo người quản trị.',
  'error.not_found': 'Không tìm thấy. Có thể nội dung đã bị xoá.',
  'error.forbidden': 'Bạn chưa được phép xem nội dung này.',
  'error.refused': 'Máy chủ không nhận yêu cầu này: {detail}',
  'error.signed_out': 'Bạn cần đăng nhập lại.',
  'error.no_page': 'Không có trang này',
  'error.retry': 'Thử lại',

  'state.loading': 'Đang tải…',

  'list.more': 'Xem thêm',
  'list.end': 'Đã hết danh sách.',

  'state.stale': 'Đang xem bản đã lưu, có thể chưa mới nhất.',

  'time.minutes': '{n} phút',
  'time.hours': '{h} giờ {m} phút',
  'time.seconds': '{n} giây',
  'time.under_minute': 'dưới 1 phút',

  'app.keep': 'Giữ nguyên',
  'app.working': 'Đang gửi…',
  'app.close': 'Đóng',
} as const;
