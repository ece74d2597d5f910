import type { NamespaceKind } from './check-spec.ts';
import type { MapChange, MapDeed, MapNamespace, MapPicture, MapProcess } from './kernel-map.ts';

/** Deeds kept in a picture. */
export const keptDeeds = 20;

const kindOrder: NamespaceKind[] = ['user', 'pid', 'mnt', 'net', 'uts', 'ipc', 'cgroup', 'time'];

/** Oldest first, by start and number. */
export function inOrder(processes: MapProcess[]): MapProcess[] {
  const key = ({ id }: MapProcess) => id.split('.').map(Number) as [number, number];
  return processes
    .map((process): [[number, number], MapProcess] => [key(process), process])
    .sort(([[pid, ticks]], [[otherPid, otherTicks]]) => ticks - otherTicks || pid - otherPid)
    .map(([, process]) => process);
}

/** By kind, the machine's own first. */
export const namespacesInOrder = (namespaces: MapNamespace[]): MapNamespace[] =>
  namespaces.toSorted(
    (a, b) =>
      kindOrder.indexOf(a.kind) - kindOrder.indexOf(b.kind) ||
      Number(b.machine) - Number(a.machine) ||
      a.inode - b.inode,
  );

/** What leads from one picture to a later one of the same machine; `applied` takes it back in. */
export function changeOf(before: MapPicture, after: MapPicture): MapChange {
  return {
    seq: after.seq,
    at: after.at,
    processes: different(before.processes, after.processes, ({ id }) => id),
    gone: gone(before.processes, after.processes, ({ id }) => id),
    namespaces: different(before.namespaces, after.namespaces, ({ inode }) => inode),
    goneNamespaces: gone(before.namespaces, after.namespaces, ({ inode }) => inode),
    deeds: different(before.deeds, after.deeds, deedKey),
    cut: after.cut,
  };
}

/** Whether a change says more than that somebody looked. */
export const isEmpty = (change: MapChange, before: MapPicture): boolean =>
  change.cut === before.cut &&
  [change.processes, change.gone, change.namespaces, change.goneNamespaces, change.deeds].every(
    ({ length }) => length === 0,
  );

/** The picture that the change led to. */
export function applied(picture: MapPicture, change: MapChange): MapPicture {
  const { seq, at, cut } = change;
  return {
    ...{ seq, at, cut },
    processes: inOrder(replaced(picture.processes, change.processes, change.gone, ({ id }) => id)),
    namespaces: namespacesInOrder(
      replaced(picture.namespaces, change.namespaces, change.goneNamespaces, ({ inode }) => inode),
    ),
    deeds: newest([...picture.deeds, ...change.deeds]),
  };
}

/** One change that leads as far as these, in the order of time, do together; there is at least one. */
export function joined(changes: MapChange[]): MapChange {
  const [first, ...later] = changes;
  if (!first) throw new Error('no changes make no change');
  const { seq, at, cut } = later.at(-1) ?? first;
  const processes = changes.map((change) => ({ newer: change.processes, left: change.gone }));
  const namespaces = changes.map((change) => ({
    newer: change.namespaces,
    left: change.goneNamespaces,
  }));
  const [newer, left] = together(processes, ({ id }) => id);
  const [newerNamespaces, leftNamespaces] = together(namespaces, ({ inode }) => inode);
  return {
    ...{ seq, at, cut, processes: newer, gone: left },
    ...{ namespaces: newerNamespaces, goneNamespaces: leftNamespaces },
    deeds: newest(changes.flatMap(({ deeds }) => deeds)),
  };
}

/** A deed grows while its command goes on (nsenter enters one kind after another). */
const deedKey = ({ at, process, what }: MapDeed): string => `${at} ${process} ${what}`;

/** Each as it was told last, oldest first. */
const newest = (deeds: MapDeed[]): MapDeed[] =>
  replaced([], deeds, [], deedKey)
    .sort((a, b) => a.at - b.at)
    .slice(-keptDeeds);

function different<T, K>(before: T[], after: T[], key: (one: T) => K): T[] {
  const known = new Map(before.map((one) => [key(one), one]));
  return after.filter((one) => {
    const same = known.get(key(one));
    return same !== one && (!same || JSON.stringify(same) !== JSON.stringify(one));
  });
}

function gone<T, K>(before: T[], after: T[], key: (one: T) => K): K[] {
  const left = new Set(after.map(key));
  return before.map(key).filter((one) => !left.has(one));
}

function replaced<T, K>(before: T[], newer: T[], left: K[], key: (one: T) => K): T[] {
  const all = new Map(before.map((one) => [key(one), one]));
  for (const one of left) all.delete(one);
  for (const one of newer) all.set(key(one), one);
  return [...all.values()];
}

/** What is new or different after all of them, and what is gone. */
function together<T, K>(steps: { newer: T[]; left: K[] }[], key: (one: T) => K): [T[], K[]] {
  const all = new Map<K, T>();
  const gone = new Set<K>();
  for (const { newer, left } of steps) {
    for (const one of left) {
      all.delete(one);
      gone.add(one);
    }
    for (const one of newer) {
      all.set(key(one), one);
      gone.delete(key(one));
    }
  }
  return [[...all.values()], [...gone]];
}
