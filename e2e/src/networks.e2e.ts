import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@playwright/test';
import { highWatermarkBytes } from '@tatami/protocol';
import type { Way } from '../../apps/web/src/transport/transport.ts';
import { LabPage, labId } from '../test/lab-page.ts';
import { type Network, startNginx } from '../test/nginx.ts';
import { NodePage } from '../test/node-page.ts';
import { freePort, type RunningTatami, startTatami } from '../test/running-tatami.ts';

/** What terminals find hard: Chinese, emoji, escapes and every byte there is. */
const unit = Buffer.concat([
  Buffer.from('名前空間 Namespace 🐧👩‍💻 \x1b[1;31mred\x1b[0m \x1b]0;title\x07 ｆｕｌｌ\r\n'),
  Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
]);
const mebibytes = Number(process.env.TATAMI_NETWORK_MIB ?? 16);
const units = Math.ceil((mebibytes * 1024 * 1024) / (unit.length + 8));
/** Numbered, so that none is taken for another. */
const output = Buffer.concat(
  Array.from({ length: units }, (_, n) => [Buffer.from(String(n).padStart(8, '0')), unit]).flat(),
);
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
/** Says that it is ready, and the output when a byte is typed; another lets it end. */
const say = `stty raw -echo; perl -e '$|=1; print "READY"; sysread STDIN,$b,1; $|=0; $u=pack("H*","${unit.toString('hex')}"); printf "%08d%s",$_,$u for 0..${units - 1}; $|=1; sysread STDIN,$b,1'; stty sane; echo back\r`;
/** A frame that is being coalesced, and one that is on its way. */
const beyondWindowBytes = 128 * 1024;

const ways: [Network, Way][] = [
  ['passes Upgrade', 'websocket'],
  ['strips Upgrade', 'http'],
  ['holds answers back until they end', 'poll'],
];

let tatami: RunningTatami;
let port: number;
test.beforeAll(async () => {
  test.setTimeout(300_000);
  port = await freePort();
  tatami = await startTatami({}, { publicPort: port });
});
test.afterAll(() => tatami.stop());

for (const [network, way] of ways)
  test(`R10, R16, H3, H7, H13: a network that ${network} gets every byte once, by ${way}`, async () => {
    test.setTimeout(180_000);
    await using _nginx = await startNginx(network, port, tatami.wire.port);
    const page = await NodePage.open(tatami.url);
    expect(page.line.way).toBe(way);

    // Some of it waits for the shell to read, some in numbered posts.
    const typed = Buffer.from('ab\u00e9\u540d\ud83d\udc27'.repeat(20_000));
    await page.type(`stty raw -echo; echo READY; head -c ${typed.length} | sha256sum; stty sane\r`);
    await page.shows(/READY\s*$/);
    await page.type(typed.toString());
    await page.shows(new RegExp(sha256(typed)));
    await page.shows(/\$ $/);

    await page.type(say);
    await page.shows(/READY$/);
    page.count();
    await page.type('g');
    await page.gets(output.length / 4);
    tatami.wire.cut();
    await delay(300);
    tatami.wire.mend();
    await page.gets(output.length / 2);
    page.isHeld = true;
    await page.standsStill();
    expect(page.received - page.parsed).toBeLessThanOrEqual(highWatermarkBytes + beyondWindowBytes);
    page.release();
    await page.gets((output.length / 4) * 3);
    tatami.wire.cut();
    tatami.wire.mend();
    await page.gets(output.length);
    expect({ resets: page.resets, bytes: page.received, sha256: page.digest }).toEqual({
      ...{ resets: 0, bytes: output.length, sha256: sha256(output) },
    });
    await page.type('e');
    await page.shows(/back\r\n.*\$ $/);
    await page.close();
  });

const words: Record<Way, string> = {
  websocket: '已连接',
  http: '已通过 HTTP 连接（此网络不放行 WebSocket）',
  poll: '已通过 HTTP 分段连接（此网络会攒住响应再转发）',
};

for (const [network, way] of ways)
  test(`H13: a learner goes through a lesson behind a network that ${network}`, async ({
    browser,
  }) => {
    test.setTimeout(120_000);
    await using _nginx = await startNginx(network, port, tatami.wire.port);
    const context = await browser.newContext({ baseURL: tatami.url, locale: 'zh-CN' });
    const page = await context.newPage();
    const lab = new LabPage(page);
    await lab.open();
    await expect(lab.connection).toHaveAttribute('data-way', way);
    await expect(lab.connection).toHaveText(words[way]);
    await expect(page.getByTestId('lost')).toHaveCount(0);
    await lab.passQuickstart();
    await lab.type('1', 'exit\n');
    await lab.prompt('1');

    // More streams than a browser opens connections: two pages with three terminals and a map each.
    // The map that one opens is open in the other from the start.
    await page.getByTestId('map-tab').click();
    const second = new LabPage(await context.newPage());
    await second.page.goto(`/labs/${labId}`);
    for (const { page: one } of [lab, second])
      await expect(one.getByTestId('map').getByTestId('map-row').first()).toBeVisible();
    await second.page.getByTestId('terminal-tab-2').click();
    await second.type('2', 'echo two-$((1 + 1))\n');
    await second.shows('2', /two-2\n/);

    await second.openStep('01-unshare');
    await second.type('2', 'sudo unshare --pid --fork /bin/bash\n');
    await expect(second.check('unshare.fork-no-proc')).toHaveAttribute('data-status', 'passed');
    await expect(lab.check('unshare.fork-no-proc')).toHaveAttribute('data-status', 'passed');
    // A reload begins with the way that worked, and the screen is back.
    await page.reload();
    await expect(lab.connection).toHaveAttribute('data-way', way);
    await page.getByTestId('terminal-tab-2').click();
    await lab.shows('2', /two-2\n/);
    await lab.closeMachine();
    await context.close();
  });

test('H1: Host and Origin are judged behind a proxy as before it', async () => {
  await using _nginx = await startNginx('strips Upgrade', port, tatami.wire.port);
  const status = (method: string, path: string, headers: Record<string, string>) =>
    new Promise<number | undefined>((resolve, reject) => {
      request({ port, host: '127.0.0.1', method, path, headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .on('error', reject)
        .end();
    });
  const own = { host: `127.0.0.1:${port}` };
  expect(await status('GET', '/api/session', own)).toBe(200);
  for (const [method, path] of [
    ['POST', '/api/tunnels'],
    ['GET', `/api/tunnels/${'0'.repeat(32)}`],
    ['POST', `/api/tunnels/${'0'.repeat(32)}?number=1`],
  ] as const) {
    expect(await status(method, path, { host: 'evil.example' })).toBe(421);
    expect(await status(method, path, { ...own, origin: 'http://evil.example' })).toBe(403);
    expect(await status(method, path, { ...own, 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(await status(method, path, { ...own, origin: tatami.url })).toBe(401);
  }
});
