import type { FastifyInstance } from 'fastify';
import type { Labs } from '../labs/labs.ts';
import type { Store } from '../store/database.ts';
import type { Workshops } from '../workshops/workshops.ts';
import { MarkStore } from './mark-store.ts';
import { Marks } from './marks.ts';
import { markRoutes } from './routes.ts';
import { Settling } from './settling.ts';
import { WorkStore } from './work-store.ts';

/** Marks with their routes and what fixes them; it ends with the server, before the store does. */
export async function openMarks(
  app: FastifyInstance,
  { store, labs, workshops }: { store: Store; labs: Labs; workshops: Workshops },
): Promise<Marks> {
  const markStore = new MarkStore(store);
  const marks = new Marks({ marks: markStore, work: new WorkStore(store), labs, workshops });
  const warn = (message: string, err: unknown) => app.log.error({ err }, message);
  const settling = new Settling({ store: markStore, marks, warn });
  app.addHook('onReady', async () => settling.start());
  app.addHook('onClose', () => settling.close());
  await app.register(markRoutes, { marks, workshops });
  return marks;
}
