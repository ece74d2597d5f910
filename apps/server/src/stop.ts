import { exitCodes } from '@tatami/config';
import type { FastifyInstance } from 'fastify';

/** Requests that were begun have this long to be finished, e.g. a download by a slow browser. */
const finishMs = 5_000;
/** By then the process ends whatever hangs: what was acknowledged is on the disk. */
const hardMs = 10_000;

/** Ends the process gracefully on SIGTERM and SIGINT, within bounds; a second signal ends it at once. */
export function stopOnSignals(app: FastifyInstance): void {
  let isStopping = false;
  const stop = () => {
    if (isStopping) process.exit(exitCodes.failed);
    isStopping = true;
    setTimeout(() => app.server.closeAllConnections(), finishMs).unref();
    setTimeout(() => {
      app.log.warn('the end took too long and was cut short');
      process.exit(exitCodes.done);
    }, hardMs).unref();
    app.close().then(
      () => process.exit(exitCodes.done),
      (error: unknown) => {
        app.log.error({ err: error }, 'could not close cleanly');
        process.exit(exitCodes.failed);
      },
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
}
