import type { FileHandle } from 'node:fs/promises';

const pieceBytes = 256 * 1024;

/** Bytes of a file from `at` on, so many, in pieces; fewer when it ends before. */
export async function* piecesOf(
  file: FileHandle,
  { at, bytes }: { at: number; bytes: number },
): AsyncGenerator<Buffer> {
  for (let read = 0; read < bytes; ) {
    const piece = Buffer.allocUnsafe(Math.min(pieceBytes, bytes - read));
    const { bytesRead } = await file.read(piece, 0, piece.length, at + read);
    if (bytesRead === 0) return;
    read += bytesRead;
    yield piece.subarray(0, bytesRead);
  }
}
