import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { changed, example, load } from '../test/lab-folder.ts';
import { loadLabs } from './loader.ts';

const labYaml = 'lab.yaml';
const stepYaml = 'steps/00-hostname/step.yaml';
const prose = 'steps/00-hostname/en.md';
const mistakesYaml = 'steps/00-hostname/mistakes.yaml';

describe('the example of docs/lab-format.md', () => {
  test('is a lab without problems', async () => {
    const { labs, problems } = await load(example);
    expect(problems).toEqual([]);
    const [lab] = labs;
    expect(lab).toMatchObject({ id: '05-first-look', firstStep: '00-hostname' });
    expect(lab?.step('00-hostname')?.draw('any')).toMatchObject({
      setup: 'hostname lab-host',
      checks: [{ id: 'hostname.changed', process: { program: 'shell', differs: ['uts'] } }],
      fault: null,
    });
    expect(lab?.step('01-none')).toBeUndefined();
  });

  test('gives tests the mistakes', async () => {
    const { labs } = await load(example);
    expect(labs[0]?.step('00-hostname')?.mistakes).toMatchObject({
      before: [],
      mistakes: [
        {
          id: 'on-the-machine',
          check: 'hostname.changed',
          type: [{ terminal: '1', text: 'sudo hostname container-001' }],
          reason: { key: 'machine-hostname-changed', params: { is: 'container-001' } },
        },
        {
          id: 'other-terminal',
          check: 'hostname.changed',
          type: [
            { terminal: '1', text: 'sudo unshare --uts /bin/bash' },
            { terminal: '2', text: 'hostname' },
          ],
          reason: { key: 'hostname-unchanged', params: {} },
          note: 'Entered, but never renamed.',
        },
      ],
    });
  });

  test('may lack mistakes', async () => {
    const file = `05-first-look/${mistakesYaml}`;
    const { labs, problems } = await load({ ...example, [file]: undefined });
    expect(problems).toEqual([]);
    expect(labs[0]?.step('00-hostname')?.mistakes.mistakes).toEqual([]);
  });

  test('falls back to its own language, and says so', async () => {
    const { labs } = await load(example);
    expect(labs[0]?.card('ja')).toMatchObject({ lang: 'en', title: 'A first look' });
    expect(labs[0]?.content('ja').glossary).toMatchObject([{ key: 'namespace', ja: '名前空間' }]);
  });

  test('gives the web commands, checklist and content', async () => {
    const { labs } = await load(example);
    const [step] = labs[0]?.content('en').steps ?? [];
    expect(step?.commands.map(({ id, terminal }) => [id, terminal])).toEqual([
      ['enter', '1'],
      ['rename', '1'],
      ['compare', '2'],
    ]);
    expect(step?.checklist).toEqual([
      {
        checkId: 'hostname.changed',
        text: 'Change the host name in a UTS namespace of your own',
        hints: [
          'Enter the namespace before you rename.',
          'Run sudo unshare --uts /bin/bash, and inside it hostname container-001.',
        ],
        asks: null,
        quiz: null,
        solvable: true,
      },
    ]);
    const names = step?.content.map((node) => (typeof node === 'string' ? node : node.name));
    expect(names).toEqual('h2 p Command Command Predict Command Diagram Callout'.split(' '));
  });
});

test("the repository's own labs have no problem", async () => {
  const { labs, problems } = await loadLabs(
    fileURLToPath(new URL('../../../labs', import.meta.url)),
  );
  expect(problems).toEqual([]);
  const lesson = labs.find(({ id }) => id === '03-unshare-nsenter');
  expect(lesson?.content('zh-CN').steps.map(({ id, status }) => [id, status])).toEqual([
    ['00-quickstart', 'ready'],
    ['00-refresher', 'ready'],
    ['01-unshare', 'ready'],
    ['02-namespaces', 'ready'],
    ['03-nsenter', 'ready'],
    ['04-nsenter-debug', 'ready'],
    ['05-production', 'ready'],
    ['06-drill', 'ready'],
    ['07-review', 'ready'],
  ]);
});

test('labs come in their order, and one with a problem is left out', async () => {
  const planned = (id: string, order: string) =>
    `id: ${id}\norder: ${order}\nstatus: planned\nminutes: 5\nlanguages: [en]\n` +
    'texts: { en: { title: T, summary: S } }\n';
  const { labs, problems } = await load({
    'a/lab.yaml': planned('a', '2'),
    'b/lab.yaml': planned('b', '1'),
    'c/lab.yaml': planned('c', 'first'),
  });
  expect(labs.map(({ id }) => id)).toEqual(['b', 'a']);
  expect(problems).toMatchObject([{ file: 'c/lab.yaml', line: 2 }]);
});

/** One change to the example, and the reason it gets at the place of the change. */
test.each([
  [labYaml, 'id: 05-first-look', 'id: 05-other', "id 05-other is not the folder's name"],
  [labYaml, 'minutes: 10', 'minuten: 10', 'unknown key minuten'],
  [labYaml, 'minutes: 10', 'minutes: 10: 5', 'Nested mappings are not allowed'],
  [labYaml, 'prerequisites: []', 'prerequisites: [no-lab]', 'no lab no-lab'],
  [labYaml, 'steps: [00-hostname]', 'steps: [00-hostname, 00-hostname]', 'listed twice'],
  [labYaml, 'steps: [00-hostname]', 'steps: []', 'a ready lab needs steps'],
  [labYaml, 'steps: [00-hostname]', 'steps: []', 'steps/00-hostname is not listed'],
  ['glossary.yaml', 'namespace:', 'Name Space:', 'Invalid key'],
  [stepYaml, 'id: 00-hostname', 'id: 01-hostname', "id 01-hostname is not the folder's name"],
  [stepYaml, 'id: rename', 'id: enter', 'command enter exists already in this step'],
  [stepYaml, 'id: rename', 'id: renamed', 'command renamed is never shown in en.md'],
  [stepYaml, 'terminal: 2', 'terminal: 0', 'commands.2.terminal'],
  [stepYaml, 'program: shell', 'program: bash', 'checklist.0.check.process.program'],
  [stepYaml, 'differs: [uts]', 'difers: [uts]', 'unknown key checklist.0.check.process.difers'],
  [
    stepYaml,
    'hostname: { is:',
    'hostname: { was:',
    'unknown key checklist.0.check.process.hostname.was',
  ],
  [mistakesYaml, 'id: other-terminal', 'id: on-the-machine', 'on-the-machine exists already'],
  [mistakesYaml, 'check: hostname.changed', 'check: hostname.other', 'no check hostname.other'],
  [
    mistakesYaml,
    '- id: other-terminal',
    '- fault: dns\n    id: other-terminal',
    'faults.yaml has no fault dns',
  ],
  [mistakesYaml, 'terminal: 2', 'terminal: 0', 'mistakes.1.type.1'],
  [mistakesYaml, 'key: hostname-unchanged', 'key: reason.x', 'mistakes.1.reason.key'],
  [mistakesYaml, 'reason: { key: hostname-', 'reasons: { key: hostname-', 'unknown key mistakes.1'],
  [prose, 'title: The host name', 'titel: The host name', 'unknown key titel'],
  [prose, 'title: The host name', 'title: The: host', 'Nested mappings are not allowed'],
  [prose, 'hostname.changed:', 'hostname.other:', 'step.yaml has no check hostname.other'],
  [prose, 'id="rename"', 'id="no-such"', 'step.yaml has no command no-such'],
  [prose, '{% command id="rename" /%}', '{% comand id="rename" /%}', 'unknown tag comand'],
  [prose, 'id="rename" /%}', 'id="rename" x="1" /%}', 'tag command: unknown attribute x'],
  [prose, 'id="rename" /%}', 'id=$name /%}', 'variables and functions are not used'],
  [prose, 'A {% term', '{% $name %} {% term', 'variables and functions are not used'],
  [
    prose,
    '{% predict question="What does hostname print in terminal 2?" answer=1',
    '{% predict question="Q" answer=2',
    'answer 2 is not the index',
  ],
  [prose, 'kind="correction"', 'kind="joke"', 'kind'],
  [
    prose,
    'A {% term key="namespace"',
    'A {% term key="no-such"',
    'the glossary has no key no-such',
  ],
  [prose, '## 1.1', '# 1.1', 'headings have level 2 or 3'],
  [prose, '- Enter the namespace before you rename.', "- ''", 'hints.0: Too small'],
  [labYaml, 'step: 00-hostname', 'step: 01-none', 'no step 01-none is listed'],
  [labYaml, 'checks: [hostname.changed]', 'checks: [hostname.none]', 'no check hostname.none'],
  [labYaml, 'own-name: Get', 'other-name: Get', 'checklist has no item other-name'],
  [
    labYaml,
    'steps: [00-hostname]',
    'grading: { points: { own-nam: 5 } }\nsteps: [00-hostname]',
    'checklist has no item own-nam',
  ],
  [stepYaml, 'setup: hostname', 'drill: true\nsetup: hostname', 'a drill needs a faults.yaml'],
  [stepYaml, 'setup: hostname', 'drill: true\nsetup: hostname', 'a drill needs 5 checks or more'],
  [prose, '{% #own-name %}', '', 'a heading needs an anchor'],
  [prose, 'title="Two names"', 'title="Two names" lang="fr"', 'lang'],
  [stepYaml, "shows: '^lab-host$'", "shows: '(lab'", 'not a regular expression'],
  [prose, 'Bash reads', '[Bash](javascript:alert(1)) reads', 'javascript:alert(1): only https://'],
  [prose, 'Bash reads', '[Bash](http://bash.example) reads', 'only https://'],
  [prose, 'Bash reads', '[Bash](//bash.example) reads', 'only https://'],
  [prose, 'Bash reads', '![Bash](/bash.png) reads', 'image is not used in lessons'],
])('%s: %s -> %s', async (path, from, to, reason) => {
  const { files, file, line } = changed(path, from, to);
  const { labs, problems } = await load(files);
  expect(labs).toEqual([]);
  expect(problems).toContainEqual({ file, line, reason: expect.stringContaining(reason) });
});

describe('what is missing is told:', () => {
  test.each([labYaml, stepYaml, prose])('%s', async (path) => {
    const file = `05-first-look/${path}`;
    const { labs, problems } = await load({ ...example, [file]: undefined });
    expect(labs).toEqual([]);
    const reason = expect.stringContaining('missing file');
    expect(problems).toContainEqual({ file, line: 1, reason });
  });

  test('a declared translation, in every file that needs one', async () => {
    const { files, file } = changed(labYaml, 'languages: [en]', 'languages: [en, ja]');
    const { problems } = await load(files);
    expect(problems).toEqual([
      { file, line: 7, reason: 'title and summary missing in ja' },
      {
        file: '05-first-look/glossary.yaml',
        line: 1,
        reason: 'namespace: term and meaning missing in ja',
      },
      {
        file: '05-first-look/steps/00-hostname/ja.md',
        line: 1,
        reason: 'missing file: lab.yaml declares ja',
      },
    ]);
  });

  test('front matter, and the text of a check', async () => {
    const { files, file } = changed(prose, '---\ntitle', 'title');
    const { problems } = await load(files);
    expect(problems).toContainEqual({ file, line: 2, reason: expect.stringMatching(/./) });
    const other = changed(prose, 'hostname.changed:', 'hostname.other:');
    expect((await load(other.files)).problems).toContainEqual({
      file: other.file,
      line: 3,
      reason: 'checklist text missing for check hostname.changed',
    });
  });
});

test('an item of the lab without a text, or listed twice', async () => {
  const { files, file } = changed(labYaml, 'own-name: Get', 'other-name: Get');
  expect((await load(files)).problems).toContainEqual({
    file,
    line: 11,
    reason: 'text missing for item own-name',
  });
  const item = '  - { id: own-name, step: 00-hostname, checks: [hostname.changed] }\n';
  const twice = changed(labYaml, item, item + item);
  expect((await load(twice.files)).problems).toEqual([
    { file, line: twice.line + 1, reason: 'item own-name exists already' },
  ]);
});

test('a check id that two steps use names both places', async () => {
  const { files, file } = changed(labYaml, '[00-hostname]', '[00-hostname, 01-again]');
  const again = Object.fromEntries(
    ['step.yaml', 'en.md'].map((name) => [
      `05-first-look/steps/01-again/${name}`,
      example[`05-first-look/steps/00-hostname/${name}`]?.replace('id: 00-host', 'id: 01-again'),
    ]),
  );
  again['05-first-look/steps/01-again/step.yaml'] = again[
    '05-first-look/steps/01-again/step.yaml'
  ]?.replace('01-againname', '01-again');
  const { problems } = await load({ ...files, ...again });
  expect(file).toBe('05-first-look/lab.yaml');
  expect(problems).toEqual([
    {
      file: '05-first-look/steps/01-again/step.yaml',
      line: 18,
      reason:
        'check hostname.changed exists already in 05-first-look/steps/00-hostname/step.yaml:18',
    },
  ]);
});
