import { timingSafeEqual } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setupLinkFile } from '@tatami/protocol';
import { hashOf, newToken } from './token.ts';

/**
 * What proves the set-up link, in a file that only the server and root can read: whoever is root on the machine may make
 * an admin. The command line prints it, and makes one for a server whose admins have all forgotten their passwords.
 */
export class SetupLink {
  readonly #path: string;

  constructor(dataDir: string) {
    this.#path = join(dataDir, setupLinkFile);
  }

  /** Makes one, unless it is there. */
  async ensure(): Promise<void> {
    if ((await this.#token()) === undefined)
      await writeFile(this.#path, `${newToken()}\n`, { mode: 0o600 });
  }

  async matches(token: string): Promise<boolean> {
    const own = await this.#token();
    return own !== undefined && timingSafeEqual(digest(own), digest(token));
  }

  async remove(): Promise<void> {
    await rm(this.#path, { force: true });
  }

  async #token(): Promise<string | undefined> {
    const text = await readFile(this.#path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    return text?.trim() || undefined;
  }
}

const digest = (token: string): Buffer => Buffer.from(hashOf(token), 'hex');
