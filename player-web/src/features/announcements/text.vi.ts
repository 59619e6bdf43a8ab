// SPDX-License-Identifier: GPL-3.0-or-later
export const vi = {
  'news.title': 'Thông báo',
  'news.text': 'Nội dung',
  'news.hint': 'Ai vào trang chủ cũng thấy, kể cả khi chưa đăng nhập. Tối đa {max} ký tự.',
  'news.announce': 'Đăng thông báo',
  'news.announced': 'Đã đăng thông báo.',
  'news.list': 'Các thông báo đã đăng',
  'news.made': 'Ngày đăng',
  'news.state': 'Tình trạng',
  'news.stands': 'Đang hiện',
  'news.withdrawn_at': 'Đã gỡ ngày {day}',
  'news.empty': 'Chưa đăng thông báo nào.',
  'news.withdraw': 'Gỡ xuống',
  'news.withdraw_ask': 'Gỡ thông báo này?',
  'news.withdraw_hint': 'Mọi người sẽ không thấy nó nữa. Muốn hiện lại thì phải đăng mới.',
  'news.withdrawn': 'Đã gỡ thông báo.',
} as const;
