import { join } from 'node:path';
import { part } from '@tatami/config';
import { z } from 'zod';

/** The server's settings; folders that are not named one by one lie below TATAMI_DATA and TATAMI_RUN. */
export const ServerConfig = z.object(part('server')).transform((given) => ({
  ...given,
  TATAMI_DATA_DIR: given.TATAMI_DATA_DIR ?? join(given.TATAMI_DATA, 'server'),
  TATAMI_RUNNER_SOCKET: given.TATAMI_RUNNER_SOCKET ?? join(given.TATAMI_RUN, 'runner.sock'),
  TATAMI_LABS_DIR: given.TATAMI_LABS ?? given.TATAMI_LABS_DIR,
}));
export type ServerConfig = z.infer<typeof ServerConfig>;
