// SPDX-License-Identifier: GPL-3.0-or-later
export const vi = {
  'login.lead': 'Để nhớ bạn đã học đến đâu, trên mọi máy.',
  'login.name': 'Tên đăng nhập',
  'login.password': 'Mật khẩu',
  'login.show': 'Hiện mật khẩu',
  'login.wrong': 'Sai tên đăng nhập hoặc mật khẩu. Xin thử lại.',
  'login.slow': 'Mật khẩu đã nhập sai nhiều lần. Xin đợi {s} giây rồi thử lại.',
  'login.busy': 'Nhiều người đang đăng nhập. Xin thử lại sau {s} giây.',
} as const;
