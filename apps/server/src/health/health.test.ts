import { rename, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { ReadyAnswer } from '@tatami/protocol';
import { runnerMetrics, serverMetrics } from '@tatami/telemetry';
import { describe, expect, test } from 'vitest';
import { startEchoRunner } from '../../test/echo-runner.ts';
import { eventually, startServer, testConfig } from '../../test/running-server.ts';
import { makeWorkshop, seated } from '../../test/workshop.ts';
import { RunnerClient } from '../runner/runner-client.ts';
import { openStore } from '../store/database.ts';
import { Readiness } from './readiness.ts';

const token = 'metrics-token-of-this-test';
const lab = '/api/labs/01-echo';

async function readyOf(url: string) {
  const answer = await fetch(`${url}/readyz`);
  return { status: answer.status, answer: ReadyAnswer.parse(await answer.json()) };
}
const unready = (...failing: string[]) => ({ status: 503, answer: { status: 'unready', failing } });
const ready = { status: 200, answer: { status: 'ready' } };

const becomes = (url: string, wanted: unknown) =>
  eventually(
    `it is ${JSON.stringify(wanted)}`,
    async () => JSON.stringify(await readyOf(url)) === JSON.stringify(wanted),
  );

describe('a server', () => {
  test('is ready when what it stands on answers, and says what does not', async () => {
    await using server = await startServer();
    const { TATAMI_DATA_DIR: dataDir, TATAMI_RUNNER_SOCKET: socket } = server.config;
    expect(await readyOf(server.url)).toEqual(ready);
    await server.runner[Symbol.asyncDispose]();
    await becomes(server.url, unready('runner'));
    await rename(dataDir, `${dataDir}.away`);
    await becomes(server.url, unready('data-folder', 'runner'));
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    await rename(`${dataDir}.away`, dataDir);
    await becomes(server.url, unready('runner'));
    await using _again = await startEchoRunner(socket);
    await becomes(server.url, ready);
  });

  test('whose database does not answer, or whose runner hangs, is not ready', async () => {
    const config = await testConfig();
    const store = await openStore(config.TATAMI_DATA_DIR);
    await store.destroy();
    const hanging = createServer().listen(config.TATAMI_RUNNER_SOCKET);
    const runner = new RunnerClient(config.TATAMI_RUNNER_SOCKET);
    const told: string[][] = [];
    const readiness = new Readiness({
      ...{ store, runner, dataDir: config.TATAMI_DATA_DIR },
      tell: (failing) => told.push(failing.map(({ part }) => part)),
    });
    expect(await readiness.failing()).toEqual(['database', 'runner']);
    await readiness.failing();
    expect(told).toEqual([['database', 'runner']]);
    await runner.close();
    hanging.close();
    await rm(dirname(config.TATAMI_DATA_DIR), { recursive: true });
  });

  test('looks once a second, however many ask', async () => {
    const config = await testConfig();
    const store = await openStore(config.TATAMI_DATA_DIR);
    let asked = 0;
    const health = async () => {
      asked++;
      throw new Error('away');
    };
    const readiness = new Readiness({
      ...{ store, runner: { health }, dataDir: config.TATAMI_DATA_DIR, tell: () => undefined },
    });
    await Promise.all(Array.from({ length: 100 }, () => readiness.failing()));
    expect(asked).toBe(1);
    await eventually('it looks again', async () => {
      await readiness.failing();
      return asked === 2;
    });
    await store.destroy();
    await rm(dirname(config.TATAMI_DATA_DIR), { recursive: true });
  });
});

async function scrape(url: string, given: string | null = token) {
  const headers: Record<string, string> =
    given === null ? {} : { authorization: `Bearer ${given}` };
  const answer = await fetch(`${url}/metrics`, { headers });
  const text = await answer.text();
  return {
    status: answer.status,
    type: answer.headers.get('content-type'),
    text,
    /** The value of a line, labels and all. */
    value: (name: string): number | undefined => {
      const line = text.split('\n').find((one) => one.startsWith(`${name} `));
      return line === undefined ? undefined : Number(line.slice(name.length + 1));
    },
  };
}

describe('metrics', () => {
  test('are read by whoever brings the token, and by nobody where there is none', async () => {
    await using closed = await startServer();
    for (const given of [null, '', 'undefined', token])
      expect((await scrape(closed.url, given)).status).toBe(401);
    await using open = await startServer({ TATAMI_METRICS_TOKEN: token });
    for (const given of [null, '', `${token}x`, token.slice(1)]) {
      const refused = await scrape(open.url, given);
      expect(refused.status).toBe(401);
      expect(refused.text).not.toContain('tatami_');
    }
    const admin = await open.staff('admin');
    expect((await admin.call('GET', '/metrics')).status).toBe(401);
    expect(await scrape(open.url)).toMatchObject({
      status: 200,
      type: 'text/plain; version=0.0.4; charset=utf-8',
    });
  });

  test('are those of the tables, and the runner’s follow the server’s', async () => {
    await using server = await startServer({ TATAMI_METRICS_TOKEN: token });
    const names = (text: string) => [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    const own = Object.keys(serverMetrics);
    const page = await scrape(server.url);
    expect(names(page.text)).toEqual([...own, ...Object.keys(runnerMetrics)]);
    expect(page.value('tatami_ready{part="runner"}')).toBe(1);
    await server.runner[Symbol.asyncDispose]();
    await becomes(server.url, unready('runner'));
    const alone = await scrape(server.url);
    expect(alone.status).toBe(200);
    expect(names(alone.text)).toEqual(own);
    expect(alone.value('tatami_ready{part="runner"}')).toBe(0);
    expect(alone.value('tatami_ready{part="database"}')).toBe(1);
  });

  test('count requests by their route, and no address makes a series of its own', async () => {
    await using server = await startServer({ TATAMI_METRICS_TOKEN: token });
    const browser = await server.browser();
    await browser.call('GET', '/api/labs');
    const nowhere = 'tatami_http_requests_total{method="GET",route="unknown",status="4xx"}';
    await fetch(`${server.url}/nowhere/0`);
    const before = await scrape(server.url);
    expect(
      before.value('tatami_http_requests_total{method="GET",route="/api/labs",status="2xx"}'),
    ).toBe(1);
    expect(
      before.value('tatami_http_request_duration_seconds_count{method="GET",route="/api/labs"}'),
    ).toBe(1);
    expect(before.value(nowhere)).toBe(1);
    for (let n = 1; n <= 30; n++) await fetch(`${server.url}/nowhere/${n}`);
    await eventually(
      'all are counted',
      async () => (await scrape(server.url)).value(nowhere) === 31,
    );
    const series = (text: string) => text.split('\n').filter((line) => /^tatami_http/.test(line));
    // Of the pages of metrics themselves there are more.
    const others = ({ text }: { text: string }) =>
      series(text).filter((line) => !line.includes('"/metrics"')).length;
    expect(others(await scrape(server.url))).toBe(others(before));
  });

  test('say what is open and what is kept', async () => {
    await using server = await startServer({ TATAMI_METRICS_TOKEN: token });
    const staff = await server.staff('instructor');
    const workshop = await makeWorkshop(staff);
    const { browser } = await seated(server.url, workshop, 'Aoi');
    await browser.call('POST', `${lab}/machine`);
    const socket = await browser.socket(`${lab}/events`).opened();
    const events = 'tatami_streams{route="/api/labs/:lab/events",over="websocket"}';
    const page = await scrape(server.url);
    expect(page.value(events)).toBe(1);
    expect(page.value('tatami_machine_links{state="up"}')).toBe(1);
    expect(page.value('tatami_workshops{state="open"}')).toBe(1);
    expect(page.value('tatami_workshops{state="ended"}')).toBe(0);
    expect(page.value('tatami_workshop_seats')).toBe(1);
    expect(page.value('tatami_staff_sessions')).toBe(2);
    expect(page.value('tatami_learners')).toBeGreaterThan(0);
    expect(page.value('tatami_lti_scores{state="waiting"}')).toBe(0);
    expect(page.value('tatami_data_available_bytes')).toBeGreaterThan(0);
    expect(page.value('tatami_server_memory_bytes')).toBeGreaterThan(1e7);
    socket.socket.close();
    await eventually('it is closed', async () => (await scrape(server.url)).value(events) === 0);
  });

  test('and health are told under any name that we are called by', async () => {
    await using server = await startServer({ TATAMI_METRICS_TOKEN: token });
    const { hostname, port } = new URL(server.url);
    const statusOf = (path: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const headers = { host: 'tatami-server:8420', authorization: `Bearer ${token}` };
        request({ hostname, port, path, headers }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        })
          .on('error', reject)
          .end();
      });
    for (const path of ['/healthz', '/readyz', '/metrics']) expect(await statusOf(path)).toBe(200);
    expect(await statusOf('/')).toBe(421);
  });
});
