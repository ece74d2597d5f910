import { once } from 'node:events';
import { connect } from 'node:net';
import type { Workshop } from '@tatami/protocol';
import { expect, test } from 'vitest';
import { startPlatform } from '../../test/lti-platform.ts';
import {
  eventually,
  joinStaff,
  openBrowser,
  setupToken,
  staffPassword,
  type TestBrowser,
} from '../../test/running-server.ts';
import { startServerProcess } from '../../test/server-process.ts';
import { guestBrowser, joinAs, makeWorkshop } from '../../test/workshop.ts';

type Server = Awaited<ReturnType<typeof startServerProcess>>;
type Secrets = Record<string, string>;
type Line = Record<string, unknown> & { msg: string };

const lab = '/api/labs/01-echo';
const metricsToken = 'metrics-token-of-this-test';
const timeout = 120_000;

/** What must be in no log: the name says what it is. */
const cookiesOf = (who: string, { cookie }: TestBrowser): Secrets =>
  Object.fromEntries(
    cookie
      .split('; ')
      .filter((one) => one.startsWith('tatami_'))
      .map((one) => [`${who}'s ${one.split('=')[0]}`, one.split('=')[1] ?? '']),
  );

/** By the set-up link, then by name and password: once wrongly. */
async function staffComes({ url, config }: Server) {
  const token = await setupToken(config);
  const staff = await joinStaff(url, token, 'Root');
  const again = await openBrowser(url);
  const wrong = { name: 'Root', password: 'a wrong horse battery' };
  expect((await again.call('POST', '/api/account/session', wrong)).status).toBe(401);
  const right = { name: 'Root', password: staffPassword };
  expect((await again.call('POST', '/api/account/session', right)).status).toBe(200);
  const { body: invitation } = await staff.call('POST', '/api/invitations', { role: 'assistant' });
  const secrets: Secrets = {
    ...{ 'set-up token': token, password: staffPassword, 'wrong password': wrong.password },
    ...cookiesOf('the staff', staff),
    ...cookiesOf('the staff again', again),
    invitation: invitation.token,
  };
  return { staff, secrets };
}

/** By name, by number and PIN, by personal link, and once more through the instructor. */
async function learnersJoin({ url }: Server, staff: TestBrowser) {
  const byName = await makeWorkshop(staff);
  const learner = await guestBrowser(url);
  await learner.call('GET', `/join/${byName.joinCode}?from=${byName.joinCode}`);
  await learner.call('GET', `/api/join/${byName.joinCode}`);
  expect((await joinAs(learner, byName, 'Wei Marker')).status).toBe(200);
  const { resumeCode } = await learner.session();

  const roster = await makeWorkshop(staff, { joining: 'roster' });
  await fetch(`${url}/api/workshops/${roster.id}/roster?apply=true`, {
    method: 'POST',
    headers: { origin: url, cookie: staff.cookie, 'content-type': 'application/octet-stream' },
    body: 'number,name\nS-4711,Aoi Marker\nS-4712,Ren Marker\n',
  });
  const { body: slips } = await staff.call('GET', `/api/workshops/${roster.id}/slips`);
  const byPin = await guestBrowser(url);
  const { number, pin } = slips[0];
  const joined = await byPin.call('POST', `/api/join/${roster.joinCode}`, {
    by: 'pin',
    number,
    pin,
  });
  expect(joined.status).toBe(200);
  const byLink = await guestBrowser(url);
  await byLink.call('GET', `/seat?code=${slips[1].personalCode}`);
  const resumed = await byLink.call('POST', '/api/session/resume', { code: slips[1].personalCode });
  expect(resumed.status).toBe(200);
  const asking = await guestBrowser(url);
  const asked = await asking.call('POST', `/api/join/${byName.joinCode}/rejoins`, {
    ...{ name: 'Wei Marker', number: null },
  });
  expect(asked.status).toBe(201);
  const secrets: Secrets = {
    ...{ 'join code': byName.joinCode, 'code of the roster': roster.joinCode },
    ...{ 'personal code': slips[1].personalCode, 'resume code': resumeCode, PIN: pin },
    ...{ ticket: asked.body.ticket, 'number of a learner': number, 'name of a learner': 'Marker' },
    ...cookiesOf('a learner', learner),
    ...cookiesOf('one with a PIN', byPin),
    ...cookiesOf('one with a link', byLink),
  };
  return { learner, workshop: byName, secrets };
}

/** Types over a WebSocket and through a tunnel, answers, raises a hand. */
async function learnerWorks(learner: TestBrowser): Promise<Secrets> {
  const secrets: Secrets = {
    ...{ typed: 'marker-typed-5b1f', answer: 'marker-answer-77aa', hand: 'marker-hand-90cd' },
    'in an address': 'marker-address-31e0',
  };
  expect((await learner.call('POST', `${lab}/machine`)).status).toBe(200);
  const events = await learner.socket(`${lab}/events`).opened();
  const terminal = await learner
    .socket(`${lab}/terminals/1/stream?cols=80&rows=24&note=${secrets['in an address']}`)
    .opened();
  terminal.socket.send(Buffer.from(`echo ${secrets.typed}\n`));
  await eventually('the screen shows it', () =>
    terminal.bytes.toString().includes(secrets.typed ?? ''),
  );
  expect((await learner.call('PUT', `${lab}/step`, { stepId: '01-second' })).status).toBe(200);
  await learner.call('PUT', `${lab}/answers/second.cause`, {
    ...{ cause: 'name', value: secrets.answer },
  });
  await learner.call('PUT', '/api/room/hand', { about: secrets.hand });
  await learner.call('GET', `/nowhere/${secrets['in an address']}`);
  const made = await learner.call('POST', '/api/tunnels');
  expect(made.status).toBe(201);
  for (const { socket } of [events, terminal]) socket.close();
  return { ...secrets, 'id of a tunnel': made.body.id };
}

/** From a course to the lesson, and once with a token that nobody believes. */
async function courseSends({ url }: Server, staff: TestBrowser): Promise<Secrets> {
  await using platform = await startPlatform();
  await staff.call('POST', '/api/lti/platforms', platform.registration);
  const { body: tool } = await staff.call('GET', '/api/lti/tool');
  Object.assign(platform.state, { toolKeysUrl: tool.keysUrl, redirectUris: [tool.launchUrl] });
  const target = `${url}/labs/01-echo`;
  const begin = async () => {
    const form = new URLSearchParams({
      ...{ iss: platform.url, client_id: platform.clientId, login_hint: 'student-1' },
      ...{ lti_message_hint: 'hint', target_link_uri: target },
    });
    const begun = await fetch(`${url}/api/lti/login?${form}`, { redirect: 'manual' });
    return platform.authenticate(begun.headers.get('location') ?? '', 'student-1', target);
  };
  const launch = (form: Record<string, string>) =>
    fetch(`${url}/api/lti/launch`, {
      ...{ method: 'POST', body: new URLSearchParams(form), redirect: 'manual' },
      headers: { origin: platform.url },
    });
  const refused = await begin();
  expect((await launch({ ...refused, id_token: `${refused.id_token}x` })).status).toBe(401);
  const form = await begin();
  const page = await (await launch(form)).text();
  const path = /href="([^"]+)"/.exec(page)?.[1]?.replaceAll('&amp;', '&') ?? '';
  const opened = await fetch(url + path, { redirect: 'manual' });
  expect(opened.status).toBe(303);
  const session = opened.headers.getSetCookie()[0]?.split(';')[0]?.split('=')[1] ?? '';
  const ticket = new URLSearchParams(path.split('?')[1]).get('ticket') ?? '';
  return {
    ...{ 'id token': form.id_token, 'state of a launch': form.state, 'launch ticket': ticket },
    ...{ 'refused token': refused.id_token, 'session from a course': session },
    'name in the course': 'Student One',
  };
}

/** What libraries log of themselves: a request that is none, and a WebSocket to where there is none. */
async function strangersCome({ url }: Server, { joinCode }: Workshop): Promise<Secrets> {
  const secrets: Secrets = { 'cookie of a broken request': 'marker-broken-c00c1e' };
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  socket.end(`GET / HTTP/1.1\r\nCookie: a=${Object.values(secrets)[0]}\r\nno header\r\n\r\n`);
  socket.resume();
  await once(socket, 'close');
  const lost = (await openBrowser(url)).socket(`/api/join/${joinCode}`);
  await eventually('it is closed', () => lost.closeCode !== undefined);
  const headers = { authorization: `Bearer ${metricsToken}` };
  expect((await fetch(`${url}/metrics`, { headers })).status).toBe(200);
  return { ...secrets, 'metrics token': metricsToken };
}

const linesOf = ({ log }: Server): Line[] =>
  log
    .join('')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);

/** What all lines say; bytes, of which JSON makes numbers, as text. */
const readable = ({ log }: Server): string =>
  log
    .join('')
    .split('\n')
    .filter(Boolean)
    .map((line) =>
      JSON.stringify(
        JSON.parse(line, (_key, value) =>
          Array.isArray(value) && value.every(Number.isInteger)
            ? Buffer.from(value).toString()
            : value,
        ),
      ),
    )
    .join('\n');

const fields = [
  ...['level', 'time', 'service', 'pid', 'requestId', 'msg'],
  ...['method', 'route', 'status', 'durationMs', 'aborted'],
];

test('at their most talkative logs hold a line for each request, and nothing that is somebody’s', {
  timeout,
}, async () => {
  await using server = await startServerProcess({
    ...{ TATAMI_LOG_LEVEL: 'trace', TATAMI_METRICS_TOKEN: metricsToken },
  });
  const { staff, secrets } = await staffComes(server);
  const joined = await learnersJoin(server, staff);
  Object.assign(
    secrets,
    joined.secrets,
    await learnerWorks(joined.learner),
    await courseSends(server, staff),
    await strangersCome(server, joined.workshop),
  );
  // It fails where nobody expects it.
  server.runner.state.refusal = 'internal';
  const failed = await (await openBrowser(server.url)).call('POST', `${lab}/machine`);
  expect(failed.status).toBe(500);
  expect(JSON.stringify(failed.body)).not.toMatch(/ at |\.ts/);

  const ended = (wanted: number) =>
    linesOf(server).filter(({ msg, status }) => msg === 'request' && status === wanted).length;
  await eventually('all have their lines', () => ended(101) >= 3 && ended(500) === 1);
  const lines = linesOf(server);
  const all = readable(server);
  const found = Object.entries(secrets).filter(([, secret]) => {
    expect(secret.length).toBeGreaterThan(3);
    return all.includes(secret) || all.includes(encodeURIComponent(secret));
  });
  expect(found.map(([what]) => what)).toEqual([]);
  expect(Object.keys(secrets).length).toBeGreaterThan(25);

  // All of it was there to be told.
  const requests = lines.filter(({ msg }) => msg === 'request');
  for (const line of requests)
    expect(Object.keys(line).filter((name) => !fields.includes(name))).toEqual([]);
  const said = new Set(requests.map(({ method, route, status }) => `${method} ${route} ${status}`));
  for (const line of [
    'POST /api/invitations/accepted 200',
    'POST /api/account/session 401',
    'GET /join/* 200',
    'GET /api/join/:code 200',
    'POST /api/join/:code 200',
    'GET /api/join/:code 101',
    'POST /api/session/resume 200',
    'GET /api/labs/:lab/terminals/:terminal/stream 101',
    'PUT /api/labs/:lab/answers/:checkId 200',
    'GET unknown 404',
    'POST /api/lti/launch 401',
    'POST /api/lti/launch 200',
    'GET /metrics 200',
    'POST /api/labs/:lab/machine 500',
  ])
    expect([...said]).toContain(line);
  expect(lines.map(({ msg }) => msg)).toContain('client error');
  expect(lines.some(({ msg }) => msg.includes('no websocket handler'))).toBe(true);
  const [fault] = lines.filter(({ level, err }) => level === 'error' && err);
  expect(fault?.err).toMatchObject({ type: 'AppError', stack: expect.stringMatching(/^ {4}at /) });
  expect(requests.find(({ requestId }) => requestId === fault?.requestId)).toMatchObject({
    status: 500,
  });
});
