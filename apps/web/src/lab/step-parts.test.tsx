import type { Attempt, Debrief, LabContent, Machine, StepContent } from '@tatami/protocol';
import type { ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { beforeAll, describe, expect, test } from 'vitest';
import { initTexts } from '../i18n/init.ts';
import { noteServerTime, serverNow } from '../server-time.ts';
import { Told } from './debrief.tsx';
import { causeNamedAt, clockText, DrillBar } from './drill-bar.tsx';
import { standingOf } from './lab-checklist.tsx';
import { MachineBar } from './machine-bar.tsx';
import { Quiz } from './quiz.tsx';
import { StepEnds, StepNav } from './step-nav.tsx';

beforeAll(() => initTexts('en'));

const html = (node: ReactNode) => renderToStaticMarkup(node);

type Item = StepContent['checklist'][number];
const item = (checkId: string, more: Partial<Item> = {}): Item => ({
  ...{ checkId, text: `text of ${checkId}`, hints: [], asks: null, quiz: null, solvable: false },
  ...more,
});
const step = (id: string, checklist: Item[], drill = false): StepContent => ({
  ...{ id, title: `Title ${id}`, status: 'ready', minutes: 5, content: [] },
  ...{ commands: [], checklist, drill },
});
const command = (id: string, text: string) => ({ id, text, terminal: '1', runnable: true });

const openedAt = '2026-01-02T03:04:00.000Z';
const passed = (checkId: string, at = '2026-01-02T03:06:05.500Z') => ({
  checkId,
  evidence: { at, facts: [], offsets: [] },
});
const attempt = (more: Partial<Attempt> = {}): Attempt => ({
  ...{ lab: 'lab', stepId: '06-drill', machine: null, lastMachine: null, passed: [] },
  ...{ answers: [], verdicts: [], steps: [], assisted: [], asked: [], quizzes: [] },
  ...{ drill: { openedAt }, ...more },
});

describe('a drill', () => {
  const drill = step(
    '06-drill',
    [item('seen'), item('cause', { asks: { causes: ['lock'] } }), item('mended')],
    true,
  );

  const bar = { onDebrief: () => undefined };

  test('counts minutes and seconds, past an hour too, and never backwards', () => {
    expect([0, 59_999, 61_000, 4_000_000, -5_000].map(clockText)).toEqual([
      '00:00',
      '00:59',
      '01:01',
      '66:40',
      '00:00',
    ]);
  });

  test('counts by the server’s clock', () => {
    const ahead = new Date(Date.now() + 3_600_000).toUTCString();
    noteServerTime(ahead);
    expect(Math.abs(serverNow() - Date.now() - 3_600_000)).toBeLessThan(1_600);
    noteServerTime('soon');
    noteServerTime(null);
    expect(serverNow() - Date.now()).toBeGreaterThan(3_500_000);
    noteServerTime(new Date().toUTCString());
  });

  test('stops its clock at the moment the cause is named, and only for this drill', () => {
    expect(causeNamedAt(drill, attempt())).toBeNull();
    expect(causeNamedAt(drill, attempt({ passed: [passed('seen')] }))).toBeNull();
    const before = passed('cause', '2026-01-02T03:03:59.000Z');
    expect(causeNamedAt(drill, attempt({ passed: [before] }))).toBeNull();
    const named = attempt({ passed: [passed('seen'), passed('cause')] });
    expect(causeNamedAt(drill, named)).toBe('2026-01-02T03:06:05.500Z');
    expect(causeNamedAt(drill, { ...named, drill: null })).toBeNull();
    const markup = html(<DrillBar step={drill} lang="en" attempt={named} {...bar} />);
    expect(markup).toContain('aria-live="off"');
    expect(markup).toContain('>02:05</span>');
  });

  test('ticks its flow in order', () => {
    const now = attempt({ passed: [passed('seen')] });
    const markup = html(<DrillBar step={drill} lang="en" attempt={now} {...bar} />);
    const states = [...markup.matchAll(/<li[^>]* data-state="(\w+)"/g)].map(([, state]) => state);
    expect(states).toEqual(['done', 'open', 'untouched']);
    expect(markup.match(/aria-current="step"/g)).toHaveLength(1);
  });

  test('is no bar in another step', () => {
    const other = { ...drill, drill: false };
    expect(html(<DrillBar step={other} lang="en" attempt={attempt()} {...bar} />)).toBe('');
  });

  test('is looked back on: times, what was ticked, what did not help, and nothing as markup', () => {
    const deed = { atMs: 1_000, exitCode: 0, ticked: [], helped: true };
    const debrief: Debrief = {
      ...{ openedAt, causeAfterMs: 125_500, cause: 'lock', omitted: 7 },
      path: [
        { ...deed, command: 'docker ps', exitCode: 1, helped: false },
        { ...deed, command: '<b>\u202els', ticked: ['seen'], atMs: 62_000 },
      ],
      shortest: ['ps -o wchan'],
    };
    const markup = html(<Told debrief={debrief} step={drill} lang="en" />);
    expect(markup).toContain('named after 02:05.');
    expect(markup).toContain('Commands: 9. On the shortest path: 1. Did not help: 1.');
    expect(markup).toContain('Earlier commands left out: 7.');
    expect(markup).toContain('<bdi>&lt;b&gt;\\u{202e}ls</bdi>');
    expect(markup).toContain('✓ ticked: <span lang="en">text of seen</span>');
    expect(markup.match(/did not help<\/small>/g)).toHaveLength(1);
    expect(markup).toContain('exit code 1');
    expect(markup).not.toContain('exit code 0');
    expect(markup).toContain('<code>ps -o wchan</code>');
  });
});

test('a machine’s time is counted by the server’s clock', () => {
  noteServerTime(new Date(Date.now() + 3_600_000).toUTCString());
  const deadline = new Date(Date.now() + 3_600_000 + 29.5 * 60_000).toISOString();
  const machine: Machine = {
    ...{ state: 'ready', idleDeadline: deadline, absoluteDeadline: deadline },
    ...{ extendable: true, terminals: [], generation: 1 },
  };
  const act = { onExtend: () => undefined, onReset: () => undefined };
  const markup = html(<MachineBar machine={machine} busy={false} {...act} />);
  noteServerTime(new Date().toUTCString());
  expect(markup).toContain('>30 min left</span>');
  expect(markup).toContain('data-scarce="false"');
});

describe('a quiz', () => {
  const options = [
    { id: 'yes', text: 'Yes' },
    { id: 'no', text: 'No' },
  ];
  const content = {
    questions: ['a', 'b', 'c'].map((id) => ({ id, question: `Q ${id}`, options })),
  };
  const steps = {
    ...step('01', [item('one'), item('two'), item('why', { quiz: content })]),
    commands: [command('fork', 'unshare --fork')],
  };
  const quiz = (state: Partial<Attempt['quizzes'][number]>, blocked = false) =>
    html(
      <Quiz
        content={content}
        state={{ checkId: 'why', waitsFor: [], questions: [], tries: 0, wrong: [], ...state }}
        step={steps}
        lang="en"
        blocked={blocked}
        onAnswer={async () => undefined}
        onShow={() => undefined}
      />,
    );

  test('names by their texts what it waits for', () => {
    const markup = quiz({ waitsFor: ['two'] });
    expect(markup).toContain('<li>text of two</li>');
    expect(markup).not.toContain('text of one');
    expect(markup).not.toContain('radio');
  });

  test('asks only what was drawn, in its order, and sends only whole rounds', () => {
    const markup = quiz({ questions: ['c', 'a'] });
    const legends = [...markup.matchAll(/<legend>(.*?)<\/legend>/g)].map(([, text]) => text);
    expect(legends).toEqual(['1. Q c', '2. Q a']);
    expect(markup.match(/type="radio"/g)).toHaveLength(4);
    expect(markup).toContain('type="submit" disabled=""');
    expect(markup).not.toContain('quiz-wrong');
  });

  test('names the experiment for what was wrong', () => {
    const markup = quiz({
      questions: ['c'],
      tries: 1,
      wrong: [{ question: 'a', experiment: 'fork' }],
    });
    expect(markup).toContain('Q a');
    expect(markup).toContain('<code>unshare --fork</code>');
  });
});

describe('steps', () => {
  const steps = [step('00-a', []), step('00-b', [item('x')]), step('01-c', [item('y')])];
  const [, second, third] = steps as [StepContent, StepContent, StepContent];
  const props = { steps, busy: false, onOpen: () => undefined };
  const standing = attempt({
    steps: [
      { stepId: '00-a', state: 'done' },
      { stepId: '00-b', state: 'skipped' },
      { stepId: '01-c', state: 'open' },
    ],
  });

  test('are told apart by label, words and shape', () => {
    const markup = html(
      <StepNav {...props} current={third} attempt={standing}>
        {null}
      </StepNav>,
    );
    expect(markup).toContain('aria-label="Step 0: Title 00-a, done"');
    expect(markup).toContain('aria-label="Step 0+: Title 00-b, skipped 0/1"');
    expect(markup).toContain('aria-label="Step 1: Title 01-c, in progress 0/1"');
    const labels = [...markup.matchAll(/"step-number">(.*?)</g)].map(([, label]) => label);
    expect(labels).toEqual(['0', '0+', '1']);
    const shapes = [...markup.matchAll(/<svg.*?<\/svg>/g)].map(([svg]) => svg.replace(/^.*?>/, ''));
    expect(new Set(shapes).size).toBe(3);
  });

  test('with unmet items are skipped, others just followed by the next', () => {
    const skipping = html(<StepEnds {...props} current={second} attempt={standing} />);
    expect(skipping).toContain('Skip this step: Title 01-c →');
    expect(skipping).toContain('Items not met yet: 1.');
    const done = attempt({ passed: [passed('x')] });
    const going = html(<StepEnds {...props} current={second} attempt={done} />);
    expect(going).not.toContain('Skip');
    expect(going).toContain('>Title 01-c →');
    expect(html(<StepEnds {...props} current={third} attempt={standing} />)).not.toContain('Skip');
  });
});

test('an item of the lab is done with all of its checks, and assisted when one was', () => {
  const wanted: LabContent['checklist'][number] = {
    ...{ id: 'i', text: 't', stepId: '01', checks: ['a', 'b'] },
  };
  expect(standingOf(wanted, attempt({ passed: [passed('a')], assisted: ['a'] }))).toBe('open');
  const both = [passed('a'), passed('b')];
  expect(standingOf(wanted, attempt({ passed: both }))).toBe('done');
  expect(standingOf(wanted, attempt({ passed: both, assisted: ['b'] }))).toBe('assisted');
});
