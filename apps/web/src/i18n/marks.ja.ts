/** Texts of marks and of what is kept, ja. */
export default {
  points: '{{n}} 点',
  pointsOf: '{{all}} 点中 {{n}} 点',
  'mark.open': '未達成',
  'mark.met': '達成',
  'mark.assisted': '解答を利用して達成',
  'mark.late': '期限後に達成',
  'mark.changed': '{{by}} さんが設定（{{time}}）：{{reason}}',
  'mark.changedBack': '{{by}} さんが採点時の点数に戻しました（{{time}}）：{{reason}}',
  'grading.items':
    '各項目は、そのチェックがすべて合格した時点で点数になります。何回試したかは関係ありません。',
  'grading.pass': '{{possible}} 点中 {{needed}} 点（{{percent}} %）以上で合格です。',
  'grading.assisted': '達成する前に解答を表示した項目は、配点の {{percent}} % になります。',
  'grading.deadline':
    '締め切りは {{time}}（サーバーの時計）です。それまでにカーネルが確認したことは、保存が後になっても点数になります。途中まで進めていたことは点数になりません。',
  'grading.changes': '講師が点数を変更することがあります。変更には必ず理由が付き、ここで読めます。',
  'marks.own': '採点方法と点数',
  'marks.link': '採点方法と自分の点数',
  'marks.toLesson': '教材に戻る',
  'marks.noWorkshop': '個人で学習中です。この点数を見られるのは本人だけです。',
  'marks.passed': '合格',
  'marks.notPassed': '未合格',
  'marks.settled': '確定',
  'marks.open': '現時点',
  'marks.title': '成績',
  'marks.learner': '受講者',
  'marks.sum': '点数',
  'marks.nobody': 'このワークショップには、まだ参加者がいません。',
  'marks.standsSettled':
    '{{time}} に終了しました。成績は確定しています。変更には理由が必要で、採点時の点数も残ります。',
  'marks.standsOpen': '現時点の成績です。ワークショップの終了（{{time}}）の 2 分後に確定します。',
  'marks.notIntact':
    '成績の一部が、サーバーの記録と一致しません。データベースが書き換えられています。原因が分かるまで使わないでください。',
  'marks.erased':
    '自分のデータを削除した受講者：{{n}} 人。点数は名前なしで残っており、一覧には出ません。',
  'marks.lessonChanged':
    'この採点の後に教材が変わりました。成績に関わる変更なら、採点し直してください。',
  'marks.absent': '欠席',
  'marks.alike': '進み方が酷似',
  'marks.record': '証拠一式',
  'marks.was': '変更前 {{n}}',
  'marks.cell': '{{name}}、{{item}}：{{n}} 点',
  'marks.change': '点数を変更',
  'marks.changeBack': '採点時の点数に戻す',
  'marks.asGraded': '採点どおり',
  'marks.points': '点数（0～{{most}}）',
  'marks.reason': '理由（受講者も読めます）',
  'marks.why': '理由',
  'marks.weights': '各項目の配点',
  'marks.weightsText':
    '受講者は始める前に配点を見られます。変更できるのは、ワークショップが始まるまでです。',
  'marks.toWorkshop': 'ワークショップに戻る',
  'marks.likenesses': 'よく似た進み方',
  'marks.likenessText':
    '次の受講者は、同じ項目を、同じ間隔、同じコマンドで達成しています。協力して進めた、講師の手本どおりに操作したなど、正当な理由もあり得ます。減点はしません。',
  'marks.likeness':
    '{{one}} さんと {{two}} さん：連続する {{n}} 個のチェック（うち {{commands}} 個は同じコマンド）、間隔の差は最大 {{s}} 秒',
  'marks.exports': 'ダウンロード',
  'marks.csvFor': '{{system}} 用 CSV',
  'marks.json': 'JSON（証拠を含む）',
  'marks.bom': 'CSV に Excel 用の印（UTF-8 の BOM）を付ける',
  'marks.noNumber':
    '番号のない人：{{n}} 人。Moodle は番号で受講者を見分けるため、Moodle 用のファイルには入りません。',
  'marks.gradings': '採点の履歴',
  'marks.byServer': 'サーバーが証拠から採点',
  'marks.gradeAgain': '採点し直す',
  'marks.gradeAgainText':
    '保存してある証拠を、現在の教材と下の配点で採点し直します。配点を 0 点にした項目は採点から外れます。以前の採点と手動での変更は残ります。',
  'marks.passPercent': '合格の基準（%）',
  'marks.assistedPercent': '解答を利用した項目に与える割合（%）',
  'privacy.page': '自分のデータ',
  'privacy.title': '記録される内容',
  'privacy.what': '内容',
  'privacy.whatText':
    '名前と、求められた場合は番号。ターミナルに表示された内容（キー入力そのものは記録しません）。項目の達成を示すために必要な範囲で、マシンで実行されたコマンド。回答と、各項目を達成した時刻。あなたに関わる講師の操作。',
  'privacy.whatTextAlone':
    '名前は記録しません。ターミナルに表示された内容（キー入力そのものは記録しません）。項目の達成を示すために必要な範囲で、マシンで実行されたコマンド。回答と、各項目を達成した時刻。',
  'privacy.who': '見られる人',
  'privacy.whoText':
    '本人と、このワークショップの講師・アシスタントです。講師・アシスタントはターミナルをリアルタイムで見ることがあり、その間は画面に表示されます。ほかの受講者には見えません。サーバーの管理者は、サーバー上のデータを読むことができます。',
  'privacy.whoTextAlone':
    '本人だけです。ただしサーバーの管理者は、サーバー上のデータを読むことができます。',
  'privacy.long': '保存期間',
  'privacy.longText':
    'ターミナルの記録は {{recordings}} 日間。成績を含むそのほかのデータは、ワークショップ終了後 {{marks}} 日間。その後は削除されます。',
  'privacy.longTextAlone':
    'ターミナルの記録は {{recordings}} 日間。そのほかのデータは、最後の利用から {{marks}} 日間。その後は削除されます。',
  'privacy.yours': 'あなたにできること',
  'privacy.yoursText': '「自分のデータ」のページで、いつでもすべてをダウンロードし、削除できます。',
  'privacy.download': 'すべてダウンロード',
  'privacy.downloadText':
    '1 つの zip ファイルです。保存されているデータすべて（JSON）と、ターミナルの記録（asciinema 形式）が入っています。',
  'privacy.erase': 'すべて削除',
  'privacy.eraseText':
    'セッションとそのコード、名前と番号、証拠、回答、報告書、記録を、直ちに完全に削除します。動いているマシンは終了します。',
  'privacy.eraseMark':
    '成績は点数だけが名前なしで残り、あなたのものだったことは誰にも分からなくなります。成績が必要な場合は、先に登録してもらってください。',
  'privacy.sure': '自分のデータをすべて削除します。',
  'privacy.erased': 'データを削除しました',
  'privacy.erasedText':
    'あなたについてのデータは残っていません。続ける場合は、新しく始めることになります。',
  'privacy.link': '自分のデータの確認・ダウンロード・削除',
  'error.marks.item-unknown': 'この教材にその項目はありません',
  'error.marks.too-many-points': '項目の配点を超える点数は付けられません',
  'error.marks.learner-unknown': 'このワークショップにその受講者はいません',
  'error.marks.weights-fixed':
    '配点は受講者に示されています。ワークショップの終了後に、理由を付けて採点し直してください',
  'error.marks.open': 'ワークショップがまだ終わっていないため、採点し直せません',
} as Record<string, string>;
