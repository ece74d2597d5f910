/** Texts of workshops, zh-CN. */
export default {
  'error.workshop.unknown': '你的工作坊里没有这一场',
  'error.workshop.code-unknown': '没有使用这个加入码的工作坊，请检查是否输错',
} as Record<string, string>;
