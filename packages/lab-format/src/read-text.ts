import { readFile, stat } from 'node:fs/promises';
import { TextDecoder } from 'node:util';

/** Fifty times the longest file of a lesson; what is larger would keep the server busy for seconds. */
const maxFileBytes = 512 * 1024;

/** A file that is there and no text of a lab. */
export class UnreadableFile extends Error {}

/** The text of a file, or undefined when there is none. @throws UnreadableFile saying why. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    const about = await stat(path);
    if (!about.isFile()) throw new UnreadableFile('not a file');
    if (about.size > maxFileBytes)
      throw new UnreadableFile(`larger than ${maxFileBytes / 1024} KiB: no file of a lab is`);
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (error instanceof UnreadableFile) throw error;
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') throw new UnreadableFile('not UTF-8 text');
    throw new UnreadableFile(`cannot be read (${code ?? (error as Error).message})`);
  }
}
