import { readdir, readlink } from 'node:fs/promises';
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

/** Inodes of the sockets that a process has open (proc_pid_fd(5)); none when it has ended. */
export async function openSockets(pid: number): Promise<number[]> {
  const dir = `/proc/${pid}/fd`;
  const names = await readdir(dir).catch(() => []);
  const links = await Promise.all(names.map((name) => readlink(`${dir}/${name}`).catch(() => '')));
  return links.flatMap((link) => Number(link.match(/^socket:\[(\d+)\]$/)?.[1] ?? []));
}
