import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { startServer } from '../../test/running-server.ts';

/** A certificate for the loopback address, signed by itself. */
async function makeCertificate() {
  const dir = await mkdtemp(join(tmpdir(), 'tatami-tls-'));
  const [cert, key] = [join(dir, 'cert.pem'), join(dir, 'key.pem')];
  await promisify(execFile)('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-keyout', key, '-out', cert, '-days', '2', '-subj', '/CN=tatami.test'],
    ...['-addext', 'subjectAltName=IP:127.0.0.1'],
  ]);
  return {
    ...{ cert, key },
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true }),
  };
}

test('with a certificate the server speaks https, takes its own origin and no other, and its cookies stay on it', async () => {
  await using tls = await makeCertificate();
  await using server = await startServer({ TATAMI_TLS_CERT: tls.cert, TATAMI_TLS_KEY: tls.key });
  expect(server.url).toMatch(/^https:/);
  const agent = new Agent({ ca: await readFile(tls.cert) });
  const get = (origin: string) =>
    new Promise<{ status: number | undefined; cookie: string | undefined }>((resolve, reject) => {
      const url = `${server.url}/api/session`;
      const asked = request(url, { agent, headers: { origin } }, (answer) => {
        answer.resume();
        const [cookie] = answer.headers['set-cookie'] ?? [];
        answer.on('end', () => resolve({ status: answer.statusCode, cookie }));
      });
      asked.on('error', reject).end();
    });
  const own = await get(server.url);
  expect(own.status).toBe(200);
  expect(own.cookie).toContain('Secure');
  expect((await get(server.url.replace('https', 'http'))).status).toBe(403);
  agent.destroy();
});
