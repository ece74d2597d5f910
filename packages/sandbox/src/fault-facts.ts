import { readdir, readFile } from 'node:fs/promises';
import { arch } from 'node:os';
import type { FaultFact, KernelSnapshot, ProcessView, SocketView } from '@tatami/protocol';
import { runCommand } from './command.ts';
import { openSockets } from './sockets.ts';

/** Where a fault shows: the service's first process, in a picture that holds it. */
export interface FaultScene {
  target: ProcessView;
  /** The target and what descends from it: nobody who came in may speak for the service. */
  own: ProcessView[];
  snapshot: KernelSnapshot;
  /** The native helper, which reads files as the service sees them. */
  nativeBin: string;
}

const readTimeoutMs = 2_000;
/** RTF_REJECT of linux/route.h: an unreachable, prohibit or blackhole route. */
const rejectFlag = 0x200;
/** Numbers of the system calls in which threads wait for a lock. */
const futex: Record<string, string> = { x64: '202', arm64: '98' };

const readers: Record<FaultFact, (scene: FaultScene) => Promise<string[]> | string[]> = {
  nameserver,
  route: ({ target }) => rejectedRoutes(target.pid),
  'dialed-port': async (scene) => (await dialed(scene)).flatMap(({ port, whole }) => [port, whole]),
  // Not from the arguments: they may hold a name.
  'dialed-address': async (scene) =>
    (await remoteEnds(scene, 'syn-sent')).flatMap(({ address, whole }) => [address, whole]),
  'waits-in': ({ own }) => waitsIn(own),
  'read-peer': async (scene) => (await remoteEnds(scene, 'established')).map(({ whole }) => whole),
  state: ({ target }) => (['T', 't'].includes(target.state) ? [target.state] : []),
  pid: ({ target }) => machinePids([target]),
  'net-companion': ({ target, own, snapshot }) =>
    machinePids(
      snapshot.processes.filter(
        (process) => process.ns.net === target.ns.net && !own.includes(process),
      ),
    ),
};

/**
 * The values that prove a fault, as the kernel shows them from outside; several where each is right. Empty:
 * it does not show yet, or can no longer be read.
 */
export async function readFaultFact(fact: FaultFact, scene: FaultScene): Promise<string[]> {
  return [...new Set(await readers[fact](scene))];
}

const machinePids = (processes: ProcessView[]): string[] =>
  processes.flatMap(({ pids }) => String(pids[0] ?? ''));

async function nameserver({ target, nativeBin }: FaultScene): Promise<string[]> {
  const args = ['read', String(target.pid), '/etc/resolv.conf'];
  const { status, stdout } = await runCommand(nativeBin, args, { timeoutMs: readTimeoutMs });
  const address = stdout.match(/^nameserver\s+(\S+)/m)?.[1];
  return status === 0 && address ? [address] : [];
}

/** proc_pid_net(5), route: addresses and masks are hexadecimal words in network order, read as the host's. */
async function rejectedRoutes(pid: number): Promise<string[]> {
  const text = await readFile(`/proc/${pid}/net/route`, 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    const [, destination, , flags, , , , mask] = line.trim().split(/\s+/);
    if (!destination || !mask || !(Number.parseInt(flags ?? '', 16) & rejectFlag)) return [];
    const address = dotted(destination);
    const length = [...Number.parseInt(mask, 16).toString(2)].filter((bit) => bit === '1').length;
    return length === 32 ? [address, `${address}/32`] : [`${address}/${length}`];
  });
}

const dotted = (word: string): string =>
  (word.match(/../g) ?? [])
    .toReversed()
    .map((byte) => Number.parseInt(byte, 16))
    .join('.');

/** What the service tries to reach: a connection under way, or, when it is refused at once, its argument. */
async function dialed(scene: FaultScene): Promise<RemoteEnd[]> {
  const waiting = await remoteEnds(scene, 'syn-sent');
  if (waiting.length > 0) return waiting;
  return scene.target.argv.slice(1).flatMap((word) => remoteEnd(word) ?? []);
}

interface RemoteEnd {
  whole: string;
  address: string;
  port: string;
}

function remoteEnd(whole: string): RemoteEnd | undefined {
  const found = whole.match(/^\[?([^\s/]+?)\]?:(\d+)$/);
  return found?.[1] && found[2] ? { whole, address: found[1], port: found[2] } : undefined;
}

async function remoteEnds(
  { target, own, snapshot }: FaultScene,
  state: SocketView['state'],
): Promise<RemoteEnd[]> {
  const open = await openSockets(own.map(({ pid }) => pid));
  return (snapshot.sockets.get(target.ns.net) ?? [])
    .filter((socket) => socket.state === state && open?.has(socket.inode))
    .flatMap(({ remote }) => remoteEnd(remote) ?? []);
}

/** Two threads or more of one process in futex(2) without a time limit: a lock that nobody gives back. */
async function waitsIn(processes: ProcessView[]): Promise<string[]> {
  for (const { pid } of processes) {
    const tasks = await readdir(`/proc/${pid}/task`).catch(() => []);
    const calls = await Promise.all(
      tasks.map((task) => readFile(`/proc/${pid}/task/${task}/syscall`, 'utf8').catch(() => '')),
    );
    // proc_pid_syscall(5): number and six arguments; the fourth of futex(2) is the time limit.
    const waiting = calls.filter((line) => {
      const [number, , , , limit] = line.split(' ');
      return number === futex[arch()] && limit === '0x0';
    });
    if (waiting.length > 1) return ['futex', 'futex_wait', 'futex_do_wait', 'futex_wait_queue'];
  }
  return [];
}
