import { MapPicture, type MapProcess, NamespaceKind, TerminalId } from '@tatami/protocol';
import { z } from 'zod';

const Kinds = z.array(NamespaceKind).min(1);

/** What a reader has to be able to say who has seen only the map of a situation, or only its table. */
export const MapAnswers = z.strictObject({
  /** Terminals in other namespaces than the machine's, and the machine's pid of the PID 1 they see. */
  inside: z.array(
    z.strictObject({ terminal: TerminalId, kinds: Kinds, pid1: z.int().positive().nullable() }),
  ),
  /** Who else is in the net namespace of a terminal or container that has another than the machine's. */
  sharesNet: z.array(z.strictObject({ who: z.string(), with: z.array(z.string()) })),
  /** What the last unshare made; null: there was none. */
  made: z.strictObject({ terminal: TerminalId, kinds: Kinds }).nullable(),
  /** Where the last nsenter went: the container's name, the namespace's host name, or `the machine`. */
  entered: z.strictObject({ terminal: TerminalId, kinds: Kinds, whose: z.string() }).nullable(),
});
export type MapAnswers = z.infer<typeof MapAnswers>;

/** A recorded moment of a real machine, with the lines that led to it. */
export const MapSituation = z.strictObject({
  name: z.string(),
  lines: z.array(z.strictObject({ terminal: TerminalId, text: z.string() })),
  picture: MapPicture,
  answers: MapAnswers,
});
export type MapSituation = z.infer<typeof MapSituation>;

const kindOrder = NamespaceKind.options;
export const inKindOrder = (kinds: NamespaceKind[]): NamespaceKind[] =>
  kinds.toSorted((a, b) => kindOrder.indexOf(a) - kindOrder.indexOf(b));

/** What a picture answers, read as a person reads it: what stands where, beside what, and what was done last. */
export function answersOf(picture: MapPicture): MapAnswers {
  const { processes, namespaces } = picture;
  const isMachines = (inode: number) =>
    namespaces.some((namespace) => namespace.machine && namespace.inode === inode);
  const elsewhere = ({ ns }: MapProcess) =>
    inKindOrder(kindOrder.filter((kind) => !isMachines(ns[kind])));
  const standing = processes
    .flatMap((process) => process.terminals.map((terminal) => ({ terminal, process })))
    .sort((a, b) => a.terminal.localeCompare(b.terminal));
  const pid1 = ({ ns }: MapProcess) =>
    processes.find(({ ns: { pid }, pids }) => pid === ns.pid && pids.at(-1) === 1)?.pids[0] ?? null;
  return {
    inside: standing
      .filter(({ process }) => elsewhere(process).length > 0)
      .map(({ terminal, process }) => ({
        ...{ terminal, kinds: elsewhere(process), pid1: pid1(process) },
      })),
    sharesNet: netSharers(picture, isMachines),
    made: lastMade(picture),
    entered: lastEntered(picture),
  };
}

function netSharers(
  { processes }: MapPicture,
  isMachines: (inode: number) => boolean,
): MapAnswers['sharesNet'] {
  const named = processes.flatMap(({ ns, terminals, container }) => {
    const names = terminals.map((terminal) => `terminal ${terminal}`);
    if (terminals.length === 0 && container !== null) names.push(container);
    return isMachines(ns.net) ? [] : names.map((name) => [name, ns.net] as const);
  });
  const net = new Map(named);
  const names = [...net.keys()].sort();
  return names.map((who) => ({
    who,
    with: names.filter((name) => name !== who && net.get(name) === net.get(who)),
  }));
}

/** The runtime's own doing is not the learner's unshare. */
const byTool = (picture: MapPicture, what: 'made' | 'entered') =>
  picture.deeds.findLast(
    (deed) => deed.what === what && !/^(docker|podman) /.test(deed.command) && deed.terminal,
  );

function lastMade(picture: MapPicture): MapAnswers['made'] {
  const deed = byTool(picture, 'made');
  return deed?.terminal ? { terminal: deed.terminal, kinds: inKindOrder(deed.kinds) } : null;
}

function lastEntered(picture: MapPicture): MapAnswers['entered'] {
  const deed = byTool(picture, 'entered');
  if (!deed?.terminal) return null;
  const { whose } = deed;
  const name = whose?.type === 'machine' ? 'the machine' : (whose?.text ?? 'nobody');
  return { terminal: deed.terminal, kinds: inKindOrder(deed.kinds), whose: name };
}
