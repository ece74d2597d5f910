/** Texts of a workshop's room, ja. */
export default {
  'error.step.locked': 'このステップは講師がロックしています。開放されるまでお待ちください',
  'error.room.none': '開催中のワークショップに席がありません',
  'error.room.hand-unknown': 'この挙手はもう下ろされています',
  'error.room.hand-claimed': 'この挙手にはすでに別の人が対応しています',
  'error.room.seat-unknown': 'このワークショップにその席はありません',
  'error.room.no-consent': '受講者の同意がないか、取り消されました',
  'error.room.typing-taken': 'この受講者には別の人がすでに依頼しています',
  'error.room.no-hint': 'この教材にそのヒントはありません',
  'error.room.mirror-none': 'いま全員に表示されている端末はありません',
} as Record<string, string>;
