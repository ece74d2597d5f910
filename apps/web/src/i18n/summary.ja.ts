/** Texts of what a room got wrong, ja. */
export default {
  'summary.intro':
    'つまずきの理由ごとに、受講者全員が足止めされた時間の合計を示します。10 秒未満は打ち間違いとみなし、数えていません。',
  'summary.none': '10 秒以上つまずいた受講者はいませんでした。',
  'summary.where': 'チェック項目',
  'summary.why': 'つまずきの理由',
  'summary.learners': '受講者数',
  'summary.lost': '足止めの時間',
  'summary.each': '1 人あたり',
  'summary.here': '参加した受講者：{{n}} 人',
  'summary.total': '足止めの時間の合計：{{time}}',
  'summary.more': 'ほか {{n}} 件：{{time}}',
  'summary.next': '説明の例：{{text}}',
  'summary.hours': '{{hours}} 時間 {{minutes}} 分',
} as Record<string, string>;
