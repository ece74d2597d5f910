import type { IncidentDraft, Language } from '@tatami/protocol';
import { expect, test } from 'vitest';
import { timeText, zoneText } from './clock.ts';
import { incidentHtml } from './html.ts';
import type { Incident } from './incident.ts';
import { incidentMarkdown } from './markdown.ts';
import { words } from './texts/words.ts';
import { visible } from './visible.ts';

/** Of the web app, which this package knows nothing of. */
async function pageTexts(lang: Language): Promise<Record<string, string>> {
  const path = new URL(`../../../apps/web/src/i18n/${lang}.ts`, import.meta.url).href;
  return ((await import(path)) as { default: Record<string, string> }).default;
}

const at = '2026-01-02T03:04:05.678Z';
const nasty = '</script><!--<script>"&\'`|*_[x](y)\u202e\u0000';
const parts = { detection: '', impact: '', cause: '', stopgap: '', remedy: '', prevention: '' };
const draft: IncidentDraft = {
  ...{ lang: 'ja', zone: 'Asia/Tokyo', step: null, title: nasty, author: nasty, occurred: at },
  ...{ parts: { ...parts, cause: `# no heading\n- no item\n${nasty}` }, hidden: [], words: {} },
  own: [],
};
const event = {
  ...{ key: 'passed:x', kind: 'passed' as const, at, text: nasty },
  facts: [{ name: 'command', value: `echo \`\`\`${nasty}` }],
  offsets: [],
};
const index = {
  ...{ startedAt: at, start: 0, end: 3, cols: 80, rows: 24 },
  ...{ outputs: [[1, 3]] as [number, number][], resizes: [], gaps: [] },
};
const incident: Incident = {
  ...{ number: '0'.repeat(32), issuedAt: at, lesson: 'L', step: null, keyUrl: null, draft },
  events: [event],
  exhibits: [
    {
      event,
      screens: [
        {
          ...{ terminal: '1', lines: ['````', nasty], isCut: false },
          replay: { recording: 0, offset: 3 },
        },
      ],
    },
  ],
  recordings: [
    { terminal: '1', index, pieces: [{ offset: 0, bytes: Buffer.from('abc') }], isPart: false },
  ],
};

test('facts and causes are called what the page calls them', async () => {
  const pages = {
    ...{ en: await pageTexts('en'), ja: await pageTexts('ja') },
    'zh-CN': await pageTexts('zh-CN'),
  };
  for (const [lang, known] of Object.entries(words))
    for (const [key, word] of Object.entries(known))
      expect([lang, key, word]).toEqual([lang, key, pages[lang as Language][key]]);
  const facts = Object.keys(pages.en).filter((key) => /^(fact|cause)\.[^.]+$/.test(key));
  expect(facts.filter((key) => !(key in words.en))).toEqual([]);
});

test('nothing that a learner wrote or typed becomes markup', () => {
  const html = incidentHtml(incident, "const ours = '</script><!--';");
  expect(html.match(/<script>/g)).toHaveLength(1);
  expect(html).not.toContain('<!--');
  expect(html).toContain("const ours = '<\\/script><\\!--';");
  expect(html.split('&lt;/script&gt;&lt;!--&lt;script&gt;').length).toBeGreaterThan(5);
  for (const one of ['\u0000', '\u202e']) expect(html.includes(one)).toBe(false);
  expect(html).toMatch(/default-src &#39;none&#39;.*script-src &#39;sha256-[A-Za-z0-9+/=]+&#39;/);
});

test('a tracker shows the text as it is, and no picture or mention of anybody', () => {
  const markdown = incidentMarkdown(incident);
  expect(markdown).toContain('\\# no heading  \n\\- no item  \n');
  expect(markdown).toContain('\\[x\\](y)');
  expect(markdown).toContain('`````text\n````\n');
  expect(markdown).toContain('## 時系列');
  expect(markdown).toContain('2026-01-02 12:04:05');
  for (const one of ['\u0000', '\u202e']) expect(markdown.includes(one)).toBe(false);
});

test('what its author reworded says so beside where it comes from, and poses as no command', () => {
  const reworded = (lang: Language) => {
    const event = {
      ...{ key: 'command:1', kind: 'command' as const, at, text: 'rm -rf nothing' },
      ...{ facts: [{ name: 'exit-code', value: '0' }], offsets: [], isReworded: true },
    };
    return {
      ...{ ...incident, draft: { ...draft, lang } },
      ...{ events: [event], exhibits: [{ event, screens: [] }] },
    };
  };
  const sources = {
    en: 'executed command, in the author’s words',
    ja: '実行したコマンド（文言は報告者による）',
    'zh-CN': '执行的命令（文字由报告人改写）',
  };
  for (const [lang, source] of Object.entries(sources)) {
    const html = incidentHtml(reworded(lang as Language), '');
    // In the time line and with the evidence.
    expect(html.split(`class="source">${source}<`)).toHaveLength(3);
    expect(html).not.toContain('<code>rm -rf');
    const markdown = incidentMarkdown(reworded(lang as Language));
    expect(markdown).toContain(`| ${source} |`);
    expect(markdown.split(`\n${source}\n`)).toHaveLength(2);
  }
  expect(incidentHtml({ ...incident, draft: { ...draft, lang: 'en' } }, '')).not.toContain(
    'in the author’s words',
  );
});

test('times are those of the report’s zone', () => {
  expect(timeText(at, { zone: 'America/New_York' })).toBe('2026-01-01 22:04:05');
  expect(zoneText(at, { zone: 'Asia/Kolkata' })).toBe('Asia/Kolkata (UTC+05:30)');
  expect(zoneText(at, { zone: 'UTC' })).toBe('UTC');
});

test('what shows nothing, or turns the text around, is spelt out', () => {
  expect(visible('a\u200b\u202e\x1bb\n\t　名')).toBe('a\\u{200b}\\u{202e}\\u{001b}b\n\t　名');
  expect(visible('x'.repeat(10), 4)).toBe('xxxx …');
});
