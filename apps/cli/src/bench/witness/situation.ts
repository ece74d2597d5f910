import type { KernelSnapshot, NamespaceKind } from '@tatami/protocol';

type Counts = Partial<Record<NamespaceKind, number>>;

/** Namespaces and processes built in a fresh sandbox, and what must be there once it stands. */
export interface Situation {
  name: string;
  /** Runs as root inside, after {@link prelude}. */
  script: string;
  /** How many namespaces other than the machine's have living processes, by kind; none of the rest. */
  namespaces: Counts;
  /** How many namespaces are held by bind mounts. */
  pinned?: Counts;
  zombies?: number;
  also?: (view: KernelSnapshot) => boolean;
}

/** `keep` leaves a program running without the script's standard streams. */
export const prelude = 'keep() { "$@" </dev/null >/dev/null 2>&1 & }\n';

/** Runs in every machine, in a net namespace of its own (native/init.c). */
const internet = '/usr/local/libexec/internet';

/** Whether the view shows what the situation was built to be, beside what every machine has. */
export function stands(situation: Situation, whole: KernelSnapshot): boolean {
  const [simulated] = whole.processes.filter(({ exe }) => exe === internet);
  const view = { ...whole, processes: whole.processes.filter(({ exe }) => exe !== internet) };
  return (
    simulated !== undefined &&
    simulated.ns.net !== whole.machine.ns.net &&
    sameCounts(situation.namespaces, living(view)) &&
    sameCounts(situation.pinned ?? {}, view.pinned) &&
    view.zombies.length === (situation.zombies ?? 0) &&
    (situation.also?.(view) ?? true)
  );
}

function living(view: KernelSnapshot): { kind: NamespaceKind; inode: number }[] {
  const kinds = Object.keys(view.machine.ns) as NamespaceKind[];
  return view.processes.flatMap(({ ns }) =>
    kinds
      .filter((kind) => ns[kind] !== view.machine.ns[kind])
      .map((kind) => ({ kind, inode: ns[kind] })),
  );
}

function sameCounts(wanted: Counts, seen: { kind: NamespaceKind; inode: number }[]): boolean {
  const distinct = new Map(seen.map(({ kind, inode }) => [`${kind}:${inode}`, kind]));
  const kinds = new Set([...distinct.values(), ...(Object.keys(wanted) as NamespaceKind[])]);
  return [...kinds].every(
    (kind) => [...distinct.values()].filter((one) => one === kind).length === (wanted[kind] ?? 0),
  );
}
