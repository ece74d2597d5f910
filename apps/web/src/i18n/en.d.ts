/** Interface texts, en. Keys are flat. */
declare const _default: Record<string, string>;
export default _default;
