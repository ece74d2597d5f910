import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Header } from 'tar';
import { digestName, type Manifest, type MemberFile, manifestName } from './manifest.ts';
import { piecesOf } from './pieces.ts';
import { Refusal } from './refusal.ts';

/** Of a tar file: every member begins at a multiple of it. */
export const blockBytes = 512;

/** A file to be archived, as far as it goes at the moment that was chosen. */
export interface Source {
  path: string;
  bytes: number;
  modifiedAt: Date;
  /** Null when it was deleted since. It is closed once it was read. */
  open: () => Promise<FileHandle | null>;
}

/**
 * Writes a new tar file that only its owner can read: the files, the manifest that is made of them, and its digest.
 * @throws what went wrong, with half a file left.
 */
export async function writeArchive(
  path: string,
  sources: Source[],
  manifestOf: (files: MemberFile[]) => Manifest,
  signal: AbortSignal,
): Promise<Manifest> {
  const files: MemberFile[] = [];
  let manifest: Manifest | undefined;
  async function* archive(): AsyncGenerator<Buffer> {
    for (const source of sources) yield* member(source, files);
    manifest = manifestOf(files);
    const text = `${JSON.stringify(manifest, null, 1)}\n`;
    yield* textMember(manifestName, text);
    yield* textMember(digestName, digestLine(text));
    yield Buffer.alloc(2 * blockBytes);
  }
  const file = createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true });
  await pipeline(Readable.from(archive()), file, { signal });
  return manifest as unknown as Manifest;
}

/** As sha256sum(1) writes it. */
export const digestLine = (text: string): string =>
  `${createHash('sha256').update(text).digest('hex')}  ${manifestName}\n`;

async function* member(source: Source, files: MemberFile[]): AsyncGenerator<Buffer> {
  const { path, bytes, modifiedAt } = source;
  const file = await source.open();
  if (!file) return;
  try {
    yield headerOf(path, bytes, modifiedAt);
    const hash = createHash('sha256');
    let read = 0;
    // It may grow meanwhile: what comes after the moment is none of the archive's.
    for await (const piece of piecesOf(file, { at: 0, bytes })) {
      hash.update(piece);
      read += piece.length;
      yield piece;
    }
    if (read < bytes) throw new Refusal(`${path} became shorter while it was read`);
    yield padding(bytes);
    files.push({ path, bytes, sha256: hash.digest('hex') });
  } finally {
    await file.close();
  }
}

function* textMember(path: string, text: string): Generator<Buffer> {
  const bytes = Buffer.from(text);
  yield headerOf(path, bytes.length, new Date());
  yield bytes;
  yield padding(bytes.length);
}

function headerOf(path: string, size: number, mtime: Date): Buffer {
  const header = new Header({ path, size, mtime, mode: 0o600, type: 'File', uid: 0, gid: 0 });
  const block = Buffer.alloc(blockBytes);
  header.encode(block);
  return block;
}

const padding = (bytes: number): Buffer => Buffer.alloc(-bytes & (blockBytes - 1));
