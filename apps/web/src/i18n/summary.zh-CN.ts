/** Texts of what a room got wrong, zh-CN. */
export default {
  'summary.intro': '按卡住的原因列出，时间为全体学员的合计。不足 10 秒的算手误，不计入。',
  'summary.none': '没有人卡住超过 10 秒。',
  'summary.where': '要求',
  'summary.why': '卡在哪里',
  'summary.learners': '人数',
  'summary.lost': '损失的时间',
  'summary.each': '人均',
  'summary.here': '到场学员：{{n}} 人',
  'summary.total': '损失的时间合计：{{time}}',
  'summary.more': '另有 {{n}} 项较小的：{{time}}',
  'summary.next': '怎么讲清楚：{{text}}',
  'summary.hours': '{{hours}} 小时 {{minutes}} 分钟',
} as Record<string, string>;
