import { join } from 'node:path';

/** The server as a process of its own, from its sources. */
export const serverProgram = [
  process.execPath,
  ...['--import', 'tsx', join(import.meta.dirname, '../src/server.ts')],
];

/** Settings with which it would start, with all that it keeps in `dir`. */
export const serverEnv = (dir: string): Record<string, string> => ({
  TATAMI_PORT: '0',
  TATAMI_DATA: join(dir, 'data'),
  TATAMI_RUN: join(dir, 'run'),
  TATAMI_LABS_DIR: join(import.meta.dirname, 'labs'),
  TATAMI_WEB_DIR: join(import.meta.dirname, 'web'),
  TATAMI_LOG_LEVEL: 'silent',
});
