#!/usr/bin/env node
// Plain JavaScript without dependencies: it runs before anything is installed. It installs the npm
// packages of the lock file, bundles the command line, and hands over.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Says one sentence and ends. */
function stop(sentence) {
  process.stderr.write(`tatami: ${sentence}\n`);
  process.exit(2);
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    stop(
      `Node.js ${process.versions.node} is too old; install 20.19 or later (22 is recommended).`,
    );
  }
}

function installPackages() {
  const stamp = join(root, 'node_modules/.tatami-lock');
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  process.stderr.write('Installing the npm packages of package-lock.json ...\n');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0)
    stop(
      'npm could not install the packages (its message is above); is the npm registry reachable?',
    );
  writeFileSync(stamp, lock);
}

/** TypeScript sources of the command line and of the packages it holds, as one hash. */
function sourcesHash() {
  const hash = createHash('sha256');
  for (const folder of ['apps/cli/src', 'packages']) {
    for (const name of readdirSync(join(root, folder), { recursive: true }).sort()) {
      const path = join(root, folder, name);
      if (!name.includes('node_modules') && path.endsWith('.ts'))
        hash.update(name).update(readFileSync(path));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

async function bundle() {
  // Beside node_modules, so that the packages left outside the bundle are found.
  const outfile = join(root, '.cache/cli', `${sourcesHash()}.mjs`);
  if (existsSync(outfile)) return outfile;
  const { build } = await import('esbuild');
  await build({
    entryPoints: [join(root, 'apps/cli/src/main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
    external: ['esbuild', 'commander', 'zod', 'yaml', '@markdoc/markdoc', 'ws', 'playwright-core'],
  });
  return outfile;
}

requireNode();
installPackages();
process.env.TATAMI_ROOT = dirname(join(root, 'package.json'));
await import(pathToFileURL(await bundle()).href);
