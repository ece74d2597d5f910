import './compile-once.ts';
import { z } from 'zod';
import { buildRunner, listen } from './app.ts';
import { RunnerConfig } from './config.ts';

const config = RunnerConfig.safeParse(process.env);
if (!config.success) {
  process.stderr.write(`The runner's settings are wrong:\n${z.prettifyError(config.error)}\n`);
  process.exit(2);
}
process.umask(0o077);
const app = await buildRunner(config.data).catch((error: Error) => {
  process.stderr.write(`The runner cannot start: ${error.message}\n`);
  process.exit(1);
});
await listen(app, config.data);
app.log.info({ socket: config.data.TATAMI_RUNNER_SOCKET }, 'runner is ready');

let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    app.close().then(
      () => process.exit(0),
      (error: unknown) => {
        app.log.error({ err: error }, 'could not close cleanly');
        process.exit(1);
      },
    );
  });
}
