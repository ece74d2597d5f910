// Opens a lesson as a browser does and waits for a terminal's first prompt: first-prompt.mjs URL LAB. A program of its
// own, for it runs in another network namespace than who asks. Prints what the terminal of a new learner shows.
import { once } from 'node:events';
import http from 'node:http';
import { promptAtEnd } from '@tatami/protocol';
import { until } from '@tatami/sandbox';
import { Browser } from '../rehearsal/room/browser.ts';
import { TerminalClient } from '../rehearsal/terminal-client.ts';

const patience = { everyMs: 100, timeoutMs: 180_000 };
const [url = '', lab = ''] = process.argv.slice(2);

/** Not by fetch, which never settles when who publishes the port accepts before the server does (Node.js 20). */
async function answers(): Promise<boolean> {
  const request = http.get(`${url}/healthz`, { agent: false, timeout: 1_000 });
  request.on('timeout', () => request.destroy());
  try {
    const [response] = await once(request, 'response');
    response.resume();
    return response.statusCode === 200;
  } catch {
    return false;
  }
}

await until(answers, { what: 'the server answers', ...patience });
const browser = new Browser(url);
await browser.call('GET', '/api/session');
const machine = `/api/labs/${lab}/machine`;
await until(async () => (await browser.ask('POST', machine)).status === 200, {
  ...{ what: 'the runner makes a machine', ...patience },
});
const stream = browser.stream(`/api/labs/${lab}/terminals/1/stream?cols=100&rows=30&new=1`);
const terminal = new TerminalClient(stream.url, stream.headers);
if (!(await terminal.shows(promptAtEnd, patience.timeoutMs)))
  throw new Error(`no prompt is shown: ${JSON.stringify(terminal.text)}`);
process.stdout.write(`${JSON.stringify(terminal.text)}\n`);
terminal.close();
await browser.call('DELETE', machine);
