import type { AppError, Language } from '@tatami/protocol';
import { html } from '@tatami/report';

/** What a browser is shown between a platform and a lesson. */
const texts = {
  en: {
    title: 'Go on to the lesson',
    greeting: 'You come from {{platform}} as {{name}}.',
    greetingNobody: 'You come from {{platform}}.',
    question:
      'If that is you, go on. What you have done in this browser before without a course stays with its resume code.',
    open: 'Open the lesson',
    newWindow: 'Open the lesson in a new window',
    choose: 'What should the course link to?',
    chooseText: 'You come from {{platform}}.',
    lessons: 'A lesson, for everybody at their own pace',
    graded: 'with a column for {{points}} points',
    workshop: 'One of your workshops',
    workshopText:
      'Whoever follows the link joins it with their name. Its marks stay here; you export them.',
    code: 'Join code',
    find: 'Find it',
    place: 'Place “{{title}}” in the course',
    noLesson: 'No lesson is ready.',
    failed: 'The lesson could not be opened from the course',
    again:
      'Go back to the course and open it again. If that does not help, tell the instructor this number:',
  },
  ja: {
    title: '教材へ進む',
    greeting: '{{platform}} から {{name}} さんとして来ました。',
    greetingNobody: '{{platform}} から来ました。',
    question:
      'ご本人であれば進んでください。このブラウザーでコースを通さずに進めた内容は、再開コードで続けられます。',
    open: '教材を開く',
    newWindow: '新しいウィンドウで教材を開く',
    choose: 'コースから何にリンクしますか',
    chooseText: '{{platform}} から来ました。',
    lessons: '教材（各自のペースで学習）',
    graded: '{{points}} 点満点の成績欄付き',
    workshop: 'ワークショップ',
    workshopText:
      'リンクを開いた人は、名前を入力して参加します。成績はこのサーバーに残り、書き出して使います。',
    code: '参加コード',
    find: '検索',
    place: '「{{title}}」をコースに追加',
    noLesson: '利用できる教材がありません。',
    failed: 'コースから教材を開けませんでした',
    again:
      'コースに戻って、もう一度開いてください。それでも開けないときは、次の番号を講師に伝えてください。',
  },
  'zh-CN': {
    title: '进入实验',
    greeting: '您以 {{name}} 的身份从 {{platform}} 进入。',
    greetingNobody: '您从 {{platform}} 进入。',
    question: '确认是本人后请继续。此前在本浏览器中未经学习平台完成的内容，仍可用恢复码继续。',
    open: '打开实验',
    newWindow: '在新窗口中打开实验',
    choose: '课程要链接到哪里？',
    chooseText: '您从 {{platform}} 进入。',
    lessons: '实验（各自按自己的进度学习）',
    graded: '附成绩栏，满分 {{points}} 分',
    workshop: '工作坊',
    workshopText: '打开链接的人填写姓名后加入。成绩保存在这里，由您导出。',
    code: '加入码',
    find: '查找',
    place: '将“{{title}}”放入课程',
    noLesson: '没有可用的实验。',
    failed: '无法从学习平台打开实验',
    again: '请回到学习平台重新打开。如果仍然不行，请把下面的编号告诉讲师：',
  },
} satisfies Record<Language, Record<string, string>>;

/** The language of whoever is shown a page, from what the platform or the browser says. */
export function pageLanguage(wished: string | undefined): Language {
  const [first = ''] = (wished ?? '').toLowerCase().split(/[,;]/);
  if (first.startsWith('ja')) return 'ja';
  return first.startsWith('zh') ? 'zh-CN' : 'en';
}

/** Asks whoever was sent here to go on, where nobody can be sure that it was their own click that led here. */
export function goOnPage(
  lang: Language,
  about: { platform: string; name: string | undefined; href: string; isFramed: boolean },
): string {
  const said = texts[lang];
  const greeting = (about.name ? said.greeting : said.greetingNobody)
    .replace('{{platform}}', () => about.platform)
    .replace('{{name}}', () => about.name ?? '');
  const link = about.isFramed
    ? html`<a href="${about.href}" target="_blank" rel="noopener">${said.newWindow}</a>`
    : html`<a href="${about.href}">${said.open}</a>`;
  return page(lang, said.title, html`<p>${greeting}</p><p>${said.question}</p><p>${link}</p>`);
}

/** A choice with what is sent to the platform for it. */
export type SignedChoice = { title: string; points: number | null; answer: string };

/** Asks which link the course should get: each button sends the platform its signed answer. */
export function choosingPage(
  lang: Language,
  about: { platform: string; returnUrl: string; lessons: SignedChoice[]; ticket: string },
): string {
  const said = texts[lang];
  const lessons = about.lessons.map((lesson) => placing(lang, about.returnUrl, lesson));
  return page(
    lang,
    said.choose,
    html`<p>${said.chooseText.replace('{{platform}}', () => about.platform)}</p>
<h2>${said.lessons}</h2>${lessons.length > 0 ? lessons : html`<p>${said.noLesson}</p>`}
<h2>${said.workshop}</h2><p>${said.workshopText}</p>
<form method="post" action="/api/lti/workshop">
<input type="hidden" name="ticket" value="${about.ticket}">
<label>${said.code} <input name="code" required maxlength="40" autocomplete="off" placeholder="ABC-DEF"></label>
<button>${said.find}</button>
</form>`,
  );
}

/** The workshop that was found, to be placed. */
export const placingPage = (lang: Language, returnUrl: string, choice: SignedChoice): string =>
  page(lang, texts[lang].workshop, placing(lang, returnUrl, choice));

function placing(lang: Language, returnUrl: string, { title, points, answer }: SignedChoice) {
  const { place, graded } = texts[lang];
  const note =
    points === null ? null : html` <small>${graded.replace('{{points}}', `${points}`)}</small>`;
  return html`<form method="post" action="${returnUrl}">
<input type="hidden" name="JWT" value="${answer}">
<p><button>${place.replace('{{title}}', () => title)}</button>${note}</p>
</form>`;
}

export function failurePage(lang: Language, error: AppError): string {
  const { code, number, message } = error.body.error;
  const what = html`<p>${texts[lang].again} ${code} (${number})</p>
<p lang="en"><small>${message}</small></p>`;
  return page(lang, texts[lang].failed, what);
}

const page = (lang: Language, title: string, content: ReturnType<typeof html>): string =>
  html`<!doctype html>
<html lang="${lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title} · Tatami</title>
<style>
:root { color-scheme: light dark; }
body { font: 1.05rem/1.6 system-ui, sans-serif; max-width: 34rem; margin: 4rem auto; padding: 0 1.25rem; }
a { font-weight: 600; }
h1 { font-size: 1.6rem; line-height: 1.3; }
h2 { font-size: 1.15rem; margin-top: 2rem; }
button, input { font: inherit; padding: 0.35rem 0.8rem; }
</style>
</head>
<body><main><h1>${title}</h1>${content}</main></body>
</html>
`.text;
