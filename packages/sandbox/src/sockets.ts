import { opendir, readlink } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import type { SocketState, SocketView } from '@tatami/protocol';
import type { RawSocket } from './snapshot.ts';

/** In the kernel's order, from 1 (include/net/tcp_states.h); 12 is a request that waits for its last ACK. */
const states: SocketState[] = [
  'established',
  'syn-sent',
  'syn-recv',
  'fin-wait-1',
  'fin-wait-2',
  'time-wait',
  'close',
  'close-wait',
  'last-ack',
  'listen',
  'closing',
  'syn-recv',
];

const mappedPrefix = '0000000000000000FFFF0000';

/** A socket of proc_pid_net(5)'s tcp and tcp6, addresses written out. */
export function socketView({ local, remote, state, inode }: RawSocket): SocketView {
  return {
    local: endpoint(local),
    remote: endpoint(remote),
    state: states[state - 1] ?? 'close',
    inode,
  };
}

function endpoint({ address, port }: RawSocket['local']): string {
  if (address.length === 8) return `${ipv4(address)}:${port}`;
  if (address.startsWith(mappedPrefix)) return `${ipv4(address.slice(24))}:${port}`;
  return `[${ipv6(address)}]:${port}`;
}

/** A 32-bit word as the kernel prints it: in the machine's own order, which is little-endian. */
const ipv4 = (word: string): string =>
  [6, 4, 2, 0].map((at) => Number.parseInt(word.slice(at, at + 2), 16)).join('.');

function ipv6(words: string): string {
  const network = words.replace(/(..)(..)(..)(..)/g, '$4$3$2$1').toLowerCase();
  const full = network.match(/.{4}/g)?.join(':') ?? '';
  // The URL parser writes addresses in their one short form (RFC 5952).
  return isIPv6(full) ? new URL(`http://[${full}]`).hostname.slice(1, -1) : full;
}

/** Far above what a service of ours has open; a learner can make millions. */
const mostDescriptors = 500;

/** Inodes of the sockets that these processes have open (proc_pid_fd(5)); null when it is too much to read. */
export async function openSockets(pids: number[]): Promise<Set<number> | null> {
  const inodes = new Set<number>();
  let left = mostDescriptors;
  for (const pid of pids) {
    const links = await descriptors(pid, left);
    left -= links.length;
    if (left <= 0) return null;
    for (const link of links) {
      const inode = link.match(/^socket:\[(\d+)\]$/)?.[1];
      if (inode) inodes.add(Number(inode));
    }
  }
  return inodes;
}

/** What the first descriptors of a process lead to; none when it has ended. */
async function descriptors(pid: number, most: number): Promise<string[]> {
  const folder = `/proc/${pid}/fd`;
  const links: string[] = [];
  const dir = await opendir(folder).catch(() => []);
  try {
    for await (const { name } of dir) {
      links.push(await readlink(`${folder}/${name}`).catch(() => ''));
      if (links.length === most) break;
    }
  } catch {
    // It ended meanwhile.
  }
  return links;
}
