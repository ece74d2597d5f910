import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun } from '@tatami/sandbox';
import { requireRoot } from '../prepare/debian.ts';
import { installDir } from '../prepare/program.ts';
import { serviceUser } from '../prepare/service-user.ts';
import { runnerSocket } from '../prepare/settings.ts';
import { answers } from '../start/start.ts';
import { UserError } from '../user-error.ts';
import { folders, places, unitNames } from './places.ts';

/**
 * Ends and removes the services and their program. Progress, settings and the service user stay.
 * @throws UserError when there is nothing installed, or Tatami runs in another way.
 */
export async function uninstall(): Promise<void> {
  requireRoot();
  const units = unitNames.filter((name) => existsSync(join(places.units, name)));
  if (units.length === 0) throw new UserError('no services of Tatami are installed here.');
  if (existsSync('/run/systemd/system')) await mustRun('systemctl', ['stop', ...units]);
  if (await answers({ socketPath: runnerSocket(folders), path: '/health' }))
    throw new UserError('Tatami runs by npm start, from the same program; stop it first.');
  await mustRun('systemctl', ['disable', '--quiet', ...units]);
  for (const name of units) await rm(join(places.units, name));
  if (existsSync('/run/systemd/system')) await mustRun('systemctl', ['daemon-reload']);
  await rm(places.command, { force: true });
  await rm(installDir, { recursive: true, force: true });
  process.stdout.write(
    `Tatami is removed. What it kept: ${folders.dataDir} (progress, recordings, images), ${places.settings}, the user ${serviceUser}.\n`,
  );
}
