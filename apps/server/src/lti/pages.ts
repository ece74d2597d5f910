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
    failed: 'コースから教材を開けませんでした',
    again:
      'コースに戻って、もう一度開いてください。それでも開けないときは、次の番号を講師に伝えてください。',
  },
  'zh-CN': {
    title: '进入课程',
    greeting: '您以 {{name}} 的身份从 {{platform}} 进入。',
    greetingNobody: '您从 {{platform}} 进入。',
    question: '确认是本人后请继续。此前在本浏览器中未经学习平台完成的内容，仍可用恢复码继续。',
    open: '打开课程',
    newWindow: '在新窗口中打开课程',
    failed: '无法从学习平台打开课程',
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
</style>
</head>
<body><main><h1>${title}</h1>${content}</main></body>
</html>
`.text;
