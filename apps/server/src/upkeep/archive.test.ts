import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, open, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Header } from 'tar';
import { expect, test } from 'vitest';
import { knownSchema } from '../store/making.ts';
import { checkArchive } from './archive-reader.ts';
import { blockBytes, digestLine, writeArchive } from './archive-writer.ts';
import { type Manifest, newManifest } from './manifest.ts';
import { Refusal } from './refusal.ts';
import { restore } from './restore.ts';
import { openPlain } from './sources.ts';

const createdAt = '2026-01-02T03:04:05.678Z';
const contents: Record<string, Buffer> = {
  'server/tatami.db': randomBytes(5000),
  'server/cookie.key': Buffer.from('secret'),
  'runner/recordings/abcdef012345/1.0.bin': randomBytes(1024),
  'runner/recordings/abcdef012345/1.0.idx': Buffer.of(),
};

async function folder() {
  const dir = await mkdtemp(join(tmpdir(), 'tatami-archive-'));
  return {
    dir,
    dataDir: join(dir, 'data'),
    archive: join(dir, 'archive.tar'),
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true }),
  };
}

/** An archive of {@link contents}, and what its manifest was made into. */
async function written(path: string, change = (manifest: Manifest): Manifest => manifest) {
  const dir = await mkdtemp(join(tmpdir(), 'tatami-sources-'));
  const sources = Object.entries(contents).map(([name, bytes], n) => {
    const file = join(dir, String(n));
    const opened = writeFile(file, Buffer.concat([bytes, Buffer.from('grown since')])).then(() =>
      open(file),
    );
    return { path: name, bytes: bytes.length, modifiedAt: new Date(createdAt), open: () => opened };
  });
  const gone = { path: 'runner/recordings/abcdef012345/2.0.bin', bytes: 9, modifiedAt: new Date() };
  await writeArchive(
    path,
    [...sources, { ...gone, open: async () => null }],
    (files) => change(newManifest(knownSchema, createdAt, files)),
    new AbortController().signal,
  );
  await rm(dir, { recursive: true });
  return readFile(path);
}

const refusalOf = (dataDir: string, archive: string): Promise<Refusal | null> =>
  restore({ archive, dataDir, runDir: '/nonexistent', over: false, owner: undefined }).then(
    () => null,
    (error: unknown) => {
      if (error instanceof Refusal) return error;
      throw error;
    },
  );

function memberOf(path: string, bytes: Buffer, more: object = {}): Buffer {
  const block = Buffer.alloc(blockBytes);
  new Header({ path, size: bytes.length, mode: 0o600, type: 'File', ...more }).encode(block);
  return Buffer.concat([block, bytes, Buffer.alloc(-bytes.length & (blockBytes - 1))]);
}

test('an archive is a plain tar file, and what it restores is what went in', async () => {
  await using own = await folder();
  await written(own.archive);
  const listed = execFileSync('tar', ['--list', '--file', own.archive])
    .toString()
    .trim()
    .split('\n');
  expect(listed).toEqual([...Object.keys(contents), 'manifest.json', 'manifest.sha256']);
  const manifest = await checkArchive(own.archive);
  expect(manifest).toMatchObject({ format: 1, schema: knownSchema, createdAt });
  expect(await refusalOf(own.dataDir, own.archive)).toBeNull();
  for (const [path, bytes] of Object.entries(contents))
    expect(await readFile(join(own.dataDir, path))).toEqual(bytes);
});

test('one changed byte anywhere is refused by the name of its member, and nothing is made', async () => {
  await using own = await folder();
  const whole = await written(own.archive);
  const members: [at: number, name: string][] = [];
  for (const [path, bytes] of Object.entries(contents)) {
    const at = whole.indexOf(path);
    if (bytes.length > 0) members.push([at + blockBytes + bytes.length - 1, path]);
  }
  members.push([
    whole.lastIndexOf('manifest.json', whole.length - 2000) + blockBytes + 3,
    'manifest.json',
  ]);
  for (const [at, name] of members) {
    const changed = Buffer.from(whole);
    changed[at] = (changed[at] ?? 0) ^ 1;
    await writeFile(own.archive, changed);
    const refusal = await refusalOf(own.dataDir, own.archive);
    expect([name, refusal?.exitCode]).toEqual([name, 1]);
    expect(refusal?.message).toContain(name);
    expect(existsSync(own.dataDir)).toBe(false);
  }
});

test('an archive that was cut short anywhere is refused, and nothing is made', async () => {
  await using own = await folder();
  const whole = await written(own.archive);
  // Its end mark alone is nothing that anybody misses.
  for (let length = 0; length <= whole.length - 2 * blockBytes - 1; length += 200) {
    await writeFile(own.archive, whole.subarray(0, length));
    const refusal = await refusalOf(own.dataDir, own.archive);
    expect([length, refusal?.exitCode]).toEqual([length, 1]);
    expect(refusal?.message).toMatch(/cut short after|ends in the middle of|is missing/);
    expect(existsSync(own.dataDir)).toBe(false);
  }
});

test.each([
  ['../outside', {}],
  ['/etc/outside', {}],
  ['server/../../outside', {}],
  ['server/.hidden', {}],
  ['server/sub/outside', {}],
  ['runner/recordings/../outside', {}],
  ['server/cookie.key', {}],
  ['server/more.key', {}],
  ['server/link', { type: 'SymbolicLink', linkpath: '/etc/shadow' }],
  ['server/link', { type: 'Link', linkpath: '/etc/shadow' }],
  ['server/dir/', { type: 'Directory' }],
])('a member %s of another making is refused (%j)', async (path, more) => {
  await using own = await folder();
  const whole = await written(own.archive);
  await writeFile(own.archive, Buffer.concat([memberOf(path, Buffer.of(), more), whole]));
  const refusal = await refusalOf(own.dataDir, own.archive);
  expect(refusal?.exitCode).toBe(1);
  expect(refusal?.message).toContain(path);
  expect(existsSync(own.dataDir)).toBe(false);
  expect(await readdir(own.dir)).toEqual(['archive.tar']);
});

test('a member that the manifest lists and the archive lacks is refused by its name', async () => {
  await using own = await folder();
  const lost = { path: 'server/evidence.key', bytes: 1, sha256: '0'.repeat(64) };
  await written(own.archive, (manifest) => ({ ...manifest, files: [...manifest.files, lost] }));
  expect((await refusalOf(own.dataDir, own.archive))?.message).toBe(
    "the archive's server/evidence.key is missing",
  );
});

test.each([
  ['schema', { version: '7.8.9', schema: '9999_later' }],
  ['format', { version: '7.8.9', format: 2, more: true }],
])('an archive of a later %s is refused with the version that made it', async (_what, later) => {
  await using own = await folder();
  await written(own.archive, (manifest) => ({ ...manifest, ...later }) as Manifest);
  const refusal = await refusalOf(own.dataDir, own.archive);
  expect(refusal?.exitCode).toBe(2);
  expect(refusal?.message).toMatch(/made by Tatami 7\.8\.9 .* restore it with 7\.8\.9 or later$/);
  expect(existsSync(own.dataDir)).toBe(false);
});

test('a manifest that was written anew for changed files is held to its digest', async () => {
  await using own = await folder();
  const whole = await written(own.archive);
  const at = whole.lastIndexOf('"createdAt"');
  const changed = Buffer.from(whole);
  changed.write('"createdAT"', at);
  await writeFile(own.archive, changed);
  expect((await refusalOf(own.dataDir, own.archive))?.message).toContain('manifest.json');
  expect(digestLine('')).toMatch(/^[0-9a-f]{64} {2}manifest\.json\n$/);
});

test('what the service user may have put in its folder is not followed', async () => {
  await using own = await folder();
  await symlink('/etc/shadow', join(own.dir, 'cookie.key'));
  await expect(openPlain(join(own.dir, 'cookie.key'))).rejects.toMatchObject({ code: 'ELOOP' });
  execFileSync('mkfifo', [join(own.dir, 'pipe')]);
  await expect(openPlain(join(own.dir, 'pipe'))).rejects.toThrow('no plain file');
});
