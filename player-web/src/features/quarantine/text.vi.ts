// SPDX-License-Identifier: GPL-3.0-or-later
export const vi = {
  'quarantine.title': 'Tệp đang bị cách ly',
  'quarantine.lead': 'Các bài khác không bị ảnh hưởng. Tệp gốc được giữ nguyên khi còn bài dùng nó.',
  'quarantine.reason':
    'Tệp này làm chương trình đọc phim dừng đột ngột hai lần, ở bước {stage}, nên không được thử nữa.',
  'quarantine.owner': 'của {owner}',
  'quarantine.deleted':
    'Bài giảng đã bị xoá, nhưng tệp này vẫn bị cách ly. Muốn thử lại, hãy tải lại tệp lên rồi bấm “Thử lại” ở bài đó.',
  'quarantine.retry': 'Thử lại',
  'quarantine.stage_plan': 'xem trước tệp',
  'quarantine.stage_sound': 'làm tiếng',
  'quarantine.stage_chunk': 'mã hoá hình',
  'quarantine.stage_join': 'ghép bài',
} as const;
