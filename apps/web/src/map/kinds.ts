import { type MapPicture, type MapProcess, NamespaceKind } from '@tatami/protocol';

export { programOf } from '@tatami/protocol';

/** In the order in which the map and the table list them. */
export const kinds = NamespaceKind.options;

/** What the machine's own namespaces are, by kind. */
export function machineInodes({
  namespaces,
  processes,
}: Pick<MapPicture, 'namespaces' | 'processes'>): Partial<Record<NamespaceKind, number>> {
  const own = namespaces.filter(({ machine }) => machine);
  if (own.length > 0) return Object.fromEntries(own.map(({ kind, inode }) => [kind, inode]));
  return processes.find(({ pids }) => pids.length === 1 && pids[0] === 1)?.ns ?? {};
}

/** When it was started: ticks since the host's boot, then pid, to compare. */
export function ageOf({ id }: MapProcess): [ticks: number, pid: number] {
  const [pid = 0, ticks = 0] = id.split('.').map(Number);
  return [ticks, pid];
}

export function byAge(a: MapProcess, b: MapProcess): number {
  const [[ticksA, pidA], [ticksB, pidB]] = [ageOf(a), ageOf(b)];
  return ticksA - ticksB || pidA - pidB;
}

/** The machine's number of a process, as `ps` on the machine shows it. */
export const machinePid = ({ pids }: MapProcess): number => pids[0] ?? 0;

/** Its number in the innermost pid namespace, when that is not the machine's. */
export const insidePid = ({ pids }: MapProcess): number | null =>
  pids.length > 1 ? (pids.at(-1) ?? null) : null;
