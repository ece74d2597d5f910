import type { FastifyInstance } from 'fastify';
import type { Labs } from '../labs/labs.ts';
import type { Store } from '../store/database.ts';
import type { Workshops } from '../workshops/workshops.ts';
import { MarkStore } from './mark-store.ts';
import { Marks } from './marks.ts';
import { markRoutes } from './routes.ts';
import { Settling } from './settling.ts';
import { WorkStore } from './work-store.ts';

/** Marks of what is in this store. */
export const marksOf = (parts: { store: Store; labs: Labs; workshops: Workshops }): Marks =>
  new Marks({ ...parts, marks: new MarkStore(parts.store), work: new WorkStore(parts.store) });

/** The routes of marks, and what fixes them; it ends with the server, before the store does. */
export async function openMarks(
  app: FastifyInstance,
  { store, marks, workshops }: { store: Store; marks: Marks; workshops: Workshops },
): Promise<void> {
  const warn = (message: string, err: unknown) => app.log.error({ err }, message);
  const settling = new Settling({ store: new MarkStore(store), marks, warn });
  app.addHook('onReady', async () => settling.start());
  app.addHook('onClose', () => settling.close());
  await app.register(markRoutes, { marks, workshops });
}
