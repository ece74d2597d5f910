import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { learner as insideLearner } from '@tatami/sandbox';
import { freePort } from '../judge/product.ts';
import type { Contender } from './contenders.ts';
import { Line } from './line.ts';
import { familyOf, isAttachHelper } from './processes.ts';
import { type Stand, streamPath } from './stand.ts';
import { StreamClient } from './stream-client.ts';
import type { Connect } from './wire.ts';

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

/** Ours: the first terminal of a new learner. */
export async function openOurs(stand: Stand): Promise<Peer> {
  const { learner } = await stand.newLearner();
  const before = await helpersBelow(stand.runner);
  const line = await Line.toShell(StreamClient.connect(learner.stream(1)));
  const helpers = (await helpersBelow(stand.runner)).filter((pid) => !before.includes(pid));
  const servers = await stand.processes();
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
  const port = await freePort();
  const command = contender.command(port, attach);
  // It ends with us, whatever ends us.
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', ...command], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const line = await Line.toShell(onceListening(contender.connect(port), child));
  const [program] = attach;
  return {
    ...{ name: contender.name, line, stream },
    servers: (await familyOf(child.pid ?? 0, program)).map(({ pid }) => pid),
    helpers: (await familyOf(child.pid ?? 0)).filter(isAttachHelper).map(({ pid }) => pid),
    close: async () => {
      line.close();
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Tries until somebody listens. */
const onceListening =
  (connect: Connect, child: ChildProcess): Connect =>
  async (receive, ended) => {
    const deadline = performance.now() + startTimeoutMs;
    for (;;) {
      let lost: (error: Error) => void = () => undefined;
      try {
        const wire = await connect(receive, (error) => lost(error));
        lost = ended;
        return wire;
      } catch (error) {
        if (child.exitCode !== null) throw new Error(`a server to compare with ended: ${error}`);
        if (performance.now() > deadline) throw error;
        await delay(20);
      }
    }
  };

const helpersBelow = async (pid: number): Promise<number[]> =>
  (await familyOf(pid))
    .filter((process) => process.parent === pid && isAttachHelper(process))
    .map((process) => process.pid);
