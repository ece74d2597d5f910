import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { invitationPath, setupLinkFile } from '@tatami/protocol';
import { mustRun } from '@tatami/sandbox';
import { requireRoot } from '../prepare/debian.ts';
import { serviceUser } from '../prepare/service-user.ts';
import { UserError } from '../user-error.ts';

/** The link that makes the first account; null when there is one already. */
export async function setupLink(dataDir: string, address: string): Promise<string | null> {
  const token = await readFile(tokenFile(dataDir), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return null;
  });
  return token === null ? null : new URL(invitationPath(token.trim()), address).href;
}

/**
 * Prints the set-up link. With `fresh` it makes one, which the running server takes at once: for those whose admins
 * have all forgotten their passwords.
 */
export async function printSetupLink(options: {
  dataDir: string;
  address: string;
  fresh: boolean;
}): Promise<void> {
  requireRoot();
  if (options.fresh) await makeToken(options.dataDir);
  const link = await setupLink(options.dataDir, options.address);
  if (link === null)
    throw new UserError(
      'there is no set-up link: either Tatami was never started with this data folder, or there is an account. ' +
        'Its admins invite others; if none of them can sign in, add --new.',
    );
  process.stdout.write(`${link}\n`);
}

/** Written beside and moved, so that the server never reads half of it. */
async function makeToken(dataDir: string): Promise<void> {
  const path = tokenFile(dataDir);
  const beside = `${path}.${process.pid}`;
  const text = `${randomBytes(32).toString('base64url')}\n`;
  // Never through a link: the folder is the service user's, and this is root.
  await writeFile(beside, text, { mode: 0o600, flag: 'wx' }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      throw new UserError(`Tatami was never started with the data folder ${dataDir}.`);
    },
  );
  await mustRun('chown', ['--no-dereference', `${serviceUser}:${serviceUser}`, beside]);
  await rename(beside, path);
}

const tokenFile = (dataDir: string): string => join(dataDir, 'server', setupLinkFile);
