import { generateKeyPairSync } from 'node:crypto';
import type { JWTPayload, SignJWT } from 'jose';
import { expect, test, vi } from 'vitest';
import { claim, startPlatform } from '../../test/lti-platform.ts';
import { eventually, openBrowser, startServer } from '../../test/running-server.ts';

// Beside other tests.
vi.setConfig({ testTimeout: 60_000 });

type Platform = Awaited<ReturnType<typeof startPlatform>>;
type Server = Awaited<ReturnType<typeof startServer>>;

const target = (server: Server) => `${server.url}/labs/01-echo`;

/** A server at which the platform is registered, and the other way round. */
async function both() {
  const platform = await startPlatform();
  const server = await startServer();
  const admin = await server.staff('admin', 'Root');
  const registered = await admin.call('POST', '/api/lti/platforms', platform.registration);
  expect(registered.status).toBe(200);
  const { body: tool } = await admin.call('GET', '/api/lti/tool');
  Object.assign(platform.state, { toolKeysUrl: tool.keysUrl, redirectUris: [tool.launchUrl] });
  return {
    ...{ platform, server, admin, id: registered.body.id as string },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await platform[Symbol.asyncDispose]();
    },
  };
}

/** The login that a course's link begins. @returns where the browser is sent. */
async function begin(server: Server, platform: Platform, subject: string, method = 'GET') {
  const form = new URLSearchParams({
    ...{ iss: platform.url, client_id: platform.clientId, login_hint: subject },
    ...{ lti_message_hint: 'hint', target_link_uri: target(server) },
  });
  const answer = await fetch(`${server.url}/api/lti/login${method === 'GET' ? `?${form}` : ''}`, {
    ...{ method, redirect: 'manual', headers: { origin: platform.url } },
    ...(method === 'GET' ? {} : { body: form }),
  });
  expect(answer.status).toBe(302);
  return answer.headers.get('location') ?? '';
}

const post = (server: Server, form: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(`${server.url}/api/lti/launch`, {
    ...{ method: 'POST', body: new URLSearchParams(form), redirect: 'manual' },
    headers: { origin: 'https://courses.example', 'sec-fetch-site': 'cross-site', ...headers },
  });

/** A whole launch. @returns the session's cookie. */
async function launch(server: Server, platform: Platform, subject: string): Promise<string> {
  const location = await begin(server, platform, subject);
  const form = await platform.authenticate(location, subject, target(server));
  const page = await post(server, form, { 'sec-fetch-dest': 'iframe' });
  expect(page.status).toBe(200);
  const html = await page.text();
  expect(html).toContain('target="_blank"');
  expect(html).toContain('Student One');
  expect(page.headers.get('x-frame-options')).toBeNull();
  expect(page.headers.get('content-security-policy')).toContain('frame-ancestors https: http:');
  const path = /href="([^"]+)"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? '';
  const opened = await fetch(server.url + path, { redirect: 'manual' });
  expect(opened.headers.get('location')).toBe('/labs/01-echo');
  const again = await fetch(server.url + path, { redirect: 'manual' });
  expect(again.status).toBe(400);
  return opened.headers.getSetCookie()[0]?.split(';')[0] ?? '';
}

test('somebody who comes from a course gets the same session each time, another person another one', async () => {
  await using all = await both();
  const { server, platform } = all;
  const codeOf = async (cookie: string) => {
    const { resumeCode } = await (
      await fetch(`${server.url}/api/session`, { headers: { cookie } })
    ).json();
    return resumeCode as string;
  };
  const first = await codeOf(await launch(server, platform, 'student-1'));
  expect(await codeOf(await launch(server, platform, 'student-1'))).toBe(first);
  expect(await codeOf(await launch(server, platform, 'student-2'))).not.toBe(first);
});

test('what is proven stands in the grade book soon after, in part and assisted', async () => {
  await using all = await both();
  const { server, platform, admin } = all;
  const browser = await openBrowser(server.url, await launch(server, platform, 'student-1'));
  await browser.call('POST', '/api/labs/01-echo/machine');
  const [machine] = server.runner.machines.values();
  machine?.pass('first.one');
  const points = () => platform.grades.get('student-1');
  await eventually('the points arrived', () => points()?.points === 10, 20_000);
  expect(points()).toMatchObject({ maximum: 60, activity: 'InProgress' });
  machine?.pass('first.two');
  await eventually('more arrived', () => points()?.points === 20, 20_000);
  const [listed] = (await admin.call('GET', '/api/lti/platforms')).body;
  expect(listed).toMatchObject({ scores: { sent: 1, waiting: 0, refused: 0 }, trouble: null });
});

test('a login may be posted too', async () => {
  await using all = await both();
  const { server, platform } = all;
  const location = await begin(server, platform, 'student-1', 'POST');
  const form = await platform.authenticate(location, 'student-1', target(server));
  expect((await post(server, form)).status).toBe(200);
});

test('over https the browser that began goes straight to the lesson', async () => {
  const platform = await startPlatform();
  await using server = await startServer({ TATAMI_PUBLIC_URL: 'https://labs.example' });
  try {
    const admin = await server.staff('admin', 'Root');
    await admin.call('POST', '/api/lti/platforms', platform.registration);
    platform.state.redirectUris = ['https://labs.example/api/lti/launch'];
    const query = new URLSearchParams({
      ...{ iss: platform.url, login_hint: 'student-1', lti_message_hint: 'hint' },
      target_link_uri: 'https://labs.example/labs/01-echo',
    });
    const begun = await fetch(`${server.url}/api/lti/login?${query}`, { redirect: 'manual' });
    const [cookie = ''] = begun.headers.getSetCookie();
    expect(cookie).toMatch(/^tatami_lti=.*; HttpOnly; Secure; SameSite=None/);
    const form = await platform.authenticate(
      ...([
        begun.headers.get('location') ?? '',
        'student-1',
        'https://labs.example/labs/01-echo',
      ] as const),
    );
    const answer = await post(server, form, { cookie: cookie.split(';')[0] ?? '' });
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe('/labs/01-echo');
    expect(answer.headers.getSetCookie().some((one) => one.startsWith('tatami_session='))).toBe(
      true,
    );
  } finally {
    await platform[Symbol.asyncDispose]();
  }
});

type Change = (claims: JWTPayload) => JWTPayload;
const wrongTokens: [name: string, number: number, change: Change][] = [
  ['another issuer', 1973, (claims) => ({ ...claims, iss: 'https://evil.example' })],
  ['another deployment', 1973, (claims) => ({ ...claims, [claim('deployment_id')]: 'other' })],
  ['another nonce', 1972, (claims) => ({ ...claims, nonce: 'made-up' })],
  ['another party', 1973, (claims) => ({ ...claims, azp: 'somebody' })],
  ['another version', 1974, (claims) => ({ ...claims, [claim('version')]: '1.1.0' })],
  [
    'a message of another kind',
    1974,
    (claims) => ({ ...claims, [claim('message_type')]: 'LtiSubmissionReviewRequest' }),
  ],
  [
    'no settings of deep linking',
    1974,
    (claims) => ({ ...claims, [claim('message_type')]: 'LtiDeepLinkingRequest' }),
  ],
  ['nobody', 1974, ({ sub: _, ...claims }) => claims],
  [
    'no lesson',
    1974,
    (claims) => ({ ...claims, [claim('target_link_uri')]: 'https://x.example/' }),
  ],
  ['an unknown lesson', 1200, (claims) => ({ ...claims, [claim('custom')]: { lab: '99-none' } })],
];

test.each(wrongTokens)('a token with %s is refused in words (%i)', async (_, number, change) => {
  await using all = await both();
  const { server, platform } = all;
  const location = await begin(server, platform, 'student-1');
  const sign = (jwt: SignJWT) => jwt.sign(platform.privateKey);
  const form = await platform.authenticate(location, 'student-1', target(server), change, (jwt) => {
    // What the platform sets itself, as the change has it.
    const { iss, sub } = change({ iss: platform.url, sub: 'student-1' });
    if (iss) jwt.setIssuer(iss);
    if (sub) jwt.setSubject(sub);
    return sign(jwt);
  });
  const answer = await post(server, form);
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(await answer.text()).toContain(`(${number})`);
  expect(answer.headers.getSetCookie().some((one) => one.startsWith('tatami_session='))).toBe(
    false,
  );
});

test('what is signed by somebody else, is old, or comes twice, is refused', async () => {
  await using all = await both();
  const { server, platform } = all;
  const refused = async (number: number, form: Record<string, string>) => {
    const answer = await post(server, form, { 'accept-language': 'ja' });
    const text = await answer.text();
    expect(text).toContain(`(${number})`);
    expect(text).toContain('<html lang="ja">');
  };
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const forged = await platform.authenticate(
    await begin(server, platform, 'student-1'),
    ...(['student-1', target(server), (claims: JWTPayload) => claims] as const),
    (jwt) => jwt.sign(privateKey),
  );
  await refused(1973, forged);
  const old = await platform.authenticate(
    await begin(server, platform, 'student-1'),
    ...(['student-1', target(server), (claims: JWTPayload) => claims] as const),
    (jwt) => jwt.setIssuedAt('2 h ago').setExpirationTime('90 min ago').sign(platform.privateKey),
  );
  await refused(1973, old);
  const good = await platform.authenticate(
    ...([await begin(server, platform, 'student-1'), 'student-1', target(server)] as const),
  );
  expect((await post(server, good)).status).toBe(200);
  await refused(1972, good);
  await refused(1972, { ...good, state: 'made-up' });
  await refused(1975, { error: 'login_required' });
  await refused(1000, { id_token: 'x' });
  const stranger = await fetch(
    `${server.url}/api/lti/login?iss=https://evil.example&login_hint=a&target_link_uri=b`,
  );
  expect(stranger.status).toBe(404);
});

test('a platform is registered once, only by admins, and can be removed', async () => {
  await using all = await both();
  const { server, platform, admin, id } = all;
  const again = await admin.call('POST', '/api/lti/platforms', platform.registration);
  expect(again.body.error.code).toBe('lti.platform-known');
  const wrong = { ...platform.registration, tokenUrl: 'ftp://x' };
  expect((await admin.call('POST', '/api/lti/platforms', wrong)).status).toBe(400);
  const instructor = await server.staff('instructor', 'Teacher');
  expect((await instructor.call('GET', '/api/lti/platforms')).body.error.code).toBe(
    'account.forbidden',
  );
  await launch(server, platform, 'student-1');
  expect((await admin.call('DELETE', `/api/lti/platforms/${id}`)).status).toBe(204);
  expect((await admin.call('DELETE', `/api/lti/platforms/${id}`)).status).toBe(404);
  expect((await admin.call('GET', '/api/lti/platforms')).body).toEqual([]);
});
