import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { mustRun, runCommand } from '@tatami/sandbox';
import { z } from 'zod';
import { cloneRoot } from '../paths.ts';
import { installDir } from '../prepare/program.ts';
import { UserError } from '../user-error.ts';
import { places } from './places.ts';
import { putLink } from './put.ts';

const npmTimeoutMs = 300_000;

/**
 * Puts the Node.js that packaging/node pins where services find it; npm holds it to the hash in the lock
 * file. @returns its real path. @throws UserError when npm cannot install it.
 */
export async function installPinnedNode(): Promise<string> {
  const dir = join(cloneRoot, 'packaging/node');
  // Not in node_modules/.bin: npm 9 makes no link there.
  const packed = join(dir, `node_modules/node-linux-${process.arch}/bin/node`);
  if ((await versionOf(packed)) !== (await pinnedVersion(dir))) await installPackages(dir);
  const node = join(installDir, 'node', `v${await pinnedVersion(dir)}-${process.arch}`, 'node');
  if (!existsSync(node)) {
    await mkdir(dirname(node), { recursive: true });
    const beside = `${node}.${process.pid}`;
    await copyFile(packed, beside);
    await chmod(beside, 0o755);
    await rename(beside, node);
  }
  await putLink(places.node, node);
  return node;
}

async function installPackages(dir: string): Promise<void> {
  const options = ['--prefer-offline', '--no-audit', '--no-fund'];
  try {
    await mustRun('npm', ['ci', '--prefix', dir, ...options], { timeoutMs: npmTimeoutMs });
  } catch (cause) {
    throw new UserError(`npm could not install Node.js: ${(cause as Error).message}`, { cause });
  }
}

const Manifest = z.object({ optionalDependencies: z.record(z.string(), z.string()) });

/** @throws UserError when there is none for this kind of processor. */
async function pinnedVersion(dir: string): Promise<string> {
  const text = await readFile(join(dir, 'package.json'), 'utf8');
  const { optionalDependencies } = Manifest.parse(JSON.parse(text));
  const version = optionalDependencies[`node-linux-${process.arch}`];
  if (version === undefined)
    throw new UserError(`packaging/node has no Node.js for ${process.arch}.`);
  return version;
}

const versionOf = (node: string): Promise<string | null> =>
  runCommand(node, ['--version']).then(
    ({ stdout }) => stdout.trim().replace(/^v/, ''),
    () => null,
  );
