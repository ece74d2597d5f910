import { join } from 'node:path';
import { part } from '@tatami/config';
import { z } from 'zod';

/** The runner's settings, durations in milliseconds; folders that are not named one by one lie below TATAMI_DATA and TATAMI_RUN. */
export const RunnerConfig = z.object(part('runner')).transform((given) => ({
  ...given,
  TATAMI_DATA_DIR: given.TATAMI_DATA_DIR ?? join(given.TATAMI_DATA, 'runner'),
  TATAMI_RUNNER_SOCKET: given.TATAMI_RUNNER_SOCKET ?? join(given.TATAMI_RUN, 'runner.sock'),
  TATAMI_STATE_DIR: given.TATAMI_STATE_DIR ?? join(given.TATAMI_RUN, 'runner'),
}));
export type RunnerConfig = z.infer<typeof RunnerConfig>;
