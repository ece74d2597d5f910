import { closeCodes, Rate, TerminalClientMessage } from '@tatami/protocol';
import type { RawData, WebSocket } from 'ws';
import type { Channel } from '../streams/channel.ts';

/** As fast as somebody types or pastes a command. */
const input = { perSecond: 64 * 1024, burst: 256 * 1024 };
/** Beyond the window of an honest browser; what comes then waits at the runner. */
const maxUnsentBytes = 256 * 1024;

/**
 * Passes a learner's terminal on to a browser of the staff. Of one that only watches nothing goes the other way but
 * what was parsed: it cannot type, resize or take the terminal, whatever the runner would do with that.
 */
export function passTerminal(browser: Channel, types: boolean, connect: () => WebSocket) {
  let upstream: WebSocket | undefined;
  let isOver = false;
  const rate = new Rate(input, Date.now());
  const end = () => {
    isOver = true;
    // At once, whatever is on its way: nothing that is typed from now on arrives.
    upstream?.terminate();
  };
  browser.on('close', end);
  browser.on('drain', () => {
    if (upstream?.isPaused) upstream.resume();
  });
  browser.on('message', (data, isBinary) => {
    if (isOver || upstream?.readyState !== upstream?.OPEN) return;
    if (!types && (isBinary || !isAck(data))) return;
    if (rate.take(data.length, Date.now()) > 0) {
      browser.close(closeCodes.tooFast);
      return;
    }
    upstream?.send(data, { binary: isBinary });
  });
  return {
    begin(): void {
      if (isOver) return;
      const opened = connect();
      upstream = opened;
      opened.on('open', () => browser.resume());
      opened.on('message', (data: RawData, isBinary) => {
        browser.send(data as Buffer, isBinary);
        if (browser.unsentBytes > maxUnsentBytes) opened.pause();
      });
      opened.on('error', () => undefined);
      opened.on('close', (code) => {
        if (!isOver) browser.close(code >= 4000 ? code : closeCodes.runnerUnreachable);
      });
    },
    /** Nobody types or watches here any more; idempotent. */
    end(): void {
      end();
      browser.close(closeCodes.unauthorized);
    },
  };
}

function isAck(data: Buffer): boolean {
  try {
    return TerminalClientMessage.safeParse(JSON.parse(data.toString())).data?.type === 'ack';
  } catch {
    return false;
  }
}
