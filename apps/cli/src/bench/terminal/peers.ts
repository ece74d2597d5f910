import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { learner as insideLearner } from '@tatami/sandbox';
import { Line } from './line.ts';
import { familyOf, isAttachHelper } from './processes.ts';
import { type Stand, streamPath } from './stand.ts';
import { StreamClient } from './stream-client.ts';
import { type Connect, overTcp, overWebSocket } from './wire.ts';

const startTimeoutMs = 10_000;

/** A terminal to compare, open at its prompt. */
export interface Peer {
  name: string;
  line: Line;
  /** Where its shell finds the stream. */
  stream: string;
  /** The processes that serve it, without the attach helper and what runs in the terminal. */
  servers: number[];
  /** Its attach helper, if it has one. */
  helpers: number[];
  close(): Promise<void>;
}

/** A server that is another program's, for comparison: how it is started and spoken to. */
export interface Contender {
  name: string;
  /** Of a server that attaches with this command. */
  command: (attach: string[]) => string[];
  /** How to reach it; it listens where it was told or said so. */
  connect: (listening: { port: number }) => Connect;
  /** For one that does not say itself where it listens. */
  port?: number;
}

/** fastify, ws and node-pty, and nothing else (apps/runner/bench/bare-terminal.ts). */
export const bare = (bundle: string): Contender => ({
  name: 'bare',
  command: (attach) => [process.execPath, bundle, ...attach],
  connect: ({ port }) => overWebSocket(`ws://127.0.0.1:${port}/`),
});

/** Raw TCP (native/relay.c). */
export const relay = (programs: string): Contender => ({
  name: 'relay',
  command: (attach) => [`${programs}/relay`, ...attach],
  connect: ({ port }) => overTcp(port),
});

/** Ours: the first terminal of a new learner. */
export async function openOurs(stand: Stand): Promise<Peer> {
  const { learner } = await stand.newLearner();
  const before = await helpersBelow(stand.runner);
  const line = await Line.toShell(StreamClient.connect(learner.stream(1)));
  const helpers = (await helpersBelow(stand.runner)).filter((pid) => !before.includes(pid));
  const servers = [stand.server, stand.runner];
  return {
    ...{ name: 'ours', line, stream: streamPath, servers, helpers },
    close: async () => {
      line.close();
      await learner.end();
    },
  };
}

/** A contender on a machine of the product's, with the runner's own command line. */
export async function openContender(stand: Stand, contender: Contender): Promise<Peer> {
  const { learner, sandbox } = await stand.newLearner();
  const shell = ['/bin/bash', '--login'];
  const { file, args } = sandbox.enterCommand(shell, { user: insideLearner, tty: true });
  const peer = await open(contender, [file, ...args], streamPath);
  return {
    ...peer,
    close: async () => {
      await peer.close();
      await learner.end();
    },
  };
}

/** The relay with a shell of the host: no machine, no attach helper. */
export const openDirect = (stand: Stand, contender: Contender): Promise<Peer> =>
  open({ ...contender, name: 'direct' }, ['/bin/bash', '--norc', '--noprofile'], stand.streamPath);

async function open(contender: Contender, attach: string[], stream: string): Promise<Peer> {
  // It ends with us, whatever ends us.
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', ...contender.command(attach)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = contender.port ?? (await listening(child));
  const line = await Line.toShell(contender.connect({ port }));
  const family = await familyOf(child.pid ?? 0);
  const name = contender.command([])[0];
  return {
    ...{ name: contender.name, line, stream },
    servers: family.filter(({ command }) => command.split('\0')[0] === name).map(({ pid }) => pid),
    helpers: family.filter(isAttachHelper).map(({ pid }) => pid),
    close: async () => {
      line.close();
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** The port that a server says it listens on. */
async function listening(child: ChildProcess): Promise<number> {
  let output = '';
  const timer = setTimeout(() => child.kill('SIGTERM'), startTimeoutMs);
  try {
    for await (const text of child.stdout ?? []) {
      output += text;
      const port = output.match(/^listening (\d+)$/m)?.[1];
      if (port !== undefined) return Number(port);
    }
  } finally {
    clearTimeout(timer);
  }
  throw new Error(`a server to compare with ended before it listened: ${output}`);
}

const helpersBelow = async (pid: number): Promise<number[]> =>
  (await familyOf(pid))
    .filter((process) => process.parent === pid && isAttachHelper(process))
    .map((process) => process.pid);
