import { Attempt, Solution } from '@tatami/protocol';
import { expect, test } from 'vitest';
import { eventually, openBrowser, startServer } from '../test/running-server.ts';

const lab = '/api/labs/01-echo';
const codeOf = ({ body }: { body: { error?: { code: string } } }) => body.error?.code;

async function openStep(server: Awaited<ReturnType<typeof startServer>>, stepId: string) {
  const browser = await server.browser();
  await browser.call('PUT', `${lab}/step`, { stepId });
  const attempt = async () => Attempt.parse((await browser.call('GET', `${lab}/attempt`)).body);
  const ask = (checkId: string) => browser.call('POST', `${lab}/solutions/${checkId}`);
  return { browser, attempt, ask };
}

test('a solution is shown to who asks, and marks the item as assisted for good', async () => {
  await using server = await startServer();
  const { browser, attempt, ask } = await openStep(server, '03-quiz');
  const events = await browser.socket(`${lab}/events`).opened();
  expect((await attempt()).assisted).toEqual([]);
  const { body } = await ask('quiz.tried');
  expect(Solution.parse(body)).toEqual({
    lines: [
      { terminal: '1', text: 'sudo unshare --pid --fork bash' },
      { terminal: '2', text: 'ps' },
    ],
    answer: null,
  });
  expect((await attempt()).assisted).toEqual(['quiz.tried']);
  await eventually('an open page hears of it', () =>
    events.events.some(
      (event) => event.type === 'attempt' && event.attempt.assisted.includes('quiz.tried'),
    ),
  );
  await ask('quiz.tried');
  // It still has to be done, and what was seen is the evidence.
  await browser.call('POST', `${lab}/machine`);
  const [machine] = server.runner.machines.values();
  machine?.pass('quiz.tried', [{ name: 'pid-inside', value: '1' }]);
  await eventually('it passes', async () => (await attempt()).passed.length === 1);
  expect(await attempt()).toMatchObject({
    assisted: ['quiz.tried'],
    passed: [{ checkId: 'quiz.tried', evidence: { facts: [{ name: 'pid-inside', value: '1' }] } }],
  });
  await browser.call('PUT', `${lab}/step`, { stepId: '00-first' });
  expect((await attempt()).assisted).toEqual(['quiz.tried']);
});

test("who has passed was not helped: looking at the solution then isn't held against them", async () => {
  await using server = await startServer();
  const { browser, attempt, ask } = await openStep(server, '03-quiz');
  await browser.call('POST', `${lab}/machine`);
  const [machine] = server.runner.machines.values();
  machine?.pass('quiz.tried');
  await eventually('it passes', async () => (await attempt()).passed.length === 1);
  expect((await ask('quiz.tried')).body.lines).toHaveLength(2);
  expect((await attempt()).assisted).toEqual([]);
});

test("the solution of a drawn answer is this learner's own fault", async () => {
  await using server = await startServer();
  const causes = new Map<string, string>();
  for (let n = 0; n < 10; n++) {
    const { browser, ask } = await openStep(server, '01-second');
    // Asked for before there is a machine, too.
    const { answer, lines } = Solution.parse((await ask('second.cause')).body);
    await browser.call('POST', `${lab}/machine`);
    const machine = [...server.runner.machines.values()].at(-1);
    expect(machine?.step?.checks[0]?.answer?.cause).toBe(answer?.cause);
    causes.set(answer?.cause ?? '', lines.map(({ text }) => text).join('; '));
  }
  expect(causes.size).toBeGreaterThan(1);
  for (const [cause, lines] of causes)
    expect(lines).toBe(cause === 'lock' ? 'ps' : 'ps; echo mended');
});

test('there is none for a quiz, for checks without one, and for those of other steps', async () => {
  await using server = await startServer();
  const { attempt, ask } = await openStep(server, '03-quiz');
  for (const check of ['quiz.explain', 'quiz.compared', 'quiz.none', 'second.cause'])
    expect(await ask(check)).toMatchObject({
      status: 404,
      body: { error: { code: 'check.no-solution', number: 1206 } },
    });
  expect(codeOf(await ask('NOT A CHECK'))).toBe('request.invalid');
  expect((await attempt()).assisted).toEqual([]);
  const stranger = await openBrowser(server.url, 'tatami_session=x');
  expect(codeOf(await stranger.call('POST', `${lab}/solutions/quiz.tried`))).toBe(
    'session.missing',
  );
});
