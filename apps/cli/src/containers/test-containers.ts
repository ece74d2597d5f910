import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mustRun } from '@tatami/sandbox';
import { type Figure, judge, report, say } from '../bench/targets.ts';
import { cacheDir, cloneRoot } from '../paths.ts';
import { packRoot } from '../prepare/archive.ts';
import { bundleApp } from '../prepare/bundle.ts';
import { installDebianPackages, requireRoot } from '../prepare/debian.ts';
import { prepareImage } from '../prepare/image.ts';
import { browserPackages, runPlaywright } from '../test.ts';
import { UserError } from '../user-error.ts';
import { privilegesOf } from './capabilities.ts';
import { Composed } from './composed.ts';
import { Engine } from './engine.ts';
import { Network } from './network.ts';
import { importNodeImage } from './node-image.ts';
import { preparePrograms } from './programs.ts';
import { containerTargets } from './targets.ts';

const lab = '03-unshare-nsenter';
const promptTimeoutMs = 200_000;

/** Names the archive in .dockerignore and in the Dockerfile too. */
const archive = join(cloneRoot, '.cache/learner.tar.zst');

type Figures = Record<keyof typeof containerTargets, Figure>;

/**
 * Builds the images of the Dockerfile, runs docker-compose.yml on a Docker Engine of our own and holds it to its targets.
 * @returns the exit code. @throws UserError when it could not be tried.
 */
export async function testContainers({ json }: { json: boolean }): Promise<number> {
  requireRoot();
  await installDebianPackages(browserPackages);
  const programs = await preparePrograms();
  say(programs.about);
  const prompt = await bundleApp('apps/cli/src/containers/first-prompt.ts', 'first-prompt');
  await packRoot(await prepareImage(), archive);
  const figures = await withEngine(programs, (engine) => tryComposed(engine, prompt));
  return report(judge(containerTargets, figures), { json });
}

/** All of the engine is gone when this resolves. */
async function withEngine<T>(
  programs: Awaited<ReturnType<typeof preparePrograms>>,
  use: (engine: Engine) => Promise<T>,
): Promise<T> {
  await using network = await Network.open();
  await using engine = await Engine.start(network, programs, join(cacheDir, 'containers'));
  return await use(engine);
}

async function tryComposed(engine: Engine, promptProgram: string): Promise<Figures> {
  const composed = new Composed(engine);
  await engine.network
    .withWayOut(async () => {
      await importNodeImage(engine, cacheDir);
      say('Building the images of server and runner (a few minutes the first time) ...');
      await composed.build();
    })
    .catch((cause: Error) => {
      throw new UserError(`the images could not be built: ${cause.message}`, { cause });
    });
  try {
    // Without a way out from here on, as in a place that has none.
    return await measure(engine, composed, promptProgram);
  } catch (error) {
    say(await composed.logs());
    throw error;
  } finally {
    await composed.down();
  }
}

/** A backup while both run, put back while neither does. */
async function backUpAndRestore(composed: Composed): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'tatami-backup-'));
  try {
    say(await composed.upkeep(folder, 'backup', '/backups/today.tar'));
    await composed.stop();
    say(await composed.upkeep(folder, 'restore', '/backups/today.tar', '--over'));
    await composed.up();
    await composed.healthy();
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function measure(
  engine: Engine,
  composed: Composed,
  promptProgram: string,
): Promise<Figures> {
  say('docker-compose up ...');
  const began = performance.now();
  await composed.up();
  const upS = (performance.now() - began) / 1000;
  const [file = '', ...args] = engine.network.inside([
    ...[process.execPath, promptProgram, `http://127.0.0.1:${composed.port}`, lab],
  ]);
  const shown = await mustRun(file, args, { timeoutMs: promptTimeoutMs });
  const promptS = (performance.now() - began) / 1000;
  say(`up after ${upS.toFixed(1)} s, a prompt after ${promptS.toFixed(1)} s: ${shown.trim()}`);

  const server = privilegesOf(await composed.pidOf('server'));
  say(`the server: ${JSON.stringify(server)}`);
  if (server.root || !server.noNewPrivileges)
    throw new Error('the server runs as root, or can gain privileges');
  await composed.healthy();
  say('both are healthy; the journey in the browser ...');
  const { passed, failed } = await runPlaywright(
    { TATAMI_E2E_URL: composed.publicUrl, TATAMI_E2E_PORT: String(composed.port) },
    { files: ['journey'], inside: (command) => engine.network.inside(command) },
  );
  await backUpAndRestore(composed);
  await composed.stop();
  return {
    composeUpToPromptS: { measured: promptS, n: 1 },
    journeyPassed: { measured: failed === 0 && passed > 0 ? 1 : 0, n: passed + failed },
    serverCapabilities: { measured: server.capabilities, n: server.processes },
  };
}
