import { Role } from '@tatami/protocol';
import { expect, test } from 'vitest';
import {
  eventually,
  staffPassword,
  startServer,
  type TestBrowser,
} from '../../test/running-server.ts';
import { type Access, permissions } from './permissions.ts';

type Visitor = 'nobody' | 'learner' | Role;
const refusals = [
  'session.missing',
  'account.missing',
  'account.forbidden',
  'metrics.token',
] as const;
type Refusal = (typeof refusals)[number];

/** Why the table has this visitor refused; null when it lets them in. */
function refusalOf(access: Access, visitor: Visitor): Refusal | null {
  if (access === 'public') return null;
  if (access === 'metrics') return 'metrics.token';
  if (access === 'learner') return visitor === 'learner' ? null : 'session.missing';
  const role = Role.safeParse(visitor).data;
  if (!role) return 'account.missing';
  const enough = Role.options.indexOf(role) >= Role.options.indexOf(access);
  return enough ? null : 'account.forbidden';
}

/** The operations of the OpenAPI document, and the streams, which it does not have; made-up names in their paths. */
async function operations(url: string) {
  const response = await fetch(`${url}/api/docs/json`);
  const { paths } = (await response.json()) as { paths: Record<string, object> };
  const documented = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((verb) => {
      const route = path.replace('{*}', '*').replaceAll(/\{(\w+)\}/g, ':$1');
      return `${verb.toUpperCase()} ${route}`;
    }),
  );
  expect(documented.length).toBeGreaterThan(30);
  return [...new Set([...documented, ...Object.keys(permissions)])].map((line) => {
    const access = permissions[line];
    if (!access) throw new Error(`${line} is documented and not in the table`);
    const [method = '', route = ''] = line.split(' ');
    const path = route.replace(':lab', '01-echo').replaceAll(/:\w+|\*/g, '0123456789abcdef');
    return { line, method, path, access };
  });
}

/** Leaves a browser none but the cookie that makes it this kind of visitor. */
function keepOwnCookie(browser: TestBrowser, visitor: Visitor): void {
  const own = visitor === 'learner' ? 'tatami_session=' : 'tatami_staff=';
  const kept = browser.cookie.split('; ').filter((cookie) => cookie.startsWith(own));
  browser.cookie = visitor === 'nobody' ? '' : kept.join('; ');
}

async function visitorsOf(server: Awaited<ReturnType<typeof startServer>>) {
  const browsers: Record<Visitor, TestBrowser> = {
    nobody: await server.browser(),
    learner: await server.browser(),
    admin: await server.staff('admin'),
    instructor: await server.staff('instructor'),
    assistant: await server.staff('assistant'),
  };
  const visitors = Object.entries(browsers) as [Visitor, TestBrowser][];
  for (const [visitor, browser] of visitors) keepOwnCookie(browser, visitor);
  return visitors;
}

test('every route of the OpenAPI document lets in whom the table names, and nobody else', async () => {
  await using server = await startServer();
  const visitors = await visitorsOf(server);
  const outcomes: Record<string, Refusal | null> = {};
  const expected: Record<string, Refusal | null> = {};
  for (const { line, method, path, access } of await operations(server.url))
    for (const [visitor, browser] of visitors) {
      const { body } = await browser.call(method, path);
      const code = body?.error?.code;
      outcomes[`${line} as ${visitor}`] = refusals.includes(code) ? code : null;
      expected[`${line} as ${visitor}`] = refusalOf(access, visitor);
      // Some routes end the session that asks.
      const signIn = { name: visitor, password: staffPassword };
      if (method === 'DELETE' && Role.safeParse(visitor).success)
        await browser.call('POST', '/api/account/session', signIn);
      keepOwnCookie(browser, visitor);
    }
  expect(outcomes).toEqual(expected);
  expect(Object.values(expected)).toEqual(expect.arrayContaining([...refusals, null]));
}, 60_000);

test('a WebSocket to any route that is not public gives nothing to those whom the table refuses', async () => {
  await using server = await startServer();
  const visitors = await visitorsOf(server);
  for (const { line, method, path, access } of await operations(server.url))
    for (const [visitor, browser] of visitors) {
      if (method !== 'GET' || refusalOf(access, visitor) === null) continue;
      const socket = browser.socket(path);
      await eventually(`${line} is closed`, () => socket.closeCode !== undefined);
      expect({ line, visitor, code: socket.closeCode, texts: socket.texts }).toEqual({
        ...{ line, visitor, texts: [] },
        code: expect.toBeOneOf([1005, 1006, 4005]),
      });
      expect(socket.bytes).toHaveLength(0);
    }
}, 60_000);
