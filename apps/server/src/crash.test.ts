import { Attempt, WorkshopMarks } from '@tatami/protocol';
import { expect, test } from 'vitest';
import { openRoom } from '../test/room.ts';
import { eventually, openBrowser } from '../test/running-server.ts';
import { startServerProcess } from '../test/server-process.ts';
import { verifyChain } from './chain/evidence-chain.ts';
import { RunnerClient } from './runner/runner-client.ts';

const lab = '/api/labs/01-echo';
const timeout = 60_000;

test('what was acknowledged survives kill -9, and so do the shells', { timeout }, async () => {
  await using server = await startServerProcess();
  const browser = await openBrowser(server.url);
  const { resumeCode } = await browser.session();
  await browser.call('POST', `${lab}/machine`);
  const stream = (from: number) =>
    browser.socket(`${lab}/terminals/1/stream?from=${from}&cols=80&rows=24`).opened();
  const checks = ['first.one', 'first.two'];
  for (const [round, check] of checks.entries()) {
    const events = await browser.socket(`${lab}/events`).opened();
    const terminal = await stream(0);
    terminal.socket.send(Buffer.from(`pass ${check}`));
    await eventually('the tick is told', () =>
      events.events.some((event) => event.type === 'verdict' && event.verdict.checkId === check),
    );
    // Killed in the moment in which the browser heard of it.
    await server.kill();
    await server.startAgain();
    const { body } = await browser.call('GET', `${lab}/attempt`);
    expect(body.passed.map(({ checkId }: { checkId: string }) => checkId)).toEqual(
      checks.slice(0, round + 1),
    );
    expect((await browser.session()).resumeCode).toBe(resumeCode);
    // The server is still finding the runner's machine again.
    await eventually('the machine is shown', async () =>
      Boolean((await browser.call('GET', `${lab}/attempt`)).body.machine),
    );
  }
  const resumed = await stream(4);
  await eventually('the screen goes on at its byte', () => resumed.bytes.length > 0);
  expect(resumed.bytes.toString()).toBe(' first.onepass first.two');
  expect(server.runner.machines.size).toBe(1);
});

test('a mark that was changed, graded and erased stays so', { timeout }, async () => {
  await using server = await startServerProcess();
  await using room = await openRoom(server);
  const { browser, learnerId } = await room.seat('青木', '2301');
  await room.pass(learnerId, 'first.one', new Date().toISOString());
  await room.workshops.end(room.workshop.id);
  await room.settle();
  const staff = room.instructor.browser;
  const again = async () => {
    await server.kill();
    await server.startAgain();
    return WorkshopMarks.parse((await staff.call('GET', room.marksPath)).body);
  };
  const change = { itemId: 'two', earned: 5, reason: 'seen in the room' };
  const path = `${room.marksPath}/${learnerId}/changes`;
  expect((await staff.call('POST', path, change)).status).toBe(200);
  const gradings = `/api/workshops/${room.workshop.id}/gradings`;
  const wish = { reason: 'once more' };
  expect((await staff.call('POST', gradings, wish)).status).toBe(200);
  const view = await again();
  expect(view.gradings.map(({ version }) => version)).toEqual([1, 2]);
  expect(view).toMatchObject({ intact: true, learners: [{ mark: { earned: 15 } }] });
  const erasure = await browser.call('POST', '/api/privacy/erasure', { confirm: 'erase' });
  expect(erasure.status).toBe(204);
  expect(await again()).toMatchObject({ intact: true, learners: [], erased: 1 });
  expect(await verifyChain(room.store)).toBeNull();
});

test('a verdict reached while the server was down is saved when it is back', {
  timeout,
}, async () => {
  await using server = await startServerProcess();
  const browser = await openBrowser(server.url);
  await browser.call('POST', `${lab}/machine`);
  await server.kill();
  const [machine] = server.runner.machines.values();
  machine?.type('1', Buffer.from('pass first.two'));
  await server.startAgain();
  await eventually('it is saved', async () => (await browser.session()).labs[0]?.passed === 1);

  // The machine ends, and another that nobody could save is left, with no server to hear of it.
  await server.kill();
  if (machine) server.runner.expire(machine);
  const runner = new RunnerClient(server.socketPath);
  await runner.create();
  await runner.close();
  await server.startAgain();
  expect(server.runner.machines.size).toBe(0);
  await eventually('the end is known', async () =>
    Boolean((await browser.call('GET', `${lab}/attempt`)).body.lastMachine),
  );
  const { body } = await browser.call('GET', `${lab}/attempt`);
  expect(body.lastMachine.screens).toEqual(['1']);
  expect((await browser.call('GET', `${lab}/terminals/1/screen`)).body).toBe('pass first.two');
});

test('an acknowledged answer survives kill -9, and reaches the runner', { timeout }, async () => {
  await using server = await startServerProcess();
  const browser = await openBrowser(server.url);
  await browser.call('PUT', `${lab}/step`, { stepId: '01-second' });
  await browser.call('POST', `${lab}/machine`);
  const [machine] = server.runner.machines.values();
  const setup = machine?.step?.setup;
  for (const value of ['one', 'two', 'three']) {
    const answer = { cause: 'frozen', value };
    const { status } = await browser.call('PUT', `${lab}/answers/second.cause`, answer);
    // Killed in the moment in which the browser heard of it.
    await server.kill();
    expect(status).toBe(200);
    // As if the kill had come before the runner was told.
    machine?.answers.clear();
    await server.startAgain();
    const { body } = await browser.call('GET', `${lab}/attempt`);
    expect(body.answers).toMatchObject([{ checkId: 'second.cause', answer }]);
    await eventually('the runner is told', () =>
      Boolean(machine && machine.answers.get('second.cause')?.value === value),
    );
  }
  const { body } = await browser.call('POST', `${lab}/machine/reset`, { scope: 'step' });
  expect(body.answers).toMatchObject([{ tries: 3 }]);
  expect(machine?.step).toMatchObject({
    setup,
    answers: { 'second.cause': { cause: 'frozen', value: 'three' } },
  });
});

test('an acknowledged round of a quiz, and that a solution was asked for, survive kill -9', {
  timeout,
}, async () => {
  await using server = await startServerProcess();
  const browser = await openBrowser(server.url);
  const attempt = async () => Attempt.parse((await browser.call('GET', `${lab}/attempt`)).body);
  await browser.call('PUT', `${lab}/step`, { stepId: '03-quiz' });
  await browser.call('POST', `${lab}/machine`);
  const helped = await browser.call('POST', `${lab}/solutions/quiz.tried`);
  await server.kill();
  expect(helped.status).toBe(200);
  await server.startAgain();
  expect((await attempt()).assisted).toEqual(['quiz.tried']);
  expect((await attempt()).steps.map(({ state }) => state).slice(0, 4)).toEqual([
    ...['skipped', 'skipped', 'skipped', 'open'],
  ]);

  const [machine] = server.runner.machines.values();
  for (const check of ['quiz.tried', 'quiz.compared']) machine?.pass(check);
  await eventually('the quiz opens', async () =>
    Boolean((await attempt()).quizzes[0]?.questions.length),
  );
  // Odd questions are answered by yes: a wrong round, then a right one.
  const answersOf = (questions: string[], right: boolean) =>
    questions.map((id) => {
      const n = Number(id.slice(1));
      return [id, `${(n % 2 === 1) === right ? 'yes' : 'no'}-${n}`];
    });
  for (const right of [false, true]) {
    const questions = (await attempt()).quizzes[0]?.questions ?? [];
    const answers = Object.fromEntries(answersOf(questions, right));
    const told = await browser.call('PUT', `${lab}/quizzes/quiz.explain`, { answers });
    // Killed in the moment in which the browser heard of it.
    await server.kill();
    expect(told.status).toBe(200);
    await server.startAgain();
    expect((await attempt()).quizzes).toEqual(told.body.quizzes);
    expect((await attempt()).passed.map(({ checkId }) => checkId).includes('quiz.explain')).toBe(
      right,
    );
  }
  expect((await attempt()).quizzes).toMatchObject([{ tries: 2, questions: [], wrong: [] }]);
});

test("an incident's clock, its ticks and its debrief survive kill -9", { timeout }, async () => {
  await using server = await startServerProcess();
  const browser = await openBrowser(server.url);
  const attempt = async () => Attempt.parse((await browser.call('GET', `${lab}/attempt`)).body);
  await browser.call('POST', `${lab}/machine`);
  const opened = await browser.call('PUT', `${lab}/step`, { stepId: '05-drill' });
  await server.kill();
  expect(opened.body.drill.openedAt).toEqual(expect.any(String));
  const [machine] = server.runner.machines.values();
  // Passed while nobody could save it.
  machine?.run('sudo nsenter -t 5 -n ip addr', 'drill.look');
  await server.startAgain();
  const ticked = async () => (await attempt()).passed.map(({ checkId }) => checkId);
  await eventually('it is saved', async () => (await ticked()).includes('drill.look'));
  expect((await attempt()).drill).toEqual(opened.body.drill);

  const events = await browser.socket(`${lab}/events`).opened();
  const answer = { cause: machine?.step?.checks.at(-1)?.answer?.cause, value: 'proof' };
  await browser.call('PUT', `${lab}/answers/drill.cause`, answer);
  await eventually('the tick is told', () =>
    events.events.some(
      (event) =>
        event.type === 'verdict' &&
        event.verdict.checkId === 'drill.cause' &&
        event.verdict.verdict.status === 'passed',
    ),
  );
  await server.kill();
  await server.startAgain();
  const told = await browser.call('GET', `${lab}/debrief`);
  expect(told).toMatchObject({
    status: 200,
    body: {
      ...opened.body.drill,
      cause: answer.cause,
      path: [{ command: 'sudo nsenter -t 5 -n ip addr', ticked: ['drill.look'] }],
    },
  });
  await server.kill();
  if (machine) server.runner.expire(machine);
  await server.startAgain();
  expect((await browser.call('GET', `${lab}/debrief`)).body).toEqual(told.body);
});
