/** Texts of workshops, ja. */
export default {
  'error.workshop.unknown': 'あなたのワークショップに、そのようなものはありません',
  'error.workshop.code-unknown':
    'この参加コードのワークショップはありません。打ち間違いがないか確認してください',
  'error.workshop.not-open': 'ワークショップはまだ始まっていません',
  'error.workshop.ended': 'ワークショップは終了しました。講師が再開できます',
  'error.workshop.full': '席が埋まっています。講師が席を増やせます',
  'error.workshop.name-taken': '同じ名前の人がすでに参加しています',
  'error.workshop.number-taken': '同じ番号の人がすでに参加しています',
  'error.workshop.number-missing': 'このワークショップでは番号も必要です',
  'error.workshop.roster-only':
    '名簿に載っている人だけが参加できます。個人用リンクか、番号と PIN を使ってください',
  'error.workshop.pin-wrong': '番号か PIN が違います。配られた用紙を確認してください',
  'error.workshop.removed': 'ワークショップの席が外されました。講師に確認してください',
  'error.workshop.other-lab': 'この席で開けるのは、ワークショップのラボだけです',
  'error.workshop.no-solutions': 'このワークショップでは解答を表示できません',
  'error.workshop.no-skipping': '先に、前のステップを終わらせてください',
  'error.workshop.seat-unknown': 'その名前の席はありません',
  'error.workshop.rejoin-unknown': '依頼の期限が切れました。もう一度依頼してください',
  'error.workshop.window': '終了は開始より後、現在より後、開始から 31 日以内にしてください',
  'error.workshop.seats-taken': 'すでに、それより多くの席が埋まっています',
  'error.workshop.staff-last': '講師が少なくとも 1 人必要です',
  'error.workshop.roster-encoding':
    '文字コードを判別できません。「CSV UTF-8」で保存し直してください',
  'error.workshop.roster-columns': '1 行目に列名（番号、氏名、必要なら言語）を書いてください',
  'error.workshop.roster-size': '名簿は 500 行までです',
  'error.workshop.lab-fixed':
    'すでに席があるため、ラボは変更できません。別のワークショップを作ってください',
  'error.workshop.account-unknown': 'そのアカウントはありません',
} as Record<string, string>;
