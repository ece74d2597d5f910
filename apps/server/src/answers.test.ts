import { type Cause, Cause as Causes, type LabContent } from '@tatami/protocol';
import { expect, test } from 'vitest';
import { eventually, openBrowser, startServer } from '../test/running-server.ts';
import { buildServer } from './app.ts';

const lab = '/api/labs/01-echo';
const cause = `${lab}/answers/second.cause`;
const codeOf = ({ body }: { body: { error?: { code: string } } }) => body.error?.code;
const [first] = Causes.options;

type Server = Awaited<ReturnType<typeof startServer>>;
type Browser = Awaited<ReturnType<typeof openBrowser>>;

/** A learner before the faulty step, and what the runner was told of it. */
async function openFaultyStep(server: Server, browser?: Browser) {
  const learner = browser ?? (await server.browser());
  const before = new Set(server.runner.machines.keys());
  await learner.call('PUT', `${lab}/step`, { stepId: '01-second' });
  await learner.call('POST', `${lab}/machine`);
  const machine = [...server.runner.machines.values()].find(({ id }) => !before.has(id));
  if (!machine) throw new Error('no machine was made');
  const drawn = () => {
    const answer = machine.step?.checks.find(({ id }) => id === 'second.cause')?.answer;
    if (!machine.step || !answer) throw new Error('nothing was drawn');
    return { setup: machine.step.setup, cause: answer.cause };
  };
  return { browser: learner, machine, drawn };
}

const other = (than: Cause): Cause => (than === 'name' ? 'route' : 'name');

test('a fault is drawn per learner, and stays through resets, machines and restarts', async () => {
  await using server = await startServer();
  const { browser, drawn } = await openFaultyStep(server);
  const fault = drawn();
  expect(fault.setup).toMatch(/^echo well\necho (dns|route|port|lock)$/);
  await browser.call('POST', `${lab}/machine/reset`, { scope: 'step' });
  expect(drawn()).toEqual(fault);
  const setupNow = () => [...server.runner.machines.values()][0]?.step?.setup;
  await browser.call('POST', `${lab}/machine/reset`, { scope: 'machine' });
  expect(setupNow()).toBe(fault.setup);
  await server.app.close();
  const again = await buildServer(server.config);
  try {
    const url = await again.listen({ host: '127.0.0.1', port: 0 });
    const later = await openBrowser(url, browser.cookie);
    await later.call('POST', `${lab}/machine/reset`, { scope: 'machine' });
    expect(setupNow()).toBe(fault.setup);
  } finally {
    await again.close();
  }
});

test('learners get different faults, and none can see which from what is sent', async () => {
  await using server = await startServer();
  const setups = new Set<string>();
  const sent = new Set<string>();
  for (let n = 0; n < 12; n++) {
    const { browser, drawn } = await openFaultyStep(server);
    setups.add(drawn().setup);
    for (const path of ['/attempt', '?lang=zh-CN']) {
      const { body } = await browser.call('GET', lab + path);
      sent.add(JSON.stringify(body).replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'then'));
    }
  }
  expect(setups.size).toBeGreaterThan(1);
  // One attempt and one lab, whoever asks.
  expect(sent.size).toBe(2);
  const [, content] = [...sent].map((text) => JSON.parse(text)) as [unknown, LabContent];
  expect(content.steps[1]?.checklist.map(({ asks }) => asks)).toEqual([
    { causes: ['name', 'route', 'port', 'lock'] },
    null,
  ]);
  expect([...sent].join()).not.toMatch(/echo (well|dns|route|port|lock|mended)|waits-in/);
});

test('an answer is judged, counted and sent again with the step', async () => {
  await using server = await startServer();
  const { browser, machine, drawn } = await openFaultyStep(server);
  const events = await browser.socket(`${lab}/events`).opened();
  const wrong = { cause: other(drawn().cause ?? 'name'), value: 'a guess' };
  const answered = await browser.call('PUT', cause, { ...wrong, value: '  a guess ' });
  expect(answered.body.answers).toEqual([{ checkId: 'second.cause', answer: wrong, tries: 1 }]);
  expect(machine.answers.get('second.cause')).toEqual(wrong);
  await eventually('the reason is told', () =>
    events.events.some(
      (event) =>
        event.type === 'verdict' &&
        event.verdict.verdict.status === 'not-yet' &&
        event.verdict.verdict.reason.key === 'reason.answer-cause',
    ),
  );
  // The same again, as a double click sends it.
  expect((await browser.call('PUT', cause, wrong)).body.answers[0].tries).toBe(1);

  await browser.call('POST', `${lab}/machine/reset`, { scope: 'step' });
  expect(machine.step?.answers).toEqual({ 'second.cause': wrong });
  await browser.call('PUT', `${lab}/step`, { stepId: '00-first' });
  expect(machine.step?.answers).toEqual({});
  expect((await browser.call('GET', `${lab}/attempt`)).body.answers).toEqual([]);
  await browser.call('PUT', `${lab}/step`, { stepId: '01-second' });
  await browser.call('POST', `${lab}/machine/reset`, { scope: 'machine' });
  expect([...server.runner.machines.values()][0]?.step?.answers).toEqual({ 'second.cause': wrong });

  const right = { cause: drawn().cause, value: 'proof' };
  const { body } = await browser.call('PUT', cause, right);
  expect(body.answers).toEqual([{ checkId: 'second.cause', answer: right, tries: 2 }]);
  await eventually('it passes', async () => (await browser.session()).labs[0]?.passed === 1);
  // What it passed with stays.
  const late = await browser.call('PUT', cause, wrong);
  expect(late.body.answers).toEqual([{ checkId: 'second.cause', answer: right, tries: 2 }]);
});

test('an answer for nothing, without a machine, malformed or too long is refused', async () => {
  await using server = await startServer();
  const browser = await server.browser();
  const answer = { cause: first, value: 'x' };
  const put = (path: string, body: unknown = answer) => browser.call('PUT', lab + path, body);
  await browser.call('PUT', `${lab}/step`, { stepId: '01-second' });
  expect(codeOf(await put('/answers/second.cause'))).toBe('machine.missing');
  await browser.call('POST', `${lab}/machine`);
  const unknown = await put('/answers/second.none');
  expect(unknown).toMatchObject({ status: 404, body: { error: { number: 1204 } } });
  for (const check of ['second.shell', 'first.one'])
    expect(codeOf(await put(`/answers/${check}`))).toBe('check.no-answer');
  for (const body of [
    { cause: 'gremlins', value: 'x' },
    { cause: first, value: ' ' },
    { cause: first, value: 'x'.repeat(101) },
    { cause: first },
  ])
    expect(codeOf(await put('/answers/second.cause', body))).toBe('request.invalid');
  expect((await browser.call('GET', `${lab}/attempt`)).body.answers).toEqual([]);
});

test('guessing is slowed down: ten answers a minute for each attempt', async () => {
  await using server = await startServer();
  const one = await openFaultyStep(server);
  const guess = (browser: Browser, n: number) =>
    browser.call('PUT', cause, { cause: other(one.drawn().cause ?? 'name'), value: `guess ${n}` });
  for (let n = 1; n <= 10; n++) expect((await guess(one.browser, n)).status).toBe(200);
  expect(await guess(one.browser, 11)).toMatchObject({
    status: 429,
    body: { error: { code: 'request.rate' } },
  });
  const { body } = await one.browser.call('GET', `${lab}/attempt`);
  expect(body.answers).toMatchObject([{ tries: 10, answer: { value: 'guess 10' } }]);
  const two = await openFaultyStep(server);
  expect((await guess(two.browser, 1)).status).toBe(200);
});

test("an answer reaches one's own machine only", async () => {
  await using server = await startServer();
  const [one, two] = [await openFaultyStep(server), await openFaultyStep(server)];
  const answer = { cause: first, value: 'of two' };
  await two.browser.call('PUT', cause, answer);
  expect(one.machine.answers.size).toBe(0);
  expect((await one.browser.call('GET', `${lab}/attempt`)).body.answers).toEqual([]);
  const stranger = await openBrowser(server.url, 'tatami_session=x');
  expect(codeOf(await stranger.call('PUT', cause, answer))).toBe('session.missing');
});

test('an answer that the runner did not get is kept, and told when it answers again', async () => {
  await using server = await startServer();
  const { browser, machine } = await openFaultyStep(server);
  server.runner.state.refusal = 'sandbox.not-ready';
  const answer = { cause: first, value: 'kept' };
  expect(codeOf(await browser.call('PUT', cause, answer))).toBe('sandbox.not-ready');
  expect((await browser.call('GET', `${lab}/attempt`)).body.answers).toMatchObject([{ answer }]);
  expect(machine.answers.size).toBe(0);
  server.runner.state.refusal = undefined;
  for (const socket of machine.events) socket.terminate();
  await eventually('it is told', () => machine.answers.get('second.cause')?.value === 'kept');
});
