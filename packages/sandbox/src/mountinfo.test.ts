import { expect, test } from 'vitest';
import { MountTables, parseMountinfo } from './mountinfo.ts';

const text = `22 1 0:21 / / rw,relatime shared:1 - overlay overlay rw,lowerdir=/a
30 22 0:4 uts:[4026532313] /run/a\\040b rw shared:9 - nsfs nsfs rw
31 22 0:4 uts:[4026532313] /run/a\\040b rw shared:9 - nsfs nsfs rw
32 22 0:4 mnt:[4026532314] /run/other rw - nsfs nsfs rw
33 22 0:40 /net:[1] /run/forged rw - tmpfs nsfs rw
34 22 0:41 / /mnt/x\\040-\\040nsfs rw - tmpfs - rw
`;

test('mounts, and the namespaces that mounts hold', () => {
  const { mounts, pinned } = parseMountinfo(text);
  expect(mounts).toHaveLength(6);
  expect(mounts.at(-1)).toEqual({ target: '/mnt/x - nsfs', type: 'tmpfs', dev: '0:41' });
  expect(pinned).toEqual([
    { kind: 'uts', inode: 4026532313, target: '/run/a b' },
    { kind: 'mnt', inode: 4026532314, target: '/run/other' },
  ]);
});

test('a table that stayed the same is not read again', () => {
  const tables = new MountTables();
  const look = (content: string) => tables.read(new Map([[7, Buffer.from(content)]])).get(7);
  const first = look(text);
  expect(look(text)).toBe(first);
  expect(look(text.slice(0, 60))).not.toEqual(first);
  tables.read(new Map());
  expect(look(text)).not.toBe(first);
});
