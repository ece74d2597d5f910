import { loadLabs } from '@tatami/lab-format/loader';
import { expect, test } from 'vitest';
import { isMet } from '../../bench/targets.ts';
import { type LessonFigures, lessonMeasured, merged } from './lesson-targets.ts';
import { notReached, type Outcome, undecided } from './outcome.ts';
import { summarise } from './summary.ts';
import { lessonTable } from './table.ts';

const step = '01-first';
const proof = (kind: string, check: string, failure: string | null = null, name = ''): Outcome =>
  ({ kind, step, check, name, failure }) as Outcome;
const block = (id: string, lang: 'en' | 'ja', failure: string | null = null): Outcome => ({
  ...{ kind: 'block', step, lang, block: id, fault: null, failure },
});
const places = {
  blocks: new Map([['enter', 'lab/steps/01-first/step.yaml:7']]),
  checks: new Map([['first.one', 'lab/steps/01-first/step.yaml:20']]),
  attempts: new Map([['slip', 'lab/steps/01-first/mistakes.yaml:3']]),
};
const first = {
  ...{ step, languages: ['ja' as const, 'en' as const], places },
  checks: { judged: ['first.one', 'first.two'], asked: ['first.quiz'] },
};
const allGood = [
  ...[block('enter', 'en'), block('enter', 'ja')],
  ...['first.one', 'first.two'].flatMap((check) => [
    proof('untouched', check),
    proof('solution', check),
    proof('mistake', check, null, 'slip'),
    proof('cheat', check, null, 'forge'),
  ]),
  ...['untouched', 'right', 'wrong'].map((kind) => proof(kind, 'first.quiz')),
];
const summary = (outcomes: Outcome[]) => summarise([first], [{ step, outcomes, ms: 1500 }]);

test('a step is summed up by language and by what was tried', () => {
  const [one] = summary(allGood);
  expect(one).toMatchObject({
    ...{ checks: { good: 3, of: 3 }, mistakes: { good: 2, of: 2 }, cheats: { good: 2, of: 2 } },
    ...{ seconds: 1.5, failures: [], tried: { good: 13, of: 13 } },
  });
  expect(one?.blocks).toEqual(
    new Map([
      ['ja', { good: 1, of: 1 }],
      ['en', { good: 1, of: 1 }],
    ]),
  );
});

test.each([
  ['was never seen untouched', allGood.filter(({ kind }) => kind !== 'untouched'), 0],
  ['has no solution', allGood.filter(({ kind }) => kind !== 'solution'), 1],
  ['passes by a cheat', [...allGood, proof('cheat', 'first.one', 'passed', 'other')], 2],
  ['takes a wrong answer', [...allGood, proof('wrong', 'first.quiz', 'is called right')], 2],
])('a check that %s is not proven', (_, outcomes, good) => {
  expect(summary(outcomes)[0]?.checks).toEqual({ good, of: 3 });
});

test('what a job did not come to is told once', () => {
  const claims = [block('enter', 'en'), block('leave', 'en'), proof('blocks', 'first.one', null)];
  const left = undecided(claims, [block('enter', 'en', 'wrong')], 'no prompt');
  expect(left.map(({ failure }) => failure)).toEqual(['no prompt', notReached]);
  expect(
    undecided([block('enter', 'en'), block('enter', 'en')], [block('enter', 'en')], 'x'),
  ).toHaveLength(1);
});

test('the table has a line a step and then each failure with its place', () => {
  const failed = [
    ...allGood,
    block('enter', 'en', 'shows nothing'),
    proof('mistake', 'first.one', 'it passed', 'slip'),
    proof('blocks', 'first.one', notReached, 'en'),
  ];
  expect(lessonTable('lab', summary(failed)).split('\n')).toEqual([
    'lab       blocks ja  blocks en  checks  mistakes  cheats  failures  s',
    '01-first        1/1        1/2     2/3       2/3     2/2         3  2',
    '',
    'lab/steps/01-first/step.yaml:7: 01-first, en: block enter: shows nothing',
    '',
    'lab/steps/01-first/mistakes.yaml:3: 01-first, first.one: mistake slip: it passed',
    '',
    '1 more were not reached for these.',
    '',
  ]);
});

const figures = (some: Partial<LessonFigures>): LessonFigures => ({
  summaries: summary(allGood),
  attempts: [
    { mistakes: 2, cheats: 1 },
    { mistakes: 5, cheats: 3 },
  ],
  source: { commands: 142, mapped: 130, corrected: 10, skipped: 2, checklist: 10 },
  languages: ['zh-CN', 'ja', 'en'],
  ...{ checklistItems: 10, minutes: 1.234 },
  ...some,
});
const missed = (some: Partial<LessonFigures>) =>
  lessonMeasured(figures(some))
    .filter((one) => !isMet(one))
    .map(({ name, measured }) => [name, measured]);

test('a lesson is held to its targets', () => {
  // The one language more than was played is missed.
  expect(missed({})).toEqual([['languages', 2]]);
  expect(missed({ attempts: [{ mistakes: 1, cheats: 0 }] })).toEqual([
    ['languages', 2],
    ['wrongAttemptsPerCheckMin', 1],
    ['cheatsPerCheckMin', 0],
  ]);
  expect(
    missed({ source: { commands: 142, mapped: 130, corrected: 7, skipped: 4, checklist: 10 } }),
  ).toEqual([
    ['sourceCommands', 141],
    ['sourceSkipped', 4],
    ['languages', 2],
  ]);
  expect(missed({ summaries: summary([...allGood, block('enter', 'en', 'no')]) })).toEqual([
    ['languages', 1],
    ['blocksFailed', 1],
  ]);
  expect(missed({ minutes: 11, checklistItems: 9 })).toEqual([
    ['languages', 2],
    ['checklistItems', 9],
    ['minutes', 11],
  ]);
});

test('one check of many that is not proven is not rounded away', () => {
  const judged = Array.from({ length: 300 }, (_, n) => `check.${n}`);
  const outcomes = judged
    .slice(1)
    .flatMap((check) => [proof('untouched', check), proof('solution', check)]);
  const many = { ...first, checks: { judged, asked: [] } };
  const summaries = summarise([many], [{ step, outcomes, ms: 0 }]);
  expect(missed({ summaries })).toContainEqual(['checksProvenRatio', 0.99]);
});

test('without a source map or without checks, what speaks of them does not apply', () => {
  expect(lessonMeasured(figures({ source: null, attempts: [] })).map(({ name }) => name)).toEqual([
    'blocksFailed',
    'minutes',
  ]);
});

test('of several lessons a target is told by the first that misses it', () => {
  const good = lessonMeasured(figures({ source: null }));
  const slow = lessonMeasured(figures({ source: null, minutes: 12 }));
  expect(merged([good, slow])).toEqual(slow);
  expect(merged([good, good])).toEqual(good);
});

test('lab 03 is held to what was promised of it', async () => {
  const { labs } = await loadLabs(new URL('../../../../../labs', import.meta.url).pathname);
  const lab = labs.find(({ id }) => id === '03-unshare-nsenter');
  const measured = lessonMeasured(
    figures({ source: lab?.source ?? null, languages: lab?.card('en').languages ?? [] }),
  );
  expect(measured.map(({ name, op, limit }) => `${name} ${op} ${limit}`)).toEqual([
    'sourceCommands = 142',
    'sourceSkipped <= 3',
    'languages = 3',
    'checklistItems = 10',
    'checksProvenRatio = 1',
    'wrongAttemptsPerCheckMin >= 2',
    'cheatsPerCheckMin >= 1',
    'blocksFailed = 0',
    'minutes <= 10',
  ]);
});
