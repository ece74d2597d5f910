import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A secret of the server's in its data folder, made by `make` when there is none yet and readable by the server alone.
 * It appears whole or not at all: a crash while it is written must not leave half a key.
 */
export function keptSecret(dataDir: string, name: string, make: () => string): string {
  const path = join(dataDir, name);
  if (!existsSync(path)) {
    const unfinished = `${path}.${randomBytes(6).toString('hex')}`;
    writeFileSync(unfinished, make(), { mode: 0o600, flag: 'wx', flush: true });
    try {
      linkSync(unfinished, path);
    } catch (error) {
      // Another server was faster.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(unfinished);
    }
  }
  return readFileSync(path, 'utf8');
}
