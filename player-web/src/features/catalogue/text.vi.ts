// SPDX-License-Identifier: GPL-3.0-or-later
export const vi = {
  'home.resume': 'Học tiếp',
  'home.left': 'còn {minutes}',
  'home.courses': 'Khoá học',
  'home.recent': 'Bài mới',
  'home.empty': 'Chưa có bài giảng nào.',
  'home.empty_hint': 'Bài mới sẽ hiện ở đây ngay khi thầy cô đăng.',
  'home.hello': 'Chào {name}',
  'home.welcome': 'Hôm nay học gì?',
  'home.announcements': 'Thông báo',
  'home.announcements_read': 'Đã đọc, không hiện nữa',

  'course.one': 'Khoá học',
  'course.lectures': '{n} bài',
  'course.empty': 'Khoá học này chưa có bài. Bài sắp có.',

  'lecture.done': 'Đã học xong',
  'lecture.seen': 'Đã xem {percent}%',
  'lecture.queued': 'Đang chờ xử lý',
  'lecture.processing': 'Đang xử lý {percent}%',
  'lecture.uploading': 'Đang tải lên',
  'lecture.failed': 'Bị lỗi',
  'lecture.light': 'Xem được bản đầu',
} as const;
