/** Texts of accounts, ja. */
declare const _default: Record<string, string>;
export default _default;
