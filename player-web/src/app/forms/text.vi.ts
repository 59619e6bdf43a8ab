// SPDX-License-Identifier: GPL-3.0-or-later
/* "field.CODE": what the server, or the page before it sends, has against a field (errors[].code). */
export const vi = {
  'field.required': 'Xin điền vào ô này.',
  'field.too-short': 'Ngắn quá. Xin viết dài hơn.',
  'field.too-long': 'Dài quá. Xin rút ngắn lại.',
  'field.too-small': 'Số này nhỏ quá.',
  'field.too-large': 'Số này lớn quá.',
  'field.not-one-of': 'Xin chọn một mục trong danh sách.',
  'field.wrong-type': 'Ô này điền chưa đúng kiểu.',
  'field.unknown': 'Máy chủ không biết mục này. Xin tải lại trang rồi thử lại.',
  'field.malformed': 'Ô này viết chưa đúng cách.',
  'form.faults': 'Có ô điền chưa đúng. Xin xem những ô được đánh dấu.',
  'form.optional': 'không bắt buộc',
  'form.working': 'Đang gửi…',
  'form.cancel': 'Thôi',
} as const;
