import { maxRecordingRangeBytes, offsetHeader } from '@tatami/protocol';
import { expect, test } from 'vitest';
import { eventually, startServer } from '../../test/running-server.ts';

const lab = '/api/labs/01-echo';
const recording = `${lab}/terminals/1/recording`;

/** A learner who has typed this into terminal 1 of a machine. */
async function typed(server: Awaited<ReturnType<typeof startServer>>, text: string) {
  const browser = await server.browser();
  await browser.call('POST', `${lab}/machine`);
  const terminal = await browser.socket(`${lab}/terminals/1/stream?cols=80&rows=24`).opened();
  terminal.socket.send(Buffer.from(text));
  await eventually('it is echoed', () => terminal.bytes.toString() === text);
  return browser;
}

test('a recording is indexed, read by bounded ranges, and taken away', async () => {
  await using server = await startServer();
  const browser = await typed(server, 'hello');
  const { body, status } = await browser.call('GET', recording);
  expect(status).toBe(200);
  expect(body).toMatchObject({ start: 0, end: 5, outputs: [[0, 5]] });

  const get = (path: string) =>
    fetch(`${server.url}${recording}${path}`, { headers: { cookie: browser.cookie } });
  const bytes = await get('/bytes?from=1&most=3');
  expect(await bytes.text()).toBe('ell');
  expect(bytes.headers.get(offsetHeader)).toBe('1');
  expect(bytes.headers.get('cache-control')).toBe('no-store');
  expect(await (await get('/bytes')).text()).toBe('hello');
  for (const query of [
    'most=0',
    `most=${maxRecordingRangeBytes + 1}`,
    'from=-1',
    'from=x',
    'from=1.5',
  ])
    expect((await get(`/bytes?${query}`)).status).toBe(400);

  const cast = await get('/cast');
  expect(cast.headers.get('content-type')).toBe('application/x-asciicast');
  expect(cast.headers.get('content-disposition')).toBe(
    'attachment; filename="tatami-01-echo-terminal-1-20260102T0304Z.cast"',
  );
  const [header, ...events] = (await cast.text()).trimEnd().split('\n');
  expect(JSON.parse(header ?? '')).toMatchObject({ version: 2, width: 80, height: 24 });
  expect(events).toEqual(['[0,"o","hello"]']);
});

test('of a machine that is gone too, and of one that only evidence names', async () => {
  await using server = await startServer();
  const browser = await typed(server, 'pass first.one');
  await eventually('it has passed', async () => {
    const { body } = await browser.call('GET', `${lab}/attempt`);
    return body.passed.length === 1;
  });
  const { body } = await browser.call('GET', `${lab}/attempt`);
  const [at] = body.passed[0].evidence.offsets;
  expect(at).toMatchObject({ terminal: '1', offset: 14 });
  await browser.call('DELETE', `${lab}/machine`);
  expect((await browser.call('GET', recording)).body).toMatchObject({ end: 14 });
  await browser.call('POST', `${lab}/machine`);
  expect((await browser.call('GET', recording)).body.error.code).toBe('recording.unknown');
  const named = await browser.call('GET', `${recording}?machine=${at.machine}`);
  expect(named.body).toMatchObject({ end: 14 });
});

test('is nobody else’s', async () => {
  await using server = await startServer();
  const browser = await typed(server, 'mine');
  const [machine] = server.runner.machines.keys();
  const other = await typed(server, 'theirs');
  for (const path of ['', '/bytes', '/cast']) {
    const named = await other.call('GET', `${recording}${path}?machine=${machine}`);
    expect(named.body.error.code).toBe('recording.unknown');
    expect((await browser.call('GET', `${recording}${path}?machine=${machine}`)).status).toBe(200);
    expect((await fetch(`${server.url}${recording}${path}`)).status).toBe(401);
  }
  const fresh = await server.browser();
  expect((await fresh.call('GET', recording)).body.error.code).toBe('machine.missing');
  expect((await browser.call('GET', `${recording}?machine=../x`)).status).toBe(400);
  expect((await browser.call('GET', `${lab}/terminals/0/recording`)).status).toBe(400);
});
