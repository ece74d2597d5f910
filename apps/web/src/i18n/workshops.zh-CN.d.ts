/** Texts of workshops, zh-CN. */
declare const _default: Record<string, string>;
export default _default;
