import './v8-flags.ts';
import { asSentence, exitCodes, loadConfig } from '@tatami/config';
import { buildRunner, listen, requireNoOther } from './app.ts';
import { RunnerConfig } from './config.ts';

const loaded = loadConfig(RunnerConfig, 'runner');
if ('faults' in loaded) {
  for (const fault of loaded.faults) process.stderr.write(`The runner cannot start: ${fault}\n`);
  process.exit(exitCodes.cannotRun);
}
process.umask(0o077);
const { config } = loaded;
const app = await start().catch((error: Error) => {
  process.stderr.write(`The runner cannot start: ${asSentence(error.message)}\n`);
  process.exit(exitCodes.failed);
});
app.log.info({ socket: config.TATAMI_RUNNER_SOCKET }, 'runner is ready');

let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    app.close().then(
      () => process.exit(exitCodes.done),
      (error: unknown) => {
        app.log.error({ err: error }, 'could not close cleanly');
        process.exit(exitCodes.failed);
      },
    );
  });
}

async function start() {
  await requireNoOther(config);
  const built = await buildRunner(config);
  try {
    await listen(built, config);
    return built;
  } catch (error) {
    await built.close();
    throw error;
  }
}
