/** Texts of a workshop's room, zh-CN. */
export default {
  'error.step.locked': '讲师锁定了这一步，开放后才能进入',
  'error.room.none': '你在进行中的课堂里没有座位',
  'error.room.hand-unknown': '这次举手已经放下',
  'error.room.hand-claimed': '已经有别人在处理这次举手',
  'error.room.seat-unknown': '课堂里没有这个座位',
  'error.room.no-consent': '学员没有同意，或者已经收回同意',
  'error.room.typing-taken': '已经有别人向这位学员提出了请求',
  'error.room.no-hint': '这一课没有这条提示',
  'error.room.mirror-none': '现在没有向全班展示的终端',
} as Record<string, string>;
