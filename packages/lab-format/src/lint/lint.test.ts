import { expect, test } from 'vitest';
import {
  changed,
  example,
  type Files,
  faulty,
  lint,
  threeLanguages,
} from '../../test/lab-folder.ts';

const lab = '05-first-look';
const step = 'steps/00-hostname';
const english = `${step}/en.md`;
const stepYaml = `${step}/step.yaml`;
const mistakesYaml = `${step}/mistakes.yaml`;

/** Lints one change; the fault must be the only one, and at the place of the change but for `below` lines. */
async function only(
  { files, file, line }: { files: Files; file: string; line: number },
  reason: string,
  below = 0,
) {
  expect(await lint(files)).toEqual([
    { file, line: line + below, reason: expect.stringContaining(reason) },
  ]);
}

test('the example of docs/lab-format.md and what lab new writes have no fault', async () => {
  expect(await lint(example)).toEqual([]);
  expect(await lint(threeLanguages)).toEqual([]);
});

test('what makes a lab unavailable is told too, sorted by file and line', async () => {
  const { files } = changed('lab.yaml', 'minutes: 10', 'minute: 10');
  const problems = await lint({ ...files, 'a/lab.yaml': '[' });
  const file = `${lab}/lab.yaml`;
  expect(problems.map((one) => one.file)).toEqual([file, file, 'a/lab.yaml']);
  expect(problems.map(({ line }) => line)).toEqual([1, 4, 1]);
  expect(problems[1]?.reason).toBe('unknown key minute');
});

test.each([
  'stray.yaml',
  'steps/README.md',
  `${step}/fr.md`,
  `${step}/ja.md`,
  `${step}/.en.md.swp`,
  `${step}/code/nsenter-debug.sh`,
])('a file that nothing reads: %s', async (path) => {
  const file = `${lab}/${path}`;
  const reason = 'nothing reads this file';
  expect(await lint({ ...example, [file]: 'x' })).toEqual([{ file, line: 1, reason }]);
});

test.each([
  ['#no-such', 'this step has no anchor #no-such'],
  ['#', 'this step has no anchor #'],
  ['/labs/09-none', 'there is no page /labs/09-none'],
  ['/labs', 'there is no page /labs'],
  ['/api/docs', 'there is no page /api/docs'],
  [`/labs/${lab}#no-such`, `${lab} has no anchor #no-such`],
  ['https://intranet/bash', 'no public address'],
  ['https://', 'no public address'],
  ['https://me:pw@bash.example', 'a link carries no name or password'],
])('a dead link: %s', async (href, reason) => {
  await only(changed(english, 'Bash reads', `[Bash](${href}) reads`), reason);
});

test.each([
  '#own-name',
  '#two-names',
  '/',
  `/labs/${lab}`,
  `/labs/${lab}#two-names`,
  `/labs/${lab}#00-hostname`,
  'https://man7.org/linux/man-pages/man1/unshare.1.html#OPTIONS',
])('a link that leads somewhere: %s', async (href) => {
  expect(await lint(changed(english, 'Bash reads', `[Bash](${href}) reads`).files)).toEqual([]);
});

test('a word of the glossary that no step shows', async () => {
  const { files, file, line } = changed('glossary.yaml', 'namespace:', 'unused: &one\n');
  const again = `${files[file]}`.replace('&one\n', '&one').concat('namespace: *one\n');
  await only({ files: { ...files, [file]: again }, file, line }, 'no step shows the term unused');
});

test('a command without an outcome', async () => {
  const without = (from: string, to = '') => changed(stepYaml, from, to);
  const reason = 'has no outcome in `expect`';
  await only(without("    expect: { shows: '^root@lab-host:\\S*# $' }\n"), `enter ${reason}`, -2);
  await only(without('{ silent: true }', '{ faults: {} }'), `rename ${reason}`, -2);
  for (const outcome of ['{ hides: x }', '{ holds: true }', '{ shows: [a, b] }'])
    expect(await lint(without('{ silent: true }', outcome).files)).toEqual([]);
});

test('an outcome with a fault that is not there', async () => {
  const faults = '{ faults: { no-such: { shows: x } } }';
  const change = changed(stepYaml, '{ silent: true }', faults, faulty);
  expect(await lint(change.files)).toContainEqual({
    file: change.file,
    line: change.line,
    reason: 'faults.yaml has no fault no-such',
  });
});

test('a check without two wrong attempts, a cheat, a solution or a hint', async () => {
  const file = `${lab}/${stepYaml}`;
  const line = 18;
  const check = 'check hostname.changed has';
  const at = (reason: string) => ({ file, line, reason: `${check} ${reason}` });
  const without = (path: string) => ({ ...example, [`${lab}/${path}`]: undefined });
  expect(await lint(without(mistakesYaml))).toEqual([at('0 wrong attempts of 2'), at('no cheat')]);
  const { files } = changed(mistakesYaml, '  - id: other-terminal', 'cheats:\n  - id: other');
  const cut = `${files[`${lab}/${mistakesYaml}`]}`.replace(
    /\ncheats:\n {2}- id: forged[\s\S]*/,
    '\n',
  );
  expect(await lint({ ...files, [`${lab}/${mistakesYaml}`]: cut })).toEqual([
    at('1 wrong attempts of 2'),
  ]);
  const solution =
    '    solution:\n      - sudo unshare --uts /bin/bash\n      - hostname container-001\n';
  expect(await lint(changed(stepYaml, solution, '').files)).toEqual([at('no solution')]);
  const hints = /\n {4}hints:\n(?: {6}- .*\n)+/.exec(`${example[`${lab}/${english}`]}`)?.[0] ?? '';
  await only(changed(english, hints, '\n'), `${check} no hint`, -1);
});

test('a step that is only planned needs no proof', async () => {
  const { files } = changed(stepYaml, 'status: ready', 'status: planned');
  expect(await lint({ ...files, [`${lab}/${mistakesYaml}`]: undefined })).toEqual([]);
});

test('what is drawn is solved by its fault', async () => {
  const reasons = (await lint(faulty)).map(({ reason }) => reason);
  expect(reasons).toEqual([
    'check service.cause has no hint',
    'check service.cause has 0 wrong attempts of 2',
    'check service.cause has no cheat',
  ]);
});
