import { AppError, closeCodes, LabId, ringBytes, TerminalId } from '@tatami/protocol';
import type { FastifyInstance } from 'fastify';
import type { RawData, WebSocket } from 'ws';
import { z } from 'zod';
import type { Attempts } from '../attempts/attempts.ts';
import { learnerSocket } from '../http/learner-socket.ts';
import type { RunnerClient } from '../runner/runner-client.ts';
import { Rate } from './rate.ts';

const Params = z.object({ lab: LabId, terminal: TerminalId });
/** A paste of half a megabyte goes at once; what follows comes as fast as a shell may read it. */
const input = { perSecond: 256 * 1024, burst: 512 * 1024 };
/** Resizes and acks of a busy terminal stay far below. */
const control = { perSecond: 500, burst: 2000 };

/** Terminals of the learner's own machine: frames pass through, by the rules of docs/protocol.md. */
export async function terminalRoutes(
  app: FastifyInstance,
  { attempts, runner }: { attempts: Attempts; runner: RunnerClient },
): Promise<void> {
  learnerSocket(
    app,
    '/api/labs/:lab/terminals/:terminal/stream',
    async (browser, request, learner) => {
      // Nothing is read from the browser before there is somewhere to put it.
      browser.pause();
      const params = Params.safeParse(request.params);
      if (!params.success) throw new AppError('lab.unknown');
      const { lab, terminal } = params.data;
      const sandboxId = await attempts.sandboxId({ learnerId: learner.id, labId: lab });
      const query = request.url.includes('?') ? request.url.slice(request.url.indexOf('?')) : '';
      join(browser, runner.terminal(sandboxId, terminal, query));
    },
  );
}

/** Four whole replays. */
const maxUnsentBytes = 4 * ringBytes;

/** Passes frames both ways until one side closes. */
function join(browser: WebSocket, upstream: WebSocket): void {
  const bytes = new Rate(input, Date.now());
  const messages = new Rate(control, Date.now());
  let wait: NodeJS.Timeout | undefined;

  upstream.on('open', () => browser.resume());
  upstream.on('message', (data: RawData, isBinary) => {
    // Acknowledged without being read: no honest browser gets here.
    if (browser.bufferedAmount > maxUnsentBytes) browser.terminate();
    else browser.send(data, { binary: isBinary });
  });
  upstream.on('error', () => undefined);
  upstream.on('close', (code) => {
    browser.resume();
    browser.close(code >= 4000 ? code : closeCodes.runnerUnreachable);
  });

  browser.on('message', (data: Buffer, isBinary) => {
    if (upstream.readyState !== upstream.OPEN) return;
    if (!isBinary && messages.take(1, Date.now()) > 0) return browser.close(closeCodes.tooFast);
    upstream.send(data, { binary: isBinary });
    const delayMs = isBinary ? bytes.take(data.length, Date.now()) : 0;
    if (delayMs === 0) return;
    browser.pause();
    clearTimeout(wait);
    wait = setTimeout(() => browser.resume(), delayMs);
  });
  browser.on('error', () => undefined);
  browser.on('close', () => {
    clearTimeout(wait);
    // terminate, not close: a connection that is still being made is given up too.
    upstream.terminate();
  });
}
