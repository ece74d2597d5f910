import {
  AppError,
  applied,
  type Evidence,
  MapEvent,
  type MapPicture,
  type MapProcess,
  type NamespaceKind,
} from '@tatami/protocol';
import type { WebSocket } from 'ws';

const timeoutMs = 3_000;

/** The newest picture of a machine's map. @throws `runner.unreachable`. */
export async function pictureOf(socket: WebSocket): Promise<MapPicture> {
  try {
    const event = await new Promise<MapEvent>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('no picture came in time')), timeoutMs);
      socket.once('message', (frame: Buffer) => {
        clearTimeout(timer);
        resolve(MapEvent.parse(JSON.parse(frame.toString())));
      });
      socket.once('error', reject);
      socket.once('close', () => reject(new Error('the map was closed')));
    });
    if (event.type !== 'past') throw new Error(`the map began with ${event.type}`);
    return event.changes.reduce(applied, event.picture);
  } catch (cause) {
    throw new AppError('runner.unreachable', { cause });
  } finally {
    socket.on('error', () => undefined);
    socket.terminate();
  }
}

/** Where each terminal stands, as facts: its process, host name, and the namespaces that are not the machine's. */
export const factsOf = (picture: MapPicture): Evidence['facts'] =>
  picture.processes
    .flatMap((process) => process.terminals.map((terminal) => ({ terminal, process })))
    .sort((one, other) => one.terminal.localeCompare(other.terminal))
    .flatMap(({ terminal, process }) => [
      { name: 'terminal', value: terminal },
      ...standing(picture, process),
    ]);

function standing(picture: MapPicture, process: MapProcess): Evidence['facts'] {
  const namespaces = new Map(picture.namespaces.map((one) => [one.inode, one]));
  const kinds = Object.keys(process.ns) as NamespaceKind[];
  const isMachines = (kind: NamespaceKind) => namespaces.get(process.ns[kind])?.machine ?? false;
  const shared = kinds.filter(isMachines);
  const hostname = namespaces.get(process.ns.uts)?.hostname;
  return [
    { name: 'process', value: process.command },
    { name: 'pid-machine', value: String(process.pids[0]) },
    ...(process.pids.length > 1
      ? [{ name: 'pid-inside', value: String(process.pids.at(-1)) }]
      : []),
    ...(process.container === null ? [] : [{ name: 'container', value: process.container }]),
    ...(hostname ? [{ name: 'hostname', value: hostname }] : []),
    ...kinds
      .filter((kind) => !isMachines(kind))
      .map((kind) => ({ name: `ns-${kind}`, value: String(process.ns[kind]) })),
    ...(shared.length > 0 ? [{ name: 'shared', value: shared.join(', ') }] : []),
  ];
}
