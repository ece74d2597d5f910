import { expect, test } from 'vitest';
import { changed, example, lint, load } from '../../test/lab-folder.ts';

const map = 'source-map.yaml';
const inMap = (from: string, to: string) => changed(map, from, to);

test('the source map of the example leads to everything, and its commands are counted', async () => {
  expect((await lint(example)).filter(({ file }) => file.endsWith(map))).toEqual([]);
  const { labs } = await load(example);
  expect(labs[0]?.source).toEqual({
    commands: 3,
    mapped: 2,
    corrected: 1,
    skipped: 0,
    checklist: 0,
  });
});

test('a lab need not have one, and learners never miss it', async () => {
  const file = `05-first-look/${map}`;
  const without = await load({ ...example, [file]: undefined });
  expect(without.labs[0]?.source).toBeNull();
  const broken = await load({ ...example, [file]: ']' });
  expect(broken.problems).toEqual([]);
  expect(broken.labs[0]?.source).toBeNull();
});

/** One change, and the reason it gets at the place of the change. */
test.each([
  ['to: 00-hostname#own-name', 'tu: 00-hostname#own-name', 'unknown key entries.0.tu'],
  ['to: 00-hostname#own-name }', '}', 'an entry leads somewhere'],
  [
    'to: 00-hostname#own-name }',
    'skipped: dull, to: 00-hostname }',
    'what is skipped has no place',
  ],
  ['00-hostname#own-name', '00-hostname#your-name', 'there is no 00-hostname#your-name'],
  ['00-hostname#own-name', '01-hostname', 'there is no 01-hostname'],
  ['00-hostname#own-name', 'own name', 'a place is STEP'],
  ['00-hostname#own-name', 'lab:06-no-such', 'there is no lab:06-no-such'],
  ['00-hostname#own-name', 'checklist#no-such', 'there is no checklist#no-such'],
  ["'glossary#namespace'", "'glossary#no-such'", 'there is no glossary#no-such'],
  ['- { kind: term', '- { kind: trem', 'entries.4.kind: Invalid option'],
  ['has: なまえくうかん', 'has: [名前空間, なまえ空間]', 'not there letter for letter: なまえ空間'],
  ['text: hostname container-001', 'text: hostname other', 'letter for letter: hostname other'],
  ['block: 1, text: hostname', 'text: hostname', 'a command is in a block'],
  ['block: 1, text: hostname', 'block: 3, text: hostname', 'block 2 is more than are said'],
  ['blocks: 1', 'blocks: 2', 'no entry is of block 2'],
  ['commands: 3', 'commands: 4', '4 commands are said, 3 are listed'],
])('%s -> %s: %s', async (from, to, reason) => {
  const { files, file } = inMap(from, to);
  const problems = (await lint(files)).filter((problem) => problem.file === file);
  // What is wrong between entries is told where the numbers are said.
  const line = to.startsWith('block: 3') ? 1 : inMap(from, to).line;
  expect(problems).toContainEqual({ file, line, reason: expect.stringContaining(reason) });
});

test('a link leads to its address, a command may end with a comment and be spaced otherwise', async () => {
  const link =
    '  - { kind: link, line: 9, text: https://example.org/uts, to: 00-hostname#own-name }';
  const file = `05-first-look/${map}`;
  const files = { ...example, [file]: `${example[file]}${link}\n` };
  const reason = 'not there letter for letter: https://example.org/uts';
  expect(await lint(files)).toContainEqual({ file, line: 13, reason });
  const prose = '05-first-look/steps/00-hostname/en.md';
  const linked = `${example[prose]}\n[More](https://example.org/uts)\n`;
  expect((await lint({ ...files, [prose]: linked })).filter((one) => one.file === file)).toEqual(
    [],
  );
  const spaced = inMap('text: hostname container-001', 'text: "hostname  container-001  # a name"');
  expect((await lint(spaced.files)).filter((one) => one.file === file)).toEqual([]);
});

test('more than three skipped commands are too many', async () => {
  const file = `05-first-look/${map}`;
  const skip = (n: number) =>
    Array.from(
      { length: n },
      (_, line) => `  - { kind: command, line: ${line + 9}, block: 1, text: ls, skipped: dull }\n`,
    );
  const files = (n: number) => ({
    ...example,
    [file]: `${example[file]}`.replace('commands: 3', `commands: ${3 + n}`) + skip(n).join(''),
  });
  expect((await lint(files(3))).filter((one) => one.file === file)).toEqual([]);
  expect(await lint(files(4))).toContainEqual({
    file,
    line: 2,
    reason: '4 commands are skipped; at most 3 may be',
  });
});
