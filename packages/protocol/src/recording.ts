import { z } from 'zod';

/**
 * What is kept of a terminal's output, docs/recordings.md. Offsets are those of the terminal stream;
 * times are milliseconds since `startedAt` and never go back.
 */

const size = { cols: z.int().positive(), rows: z.int().positive() };
const moment = { atMs: z.int().nonnegative(), offset: z.int().nonnegative() };

/** When each byte came, how wide the terminal was, and what is missing. */
export const RecordingIndex = z.strictObject({
  startedAt: z.iso.datetime(),
  /** Of the first byte kept, and after the last. */
  start: z.int().nonnegative(),
  end: z.int().nonnegative(),
  /** Before any resize. */
  ...size,
  /** Bursts of output as [time, offset after it], both ascending. */
  outputs: z.array(z.tuple([z.int().nonnegative(), z.int().nonnegative()])),
  resizes: z.array(z.strictObject({ ...moment, ...size })),
  /** `bytes` that came just before `offset` were not kept. */
  gaps: z.array(z.strictObject({ ...moment, bytes: z.int().positive() })),
});
export type RecordingIndex = z.infer<typeof RecordingIndex>;

/** Most bursts and most resizes in an index: beyond, neighbours are told as one. */
export const maxIndexEvents = 50_000;
/** Most bytes of a recording in one answer. */
export const maxRecordingRangeBytes = 1024 * 1024;
/** Header of an answer with bytes of a recording: the offset of the first. */
export const offsetHeader = 'tatami-offset';

/** Bytes at or after `from`, up to a gap; without it the last ones. */
export const RecordingRange = z.object({
  from: z.coerce.number().pipe(z.int().nonnegative()).optional(),
  most: z.coerce
    .number()
    .pipe(z.int().min(1).max(maxRecordingRangeBytes))
    .default(256 * 1024),
});
export type RecordingRange = z.infer<typeof RecordingRange>;
