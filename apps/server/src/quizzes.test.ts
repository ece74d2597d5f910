import { readFileSync } from 'node:fs';
import { Attempt, type LearnerEvent } from '@tatami/protocol';
import { expect, test } from 'vitest';
import { eventually, openBrowser, startServer } from '../test/running-server.ts';
import { buildServer } from './app.ts';

const lab = '/api/labs/01-echo';
const quiz = `${lab}/quizzes/quiz.explain`;
const codeOf = ({ body }: { body: { error?: { code: string } } }) => body.error?.code;

/** As quiz.yaml of the test lab has it: odd ones are `yes`. */
const right = (question: string) =>
  `${Number(question.slice(1)) % 2 ? 'yes' : 'no'}-${question.slice(1)}`;
const wrong = (question: string) =>
  `${Number(question.slice(1)) % 2 ? 'no' : 'yes'}-${question.slice(1)}`;
const round = (questions: string[], choose: (question: string) => string) => ({
  answers: Object.fromEntries(questions.map((question) => [question, choose(question)])),
});

/** A learner with a machine at the step with the quiz, and what was passed for it. */
async function openQuizStep(server: Awaited<ReturnType<typeof startServer>>, ...checks: string[]) {
  const browser = await server.browser();
  const before = new Set(server.runner.machines.keys());
  await browser.call('PUT', `${lab}/step`, { stepId: '03-quiz' });
  await browser.call('POST', `${lab}/machine`);
  const machine = [...server.runner.machines.values()].find(({ id }) => !before.has(id));
  if (!machine) throw new Error('no machine was made');
  const attempt = async () => Attempt.parse((await browser.call('GET', `${lab}/attempt`)).body);
  const state = async () => {
    const [found] = (await attempt()).quizzes;
    if (!found) throw new Error('the step has no quiz');
    return found;
  };
  const pass = async (check: string) => {
    machine.pass(check);
    await eventually(`${check} is saved`, async () =>
      (await attempt()).passed.some(({ checkId }) => checkId === check),
    );
  };
  for (const check of checks) await pass(check);
  return { browser, machine, attempt, state, pass };
}

test('a quiz opens when the experiments before it were observed, and says so', async () => {
  await using server = await startServer();
  const { browser, attempt, state, pass } = await openQuizStep(server);
  const told = async () =>
    (await attempt()).verdicts.find(({ checkId }) => checkId === 'quiz.explain');
  expect(await state()).toEqual({
    checkId: 'quiz.explain',
    waitsFor: ['quiz.tried', 'quiz.compared'],
    questions: [],
    tries: 0,
    wrong: [],
  });
  expect((await told())?.verdict).toEqual({
    status: 'not-yet',
    reason: { key: 'reason.quiz-waits', params: { checks: 2 } },
  });
  expect(await browser.call('PUT', quiz, round(['q1', 'q2'], right))).toMatchObject({
    status: 409,
    body: { error: { code: 'quiz.waits', number: 1207 } },
  });
  const events = await browser.socket(`${lab}/events`).opened();
  await pass('quiz.compared');
  await pass('quiz.tried');
  expect(await state()).toMatchObject({ waitsFor: [], tries: 0 });
  expect((await state()).questions).toHaveLength(2);
  expect((await told())?.verdict).toMatchObject({
    reason: { key: 'reason.quiz-open', params: { questions: 2 } },
  });
  await eventually('an open page hears of it', () =>
    events.events.some(
      (event) => event.type === 'attempt' && event.attempt.quizzes[0]?.questions.length === 2,
    ),
  );
});

test('a wrong answer names the experiment, and the retry draws other questions', async () => {
  await using server = await startServer();
  const { browser, attempt, state } = await openQuizStep(server, 'quiz.tried', 'quiz.compared');
  const seen = new Set<string>();
  let { questions } = await state();
  for (const tries of [1, 2, 3]) {
    const [first = '', second = ''] = questions;
    const given = { answers: { [first]: wrong(first), [second]: right(second) } };
    const { status, body } = await browser.call('PUT', quiz, given);
    expect(status).toBe(200);
    const { quizzes, verdicts } = Attempt.parse(body);
    const experiment = Number(first.slice(1)) < 3 ? 'look' : 'compare';
    expect(quizzes).toMatchObject([{ tries, wrong: [{ question: first, experiment }] }]);
    expect(verdicts.find(({ checkId }) => checkId === 'quiz.explain')?.verdict).toMatchObject({
      status: 'not-yet',
      reason: { key: 'reason.quiz-wrong', params: { wrong: 1 } },
    });
    for (const question of questions) {
      seen.add(question);
      expect(quizzes[0]?.questions).not.toContain(question);
    }
    questions = quizzes[0]?.questions ?? [];
  }
  expect(seen.size).toBe(5);
  expect((await attempt()).passed.map(({ checkId }) => checkId)).not.toContain('quiz.explain');
});

test('all right passes the check for good, with its questions as the evidence', async () => {
  await using server = await startServer();
  const { browser, machine, attempt, state } = await openQuizStep(
    server,
    'quiz.tried',
    'quiz.compared',
  );
  const events = await browser.socket(`${lab}/events`).opened();
  const { questions } = await state();
  const { body } = await browser.call('PUT', quiz, round(questions, right));
  const pass = Attempt.parse(body).passed.find(({ checkId }) => checkId === 'quiz.explain');
  expect(pass?.evidence).toMatchObject({
    facts: [{ name: 'question', value: questions.join(', ') }],
    offsets: [],
  });
  expect(body.quizzes).toMatchObject([{ questions: [], tries: 1, wrong: [] }]);
  expect(body.verdicts.map(({ checkId }: { checkId: string }) => checkId)).not.toContain(
    'quiz.explain',
  );
  const isTold = (event: LearnerEvent) =>
    event.type === 'verdict' &&
    event.verdict.checkId === 'quiz.explain' &&
    event.verdict.verdict.status === 'passed';
  await eventually('the tick is told', () => events.events.some(isTold));
  expect((await browser.session()).labs[0]?.passed).toBe(3);

  // What passed stays, whatever is sent later, through resets and restarts.
  expect((await browser.call('PUT', quiz, round(questions, wrong))).status).toBe(200);
  await browser.call('POST', `${lab}/machine/reset`, { scope: 'step' });
  expect((await attempt()).quizzes).toMatchObject([{ tries: 1, wrong: [] }]);
  // The kernel is not asked about what no kernel knows.
  expect(machine.step?.checks.map(({ id }) => id)).not.toContain('quiz.explain');
  await server.app.close();
  const again = await buildServer(server.config);
  try {
    const url = await again.listen({ host: '127.0.0.1', port: 0 });
    const later = await openBrowser(url, browser.cookie);
    const { passed } = Attempt.parse((await later.call('GET', `${lab}/attempt`)).body);
    expect(passed.find(({ checkId }) => checkId === 'quiz.explain')).toEqual(pass);
  } finally {
    await again.close();
  }
});

test('a round must be answered whole, by whom it was asked, in the step that is open', async () => {
  await using server = await startServer();
  const { browser, state } = await openQuizStep(server, 'quiz.tried', 'quiz.compared');
  const { questions } = await state();
  const [first = '', second = ''] = questions;
  const other = ['q1', 'q2', 'q3', 'q4', 'q5'].find((id) => !questions.includes(id)) ?? '';
  const whole = round(questions, right).answers;
  for (const answers of [
    {},
    { [first]: right(first) },
    { ...whole, [second]: 'maybe' },
    { ...whole, [other]: right(other) },
    { [first]: right(first), [other]: right(other) },
  ])
    expect(await browser.call('PUT', quiz, { answers })).toMatchObject({
      status: 400,
      body: { error: { code: 'quiz.not-asked', number: 1208 } },
    });
  for (const body of [{}, { answers: [] }, { answers: { [first]: 'NOT A KEY' } }])
    expect(codeOf(await browser.call('PUT', quiz, body))).toBe('request.invalid');
  expect(codeOf(await browser.call('PUT', `${lab}/quizzes/quiz.tried`, { answers: {} }))).toBe(
    'check.no-quiz',
  );
  expect((await state()).tries).toBe(0);
});

test('guessing is slowed down: ten rounds a minute', async () => {
  await using server = await startServer();
  const { browser, state } = await openQuizStep(server, 'quiz.tried', 'quiz.compared');
  let { questions } = await state();
  for (let n = 1; n <= 10; n++) {
    const { status, body } = await browser.call('PUT', quiz, round(questions, wrong));
    expect(status).toBe(200);
    questions = Attempt.parse(body).quizzes[0]?.questions ?? [];
  }
  expect(codeOf(await browser.call('PUT', quiz, round(questions, right)))).toBe('request.rate');
  expect((await state()).tries).toBe(10);
});

test('learners get questions of their own, and no answer reaches a browser before it is given', async () => {
  await using server = await startServer();
  const asked = new Set<string>();
  for (let n = 0; n < 8; n++) {
    const { browser, state } = await openQuizStep(server, 'quiz.tried', 'quiz.compared');
    asked.add((await state()).questions.join());
    const sent: string[] = [];
    for (const path of ['/attempt', '?lang=zh-CN'])
      sent.push(JSON.stringify((await browser.call('GET', lab + path)).body));
    // `answers` of the attempt is what the learner typed.
    expect(sent.join()).not.toMatch(/"answer"|"experiment":"/);
    const content = JSON.parse(sent[1] ?? '').steps.find(
      ({ id }: { id: string }) => id === '03-quiz',
    );
    const item = content.checklist.find(
      ({ checkId }: { checkId: string }) => checkId === 'quiz.explain',
    );
    expect(Object.keys(item.quiz.questions[0])).toEqual(['id', 'question', 'options']);
    expect(Object.keys(item.quiz.questions[0].options[0])).toEqual(['id', 'text']);
  }
  expect(asked.size).toBeGreaterThan(1);
  // What would be looked for is in the file.
  const pool = new URL('../test/labs/01-echo/steps/03-quiz/quiz.yaml', import.meta.url);
  expect(readFileSync(pool, 'utf8')).toMatch(/answer: yes-1, experiment: look/);
});
