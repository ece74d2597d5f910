import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LabCard } from '@tatami/protocol';
import { expect, test } from 'vitest';
import { eventually, openBrowser, startServer } from '../../test/running-server.ts';
import { startServerProcess } from '../../test/server-process.ts';

const lab = '/api/labs/01-echo';
const timeout = 60_000;

/** The test's labs in a folder of their own. */
async function labsFolder() {
  const dir = await mkdtemp(join(tmpdir(), 'tatami-labs-'));
  await cp(join(import.meta.dirname, '../../test/labs'), dir, { recursive: true });
  return {
    dir,
    plant: async (path: string, text: string | Uint8Array) => {
      await mkdir(join(dir, path, '..'), { recursive: true });
      await writeFile(join(dir, path), text);
    },
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true }),
  };
}

const bomb = `a0: &a0 [x, x]\n${Array.from(
  { length: 30 },
  (_, n) => `a${n + 1}: &a${n + 1} [*a${n}, *a${n}]\n`,
).join('')}`;
const lastly = 'status: ready\nminutes: 5\nlanguages: [en]\n';

test('labs of every kind of fault are listed as unavailable, and take nothing else down', async () => {
  await using labs = await labsFolder();
  const planted: Record<string, string | Uint8Array> = {
    '11-no-yaml': 'title: {{{ nobody closes these',
    '12-binary': Uint8Array.from({ length: 4096 }, (_, n) => (n * 151) % 256),
    '13-bomb': bomb,
    '14-deep': '['.repeat(100_000),
    '15-huge': `# ${'x'.repeat(1024 * 1024)}\n`,
    '16-empty': '',
    '17-title-only': `id: 17-title-only\norder: 4\n${lastly}texts: { en: { title: Half a lab } }\n`,
    '18-no-step': `id: 18-no-step\norder: 18\n${lastly}texts: { en: { title: T, summary: S } }\nsteps: [00-gone]\n`,
  };
  for (const [id, text] of Object.entries(planted)) await labs.plant(`${id}/lab.yaml`, text);
  await mkdir(join(labs.dir, '19-folder/lab.yaml'), { recursive: true });
  await mkdir(join(labs.dir, '20-nothing'));
  await mkdir(join(labs.dir, '21-loop'));
  await symlink('lab.yaml', join(labs.dir, '21-loop/lab.yaml'));
  await labs.plant('Not an Id/lab.yaml', 'id: x\n');
  await using server = await startServer({ TATAMI_LABS_DIR: labs.dir });
  const browser = await server.browser();

  const { status, body } = await browser.call('GET', '/api/labs?lang=en');
  expect(status).toBe(200);
  const cards = LabCard.array().parse(body);
  expect(cards.map((card) => [card.id, card.status, card.title])).toEqual([
    ['01-echo', 'ready', '回声'],
    ['02-later', 'planned', expect.any(String)],
    ['17-title-only', 'unavailable', 'Half a lab'],
    ...[...Object.keys(planted), '19-folder', '20-nothing', '21-loop']
      .filter((id) => id !== '17-title-only')
      .map((id) => [id, 'unavailable', id === '18-no-step' ? 'T' : id]),
  ]);
  for (const { id } of cards.filter((card) => card.status === 'unavailable'))
    for (const path of ['', '/attempt']) {
      const answer = await browser.call('GET', `/api/labs/${id}${path}`);
      expect([answer.status, answer.body.error]).toEqual([
        409,
        expect.objectContaining({ code: 'lab.unavailable', number: 1209 }),
      ]);
    }
  expect((await browser.call('GET', '/api/labs/22-none')).body.error.code).toBe('lab.unknown');
  expect((await browser.session()).labs.map(({ lab }) => lab)).toEqual(['01-echo', '02-later']);
  expect((await browser.call('POST', `${lab}/machine`)).status).toBe(200);
});

test('the operator is told of each fault by file, line and reason', { timeout }, async () => {
  await using labs = await labsFolder();
  await labs.plant('11-typo/lab.yaml', 'id: 11-typo\norder: 11\nstaus: ready\n');
  await using server = await startServerProcess({
    TATAMI_LABS_DIR: labs.dir,
    TATAMI_LOG_LEVEL: 'warn',
  });
  const told = () =>
    server.log
      .join('')
      .split('\n')
      .filter(Boolean)
      .map((line) => (JSON.parse(line) as { msg: string }).msg);
  await eventually('it is printed', () => told().length >= 5);
  expect(told()).toContain('11-typo/lab.yaml:3: unknown key staus');
  expect(told().every((line) => line.startsWith('11-typo/lab.yaml:'))).toBe(true);
});

/** An incident of five checks as a step of the lab. */
async function plantDrill(labs: Awaited<ReturnType<typeof labsFolder>>) {
  const lab = await readFile(join(labs.dir, '01-echo/lab.yaml'), 'utf8');
  await labs.plant('01-echo/lab.yaml', lab.replace(/^steps: \[/m, 'steps: [09-incident, '));
  const step = '01-echo/steps/09-incident';
  const checks = ['a', 'b', 'c', 'd'].map((id) => `incident.${id}`);
  await labs.plant(
    `${step}/step.yaml`,
    [
      'id: 09-incident\nstatus: ready\nminutes: 1\ndrill: true\nchecklist:',
      ...checks.map((id) => `  - check: { id: ${id}, commands: [{ program: ls }] }`),
      '  - check: { id: incident.cause, target: { container: x }, answer: drawn }\n',
    ].join('\n'),
  );
  await labs.plant(
    `${step}/faults.yaml`,
    "- { id: f, setup: 'true', cause: name, fact: nameserver, value: x, shortest: [ls] }\n",
  );
  const texts = [...checks, 'incident.cause'].map((id) => `  ${id}: { text: T }\n`);
  await labs.plant(`${step}/zh-CN.md`, `---\ntitle: T\nchecklist:\n${texts.join('')}---\n\nT\n`);
}

test('progress in a lab that becomes unavailable waits for it', { timeout }, async () => {
  await using labs = await labsFolder();
  await plantDrill(labs);
  await using server = await startServerProcess({ TATAMI_LABS_DIR: labs.dir });
  const browser = await openBrowser(server.url);
  const { resumeCode } = await browser.session();
  await browser.call('POST', `${lab}/machine`);
  const [machine] = server.runner.machines.values();
  expect(machine?.step).toMatchObject({ stepId: '09-incident', drill: true });
  const events = await browser.socket(`${lab}/events`).opened();
  machine?.type('1', Buffer.from('pass first.one'));
  await eventually('the tick is told', () => events.events.some(({ type }) => type === 'verdict'));

  await server.kill();
  const right = await readFile(join(labs.dir, '01-echo/lab.yaml'), 'utf8');
  await labs.plant('01-echo/lab.yaml', right.replace('order: 1', 'order: first'));
  await server.startAgain();
  expect((await browser.session()).labs.map((one) => one.lab)).toEqual(['02-later']);
  const elsewhere = await openBrowser(server.url);
  const resumed = await elsewhere.call('POST', '/api/session/resume', { code: resumeCode });
  expect(resumed.status).toBe(200);
  for (const [method, path, body] of [
    ['GET', '', undefined],
    ['GET', '/attempt', undefined],
    ['POST', '/machine', undefined],
    ['DELETE', '/machine', undefined],
    ['POST', '/machine/extend', undefined],
    ['POST', '/machine/reset', { scope: 'step' }],
    ['PUT', '/step', { stepId: '00-first' }],
    ['PUT', '/answers/second.cause', { cause: 'frozen', value: 'T' }],
    ['GET', '/terminals/1/screen', undefined],
  ] as const) {
    const answer = await browser.call(method, lab + path, body);
    expect([path, answer.status, answer.body.error?.code]).toEqual([path, 409, 'lab.unavailable']);
  }
  await browser.socket(`${lab}/events`).closed('unknown');
  await browser.socket(`${lab}/terminals/1/stream?cols=80&rows=24`).closed('unknown');

  // The machine that ran goes on: what it tells, and its end, are kept.
  await eventually('the machine is followed', () => (machine?.events.size ?? 0) > 0);
  machine?.type('1', Buffer.from('pass first.two'));
  if (machine) server.runner.expire(machine);
  // The link is let go of once both are on the disk.
  await eventually('the end is saved', () => machine?.events.size === 0);
  await server.kill();
  await labs.plant('01-echo/lab.yaml', right);
  await server.startAgain();
  const { body } = await browser.call('GET', `${lab}/attempt`);
  expect(body.lastMachine).toMatchObject({ reason: 'idle' });
  const passed = body.passed.map(({ checkId }: { checkId: string }) => checkId);
  expect(passed).toEqual(['first.one', 'first.two']);
});
