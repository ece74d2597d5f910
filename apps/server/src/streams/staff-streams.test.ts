import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import websocket from '@fastify/websocket';
import type { Role } from '@tatami/protocol';
import Fastify from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { expect, test } from 'vitest';
import { eventually, TestSocket } from '../../test/running-server.ts';
import { openFrame, TunnelClient } from '../../test/tunnel-client.ts';
import { StaffSessions } from '../accounts/staff-sessions.ts';
import { newId } from '../accounts/token.ts';
import { guardAccess } from '../http/access.ts';
import type { Access } from '../http/permissions.ts';
import { openStore } from '../store/database.ts';
import { LearnerStreams } from './learner-streams.ts';
import { tunnelRoutes } from './tunnel-routes.ts';

const tunnels = ['POST /api/tunnels', 'GET /api/tunnels/:tunnel', 'POST /api/tunnels/:tunnel'];
const table: Record<string, Access> = {
  ...Object.fromEntries(
    [...tunnels, 'DELETE /api/tunnels/:tunnel'].map((line) => [line, 'learner']),
  ),
  'GET /api/websocket': 'learner',
  'GET /api/rooms/:room/board': 'instructor',
};

/** A server with one stream for instructors, which says who is there and what it hears. */
async function start() {
  const dir = await mkdtemp(join(tmpdir(), 'tatami-staff-streams-'));
  const store = await openStore(dir);
  const sessions = new StaffSessions(store);
  const app = Fastify();
  app.setValidatorCompiler(validatorCompiler).setSerializerCompiler(serializerCompiler);
  await app.register(websocket);
  // Who comes is told by a header: `learner` or the token of a session of the staff.
  const said = (cookie = '', name = '') => new RegExp(`${name}=([^;]+)`).exec(cookie)?.[1];
  guardAccess(
    app,
    {
      learner: async ({ headers }) => {
        const id = said(headers.cookie, 'learner');
        return id ? { id, resumeCode: '' } : undefined;
      },
      account: async ({ headers }) => sessions.find(said(headers.cookie, 'staff') ?? ''),
      mayScrape: () => false,
    },
    table,
  );
  const streams = new LearnerStreams(app, { handoffs: null, staffSessions: sessions, table });
  streams.staffRoute('/api/rooms/:room/board', async (channel, { params }, { name }) => {
    channel.on('message', (data) => channel.send(`heard ${data}`, true));
    channel.send(JSON.stringify({ name, params }), false);
  });
  await app.register(tunnelRoutes, { streams });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    url,
    sessions,
    /** The cookie of a new account. */
    async signedIn(role: Role) {
      const id = newId();
      const created_at = new Date().toISOString();
      const row = { id, name: role, name_key: id, role, password_hash: '', created_at };
      await store
        .insertInto('accounts')
        .values({ ...row, disabled_at: null })
        .execute();
      const cookie = `staff=${await sessions.start(id, '')}`;
      const [session] = await store.selectFrom('account_sessions').selectAll().execute();
      return { id, cookie, sessionId: session?.id ?? '' };
    },
    board: (cookie: string) =>
      new TestSocket(`${url.replace('http', 'ws')}/api/rooms/7/board`, { cookie }),
    async [Symbol.asyncDispose]() {
      await app.close();
      await store.destroy();
      await rm(dir, { recursive: true });
    },
  };
}

const hello = { name: 'instructor', params: { room: '7' } };

test('a stream of the staff is for accounts of its role, and ends with their session', async () => {
  await using server = await start();
  const { id, cookie, sessionId } = await server.signedIn('instructor');
  const assistant = await server.signedIn('assistant');
  for (const other of ['', 'learner=1', `staff=${'x'.repeat(43)}`, assistant.cookie])
    await server.board(other).closed('unauthorized');
  const board = await server.board(cookie).opened();
  expect(board.texts).toEqual([hello]);
  board.socket.send('a word');
  await eventually('it is heard', () => board.bytes.toString() === 'heard a word');
  expect(await server.sessions.end(id, sessionId)).toBe(true);
  await board.closed('unauthorized');
  await server.board(cookie).closed('unauthorized');
});

test('H1: a stream of the staff comes through a tunnel, opened by who is signed in at that moment', async () => {
  await using server = await start();
  const { id, cookie, sessionId } = await server.signedIn('instructor');
  const tunnel = await (await TunnelClient.make(server.url, { cookie: 'learner=1' })).stream();
  const path = '/api/rooms/7/board';
  await tunnel.post(openFrame(1, path));
  expect(await tunnel.closed(1)).toBe(4005);
  const signedIn = tunnel.as({ cookie: `learner=1; ${cookie}` });
  await signedIn.postAs(2, openFrame(2, path));
  await eventually('it says who is there', () => tunnel.texts(2).length > 0);
  expect(tunnel.texts(2)).toEqual([hello]);
  await server.sessions.end(id, sessionId);
  expect(await tunnel.closed(2)).toBe(4005);
  await signedIn.postAs(3, openFrame(3, path));
  expect(await tunnel.closed(3)).toBe(4005);
});
