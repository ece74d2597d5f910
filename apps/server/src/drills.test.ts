import { Attempt, Debrief } from '@tatami/protocol';
import { expect, test } from 'vitest';
import { eventually, openBrowser, startServer } from '../test/running-server.ts';
import { buildServer } from './app.ts';

const lab = '/api/labs/01-echo';
const codeOf = ({ body }: { body: { error?: { code: string } } }) => body.error?.code;

type Server = Awaited<ReturnType<typeof startServer>>;
type Browser = Awaited<ReturnType<typeof openBrowser>>;

const attemptOf = async (browser: Browser) =>
  Attempt.parse((await browser.call('GET', `${lab}/attempt`)).body);
const passedIn = (attempt: Attempt) => attempt.passed.map(({ checkId }) => checkId).sort();

/** A learner in the incident. */
async function openDrill(server: Server) {
  const browser = await server.browser();
  await browser.call('PUT', `${lab}/step`, { stepId: '05-drill' });
  await browser.call('POST', `${lab}/machine`);
  const machine = () => {
    const found = [...server.runner.machines.values()].at(-1);
    if (!found?.step) throw new Error('no step is open');
    return Object.assign(found, { fault: found.step.setup.split('\n')[1] });
  };
  const attempt = () => attemptOf(browser);
  const clock = async () => Date.parse((await attempt()).drill?.openedAt ?? '');
  const open = (stepId: string) => browser.call('PUT', `${lab}/step`, { stepId });
  const reset = (scope: 'step' | 'machine') =>
    browser.call('POST', `${lab}/machine/reset`, { scope });
  /** Names the cause rightly, and waits until that is saved. */
  const nameCause = async () => {
    const cause = machine().step?.checks.at(-1)?.answer?.cause;
    await browser.call('PUT', `${lab}/answers/drill.cause`, { cause, value: 'proof' });
    await eventually('the cause is named', async () =>
      passedIn(await attempt()).includes('drill.cause'),
    );
  };
  const debrief = () => browser.call('GET', `${lab}/debrief`);
  return { browser, machine, attempt, clock, open, reset, nameCause, debrief };
}

test('the clock of an incident begins when it is opened, and goes on through reloads and looks elsewhere', async () => {
  await using server = await startServer();
  const before = Date.now();
  const { browser, machine, attempt, clock, open } = await openDrill(server);
  const began = await clock();
  expect(began).toBeGreaterThanOrEqual(before);
  expect(began).toBeLessThanOrEqual(Date.now());
  const { fault } = machine();
  expect(machine().step).toMatchObject({ stepId: '05-drill', drill: true });
  // The same step again, and another one meanwhile: the same machine, the same incident.
  await open('05-drill');
  expect(await clock()).toBe(began);
  await open('00-first');
  expect((await attempt()).drill).toBeNull();
  expect(machine().step).toMatchObject({ stepId: '00-first', drill: false });
  await open('05-drill');
  expect(await clock()).toBe(began);
  expect(machine().fault).toBe(fault);

  await server.app.close();
  const again = await buildServer(server.config);
  try {
    const url = await again.listen({ host: '127.0.0.1', port: 0 });
    const later = await openBrowser(url, browser.cookie);
    expect(Date.parse((await attemptOf(later)).drill?.openedAt ?? '')).toBe(began);
  } finally {
    await again.close();
  }
});

test('a reset begins another incident, with another fault and no answer typed', async () => {
  await using server = await startServer();
  const { browser, machine, attempt, clock, reset } = await openDrill(server);
  const faults = [machine().fault];
  let last = await clock();
  await browser.call('PUT', `${lab}/answers/drill.cause`, { cause: 'lock', value: 'futex' });
  for (const scope of ['step', 'machine'] as const) {
    expect((await reset(scope)).status).toBe(200);
    expect(await clock()).toBeGreaterThan(last);
    last = await clock();
    expect((await attempt()).answers).toEqual([]);
    expect(machine().step?.answers).toEqual({});
    faults.push(machine().fault);
  }
  expect(new Set(faults)).toEqual(new Set(['echo dns', 'echo route', 'echo port']));
  // Tries are counted on: the same as before is one more.
  const typed = await browser.call('PUT', `${lab}/answers/drill.cause`, {
    cause: 'lock',
    value: 'futex',
  });
  expect(typed.body.answers).toMatchObject([{ tries: 2 }]);
});

test('an incident that could not be opened has no clock, and is the same when it can', async () => {
  await using server = await startServer();
  const { browser, machine, attempt, clock, open, reset } = await openDrill(server);
  const last = await clock();
  await open('00-first');
  server.runner.state.refusal = 'sandbox.setup-failed';
  expect((await reset('step')).status).toBe(503);
  expect((await open('05-drill')).status).toBe(503);
  expect(await attempt()).toMatchObject({ stepId: '00-first', drill: null });
  server.runner.state.refusal = undefined;
  await open('05-drill');
  expect(await clock()).toBe(last);

  server.runner.state.refusal = 'sandbox.setup-failed';
  expect((await reset('step')).status).toBe(503);
  expect((await attempt()).drill).toBeNull();
  // The machine is as it was, and what passes there passes in the incident that is over.
  machine().pass('drill.look');
  await eventually('it is saved', async () => (await browser.session()).labs[0]?.passed === 1);
  server.runner.state.refusal = undefined;
  await open('05-drill');
  expect(passedIn(await attempt())).toEqual([]);
  const { fault } = machine();
  expect(await clock()).toBeGreaterThan(last);
  await open('05-drill');
  expect(machine().fault).toBe(fault);
});

test('what passes while an incident is being reset is nothing to the next', async () => {
  await using server = await startServer();
  const { browser, machine, attempt, reset } = await openDrill(server);
  // Never in the millisecond in which the step is opened.
  server.runner.state.beforeOpening = (found) => {
    found.pass('drill.look');
    const until = Date.now() + 2;
    while (Date.now() < until);
  };
  expect((await reset('step')).status).toBe(200);
  await eventually('it is saved', async () => (await browser.session()).labs[0]?.passed === 1);
  machine().pass('drill.pid');
  await eventually('the next goes on', async () => passedIn(await attempt()).length > 0);
  expect(passedIn(await attempt())).toEqual(['drill.pid']);
});

test('the debrief shows the way to the cause beside the shortest, and stays', async () => {
  await using server = await startServer();
  const { browser, machine, attempt, clock, open, nameCause, debrief } = await openDrill(server);
  expect(await debrief()).toMatchObject({
    status: 409,
    body: { error: { code: 'drill.not-finished', number: 1210 } },
  });
  machine().run('ps aux');
  // What was typed before a look elsewhere is a part of the way.
  await open('00-first');
  await open('05-drill');
  machine().run('sudo nsenter -t 5 -n ip addr', 'drill.look');
  const cause = machine().step?.checks.at(-1)?.answer?.cause;
  const name = machine().fault?.split(' ')[1];
  await nameCause();
  const { status, body } = await debrief();
  expect(status).toBe(200);
  const told = Debrief.parse(body);
  expect(told).toMatchObject({
    cause,
    openedAt: new Date(await clock()).toISOString(),
    omitted: 0,
    path: [
      { command: 'ps aux', exitCode: 0, ticked: [], helped: true },
      { command: 'sudo nsenter -t 5 -n ip addr', ticked: ['drill.look'], helped: true },
    ],
    shortest: [`look ${name}`, `mend ${name}`],
  });
  const times = told.path.map(({ atMs }) => atMs);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(told.causeAfterMs).toBeGreaterThanOrEqual(times[1] ?? Number.POSITIVE_INFINITY);
  // What is typed later, the end of the machine and a restart change nothing of it.
  machine().run('late');
  expect((await debrief()).body).toEqual(body);
  await browser.call('DELETE', `${lab}/machine`);
  expect((await debrief()).body).toEqual(body);
  expect((await attempt()).drill).toEqual({ openedAt: told.openedAt });
  await server.app.close();
  const again = await buildServer(server.config);
  try {
    const url = await again.listen({ host: '127.0.0.1', port: 0 });
    const later = await openBrowser(url, browser.cookie);
    expect((await later.call('GET', `${lab}/debrief`)).body).toEqual(body);
  } finally {
    await again.close();
  }
});

test('an incident can be gone through again, and what was proven once stays proven', async () => {
  await using server = await startServer();
  const { browser, machine, attempt, reset, open, nameCause, debrief } = await openDrill(server);
  for (const check of ['drill.pid', 'drill.files', 'drill.process']) machine().pass(check);
  machine().run('sudo nsenter -t 5 -n ip addr', 'drill.look');
  await nameCause();
  const first = Debrief.parse((await debrief()).body);
  expect((await attempt()).steps.at(-1)?.state).toBe('done');

  await reset('step');
  const begun = await attempt();
  expect(passedIn(begun)).toEqual([]);
  expect(begun.steps.at(-1)?.state).toBe('done');
  expect((await browser.session()).labs[0]?.passed).toBe(5);
  expect(machine().step?.passed).toEqual([]);
  expect(codeOf(await debrief())).toBe('drill.not-finished');
  // Elsewhere it is what was proven that counts.
  await open('00-first');
  expect(passedIn(await attempt())).toHaveLength(5);
  await open('05-drill');
  expect(passedIn(await attempt())).toEqual([]);

  machine().run('second way', 'drill.look');
  await nameCause();
  const second = Debrief.parse((await debrief()).body);
  expect(second.cause).not.toBe(first.cause);
  expect(second.openedAt > first.openedAt).toBe(true);
  expect(second.path.map(({ command }) => command)).toEqual(['second way']);
  const { passed } = await attempt();
  expect(passed.every(({ evidence }) => evidence.at >= second.openedAt)).toBe(true);
  // One that has ended begins anew when it is opened again.
  await open('05-drill');
  expect(passedIn(await attempt())).toEqual([]);
});

test('what the runner could not tell then is asked for when it answers again', async () => {
  await using server = await startServer();
  const { machine, nameCause, debrief } = await openDrill(server);
  machine().run('ps aux');
  server.runner.state.pathRefusal = 'sandbox.not-ready';
  await nameCause();
  expect(codeOf(await debrief())).toBe('sandbox.not-ready');
  server.runner.state.pathRefusal = undefined;
  // Nobody has to ask for it.
  for (const socket of machine().events) socket.terminate();
  await eventually('it was asked for', () => server.runner.state.pathsTold > 0);
  expect((await debrief()).body.path).toMatchObject([{ command: 'ps aux' }]);
});

test('of a machine that ended before it could be asked, the way is not known, and the time is', async () => {
  await using server = await startServer();
  const { machine, attempt, nameCause, debrief } = await openDrill(server);
  machine().run('ps aux');
  server.runner.state.pathRefusal = 'sandbox.not-ready';
  await nameCause();
  server.runner.expire(machine());
  await eventually('the end is known', async () => (await attempt()).machine === null);
  const { status, body } = await debrief();
  expect(status).toBe(200);
  expect(Debrief.parse(body)).toMatchObject({ path: [], omitted: 0 });
  expect((await attempt()).drill).toEqual({ openedAt: body.openedAt });
});

test('an incident whose machine ended before its cause was named is over without a debrief', async () => {
  await using server = await startServer();
  const { browser, machine, attempt, clock, debrief } = await openDrill(server);
  const [first, last] = [machine().fault, await clock()];
  server.runner.expire(machine());
  await eventually('the end is known', async () => (await attempt()).machine === null);
  expect((await attempt()).drill).toBeNull();
  expect(codeOf(await debrief())).toBe('drill.not-finished');
  // Nobody is shown the solution of an incident that nobody is in.
  expect(codeOf(await browser.call('POST', `${lab}/solutions/drill.cause`))).toBe(
    'machine.missing',
  );
  await browser.call('POST', `${lab}/machine`);
  expect(machine().fault).not.toBe(first);
  expect(await clock()).toBeGreaterThan(last);
});

test('other steps have no drill, and a solution is that of the incident that goes on', async () => {
  await using server = await startServer();
  const { browser, machine, open, reset, debrief } = await openDrill(server);
  for (let n = 0; n < 3; n++) {
    await reset('step');
    const { body } = await browser.call('POST', `${lab}/solutions/drill.cause`);
    const name = machine().fault?.split(' ')[1];
    expect(body.lines.map(({ text }: { text: string }) => text)).toEqual([
      `look ${name}`,
      `mend ${name}`,
    ]);
  }
  await open('01-second');
  expect(codeOf(await debrief())).toBe('drill.not-finished');
  const stranger = await openBrowser(server.url, 'tatami_session=x');
  expect(codeOf(await stranger.call('GET', `${lab}/debrief`))).toBe('session.missing');
});
