/** Texts of workshops, ja. */
export default {
  'error.workshop.unknown': 'あなたのワークショップに、そのようなものはありません',
  'error.workshop.code-unknown':
    'この参加コードのワークショップはありません。打ち間違いがないか確認してください',
} as Record<string, string>;
