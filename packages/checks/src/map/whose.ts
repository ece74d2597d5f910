import {
  inOrder,
  type MapDeed,
  type MapName,
  type MapPicture,
  type NamespaceKind,
  programOf,
} from '@tatami/protocol';

/** The name that a reader knows best comes first. */
const bestKnown: MapName['type'][] = ['container', 'hostname', 'held', 'machine', 'process'];

/** Whose the namespaces of a deed are in a picture; null when none of them is in it. */
export function whoseOf({ ns }: Pick<MapDeed, 'ns'>, picture: MapPicture): MapName | null {
  const names = (Object.keys(ns) as NamespaceKind[]).flatMap(
    (kind) => nameOf(kind, ns[kind] ?? 0, picture) ?? [],
  );
  return names.sort((a, b) => bestKnown.indexOf(a.type) - bestKnown.indexOf(b.type))[0] ?? null;
}

function nameOf(kind: NamespaceKind, inode: number, picture: MapPicture): MapName | null {
  const { namespaces, processes } = picture;
  const namespace = namespaces.find((one) => one.kind === kind && one.inode === inode);
  if (!namespace) return null;
  const machineName = namespaces.find((one) => one.kind === 'uts' && one.machine)?.hostname ?? '';
  if (namespace.machine) return { type: 'machine', text: machineName };
  // Whoever came in later is younger.
  const members = inOrder(processes.filter(({ ns }) => ns[kind] === inode));
  const container = members.find((one) => one.container !== null)?.container;
  if (container) return { type: 'container', text: container };
  const { heldAt } = namespace;
  if (heldAt !== null) return { type: 'held', text: heldAt.split('/').at(-1) || heldAt };
  const [oldest] = members;
  if (!oldest) return null;
  const uts = namespaces.find((one) => one.kind === 'uts' && one.inode === oldest.ns.uts);
  if (uts?.hostname && !uts.machine && uts.hostname !== machineName)
    return { type: 'hostname', text: uts.hostname };
  const known = members.find(({ terminals }) => terminals.length > 0) ?? oldest;
  return { type: 'process', text: programOf(known.command), pid: known.pids[0] ?? 0 };
}
