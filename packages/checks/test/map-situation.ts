import { MapPicture, NamespaceKind, TerminalId } from '@tatami/protocol';
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
