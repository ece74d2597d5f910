import { TerminalId } from '@tatami/protocol';
import { z } from 'zod';

const Text = z.string().trim().min(1);

/** A line typed into a terminal, followed by Enter; a bare text goes into terminal 1. */
export const Line = z.union([
  Text.transform((text) => ({ terminal: '1', text })),
  z.strictObject({
    terminal: z.union([TerminalId, z.int().transform(String).pipe(TerminalId)]),
    text: Text,
  }),
]);
export type Line = z.infer<typeof Line>;
