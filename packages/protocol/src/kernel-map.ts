import { z } from 'zod';
import { NamespaceKind } from './check-spec.ts';
import { TerminalId } from './ids.ts';
import { MapName } from './map-name.ts';

/**
 * A process of a machine for good: its pid in the machine's pid namespace and its start (proc_pid_stat(5)), as
 * `PID.TICKS`; `PID.0` for one that came and went between two pictures, and is in none.
 */
export const MapProcessId = z.string().regex(/^\d+\.\d+$/);
export type MapProcessId = z.infer<typeof MapProcessId>;

const Inode = z.int().nonnegative();

/** A process of the machine as the map shows it. Nothing of the host is in it. */
export const MapProcess = z.strictObject({
  id: MapProcessId,
  /** Null for the machine's PID 1 and for what entered from the host. */
  parent: MapProcessId.nullable(),
  /** NSpid from the machine's pid namespace inwards: the first is what `ps` on the machine says. */
  pids: z.array(z.int().positive()).min(1),
  /** Its arguments in one line, cut; settable by the learner. */
  command: z.string().max(200),
  /** Stopped (proc_pid_stat(5): T or t). Whether it runs or sleeps changes at every look and is not told. */
  stopped: z.boolean(),
  /** `root` and `learner` of the machine; another user by its number there. */
  user: z.string(),
  ns: z.record(NamespaceKind, Inode),
  /** Inode of pid_for_children; null: unshared and no child was born yet, or the namespace is dead. */
  pidForChildren: Inode.nullable(),
  /** Terminals whose prompt or foreground program this is: where each terminal stands. */
  terminals: z.array(TerminalId),
  /** Name of the container that it is a part of or was started in by the runtime. */
  container: z.string().max(100).nullable(),
});
export type MapProcess = z.infer<typeof MapProcess>;

/** A namespace that has processes, or is held by a mount. */
export const MapNamespace = z.strictObject({
  kind: NamespaceKind,
  inode: Inode,
  /** It is the machine's own: that of its PID 1. */
  machine: z.boolean(),
  /** Of a uts namespace. */
  hostname: z.string().max(100).nullable(),
  /** Where a mount holds it, with or without processes (`ip netns add`). */
  heldAt: z.string().max(200).nullable(),
});
export type MapNamespace = z.infer<typeof MapNamespace>;

/** Something that a command did to namespaces, for the picture to show in motion and the slider to stop at. */
export const MapDeed = z.strictObject({
  at: z.int(),
  process: MapProcessId,
  /** `made`: unshare(2) or clone(2); `entered`: setns(2); `ended`: the last process of a namespace went. */
  what: z.enum(['made', 'entered', 'ended']),
  kinds: z.array(NamespaceKind).min(1),
  /** Inodes of the namespaces, as far as they are known; of a kind of `kinds`. */
  ns: z.partialRecord(NamespaceKind, Inode),
  /** Where it was typed; null when that is not known, and of what has ended. */
  terminal: TerminalId.nullable(),
  /** The line that was typed, cut; of what has ended, the process's own. */
  command: z.string().max(200),
  /** Of `entered`, whose they were when that happened: later the namespaces may be gone, and their inodes another's. */
  whose: MapName.nullable(),
});
export type MapDeed = z.infer<typeof MapDeed>;

/** One moment of one machine. The checks read the same look. */
export const MapPicture = z.strictObject({
  /** Counts the pictures of a machine. */
  seq: z.int().nonnegative(),
  /** ms since the epoch. */
  at: z.int(),
  processes: z.array(MapProcess),
  namespaces: z.array(MapNamespace),
  /** The newest until then, oldest first. */
  deeds: z.array(MapDeed).max(20),
  /** More was there than is looked at (500 processes, 100 held namespaces of a kind). */
  cut: z.boolean(),
});
export type MapPicture = z.infer<typeof MapPicture>;

/** What is sent after the first picture: what is new or different, and what is gone. */
export const MapChange = z.strictObject({
  seq: z.int().positive(),
  at: z.int(),
  processes: z.array(MapProcess),
  gone: z.array(MapProcessId),
  namespaces: z.array(MapNamespace),
  goneNamespaces: z.array(Inode),
  deeds: z.array(MapDeed).max(20),
  cut: z.boolean(),
});
export type MapChange = z.infer<typeof MapChange>;

/**
 * GET /sandboxes/:id/map (runner) and GET /api/labs/:lab/map (server): WebSocket, MapEvent as JSON text frames.
 * First `past` (what the slider goes back over, oldest first: a picture and changes), then changes as they come
 * (docs/protocol.md, M1 to M7).
 * `past` comes again after a gap, without changes: `seq` tells whether it is of the same machine, whose count goes up.
 */
export const MapEvent = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('past'), picture: MapPicture, changes: z.array(MapChange) }),
  z.strictObject({ type: z.literal('change'), change: MapChange }),
  /** Nobody can look now; what is shown is from then. */
  z.strictObject({ type: z.literal('stale'), since: z.int() }),
]);
export type MapEvent = z.infer<typeof MapEvent>;
