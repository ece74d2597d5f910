import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { mustRun } from '@tatami/sandbox';
import { serviceUser } from '../prepare/service-user.ts';
import { UserError } from '../user-error.ts';

/** Files of a certificate (with what it is signed by, if anything) and of its key, both PEM. */
export interface Certificate {
  cert: string;
  key: string;
}

/**
 * Copies certificate and key to where the server, which is not root, reads them.
 * @returns the copies. @throws UserError when they cannot be read or do not belong together.
 */
export async function installCertificate(
  { cert, key }: Certificate,
  runDir: string,
): Promise<Certificate> {
  const [certPem, keyPem] = await Promise.all([readPem(cert), readPem(key)]);
  try {
    createSecureContext({ cert: certPem, key: keyPem });
  } catch (cause) {
    throw new UserError(
      `${cert} and ${key} are no certificate with its key: ${(cause as Error).message}.`,
    );
  }
  // Root's own folder, which the server's user reads: nobody else can have a link where root writes.
  const dir = join(runDir, 'tls');
  const copies = { cert: join(dir, 'cert.pem'), key: join(dir, 'key.pem') };
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true, mode: 0o750 });
  await writeFile(copies.cert, certPem, { mode: 0o640 });
  await writeFile(copies.key, keyPem, { mode: 0o640 });
  await mustRun('chown', ['-R', `root:${serviceUser}`, dir]);
  return copies;
}

const readPem = (path: string): Promise<Buffer> =>
  readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw new UserError(`${path} cannot be read: ${cause.message}.`);
  });
