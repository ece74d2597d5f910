import { expect, test } from 'vitest';
import { Attachment, type TerminalClient } from './attachment.ts';
import { Ring } from './ring.ts';
import { SizeHistory } from './size-history.ts';

const size = { cols: 80, rows: 24 };

test('R32: a viewer whose snapshot was passed while it was drawn begins again once it acknowledges that', () => {
  const client: TerminalClient = {
    control: () => undefined,
    output: () => undefined,
    close: () => undefined,
    unsentBytes: 0,
  };
  const ring = new Ring(1024, 0, () => undefined);
  const sizes = new SizeHistory(0, size);
  const viewer = new Attachment(client, 'viewer', false);
  for (let n = 0; n < 64; n++) ring.append(Buffer.alloc(1024));
  const drawnAt = ring.start - 1;
  viewer.begin({ offset: drawnAt, snapshot: '', ...size }, ring.end);
  viewer.pump(ring, sizes);
  expect(viewer.begins).toBe(false);
  // So that its acknowledgement is not the last that is heard of it.
  expect(viewer.blocked).toBe(true);
  expect(viewer.acknowledge(drawnAt)).toBe('new');
  expect(viewer.acknowledge(drawnAt)).toBe('known');
  viewer.pump(ring, sizes);
  expect(viewer.begins).toBe(true);
});
