import { expect, test } from 'vitest';
import { example, load } from '../test/lab-folder.ts';

const doubling = Array.from({ length: 30 }, (_, n) => `b${n}: &b${n} [*a${n}, *a${n}]`);
const bomb = ['a0: &a0 [x]', ...doubling.map((line, n) => line.replaceAll(/b\d+/g, `a${n + 1}`))];

/** What a file may be instead of what it should be, and what is said of it. */
test.each([
  ['lab.yaml', bomb.join('\n'), 'Excessive alias count'],
  ['lab.yaml', '['.repeat(100_000), 'and 776 more'],
  ['lab.yaml', 'x'.repeat(513 * 1024), 'larger than 512 KiB'],
  ['lab.yaml', '\u0000\u0001\u0002', 'received string'],
  ['lab.yaml', '', 'expected object'],
  ['lab.yaml', '- a\n- b\n', 'expected object'],
  ['glossary.yaml', '{{{', 'Flow map'],
  ['steps/00-hostname/step.yaml', Buffer.from([0xff, 0xfe, 0x00, 0x80]), 'not UTF-8 text'],
  ['steps/00-hostname/faults.yaml', Buffer.from([0x80]), 'not UTF-8 text'],
  ['steps/00-hostname/mistakes.yaml', 'x'.repeat(513 * 1024), 'larger than 512 KiB'],
  ['steps/00-hostname/quiz.yaml', Buffer.from([0xc0, 0xaf]), 'not UTF-8 text'],
  ['steps/00-hostname/en.md', Buffer.from([0xe5, 0xe5]), 'not UTF-8 text'],
  ['steps/00-hostname/en.md/nobody', 'a folder where a file should be', 'not a file'],
])('%s, %#', async (path, content, reason) => {
  const file = `05-first-look/${path}`.replace('/nobody', '');
  const files = { ...example, [file]: undefined, [`05-first-look/${path}`]: content };
  const { labs, unavailable, problems } = await load(files);
  expect(labs).toEqual([]);
  expect(unavailable.map(({ id }) => id)).toEqual(['05-first-look']);
  expect(problems).toContainEqual({
    file,
    line: expect.any(Number),
    reason: expect.stringContaining(reason),
  });
});

test('of an unavailable lab is told what can be read', async () => {
  const lab = (lines: string) => ({ '07-half/lab.yaml': lines });
  const card = async (lines: string, lang: 'en' | 'ja' = 'en') =>
    (await load(lab(lines))).unavailable[0]?.card(lang);
  expect(await card('texts: { ja: { title: 半分 }, en: { title: 7 } }')).toMatchObject({
    ...{ id: '07-half', order: 7, status: 'unavailable', title: '半分', lang: 'ja' },
    ...{ minutes: 0, prerequisites: [], languages: ['ja'] },
  });
  expect(await card('order: 3\nminutes: 20\ntexts: { en: { title: Half } }')).toMatchObject({
    ...{ order: 3, minutes: 20, title: 'Half', lang: 'en' },
  });
  expect(await card('texts: 3', 'ja')).toMatchObject({ title: '07-half', lang: 'ja' });
});

test('folders that are no labs: hidden ones are passed over, others named', async () => {
  const { labs, unavailable, problems } = await load({
    ...example,
    '.git/config': '',
    'My Lab/lab.yaml': '',
  });
  expect(labs.map(({ id }) => id)).toEqual(['05-first-look']);
  expect(unavailable).toEqual([]);
  expect(problems).toEqual([
    { file: 'My Lab', line: 1, reason: expect.stringContaining('lower-case letters') },
  ]);
});
