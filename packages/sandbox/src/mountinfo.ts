import { type MountFact, NamespaceKind, type PinnedView } from '@tatami/protocol';
import { unescapeMount } from './mounts.ts';

/** The mounts of one mount namespace, and the namespaces that some of them hold. */
export interface MountTable {
  mounts: (MountFact & { dev: string })[];
  pinned: Omit<PinnedView, 'mnt'>[];
}

/** proc_pid_mountinfo(5): "id parent major:minor root target options... - type source options". */
export function parseMountinfo(text: string): MountTable {
  const table: MountTable = { mounts: [], pinned: [] };
  for (const line of text.split('\n')) {
    const separator = line.indexOf(' - ');
    if (separator < 0) continue;
    const [, , dev = '', root = '', escaped = ''] = line.slice(0, separator).split(' ');
    const target = unescapeMount(escaped);
    // A source may be "-" too.
    const [type = ''] = line.slice(separator + 3).split(' ', 1);
    table.mounts.push({ target, type, dev });
    if (type !== 'nsfs') continue;
    const [, name, inode] = root.match(/^(\w+):\[(\d+)\]$/) ?? [];
    const kind = NamespaceKind.safeParse(name);
    if (!kind.success) continue;
    const pin = { kind: kind.data, inode: Number(inode), target };
    // A mount below a shared one that is bound to itself shows twice, as ip-netns(8) makes them.
    const known = table.pinned.some(
      (one) => one.kind === pin.kind && one.inode === pin.inode && one.target === target,
    );
    if (!known) table.pinned.push(pin);
  }
  return table;
}

interface Kept {
  bytes: Buffer;
  table: MountTable;
}

/** Keeps what was parsed for as long as the kernel says the same: it seldom changes between two looks. */
export class MountTables {
  #kept = new Map<number, Kept>();

  /** The tables of one look, by mount namespace inode; those of namespaces not named are forgotten. */
  read(tables: Map<number, Buffer>): Map<number, MountTable> {
    const kept = new Map<number, Kept>();
    for (const [inode, bytes] of tables) {
      const before = this.#kept.get(inode);
      kept.set(inode, before?.bytes.equals(bytes) ? before : parsed(bytes));
    }
    this.#kept = kept;
    return new Map([...kept].map(([inode, { table }]) => [inode, table]));
  }
}

// A copy: the answer that the bytes lie in is larger by far.
const parsed = (bytes: Buffer): Kept => ({
  bytes: Buffer.from(bytes),
  table: parseMountinfo(bytes.toString('utf8')),
});
