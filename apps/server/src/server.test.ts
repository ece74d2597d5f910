import { maxClientFrameBytes } from '@tatami/protocol';
import Fastify from 'fastify';
import { describe, expect, test } from 'vitest';
import { eventually, openBrowser, startServer } from '../test/running-server.ts';
import { guardAccess } from './http/access.ts';

const lab = '/api/labs/01-echo';
const codeOf = ({ body }: { body: { error?: { code: string } } }) => body.error?.code;

describe('a session', () => {
  test('is a signed cookie with a code to go on elsewhere', async () => {
    await using server = await startServer();
    const browser = await server.browser();
    const { set, body } = await browser.call('GET', '/api/session');
    expect(set).toMatch(/^tatami_session=.*HttpOnly; SameSite=Lax$/);
    expect(body.labs).toEqual([
      { lab: '01-echo', passed: 0, total: 14 },
      { lab: '02-later', passed: 0, total: 0 },
    ]);
    const elsewhere = await server.browser();
    expect((await elsewhere.session()).resumeCode).not.toBe(body.resumeCode);
    const typed = body.resumeCode.toLowerCase().replaceAll('-', ' ');
    const resumed = await elsewhere.call('POST', '/api/session/resume', { code: typed });
    expect(resumed.body.resumeCode).toBe(body.resumeCode);
    expect((await elsewhere.session()).resumeCode).toBe(body.resumeCode);
    const wrong = await elsewhere.call('POST', '/api/session/resume', { code: '0000' });
    expect(codeOf(wrong)).toBe('session.code-unknown');
  });

  test('is secure on https', async () => {
    await using server = await startServer({ TATAMI_PUBLIC_URL: 'https://lab.example.org' });
    const { set } = await (await server.browser()).call('GET', '/api/session');
    expect(set).toContain('Secure');
  });

  test('cannot be forged, guessed or left out', async () => {
    await using server = await startServer();
    const { cookie } = await server.browser();
    for (const forged of ['', 'tatami_session=x', cookie.slice(0, -4), `${cookie}x`]) {
      const answer = await fetch(`${server.url}${lab}/attempt`, { headers: { cookie: forged } });
      expect(answer.status).toBe(401);
    }
    const stranger = await openBrowser(server.url, 'tatami_session=x');
    await stranger.socket(`${lab}/events`).closed('unauthorized');
    await stranger.socket(`${lab}/terminals/1/stream?cols=80&rows=24`).closed('unauthorized');
  });

  test("reaches its own machine and no other's", async () => {
    await using server = await startServer();
    const [one, two] = [await server.browser(), await server.browser()];
    await one.call('POST', `${lab}/machine`);
    const terminal = await one.socket(`${lab}/terminals/1/stream?cols=80&rows=24`).opened();
    terminal.socket.send(Buffer.from('pass first.one'));
    await eventually('it is saved', async () => (await one.session()).labs[0]?.passed === 1);

    expect((await two.call('GET', `${lab}/attempt`)).body).toMatchObject({
      machine: null,
      passed: [],
    });
    for (const [method, path, body] of [
      ['POST', '/machine/extend', undefined],
      ['POST', '/machine/reset', { scope: 'step' }],
      ['GET', '/terminals/1/screen', undefined],
    ] as const)
      expect(codeOf(await two.call(method, lab + path, body))).toBe('machine.missing');
    await two.socket(`${lab}/terminals/1/stream?cols=80&rows=24`).closed('sandboxClosed');
    await two.call('DELETE', `${lab}/machine`);
    expect(server.runner.machines.size).toBe(1);
    expect(terminal.closeCode).toBeUndefined();
  });
});

describe('requests', () => {
  test('for other hosts and from pages of other sites are refused', async () => {
    await using server = await startServer({ TATAMI_PUBLIC_URL: 'https://lab.example.org' });
    const get = (headers: Record<string, string>, method = 'GET') =>
      server.app.inject({ method: method as 'GET', url: '/api/session', headers });
    const port = new URL(server.url).port;
    const status = async (headers: Record<string, string>) => (await get(headers)).statusCode;
    expect(await status({ host: `localhost:${port}` })).toBe(200);
    expect(await status({ host: 'lab.example.org', origin: 'https://lab.example.org' })).toBe(200);
    expect(await status({ host: `evil.example:${port}` })).toBe(421);
    expect(await status({ host: 'localhost:1' })).toBe(421);
    const host = `127.0.0.1:${port}`;
    expect(await status({ host, origin: `http://localhost:${port}` })).toBe(403);
    expect(await status({ host, origin: 'http://evil.example' })).toBe(403);
    expect(await status({ host, origin: 'null' })).toBe(403);
    expect(
      await status({ host, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }),
    ).toBe(403);
    expect(
      await status({ host, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }),
    ).toBe(200);
    const browser = await server.browser();
    for (const headers of [{ origin: 'http://evil.example' }, { host: 'evil.example' }]) {
      const socket = browser.socket(`${lab}/events`, headers);
      await eventually('it is refused', () => socket.closeCode === 1006);
      expect(socket.texts).toEqual([]);
    }
  });

  test('that are malformed get a numbered error', async () => {
    await using server = await startServer();
    const browser = await server.browser();
    expect(codeOf(await browser.call('GET', '/api/labs/99-no'))).toBe('lab.unknown');
    expect(codeOf(await browser.call('GET', '/api/labs/..%2f..'))).toBe('request.invalid');
    expect(codeOf(await browser.call('GET', '/api/nowhere'))).toBe('request.unknown');
    expect(codeOf(await browser.call('POST', '/api/labs/02-later/machine'))).toBe('lab.planned');
    const step = (stepId: unknown) => browser.call('PUT', `${lab}/step`, { stepId });
    expect(codeOf(await step('99-no'))).toBe('step.unknown');
    expect(codeOf(await step('02-later'))).toBe('step.planned');
    expect(codeOf(await step(7))).toBe('request.invalid');
    expect(codeOf(await browser.call('POST', `${lab}/machine/reset`, { scope: 'all' }))).toBe(
      'request.invalid',
    );
    const large = await browser.call('POST', '/api/session/resume', { code: 'x'.repeat(100_000) });
    expect(codeOf(large)).toBe('request.invalid');
    const raw = await fetch(`${server.url}/api/session/resume`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"code":',
    });
    expect(((await raw.json()) as { error: { number: number } }).error.number).toBe(1000);
    expect((await step('01-second')).body.stepId).toBe('01-second');
  });

  test('that come too often are refused', async () => {
    await using server = await startServer();
    const browser = await server.browser();
    let answer = await browser.call('GET', '/api/session');
    for (let n = 0; n < 130 && answer.status === 200; n++)
      answer = await browser.call('GET', '/api/session');
    expect(codeOf(answer)).toBe('request.rate');
  });

  test.each([
    ['a route must state who may call it', {}, 'GET /open does not state who may call it'],
    ['who may call it must be a route', { 'GET /open': 'public', 'GET /no': 'admin' }, 'GET /no'],
  ] as const)('%s', async (_, table, fault) => {
    const app = Fastify();
    const nobody = {
      learner: async () => undefined,
      account: async () => undefined,
      mayScrape: () => false,
    };
    guardAccess(app, nobody, table);
    app.get('/open', () => 'x');
    await expect(app.ready()).rejects.toThrow(fault);
    await app.close();
  });
});

describe('a machine', () => {
  test('starts once, is reset, and ends with its screens', async () => {
    await using server = await startServer();
    const browser = await server.browser();
    const events = await browser.socket(`${lab}/events`).opened();
    const starts = await Promise.all([1, 2, 3].map(() => browser.call('POST', `${lab}/machine`)));
    expect(starts.map(({ body }) => body.machine.generation)).toEqual([1, 1, 1]);
    expect(server.runner.machines.size).toBe(1);
    const terminal = await browser.socket(`${lab}/terminals/1/stream?cols=80&rows=24`).opened();
    terminal.socket.send(Buffer.from('pass first.one'));
    await eventually('the tick is told', () =>
      events.events.some(({ type }) => type === 'verdict'),
    );
    terminal.socket.send(Buffer.from('名前'));

    const again = await browser.call('POST', `${lab}/machine/reset`, { scope: 'machine' });
    expect(again.body).toMatchObject({
      machine: { generation: 2 },
      passed: [{ checkId: 'first.one' }],
    });
    await terminal.closed('sandboxClosed');
    const [machine] = server.runner.machines.values();
    expect(machine?.step).toMatchObject({ passed: ['first.one'], restart: false });
    await browser.call('POST', `${lab}/machine/reset`, { scope: 'step' });
    expect(machine?.step).toMatchObject({ stepId: '00-first', restart: true });

    const second = await browser.socket(`${lab}/terminals/2/stream?cols=80&rows=24`).opened();
    second.socket.send(Buffer.from('last words'));
    await eventually('it echoes', () => second.bytes.length > 0);
    await eventually('the server knows of the terminal', async () => {
      if (machine) machine.emit({ type: 'sandbox', sandbox: machine.info });
      return (await browser.call('GET', `${lab}/attempt`)).body.machine.terminals.length === 1;
    });
    if (machine) server.runner.expire(machine);
    await eventually('the end is told', () => events.events.some(({ type }) => type === 'closed'));
    const { body } = await browser.call('GET', `${lab}/attempt`);
    expect(body).toMatchObject({ machine: null, lastMachine: { reason: 'idle', screens: ['2'] } });
    expect((await browser.call('GET', `${lab}/terminals/2/screen`)).body).toBe('last words');
  });

  test('shows its terminal in every browser of the session, and the last one owns it', async () => {
    await using server = await startServer();
    const one = await server.browser();
    const two = await openBrowser(server.url, one.cookie);
    await one.call('POST', `${lab}/machine`);
    const path = `${lab}/terminals/1/stream?cols=80&rows=24`;
    const first = await one.socket(path).opened();
    first.socket.send(Buffer.from('abc'));
    await eventually('it echoes', () => first.bytes.toString() === 'abc');
    const second = await two.socket(path).opened();
    await eventually('the screen is replayed', () => second.bytes.toString() === 'abc');
    await eventually('the first is told', () => first.controls.at(-1)?.type === 'role');
    second.socket.send(Buffer.from('def'));
    for (const one of [first, second])
      await eventually('both show it', () => one.bytes.toString() === 'abcdef');
    expect(first.closeCode).toBeUndefined();
  });

  test('refuses what breaks the protocol', async () => {
    await using server = await startServer();
    const browser = await server.browser();
    await browser.call('POST', `${lab}/machine`);
    const open = () => browser.socket(`${lab}/terminals/1/stream?cols=80&rows=24`).opened();
    const wrong = await open();
    wrong.socket.send('{"type":"resize","cols":1,"rows":1}');
    await wrong.closed('badMessage');
    const large = await open();
    large.socket.send(Buffer.alloc(maxClientFrameBytes + 1));
    await large.closed(1009);
    await browser.socket(`${lab}/terminals/10/stream`).closed('unknown');
    await browser.socket('/api/labs/99-no/events').closed('unknown');
  });

  test('passes a large paste on whole', async () => {
    await using server = await startServer();
    const browser = await server.browser();
    await browser.call('POST', `${lab}/machine`);
    const terminal = await browser.socket(`${lab}/terminals/1/stream?cols=80&rows=24`).opened();
    const frames = 12;
    for (let n = 0; n < frames; n++) terminal.socket.send(Buffer.alloc(maxClientFrameBytes, n));
    await eventually(
      'all of it arrives',
      () => terminal.bytes.length === frames * maxClientFrameBytes,
    );
    expect(terminal.closeCode).toBeUndefined();
  });

  test.each([
    'runner.no-seat',
    'runner.no-range',
    'runner.disk-full',
    'sandbox.create-failed',
  ] as const)('that cannot be made (%s) leaves nothing', async (refusal) => {
    await using server = await startServer();
    const browser = await server.browser();
    server.runner.state.refusal = refusal;
    const answer = await browser.call('POST', `${lab}/machine`);
    expect(codeOf(answer)).toBe(refusal);
    expect(answer.body.error.message).toMatch(/^[A-Z].*\.$/);
    expect(server.runner.machines.size).toBe(0);
    expect((await browser.call('GET', `${lab}/attempt`)).body.machine).toBeNull();
    server.runner.state.refusal = undefined;
    expect((await browser.call('POST', `${lab}/machine`)).body.machine.generation).toBe(1);
  });

  test('without a runner: said in words, and goes on when it is back', async () => {
    await using server = await startServer();
    const browser = await server.browser();
    const events = await browser.socket(`${lab}/events`).opened();
    await browser.call('POST', `${lab}/machine`);
    await server.runner[Symbol.asyncDispose]();
    await eventually('the loss is told', () =>
      events.events.some(({ type }) => type === 'runner-lost'),
    );
    expect(codeOf(await browser.call('POST', `${lab}/machine/reset`, { scope: 'machine' }))).toBe(
      'runner.unreachable',
    );
    await browser.socket(`${lab}/terminals/1/stream?cols=80&rows=24`).closed('runnerUnreachable');
    const late = await (await openBrowser(server.url, browser.cookie))
      .socket(`${lab}/events`)
      .opened();
    await eventually('a late browser hears too', () => late.events.at(-1)?.type === 'runner-lost');
    const { startEchoRunner } = await import('../test/echo-runner.ts');
    await using _next = await startEchoRunner(server.config.TATAMI_RUNNER_SOCKET);
    // The next runner has reaped the machine.
    await eventually('the end is told', () => events.events.some(({ type }) => type === 'closed'));
    expect((await browser.call('GET', `${lab}/attempt`)).body.lastMachine.reason).toBe('shutdown');
  });
});

describe('the page', () => {
  test('has a policy with a nonce of its own, and assets that may be kept', async () => {
    await using server = await startServer();
    const answers = await Promise.all(
      ['/', '/labs/01-echo'].map((path) => fetch(server.url + path)),
    );
    const nonces = await Promise.all(
      answers.map(async (answer) => {
        const nonce = (await answer.text()).match(/content="([0-9a-f]{16,})"/)?.[1];
        const policy = answer.headers.get('content-security-policy') ?? '';
        expect(policy).toContain(`'nonce-${nonce}'`);
        expect(policy).toContain("script-src 'self' 'nonce-");
        expect(answer.headers.get('strict-transport-security')).toBeNull();
        return nonce;
      }),
    );
    expect(nonces[0]).not.toBe(nonces[1]);
    const asset = await fetch(`${server.url}/assets/app-1234.js`);
    expect(asset.headers.get('cache-control')).toContain('immutable');
    expect((await fetch(`${server.url}/assets/..%2findex.html`)).status).toBe(404);
  });

  test('of the interface lists every route', async () => {
    await using server = await startServer();
    const docs = (await (await fetch(`${server.url}/api/docs/json`)).json()) as { paths: object };
    expect(Object.keys(docs.paths)).toEqual(
      expect.arrayContaining([
        '/api/session',
        '/api/labs',
        '/api/labs/{lab}',
        '/api/labs/{lab}/machine',
        '/api/labs/{lab}/step',
        '/api/tunnels',
        '/api/tunnels/{tunnel}',
      ]),
    );
    expect((await fetch(`${server.url}/api/docs/`)).status).toBe(200);
    expect(await (await fetch(`${server.url}/healthz`)).json()).toEqual({ status: 'ok' });
  });
});
