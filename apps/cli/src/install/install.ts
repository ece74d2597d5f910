import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, chown, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { mustRun, runCommand } from '@tatami/sandbox';
import { cloneRoot } from '../paths.ts';
import { requireRoot } from '../prepare/debian.ts';
import { type PreparedHost, prepareHost } from '../prepare/host.ts';
import { serviceUser } from '../prepare/service-user.ts';
import { makeFolders, runnerSettings, serverSettings } from '../prepare/settings.ts';
import { UserError } from '../user-error.ts';
import { environmentFile } from './environment-file.ts';
import { installPinnedNode } from './pinned-node.ts';
import { folders, places, unitNames } from './places.ts';
import { installProgram } from './program.ts';
import { putFile } from './put.ts';

const packaging = join(cloneRoot, 'packaging');

/**
 * Prepares this host to run Tatami as services of systemd that need neither this folder nor a compiler
 * nor the network. Services that run go on with what they have until they are restarted.
 * @returns the exit code. @throws UserError in one sentence when it cannot.
 */
export async function install(): Promise<number> {
  requireRoot();
  await requireSystemd();
  const node = await installPinnedNode();
  // What is built is for the Node.js that it will run on.
  if (process.execPath !== node) return installUnder(node);
  const { rootfs } = await prepareHost();
  await makeFolders(folders);
  const { dir, ...installed } = await installProgram();
  await writeSettings(dir, { rootfs, ...installed });
  await installSettings();
  await installCommand();
  await installUnits();
  say(
    'Tatami is installed. To start it, now and with the machine, or to run this version of it:\n',
  );
  say(`  systemctl enable ${unitNames.join(' ')}\n  systemctl restart ${unitNames.join(' ')}\n`);
  return 0;
}

async function requireSystemd(): Promise<void> {
  const found = await runCommand('systemctl', ['--version']).catch(() => null);
  if (found?.status !== 0)
    throw new UserError('this host has no systemd to install services for; npm start needs none.');
}

async function installUnder(node: string): Promise<number> {
  const launcher = join(cloneRoot, 'apps/cli/bin/tatami.mjs');
  const path = `${dirname(places.node)}:${process.env.PATH ?? ''}`;
  const child = spawn(node, [launcher, 'install'], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, PATH: path },
  });
  const [code] = await once(child, 'exit');
  return code ?? 1;
}

/** Names where things lie, beside the program. */
async function writeSettings(dir: string, host: PreparedHost): Promise<void> {
  const note =
    '# Written by "tatami install"; what an operator sets is in /etc/tatami/tatami.env.\n';
  await putFile(join(dir, 'runner.env'), note + environmentFile(runnerSettings(folders, host)));
  await putFile(join(dir, 'server.env'), note + environmentFile(serverSettings(folders, host)));
}

/** What an operator has written stays; the server's user must be able to read it. */
async function installSettings(): Promise<void> {
  const gid = Number((await mustRun('id', ['--group', serviceUser])).trim());
  if (!existsSync(places.settings))
    await putFile(places.settings, await readFile(join(packaging, 'tatami.env'), 'utf8'));
  await chown(places.settings, 0, gid);
  await chmod(places.settings, 0o640);
}

/** The command line of this folder, from anywhere; what upkeep needs is in the program. */
async function installCommand(): Promise<void> {
  const launcher = join(cloneRoot, 'apps/cli/bin/tatami.mjs');
  const text = `#!/bin/sh
# Written by "tatami install".
PATH=${dirname(places.node)}:$PATH
export PATH
case \${1-} in
  backup | restore) exec node ${places.current}/upkeep.mjs "$@" ;;
esac
exec node '${launcher.replaceAll("'", "'\\''")}' "$@"
`;
  await putFile(places.command, text, { mode: 0o755 });
}

async function installUnits(): Promise<void> {
  const dir = join(packaging, 'systemd');
  for (const name of await readdir(dir))
    await putFile(join(places.units, name), await readFile(join(dir, name), 'utf8'));
  // Not while an image of a machine is made in a chroot.
  if (existsSync('/run/systemd/system')) await mustRun('systemctl', ['daemon-reload']);
}

const say = (text: string): void => void process.stdout.write(text);
