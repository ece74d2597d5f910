import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { eventually, startServer } from '../../test/running-server.ts';

const addresses = [
  ['no URL', '/%zz'],
  ['a name too long', `/api/labs/${'x'.repeat(200)}/attempt`],
] as const;

for (const [what, path] of addresses) {
  test.each([
    ['an upgrade', 'Connection: Upgrade\r\nUpgrade: websocket'],
    ['a request', 'Connection: keep-alive'],
  ])(`${what}: %s is answered in our form, and its connection closed`, async (_, headers) => {
    await using server = await startServer();
    const { host, hostname, port } = new URL(server.url);
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    let answer = '';
    socket.on('data', (data) => {
      answer += data.toString();
    });
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${headers}\r\n\r\n`);
    await eventually('it is answered', () => answer.includes('"request.invalid"'));
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    await eventually('nobody is there', async () => (await connections(server)) === 0);
    socket.destroy();
  });
}

const connections = ({ app }: Awaited<ReturnType<typeof startServer>>) =>
  new Promise<number>((resolve, reject) => {
    app.server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });
