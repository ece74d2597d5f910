import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { Header } from 'tar';
import { blockBytes, digestLine } from './archive-writer.ts';
import {
  digestName,
  type Manifest,
  type MemberFile,
  MemberPath,
  manifestName,
  readManifest,
} from './manifest.ts';
import { piecesOf } from './pieces.ts';
import { Refusal } from './refusal.ts';

/** A hundred thousand files. */
const maxManifestBytes = 32 * 1024 * 1024;

/** A member while it is its turn; what is not read of it is skipped. */
export interface Member {
  path: string;
  bytes: number;
  modifiedAt: Date;
  /** @throws Refusal when the archive ends in the middle of it. */
  content: AsyncIterable<Buffer>;
}

/**
 * The members of a tar file up to its end mark, in order, with the names they have there.
 * @throws Refusal that names the member after which something else follows than a plain file.
 */
export async function* membersOf(archive: string): AsyncGenerator<Member> {
  const file = await open(archive);
  try {
    let last = 'its beginning';
    for (let at = 0; ; ) {
      const header = await headerAt(file, at);
      if (header === 'end') return;
      if (!header)
        throw new Refusal(`the archive is damaged or cut short after ${last}`, 'damaged');
      const { path = '', size: bytes = 0, mtime: modifiedAt = new Date(0) } = header;
      if (header.type !== 'File') throw unexpected(path);
      const content = contentOf(file, { path, at: at + blockBytes, bytes });
      yield { path, bytes, modifiedAt, content };
      last = shown(path);
      at += blockBytes + Math.ceil(bytes / blockBytes) * blockBytes;
    }
  } finally {
    await file.close();
  }
}

/** Null when there is none. */
async function headerAt(file: FileHandle, at: number): Promise<Header | 'end' | null> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(blockBytes), 0, blockBytes, at);
  if (bytesRead < blockBytes) return null;
  if (buffer.every((byte) => byte === 0)) return 'end';
  const header = new Header(buffer);
  return header.cksumValid ? header : null;
}

async function* contentOf(
  file: FileHandle,
  { path, at, bytes }: { path: string; at: number; bytes: number },
): AsyncGenerator<Buffer> {
  let read = 0;
  for await (const piece of piecesOf(file, { at, bytes })) {
    read += piece.length;
    yield piece;
  }
  if (read < bytes)
    throw new Refusal(`the archive ends in the middle of ${shown(path)}`, 'damaged');
}

/** Reads an archive through. @returns its manifest. @throws Refusal that names the member that is not as it was written. */
export async function checkArchive(archive: string): Promise<Manifest> {
  const read = new Map<string, MemberFile>();
  let manifest: string | undefined;
  let digest: string | undefined;
  for await (const member of membersOf(archive)) {
    const { path } = member;
    if (path === manifestName && manifest === undefined) manifest = await textOf(member);
    else if (path === digestName && manifest !== undefined && digest === undefined)
      digest = await textOf(member);
    else if (manifest === undefined && MemberPath.safeParse(path).success && !read.has(path))
      read.set(path, await measured(member));
    else throw unexpected(path);
  }
  if (manifest === undefined) throw missing(manifestName);
  if (digest === undefined) throw missing(digestName);
  if (digest !== digestLine(manifest)) throw changed(manifestName);
  const listed = readManifest(manifest);
  compare(listed, read);
  return listed;
}

function compare({ files }: Manifest, read: Map<string, MemberFile>): void {
  for (const { path, bytes, sha256 } of files) {
    const found = read.get(path);
    if (!found) throw missing(path);
    if (found.bytes !== bytes || found.sha256 !== sha256) throw changed(path);
    read.delete(path);
  }
  const [more] = read.keys();
  if (more !== undefined) throw unexpected(more);
}

async function measured({ path, bytes, content }: Member): Promise<MemberFile> {
  const hash = createHash('sha256');
  for await (const chunk of content) hash.update(chunk);
  return { path, bytes, sha256: hash.digest('hex') };
}

async function textOf({ path, bytes, content }: Member): Promise<string> {
  if (bytes > maxManifestBytes) throw changed(path);
  const chunks: Buffer[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

export const changed = (path: string): Refusal =>
  new Refusal(`the archive's ${path} is not as it was written: its digest is another`, 'damaged');

const missing = (path: string): Refusal =>
  new Refusal(`the archive's ${path} is missing`, 'damaged');

const unexpected = (path: string): Refusal =>
  new Refusal(`the archive holds ${shown(path)}, which no backup holds there`, 'damaged');

/** Whoever made the name may have put control characters into it. */
const shown = (name: string): string => JSON.stringify(name);
