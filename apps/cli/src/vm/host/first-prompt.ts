import { setTimeout as delay } from 'node:timers/promises';
import { promptAtEnd } from '@tatami/protocol';
import { Browser } from '../../rehearsal/room/browser.ts';
import { TerminalClient } from '../../rehearsal/terminal-client.ts';

const lab = '/api/labs/03-unshare-nsenter';
const pollMs = 250;

/** The first learner's first terminal. */
export interface FirstTerminal {
  terminal: TerminalClient;
  /** Opens the same terminal anew once the server answers, as a page does that has lost it. */
  reopen: () => Promise<TerminalClient>;
}

/**
 * Comes as a learner's page does, as soon as somebody answers: session, machine, terminal. Resolves when the
 * terminal shows a prompt. @throws the last refusal when that takes too long.
 */
export async function firstPrompt(url: string, limitMs: number): Promise<FirstTerminal> {
  const end = performance.now() + limitMs;
  const browser = new Browser(url);
  await soon(() => browser.call('GET', '/api/session'), end);
  await soon(() => browser.call('POST', `${lab}/machine`), end);
  const stream = browser.stream(`${lab}/terminals/1/stream?cols=100&rows=30&new=1`);
  const open = () => new TerminalClient(stream.url, stream.headers);
  const terminal = open();
  if (!(await terminal.shows(promptAtEnd, end - performance.now())))
    throw new Error(`the terminal shows no prompt: ${JSON.stringify(terminal.text)}`);
  const reopen = async () => {
    await soon(() => browser.call('GET', `${lab}/attempt`), performance.now() + limitMs);
    return open();
  };
  return { terminal, reopen };
}

async function soon(ask: () => Promise<unknown>, end: number): Promise<void> {
  for (;;) {
    try {
      await ask();
      return;
    } catch (error) {
      if (performance.now() > end) throw error;
      await delay(pollMs);
    }
  }
}
