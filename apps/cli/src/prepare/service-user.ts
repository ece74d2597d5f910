import { existsSync } from 'node:fs';
import { copyFile, mkdir, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { mustRun, runCommand } from '@tatami/sandbox';

/** The unprivileged user and group of the server. */
export const serviceUser = 'tatami';

export async function makeServiceUser(): Promise<void> {
  if ((await runCommand('getent', ['passwd', serviceUser])).status === 0) return;
  process.stderr.write(`Making the system user "${serviceUser}" for the server.\n`);
  await mustRun('useradd', [
    '--system',
    '--user-group',
    '--no-create-home',
    '--home-dir',
    '/nonexistent',
    '--shell',
    '/usr/sbin/nologin',
    serviceUser,
  ]);
}

/** setpriv(1) arguments that give up root for good, and end the program when this process ends. */
export const asServiceUser = [
  ...['--reuid', serviceUser, '--regid', serviceUser, '--init-groups'],
  ...['--no-new-privs', '--inh-caps=-all', '--bounding-set=-all', '--pdeathsig', 'TERM'],
];

/** A Node.js that the service user can run: this one, or a copy when it lies in a private folder. */
export async function readableNode(): Promise<string> {
  const { status } = await runCommand('setpriv', [...asServiceUser, process.execPath, '--version']);
  if (status === 0) return process.execPath;
  const copy = `/opt/tatami/node/${process.version}-${process.arch}/node`;
  if (existsSync(copy)) return copy;
  process.stderr.write(`Copying Node.js to ${copy}, where the server's user can run it.\n`);
  await mkdir(dirname(copy), { recursive: true });
  await copyFile(process.execPath, `${copy}.${process.pid}`);
  await rename(`${copy}.${process.pid}`, copy);
  return copy;
}
