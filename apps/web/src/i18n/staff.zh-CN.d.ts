/** Texts of accounts, zh-CN. */
declare const _default: Record<string, string>;
export default _default;
