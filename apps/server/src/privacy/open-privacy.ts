import type { FastifyInstance } from 'fastify';
import type { Attempts } from '../attempts/attempts.ts';
import type { RunnerClient } from '../runner/runner-client.ts';
import type { Store } from '../store/database.ts';
import type { Workshops } from '../workshops/workshops.ts';
import { Erasure } from './erasure.ts';
import { Retention } from './retention.ts';
import { privacyRoutes } from './routes.ts';
import { Takeout } from './takeout.ts';

/** What learners may do with what is kept of them, and the job that deletes it; it ends with the server, before the store does. */
export async function openPrivacy(
  app: FastifyInstance,
  parts: {
    store: Store;
    dataDir: string;
    attempts: Attempts;
    runner: RunnerClient;
    workshops: Workshops;
  },
): Promise<void> {
  const { store, dataDir, runner, workshops } = parts;
  const warn = (message: string, err: unknown) => app.log.error({ err }, message);
  const erasure = new Erasure({ ...parts, warn });
  const retention = new Retention({ store, dataDir, erasure, warn });
  app.addHook('onReady', async () => retention.start());
  app.addHook('onClose', () => retention.close());
  const takeout = new Takeout(store, runner);
  await app.register(privacyRoutes, { workshops, takeout, erasure });
}
