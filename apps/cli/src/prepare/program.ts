import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, realpath, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { mustRun } from '@tatami/sandbox';
import { stop } from 'esbuild';
import { cloneRoot } from '../paths.ts';
import { UserError } from '../user-error.ts';
import { bundleApp } from './bundle.ts';
import { whyNotBuilt } from './disk.ts';
import { hashFolder } from './image.ts';

/** Where the built program lies, readable by everybody and writable by root alone. */
export const installDir = '/opt/tatami';
/** Programs of earlier versions that are kept, for instances that still run them. */
const keptPrograms = 3;
const npmTimeoutMs = 600_000;

/** Files and folders of one built version. */
export interface Program {
  runner: string;
  server: string;
  /** Backup and restore. */
  upkeep: string;
  web: string;
  labs: string;
}

/**
 * Builds runner, server, web app and labs into a folder that the service user can read, once per
 * content; a clone in /root is not readable to it. @throws UserError when npm cannot install.
 */
export async function prepareProgram(): Promise<Program> {
  const modules = await prepareModules();
  const dir = join(modules, await sourcesHash());
  const program = {
    runner: join(dir, 'runner.mjs'),
    server: join(dir, 'server.mjs'),
    upkeep: join(dir, 'upkeep.mjs'),
    web: join(dir, 'web'),
    labs: join(dir, 'labs'),
  };
  if (!existsSync(dir)) {
    process.stderr.write('Building runner, server and web app (a few seconds) ...\n');
    await atomically(dir, async (unfinished) => {
      await bundleApp('apps/runner/src/runner.ts', 'runner', unfinished);
      await bundleApp('apps/server/src/server.ts', 'server', unfinished);
      await bundleApp('apps/server/src/upkeep.ts', 'upkeep', unfinished);
      await buildWeb(join(unfinished, 'web'));
      // Its service would live as long as we do.
      await stop();
      await cp(join(cloneRoot, 'labs'), join(unfinished, 'labs'), { recursive: true });
    });
  }
  const now = new Date();
  await utimes(dir, now, now);
  await forget(modules);
  return program;
}

/** The web app, and beside it the program that replays in incident reports. */
async function buildWeb(outDir: string): Promise<void> {
  const vite = join(cloneRoot, 'node_modules/.bin/vite');
  const web = join(cloneRoot, 'apps/web');
  for (const config of ['vite.config.ts', 'report-player.config.ts'])
    await mustRun(
      vite,
      [
        ...['build', web, '--config', join(web, config)],
        ...['--outDir', outDir, '--logLevel=error'],
      ],
      { timeoutMs: 120_000 },
    );
}

/** The npm packages that runner and server need at run time, once per lock file. */
async function prepareModules(): Promise<string> {
  const lock = await readFile(join(cloneRoot, 'package-lock.json'));
  const hash = createHash('sha256').update(lock).update(process.versions.modules);
  const dir = join(installDir, hash.digest('hex').slice(0, 16));
  if (existsSync(dir)) return dir;
  process.stderr.write('Installing the npm packages of runner and server ...\n');
  await mkdir(installDir, { recursive: true });
  await atomically(dir, async (unfinished) => {
    const manifests = ['package.json', 'package-lock.json', 'e2e/package.json'];
    for (const parent of ['apps', 'packages'])
      for (const name of await readdir(join(cloneRoot, parent)))
        manifests.push(join(parent, name, 'package.json'));
    for (const path of manifests) await cp(join(cloneRoot, path), join(unfinished, path));
    const options = ['--omit=dev', '--prefer-offline', '--no-audit', '--no-fund'];
    const only = ['--workspace=apps/server', '--workspace=apps/runner'];
    try {
      await mustRun('npm', ['ci', '--prefix', unfinished, ...options, ...only], {
        timeoutMs: npmTimeoutMs,
      });
    } catch (cause) {
      throw new UserError(
        `npm could not install the packages of runner and server: ${(cause as Error).message}`,
        { cause },
      );
    }
  });
  return dir;
}

async function sourcesHash(): Promise<string> {
  const hash = createHash('sha256');
  for (const folder of ['apps/runner/src', 'apps/server/src', 'apps/web', 'labs', 'packages'])
    hash.update(await hashFolder(join(cloneRoot, folder), ['node_modules', 'dist']));
  return hash.digest('hex').slice(0, 16);
}

/** Builds a folder beside its place and moves it there whole. */
async function atomically(dir: string, make: (unfinished: string) => Promise<void>): Promise<void> {
  const unfinished = join(dirname(dir), `.build-${process.pid}`);
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished);
  try {
    await make(unfinished);
    await mustRun('chmod', ['-R', 'u=rwX,go=rX', unfinished]);
    await rename(unfinished, dir);
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    const what = 'runner, server and web app';
    throw new UserError(await whyNotBuilt(dirname(dir), what, cause as Error), { cause });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

/** Removes all but the programs that were used last, and the one that services run. */
async function forget(modules: string): Promise<void> {
  const programs: { dir: string; usedMs: number }[] = [];
  const installed = await realpath(join(installDir, 'current')).catch(() => null);
  for (const name of await readdir(modules)) {
    const dir = join(modules, name);
    if (existsSync(join(dir, 'server.mjs')) && dir !== installed)
      programs.push({ dir, usedMs: (await stat(dir)).mtimeMs });
  }
  programs.sort((a, b) => b.usedMs - a.usedMs);
  for (const { dir } of programs.slice(keptPrograms)) await rm(dir, { recursive: true });
}
