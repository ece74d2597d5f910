import { z } from 'zod';

/** A browser's WebSocket handshake that the server has judged and the runner answers (docs/protocol.md R34). */
export const HandedOver = z.object({
  /** Sec-WebSocket-Key (RFC 6455 section 4.1). */
  key: z.string().regex(/^[+/0-9A-Za-z]{22}==$/),
  /** What the runner has there: path and query. */
  path: z.string().regex(/^\/[!#-[\]-~]*$/),
});
export type HandedOver = z.infer<typeof HandedOver>;

/** As tatami-handoff (packages/sandbox/native/handoff.c) carries it, in at most so many bytes. */
export const maxHandedOverBytes = 1024;
export const handedOverText = ({ key, path }: HandedOver): string => `${key} ${path}`;

/** @returns undefined when it is none. */
export function readHandedOver(text: unknown): HandedOver | undefined {
  if (typeof text !== 'string') return undefined;
  const [key, path, ...more] = text.split(' ');
  return more.length > 0 ? undefined : HandedOver.safeParse({ key, path }).data;
}

/** The door's socket lies beside the runner's. */
export const doorPath = (runnerSocket: string): string =>
  runnerSocket.replace(/[^/]*$/, 'browsers.sock');

/** Said over a lease before it ends: the close code that the browser gets. */
export const LeaseEnd = z.coerce.number().int().min(4000).max(4999);
