import { z } from 'zod';
import { buildServer } from './app.ts';
import { ServerConfig } from './config.ts';
import { stopOnSignals } from './stop.ts';

const config = ServerConfig.safeParse(process.env);
if (!config.success) {
  process.stderr.write(`The server's settings are wrong:\n${z.prettifyError(config.error)}\n`);
  process.exit(2);
}
process.umask(0o077);
const { TATAMI_HOST: host, TATAMI_PORT: port } = config.data;
try {
  const app = await buildServer(config.data);
  await app.listen({ host, port });
  stopOnSignals(app);
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException;
  const why =
    code === 'EADDRINUSE'
      ? `port ${port} of ${host} is in use; choose another with TATAMI_PORT`
      : message;
  process.stderr.write(`The server cannot start: ${why}\n`);
  process.exit(1);
}
