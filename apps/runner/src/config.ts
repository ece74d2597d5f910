import { z } from 'zod';

const minutes = (value: number) => value * 60_000;
const positive = z.coerce.number().int().positive();

/** The runner's settings, from the environment; durations in milliseconds. */
export const RunnerConfig = z.object({
  TATAMI_RUNNER_SOCKET: z.string().default('/run/tatami/runner.sock'),
  /** Group that may open the socket; without one only root can. */
  TATAMI_SOCKET_GROUP: z.string().optional(),
  TATAMI_STATE_DIR: z.string().default('/run/tatami/runner'),
  TATAMI_DATA_DIR: z.string().default('/var/lib/tatami/runner'),
  TATAMI_ROOTFS: z.string(),
  TATAMI_NATIVE_BIN: z.string(),
  TATAMI_NATIVE_INIT: z.string(),
  /** tatami-handoff, by which the server hands browsers over; without it their terminals pass the server. */
  TATAMI_HANDOFF: z.string().optional(),
  /** The event stream's kernel programs and what loads them; when they are not there, the runner falls back. */
  TATAMI_EVENTS_LOADER: z.string(),
  TATAMI_EVENTS_OBJECT: z.string(),
  /** Kernel events of one sandbox that are told in a second for ever, and four times as many at once. */
  TATAMI_EVENTS_PER_SECOND: positive.default(1_000),
  TATAMI_SEATS: positive.default(20),
  TATAMI_WARM: z.coerce.number().int().nonnegative().default(2),
  TATAMI_IDLE_MS: positive.default(minutes(60)),
  TATAMI_ABSOLUTE_MS: positive.default(minutes(240)),
  TATAMI_EXTEND_MS: positive.default(minutes(60)),
  /** Extensions end here, counted from the machine's creation. */
  TATAMI_LONGEST_MS: positive.default(minutes(480)),
  TATAMI_LOG_LEVEL: z.string().default('info'),
});
export type RunnerConfig = z.infer<typeof RunnerConfig>;
