// SPDX-License-Identifier: GPL-3.0-or-later
export const vi = {
  'announcements.title': 'Thông báo',
  'announcements.text': 'Nội dung',
  'announcements.hint': 'Ai vào trang chủ cũng thấy, kể cả khi chưa đăng nhập. Tối đa {max} ký tự.',
  'announcements.announce': 'Đăng thông báo',
  'announcements.announced': 'Đã đăng thông báo.',
  'announcements.list': 'Các thông báo đã đăng',
  'announcements.made': 'Ngày đăng',
  'announcements.state': 'Tình trạng',
  'announcements.stands': 'Đang hiện',
  'announcements.withdrawn_at': 'Đã gỡ ngày {day}',
  'announcements.empty': 'Chưa đăng thông báo nào.',
  'announcements.withdraw': 'Gỡ xuống',
  'announcements.withdraw_ask': 'Gỡ thông báo này?',
  'announcements.withdraw_hint': 'Mọi người sẽ không thấy nó nữa. Muốn hiện lại thì phải đăng mới.',
  'announcements.withdrawn': 'Đã gỡ thông báo.',
} as const;
