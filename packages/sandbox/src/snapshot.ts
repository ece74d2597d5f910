import type { FileIdentity } from '@tatami/protocol';
import { nsOrder } from './namespace-order.ts';

/** One process as native/process.c writes it; all numbers as the host sees them. */
export interface RawProcess {
  pid: number;
  parent: number;
  state: string;
  uid: number;
  tty: boolean;
  group: number;
  session: number;
  /** Process group in the foreground of its terminal; 0: none, or no terminal. */
  foreground: number;
  startTicks: number;
  /** Namespace inodes in the order of {@link nsOrder}; 0: none (any longer). */
  ns: number[];
  /** NSpid from the host's pid namespace inwards. */
  pids: number[];
  comm: string;
  /** What a zombie no longer has is empty. */
  exe: FileIdentity & { path: string };
  argv: string[];
}

export interface RawSocket {
  local: { address: string; port: number };
  remote: { address: string; port: number };
  /** Number of include/net/tcp_states.h. */
  state: number;
  inode: number;
}

/** The probe's answer; maps are keyed by namespace inode. */
export interface Snapshot {
  cut: boolean;
  processes: RawProcess[];
  hostnames: Map<number, string>;
  shm: Map<number, number[]>;
  /** Bytes of mountinfo. */
  mounts: Map<number, Buffer>;
  sockets: Map<number, RawSocket[]>;
}

/** Indices after those of {@link nsOrder}, as in native/procfs.h. */
export const pidForChildrenIndex = nsOrder.length;
export const timeForChildrenIndex = nsOrder.length + 1;

/** Reads an answer of native/probe.c. @throws when it is not one. */
export function readSnapshot(answer: Buffer): Snapshot {
  const reader = new AnswerReader(answer);
  const snapshot: Snapshot = {
    cut: reader.u32() !== 0,
    processes: reader.list(() => readProcess(reader)),
    hostnames: reader.map(() => reader.text()),
    shm: reader.map(() => reader.list(() => reader.u64())),
    mounts: reader.map(() => reader.bytes()),
    sockets: reader.map(() => reader.list(() => readSocket(reader))),
  };
  if (!reader.done) throw new Error('the probe answered more than was asked');
  return snapshot;
}

function readProcess(reader: AnswerReader): RawProcess {
  const process: RawProcess = {
    pid: reader.u32(),
    parent: reader.u32(),
    state: String.fromCharCode(reader.u32()),
    uid: reader.u32(),
    tty: reader.u32() !== 0,
    group: reader.u32(),
    session: reader.u32(),
    foreground: reader.u32(),
    startTicks: reader.u64(),
    ns: reader.times(timeForChildrenIndex + 1, () => reader.u32()),
    pids: reader.list(() => reader.u32()),
    comm: reader.text(),
    exe: { path: '', inode: 0, size: 0, ctimeUs: 0 },
    argv: [],
  };
  if (process.state === 'Z') return process;
  const [inode, size, ctimeUs] = [reader.u64(), reader.u64(), reader.u64()];
  process.exe = { path: reader.text(), inode, size, ctimeUs };
  process.argv = splitArguments(reader.text());
  return process;
}

/** Each argument ends in a zero byte, unless the process wrote over them. */
function splitArguments(cmdline: string): string[] {
  if (cmdline === '') return [];
  return (cmdline.endsWith('\0') ? cmdline.slice(0, -1) : cmdline).split('\0');
}

function readSocket(reader: AnswerReader): RawSocket {
  const end = () => ({ address: reader.text(), port: reader.u32() });
  return { local: end(), remote: end(), state: reader.u32(), inode: reader.u64() };
}

/** Little-endian numbers and length-prefixed bytes, in order. */
class AnswerReader {
  readonly #answer: Buffer;
  #at = 0;

  constructor(answer: Buffer) {
    this.#answer = answer;
  }

  get done(): boolean {
    return this.#at === this.#answer.length;
  }

  u32(): number {
    this.#at += 4;
    return this.#answer.readUInt32LE(this.#at - 4);
  }

  /** Exact up to 2^53, which no inode, size or clock here comes near. */
  u64(): number {
    const low = this.u32();
    return low + this.u32() * 0x1_0000_0000;
  }

  bytes(): Buffer {
    const length = this.u32();
    this.#at += length;
    if (this.#at > this.#answer.length) throw new Error('the probe answered less than it said');
    return this.#answer.subarray(this.#at - length, this.#at);
  }

  text(): string {
    return this.bytes().toString('utf8');
  }

  times<T>(count: number, read: () => T): T[] {
    return Array.from({ length: count }, read);
  }

  list<T>(read: () => T): T[] {
    const count = this.u32();
    if (count > this.#answer.length) throw new Error('the probe counted more than it sent');
    return this.times(count, read);
  }

  /** Entries that begin with the inode of a namespace. */
  map<T>(read: () => T): Map<number, T> {
    return new Map(this.list((): [number, T] => [this.u32(), read()]));
  }
}
