import { AppError, closeCodes, LabId, TerminalId } from '@tatami/protocol';
import type { RawData, WebSocket } from 'ws';
import { z } from 'zod';
import type { Attempts } from '../attempts/attempts.ts';
import { type RunnerClient, terminalPath } from '../runner/runner-client.ts';
import type { Learner } from '../sessions/learners.ts';
import type { Channel } from '../streams/channel.ts';
import type { LearnerStreams, StreamAddress } from '../streams/learner-streams.ts';

const Params = z.object({ lab: LabId, terminal: TerminalId });
/** Beyond the window of an honest browser, and what the runner lets be typed at once; what comes then waits where it is. */
const maxUnsentBytes = 256 * 1024;

/** Terminals of the learner's own machine: the runner answers, by the rules of docs/protocol.md. */
export function terminalRoutes(
  streams: LearnerStreams,
  { attempts, runner }: { attempts: Attempts; runner: RunnerClient },
): void {
  const terminalOf = async ({ params }: StreamAddress, learner: Learner) => {
    const { success, data } = Params.safeParse(params);
    if (!success) throw new AppError('lab.unknown');
    const sandboxId = await attempts.sandboxId({ learnerId: learner.id, labId: data.lab });
    return { sandboxId, terminal: data.terminal };
  };
  streams.route(
    '/api/labs/:lab/terminals/:terminal/stream',
    async (browser, address, learner) => {
      // Nothing is read from the browser before there is somewhere to put it.
      browser.pause();
      const { sandboxId, terminal } = await terminalOf(address, learner);
      if (browser.isOpen) join(browser, runner.terminal(sandboxId, terminal, address.query));
    },
    {
      runnerPath: async (address, learner) => {
        const { sandboxId, terminal } = await terminalOf(address, learner);
        return terminalPath(sandboxId, terminal, address.query);
      },
    },
  );
}

/** Passes frames both ways until one side closes, and no more than the slower side takes. */
function join(browser: Channel, upstream: WebSocket): void {
  let isHeld = true;
  const letGo = () => {
    if (!isHeld || upstream.bufferedAmount > 0) return;
    isHeld = false;
    browser.resume();
  };

  upstream.on('open', letGo);
  upstream.on('message', (data: RawData, isBinary) => {
    browser.send(data as Buffer, isBinary);
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
    upstream.send(data, { binary: isBinary }, letGo);
    if (upstream.bufferedAmount <= maxUnsentBytes) return;
    isHeld = true;
    browser.pause();
  });
  // terminate, not close: a connection that is still being made is given up too.
  browser.on('close', () => upstream.terminate());
}
