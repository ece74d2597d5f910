import type { KernelEvent, KernelEventBase, NamespaceKind } from '@tatami/protocol';
import { nsOrder } from '../namespace-order.ts';

/** What an event program (native/events.h) sends; `cgroup` is the id of the watched one. */
export type Frame =
  | { type: 'event'; cgroup: number; event: KernelEvent }
  | { type: 'up'; cgroup: number }
  | { type: 'lost'; cgroup: number; total: number }
  | { type: 'ready' }
  | { type: 'beat' };

const headBytes = 160;
/** Of a frame with the longest texts; anything longer is no frame. */
const maxFrameBytes = headBytes + 512 + 256;
/** CLONE_NEW* of sched.h, in the order of `nsOrder`. */
const cloneFlags = [
  0x2000_0000, 0x0002_0000, 0x4000_0000, 0x0400_0000, 0x0800_0000, 0x1000_0000, 0x0200_0000, 0x80,
];

/** Cuts a stream into frames, whatever pieces it comes in. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  /** @throws when the stream is not one of frames; nothing after that can be trusted. */
  push(chunk: Buffer): Frame[] {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const frames: Frame[] = [];
    let at = 0;
    while (bytes.length - at >= 4) {
      const length = bytes.readUInt32LE(at);
      if (length < headBytes || length > maxFrameBytes)
        throw new Error(`an event program sent a frame of ${length} bytes`);
      if (bytes.length - at < length) break;
      frames.push(parseFrame(bytes, at));
      at += length;
    }
    this.#rest = bytes.subarray(at);
    return frames;
  }
}

// Offsets are those of struct event.
function parseFrame(bytes: Buffer, at: number): Frame {
  const type = bytes.readUInt16LE(at + 4);
  const cgroup = readUInt64(bytes, at + 8);
  if (type === 100) return { type: 'ready' };
  if (type === 101) return { type: 'up', cgroup };
  if (type === 102) return { type: 'lost', cgroup, total: readUInt64(bytes, at + 16) };
  if (type === 103) return { type: 'beat' };
  return { type: 'event', cgroup, event: parseEvent(bytes, at, type) };
}

function parseEvent(bytes: Buffer, at: number, type: number): KernelEvent {
  const base = parseBase(bytes, at);
  const errno = bytes.readInt32LE(at + 120);
  const asked = () => kindsOf(bytes.readUInt32LE(at + 112));
  const texts = new Texts(bytes, at);
  switch (type) {
    case 1:
      return { ...base, type: 'fork' };
    case 2:
      return {
        ...base,
        type: 'exec',
        argv: splitArgv(texts.next()),
        argvCut: bytes.readUInt32LE(at + 124) === 1,
        file: texts.next(),
        inode: readUInt64(bytes, at + 128),
        size: readUInt64(bytes, at + 136),
        ctimeUs: readUInt64(bytes, at + 144),
      };
    case 3:
      return { ...base, type: 'exit', ...waitStatus(errno) };
    case 4:
      return { ...base, type: 'unshare', kinds: asked(), errno };
    case 5:
      return { ...base, type: 'clone', kinds: asked() };
    case 6: {
      const changed = kindsOf(bytes.readUInt32LE(at + 116));
      return { ...base, type: 'setns', asked: asked(), changed, errno };
    }
    case 7:
      return { ...base, type: 'sethostname', hostname: texts.next() };
    case 8: {
      const [source, target, fstype] = [texts.next(), texts.next(), texts.next()];
      return { ...base, type: 'mount', source, target, fstype, errno };
    }
    case 9:
      return { ...base, type: 'umount', target: texts.next(), errno };
    default:
      throw new Error(`an event program sent a frame of type ${type}`);
  }
}

function parseBase(bytes: Buffer, at: number): KernelEventBase {
  const pids: number[] = [];
  const count = bytes.readUInt8(at + 6);
  for (let i = 0; i < count && i < 8; i++) pids.push(bytes.readUInt32LE(at + 80 + 4 * i));
  const inode = (index: number) => bytes.readUInt32LE(at + 48 + 4 * index);
  return {
    seq: readUInt64(bytes, at + 16),
    at: readUInt64(bytes, at + 24) / 1e6,
    pid: bytes.readUInt32LE(at + 32),
    parent: bytes.readUInt32LE(at + 36),
    pids,
    uid: bytes.readUInt32LE(at + 40),
    tty: bytes.readUInt8(at + 7) === 1,
    ns: {
      pid: inode(0),
      mnt: inode(1),
      net: inode(2),
      uts: inode(3),
      ipc: inode(4),
      user: inode(5),
      cgroup: inode(6),
      time: inode(7),
    },
    pidForChildren: bytes.readUInt32LE(at + 44),
  };
}

/** A double: exact for cgroup ids and counters, to a quarter of a microsecond for times since the epoch. */
function readUInt64(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at + 4) * 0x1_0000_0000 + bytes.readUInt32LE(at);
}

function kindsOf(flags: number): NamespaceKind[] {
  return nsOrder.filter((_, i) => (flags & (cloneFlags[i] ?? 0)) !== 0);
}

/** wait(2) */
function waitStatus(status: number): { code: number | null; signal: number | null } {
  const signal = status & 0x7f;
  return signal ? { code: null, signal } : { code: (status >> 8) & 0xff, signal: null };
}

/** Each argument ends in a NUL; one that was cut does not. */
function splitArgv(text: string): string[] {
  const argv = text.split('\0');
  if (argv.at(-1) === '') argv.pop();
  return argv;
}

class Texts {
  readonly #bytes: Buffer;
  readonly #at: number;
  #start: number;
  #index = 0;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
    this.#start = at + headBytes;
  }

  next(): string {
    const length = this.#bytes.readUInt16LE(this.#at + 152 + 2 * this.#index++);
    const start = this.#start;
    this.#start += length;
    return this.#bytes.toString('utf8', start, this.#start);
  }
}
