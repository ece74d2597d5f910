import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MapPicture, NamespaceKind, TerminalId } from '@tatami/protocol';
import { z } from 'zod';

const Kinds = z.array(NamespaceKind).min(1);

/** A moment of a real machine, the lines that led to it, and what a reader of its map has to be able to say. */
export const Situation = z.strictObject({
  name: z.string(),
  lines: z.array(z.strictObject({ terminal: TerminalId, text: z.string() })),
  picture: MapPicture,
  answers: z.strictObject({
    /** Terminals in other namespaces than the machine's; `pid1`: PID 1 of their pid namespace, as the machine counts. */
    inside: z.array(
      z.strictObject({ terminal: TerminalId, kinds: Kinds, pid1: z.int().nullable() }),
    ),
    /** Terminals and containers in other net namespaces than the machine's. */
    sharesNet: z.array(z.strictObject({ who: z.string(), with: z.array(z.string()) })),
    made: z.strictObject({ terminal: TerminalId, kinds: Kinds }).nullable(),
    entered: z.strictObject({ terminal: TerminalId, kinds: Kinds, whose: z.string() }).nullable(),
  }),
});
export type Situation = z.infer<typeof Situation>;

/** The recorded situations of a clone, by name. */
export async function readSituations(clone: string): Promise<Situation[]> {
  const folder = join(clone, 'packages/checks/test/map-situations');
  const files = (await readdir(folder)).filter((file) => file.endsWith('.json')).sort();
  return Promise.all(
    files.map(async (file) =>
      Situation.parse(JSON.parse(await readFile(join(folder, file), 'utf8'))),
    ),
  );
}

export const schemes = ['light', 'dark'] as const;
export type Scheme = (typeof schemes)[number];
/** Of the file in docs/map. */
export const pictureName = ({ name }: Pick<Situation, 'name'>, scheme: Scheme): string =>
  `${name}-${scheme}.png`;
