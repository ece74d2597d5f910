import { AppError, ackEveryBytes, closeCodes, LabId, TerminalId } from '@tatami/protocol';
import type { RawData, WebSocket } from 'ws';
import { z } from 'zod';
import type { Attempts } from '../attempts/attempts.ts';
import type { RunnerClient } from '../runner/runner-client.ts';
import type { Channel } from '../streams/channel.ts';
import type { LearnerStreams } from '../streams/learner-streams.ts';
import { Rate } from '../streams/rate.ts';

const Params = z.object({ lab: LabId, terminal: TerminalId });
/** A paste of half a megabyte goes at once; what follows comes as fast as a shell may read it. */
const input = { perSecond: 256 * 1024, burst: 512 * 1024 };
/** Resizes and what else is not asked for; an ack is, by the output that came before. */
const control = { perSecond: 500, burst: 2000 };
/** Beyond the window of an honest browser; what comes then waits at the runner. */
const maxUnsentBytes = 256 * 1024;

/** Terminals of the learner's own machine: frames pass through, by the rules of docs/protocol.md. */
export function terminalRoutes(
  streams: LearnerStreams,
  { attempts, runner }: { attempts: Attempts; runner: RunnerClient },
): void {
  const path = '/api/labs/:lab/terminals/:terminal/stream';
  streams.route(path, async (browser, address, learner) => {
    // Nothing is read from the browser before there is somewhere to put it.
    browser.pause();
    const params = Params.safeParse(address.params);
    if (!params.success) throw new AppError('lab.unknown');
    const { lab, terminal } = params.data;
    const sandboxId = await attempts.sandboxId({ learnerId: learner.id, labId: lab });
    if (browser.isOpen) join(browser, runner.terminal(sandboxId, terminal, address.query));
  });
}

/** Passes frames both ways until one side closes. */
function join(browser: Channel, upstream: WebSocket): void {
  const bytes = new Rate(input, Date.now());
  const messages = new Rate(control, Date.now());
  let wait: NodeJS.Timeout | undefined;

  upstream.on('open', () => browser.resume());
  upstream.on('message', (data: RawData, isBinary) => {
    browser.send(data as Buffer, isBinary);
    if (isBinary) messages.give((data as Buffer).length / ackEveryBytes);
    if (browser.unsentBytes > maxUnsentBytes) upstream.pause();
  });
  upstream.on('error', () => undefined);
  upstream.on('close', (code) => {
    browser.close(code >= 4000 ? code : closeCodes.runnerUnreachable);
  });

  browser.on('drain', () => {
    if (upstream.isPaused) upstream.resume();
  });
  browser.on('message', (data, isBinary) => {
    if (upstream.readyState !== upstream.OPEN) return;
    if (!isBinary && messages.take(1, Date.now()) > 0) return browser.close(closeCodes.tooFast);
    upstream.send(data, { binary: isBinary });
    const delayMs = isBinary ? bytes.take(data.length, Date.now()) : 0;
    if (delayMs === 0) return;
    browser.pause();
    clearTimeout(wait);
    wait = setTimeout(() => browser.resume(), delayMs);
  });
  browser.on('close', () => {
    clearTimeout(wait);
    // terminate, not close: a connection that is still being made is given up too.
    upstream.terminate();
  });
}
