import { ReadyAnswer, shellPrompt } from '@tatami/protocol';
import { until } from '@tatami/sandbox';
import { runnerMetrics, serverMetrics } from '@tatami/telemetry';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { testRootfs } from '../../../packages/sandbox/test/kernel-host.ts';
import { type Services, startServices } from '../test/services.ts';
import { findLeftovers, rangeProcesses } from './bench/host-traces.ts';
import { bundleApp } from './prepare/bundle.ts';
import { prepareNative } from './prepare/native.ts';

const token = 'metrics-token-of-this-test';
const lab = '/api/labs/01-echo';
const [typed, shown] = ['marker-typed-5b1f', 'marker-shown-5b1f'];

let services: Services;
let before: Set<number>;

beforeAll(async () => {
  before = await rangeProcesses();
  const native = await prepareNative();
  const bundle = await bundleApp('apps/runner/src/runner.ts', 'runner');
  services = await startServices(
    { rootfs: testRootfs(), native, bundle },
    { TATAMI_LOG_LEVEL: 'trace', TATAMI_METRICS_TOKEN: token },
  );
});

afterAll(async () => {
  await services.runner.end('SIGTERM');
  let left: string[] = [];
  const isClean = async () => {
    left = await findLeftovers(services.host, before);
    return left.length === 0;
  };
  await until(isClean, { what: 'nothing is left', timeoutMs: 5_000 }).catch(() => undefined);
  await services[Symbol.asyncDispose]();
  expect(left).toEqual([]);
});

async function ready() {
  const answer = await fetch(`${services.url}/readyz`);
  return { code: answer.status, ...ReadyAnswer.parse(await answer.json()) };
}

const becomes = (wanted: object) =>
  until(async () => JSON.stringify(await ready()) === JSON.stringify(wanted), {
    ...{ what: `it is ${JSON.stringify(wanted)}`, timeoutMs: 20_000 },
  });

const scrape = async () => {
  const headers = { authorization: `Bearer ${token}` };
  return (await fetch(`${services.url}/metrics`, { headers })).text();
};

/** A learner who starts a machine and types. @returns their cookie. */
async function learnerTypes(): Promise<string> {
  const { url } = services;
  const session = await fetch(`${url}/api/session`, { headers: { origin: url } });
  const cookie = session.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const headers = { origin: url, cookie };
  const started = await fetch(`${url}${lab}/machine`, { method: 'POST', headers });
  expect(started.status).toBe(200);
  const stream = `${url.replace('http', 'ws')}${lab}/terminals/1/stream?cols=80&rows=24`;
  const socket = new WebSocket(stream, { headers });
  let screen = '';
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) screen += data.toString();
  });
  await until(() => shellPrompt.test(screen), { what: 'there is a prompt', timeoutMs: 20_000 });
  // What is typed differs from what is shown, so that each is looked for.
  socket.send(Buffer.from(`echo ${typed} | tr t T; echo marker-''shown-5b1f\r`));
  await until(() => screen.includes(shown), { what: 'the command has printed' });
  socket.close();
  return cookie;
}

test('learners can work, cannot while the runner is away, and can again', async () => {
  await becomes({ code: 200, status: 'ready' });
  const { url, runner, server } = services;
  const cookie = await learnerTypes();
  const streamed = () => runner.log.includes('"route":"/sandboxes/:id/terminals/:terminal/stream"');
  await until(streamed, { what: 'the closed terminal is in the log' });
  const names = (text: string) => [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
  const all = [...Object.keys(serverMetrics), ...Object.keys(runnerMetrics)];
  const page = await scrape();
  expect(names(page)).toEqual(all);
  expect(page).toContain('\ntatami_ready{part="runner"} 1\n');
  expect(page).toContain('\ntatami_sandboxes{state="ready"} 1\n');
  expect(page).toContain('\ntatami_machine_links{state="up"} 1\n');

  await runner.end('SIGKILL');
  await becomes({ code: 503, status: 'unready', failing: ['runner'] });
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  const alone = await scrape();
  expect(names(alone)).toEqual(Object.keys(serverMetrics));
  expect(alone).toContain('\ntatami_ready{part="runner"} 0\n');

  runner.start();
  await becomes({ code: 200, status: 'ready' });
  expect(names(await scrape())).toEqual(all);
  expect(server.log).toContain('"msg":"not ready"');
  expect(server.log).toContain('"msg":"ready again"');

  // Both at their most talkative: nothing of what the learner typed or saw, and no cookie.
  const secret = cookie.split('=')[1] ?? '';
  expect(secret.length).toBeGreaterThan(20);
  for (const { log } of [runner, server])
    for (const marker of [typed, shown, typed.replaceAll('t', 'T'), secret])
      expect(log).not.toContain(marker);
});
