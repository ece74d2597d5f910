/** Texts of workshops, en. */
declare const _default: Record<string, string>;
export default _default;
