import {
  asSentence,
  exitCodes,
  loadConfig,
  requireFolder,
  requireFreePort,
  whyNotListen,
} from '@tatami/config';
import { buildServer } from './app.ts';
import { ServerConfig } from './config.ts';
import { stopOnSignals } from './stop.ts';

const loaded = loadConfig(ServerConfig, 'server');
if ('faults' in loaded) {
  for (const fault of loaded.faults) process.stderr.write(`The server cannot start: ${fault}\n`);
  process.exit(exitCodes.cannotRun);
}
process.umask(0o077);
const { TATAMI_HOST: host, TATAMI_PORT: port, TATAMI_DATA_DIR: dataDir } = loaded.config;
try {
  // First: a second server must not touch what the one that runs keeps.
  await requireFreePort({ host, port });
  await requireFolder(dataDir, { what: 'the data folder', setting: 'TATAMI_DATA' });
  const app = await buildServer(loaded.config);
  await app.listen({ host, port }).catch((cause) => {
    throw new Error(whyNotListen(cause, { host, port }), { cause });
  });
  stopOnSignals(app);
} catch (error) {
  process.stderr.write(`The server cannot start: ${asSentence((error as Error).message)}\n`);
  process.exit(exitCodes.failed);
}
