import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { mustRun } from '@tatami/sandbox';
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
  try {
    await mustRun('npm', ['ci', '--prefix', dir, '--prefer-offline', '--no-audit', '--no-fund'], {
      timeoutMs: npmTimeoutMs,
    });
  } catch (cause) {
    throw new UserError(`npm could not install Node.js: ${(cause as Error).message}`, { cause });
  }
  const version = (await mustRun(packed, ['--version'])).trim();
  const node = join(installDir, 'node', `${version}-${process.arch}`, 'node');
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
