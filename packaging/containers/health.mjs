// Whether a service answers 200: health.mjs PATH PORT, or health.mjs PATH SOCKET. Plain JavaScript for the health
// checks of docker-compose.yml, which run in images that have no curl.
import http from 'node:http';

const timeoutMs = 4_000;
const [path, where = ''] = process.argv.slice(2);
const target = where.startsWith('/') ? { socketPath: where } : { host: '127.0.0.1', port: where };

const request = http.get({ ...target, path, timeout: timeoutMs }, (response) => {
  response.setEncoding('utf8').on('data', (text) => process.stdout.write(text));
  response.on('end', () => process.exit(response.statusCode === 200 ? 0 : 1));
});
request.on('timeout', () => request.destroy(new Error(`no answer within ${timeoutMs} ms`)));
request.on('error', ({ message }) => {
  process.stdout.write(`${message}\n`);
  process.exit(1);
});
