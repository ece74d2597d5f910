import { z } from 'zod';

const text = z.string().max(200);

/** What a reader knows a place by; `text` was chosen by the learner, but for the machine's and a process's. */
export const MapName = z.discriminatedUnion('type', [
  /** By its host name. */
  z.strictObject({ type: z.literal('machine'), text }),
  /** A container's name, a host name of its own, the last part of the path that a mount holds it at. */
  z.strictObject({ type: z.enum(['container', 'hostname', 'held']), text }),
  /** By a program and its pid, for want of a name. */
  z.strictObject({ type: z.literal('process'), text, pid: z.int().nonnegative() }),
]);
export type MapName = z.infer<typeof MapName>;

/** The program of a command line, without quotes, folder, login dash and what a daemon appends. */
export function programOf(command: string): string {
  const first = command.trim().split(/\s+/)[0] ?? '';
  return (
    first
      .replace(/^['"]?-?/, '')
      .replace(/^.*\/(?=.)/, '')
      .replace(/:$/, '') || '?'
  );
}
