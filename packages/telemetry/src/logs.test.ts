import { Writable } from 'node:stream';
import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { describeError, type EndedRequest, logOptions, watchRequests } from './index.ts';

/** A service that logs into an array. */
function logging() {
  const lines: Record<string, unknown>[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      for (const line of chunk.toString().split('\n').filter(Boolean)) lines.push(JSON.parse(line));
      done();
    },
  });
  return { lines, app: Fastify({ logger: { ...logOptions('server', 'trace'), stream } }) };
}

test('a line says who, when and how bad, and never what a library might put in', async () => {
  const { app, lines } = logging();
  const secret = 'do-not-tell';
  app.log.warn({ path: `/join/${secret}`, headers: { cookie: secret }, part: 'disk' }, 'odd');
  app.log.error({ err: new Error('broken'), who: { token: secret, name: 'n' } });
  expect(lines[0]).toEqual({
    ...{ level: 'warn', service: 'server', pid: process.pid, part: 'disk', msg: 'odd' },
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
  });
  expect(lines[1]).toMatchObject({ err: { message: 'broken' }, who: { name: 'n' } });
  expect(JSON.stringify(lines)).not.toContain(secret);
  await app.close();
});

test('of an error type, message, code, frames and causes are told, and nothing else', () => {
  const secret = 'do-not-tell';
  const cause = Object.assign(new TypeError('inner'), { code: 'EIO', rawPacket: secret });
  const error = Object.assign(new Error('outer\n    at the door', { cause }), { body: secret });
  const described = describeError(error);
  expect(described).toEqual({
    ...{ type: 'Error', message: 'outer\n    at the door' },
    stack: expect.stringMatching(/^ {4}at .*logs\.test/),
    cause: { type: 'TypeError', message: 'inner', code: 'EIO', stack: expect.any(String) },
  });
  expect(JSON.stringify(described)).not.toContain(secret);
  const parsing = (() => {
    try {
      return JSON.parse(secret);
    } catch (thrown) {
      return thrown;
    }
  })();
  expect(String(parsing)).toContain(secret);
  expect(JSON.stringify(describeError(parsing))).not.toContain(secret);
  expect(describeError({ token: secret })).toEqual({
    ...{ type: 'object', message: 'something that is no error', stack: '' },
  });
  const looped = new Error('again');
  looped.cause = looped;
  expect(JSON.stringify(describeError(looped)).match(/again/g)?.length).toBeLessThan(10);
});

test('every request ends once: answered, unknown, failed, or given up by the caller', async () => {
  const app = Fastify({ forceCloseConnections: true });
  const ends: EndedRequest[] = [];
  watchRequests(app, (_request, ended) => ends.push(ended));
  app.get('/things/:id', async () => 'x');
  app.get('/fails', async () => {
    throw new Error('no');
  });
  let arrived: () => void = () => undefined;
  const waiting = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  app.get('/waits', () => {
    arrived();
    return new Promise(() => undefined);
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  for (const path of ['/things/7?code=1', '/nowhere', '/fails'])
    await (await fetch(url + path)).text();
  const abort = new AbortController();
  const given = fetch(`${url}/waits`, { signal: abort.signal }).catch(() => undefined);
  await waiting;
  abort.abort();
  await given;
  await expect.poll(() => ends.length).toBe(4);
  expect(ends.map(({ durationMs, ...end }) => [durationMs >= 0, ...Object.values(end)])).toEqual([
    [true, 'GET', '/things/:id', 200, false],
    [true, 'GET', 'unknown', 404, false],
    [true, 'GET', '/fails', 500, false],
    [true, 'GET', '/waits', 200, true],
  ]);
  await app.close();
});
