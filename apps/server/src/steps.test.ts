import { Attempt } from '@tatami/protocol';
import { expect, test } from 'vitest';
import { eventually, openBrowser, startServer } from '../test/running-server.ts';
import { buildServer } from './app.ts';

const lab = '/api/labs/01-echo';

async function openLab(server: Awaited<ReturnType<typeof startServer>>) {
  const browser = await server.browser();
  const attempt = async () => Attempt.parse((await browser.call('GET', `${lab}/attempt`)).body);
  /** Of all but the drill, which comes last. */
  const states = async () => (await attempt()).steps.slice(0, -1).map(({ state }) => state);
  const open = (stepId: string) => browser.call('PUT', `${lab}/step`, { stepId });
  return { browser, attempt, states, open };
}

test('a step that is left undone behind a later one is skipped, until it is done', async () => {
  await using server = await startServer();
  const { browser, attempt, states, open } = await openLab(server);
  expect((await attempt()).steps.map(({ stepId }) => stepId)).toEqual([
    '00-first',
    '01-second',
    '02-later',
    '03-quiz',
    '04-reading',
    '05-drill',
  ]);
  expect(await states()).toEqual(['open', 'untouched', 'untouched', 'untouched', 'untouched']);
  await open('03-quiz');
  expect(await states()).toEqual(['skipped', 'skipped', 'skipped', 'open', 'untouched']);
  await open('00-first');
  expect(await states()).toEqual(['open', 'skipped', 'skipped', 'untouched', 'untouched']);
  await browser.call('POST', `${lab}/machine`);
  const [machine] = server.runner.machines.values();
  machine?.pass('first.one');
  await eventually('one passes', async () => (await attempt()).passed.length === 1);
  expect((await states())[0]).toBe('open');
  const events = await browser.socket(`${lab}/events`).opened();
  machine?.pass('first.two');
  await eventually('the step is done, and told', () =>
    events.events.some(
      (event) => event.type === 'attempt' && event.attempt.steps[0]?.state === 'done',
    ),
  );
  await open('01-second');
  expect(await states()).toEqual(['done', 'open', 'skipped', 'untouched', 'untouched']);
});

test('a step without checks is done once it was opened and left', async () => {
  await using server = await startServer();
  const { browser, states, open } = await openLab(server);
  await open('04-reading');
  expect((await states()).at(-1)).toBe('open');
  await open('03-quiz');
  expect((await states()).at(-1)).toBe('done');
  expect((await states()).slice(0, 3)).toEqual(['skipped', 'skipped', 'skipped']);
  await server.app.close();
  const again = await buildServer(server.config);
  try {
    const url = await again.listen({ host: '127.0.0.1', port: 0 });
    const later = await openBrowser(url, browser.cookie);
    const { steps } = Attempt.parse((await later.call('GET', `${lab}/attempt`)).body);
    expect(steps.map(({ state }) => state)).toEqual([
      ...['skipped', 'skipped', 'skipped', 'open', 'done', 'untouched'],
    ]);
  } finally {
    await again.close();
  }
});

test('a step that could not be opened is not counted as opened', async () => {
  await using server = await startServer();
  const { browser, states, open } = await openLab(server);
  await browser.call('POST', `${lab}/machine`);
  server.runner.state.refusal = 'sandbox.setup-failed';
  expect((await open('03-quiz')).status).toBe(503);
  expect(await states()).toEqual(['open', 'untouched', 'untouched', 'untouched', 'untouched']);
});

test('a learner is told what a drawn question is about, always the same', async () => {
  await using server = await startServer();
  const names = new Set<string>();
  for (let n = 0; n < 10; n++) {
    const { browser, attempt, open } = await openLab(server);
    expect((await attempt()).asked).toEqual([]);
    await open('03-quiz');
    const { asked } = await attempt();
    expect(asked).toEqual([
      { checkId: 'quiz.pid', about: expect.stringMatching(/^(alpha|beta|gamma)$/) },
      { checkId: 'quiz.net', about: 'shop' },
    ]);
    await browser.call('POST', `${lab}/machine`);
    await browser.call('POST', `${lab}/machine/reset`, { scope: 'machine' });
    expect((await attempt()).asked).toEqual(asked);
    const machine = [...server.runner.machines.values()].at(-1);
    expect(machine?.step?.checks[2]?.target).toEqual({ process: asked[0]?.about });
    names.add(asked[0]?.about ?? '');
  }
  expect(names.size).toBeGreaterThan(1);
});
