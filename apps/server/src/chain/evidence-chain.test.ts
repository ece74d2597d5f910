import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commitmentOf, newSalt } from '@tatami/report';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore, type Store } from '../store/database.ts';
import { appendToChain, readChain, verifyChain } from './evidence-chain.ts';

let dir: string;
let store: Store;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tatami-chain-'));
  store = await openStore(dir);
});
afterEach(async () => {
  await store.destroy();
  await rm(dir, { recursive: true });
});

const append = (points: number) =>
  store.transaction().execute((transaction) =>
    appendToChain(transaction, {
      kind: 'mark',
      digest: commitmentOf({ points }, newSalt()),
    }),
  );

test('entries that are added at once make one chain', async () => {
  await Promise.all(Array.from({ length: 20 }, (_, n) => append(n)));
  expect(await verifyChain(store)).toBeNull();
  expect((await readChain(store, 19)).map(({ seq }) => seq)).toEqual([20]);
});

test('a chain of several pages is read to its end', async () => {
  await store.transaction().execute(async (transaction) => {
    for (let n = 0; n < 1001; n++)
      await appendToChain(transaction, { kind: 'mark', digest: commitmentOf(n, newSalt()) });
  });
  expect(await verifyChain(store)).toBeNull();
  await store
    .updateTable('chain_entries')
    .set({ previous: commitmentOf(1, newSalt()) })
    .where('seq', '=', 1001)
    .execute();
  expect(await verifyChain(store)).toEqual({ seq: 1001, wrong: 'link' });
});

test('a transaction that fails leaves no entry', async () => {
  await append(1);
  const failing = store.transaction().execute(async (transaction) => {
    await appendToChain(transaction, { kind: 'mark', digest: commitmentOf(1, newSalt()) });
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  await append(2);
  expect((await readChain(store, 0)).map(({ seq }) => seq)).toEqual([1, 2]);
  expect(await verifyChain(store)).toBeNull();
});

test('an entry that was changed or removed in the database is named', async () => {
  for (const points of [1, 2, 3, 4]) await append(points);
  await store
    .updateTable('chain_entries')
    .set({ digest: commitmentOf(100, newSalt()) })
    .where('seq', '=', 2)
    .execute();
  expect(await verifyChain(store)).toEqual({ seq: 3, wrong: 'link' });
  await store.deleteFrom('chain_entries').where('seq', '=', 2).execute();
  expect(await verifyChain(store)).toEqual({ seq: 3, wrong: 'order' });
});
