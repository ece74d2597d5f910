import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildNative, firstRangeBase, rangeSize } from '@tatami/sandbox';
import { eventsFinding } from './events.ts';
import { attempt, type Finding, inThrowawayMounts } from './finding.ts';

/** The range after the last that sandboxes are given (uid-ranges.ts). */
const trialBase = firstRangeBase + 0x0fff * rangeSize;
const name = 'overlay on idmapped mounts';

/** Where built things lie, and the C sources of the native helper. */
export interface Places {
  cacheDir: string;
  nativeSources: string;
}

/** Looks for the compiler, and makes what a sandbox is built on as the runner does, in a throw-away mount namespace. */
export async function sandboxBaseFindings({ cacheDir, nativeSources }: Places): Promise<Finding[]> {
  const compiler = await compilerFinding();
  if (compiler.status !== 'ok')
    return [compiler, { name, status: 'warn', detail: 'not tried: that takes a compiler' }];
  const dir = await mkdtemp(join(tmpdir(), 'tatami-doctor-'));
  try {
    const native = await buildNative(dir, nativeSources);
    return [
      compiler,
      await tryPrepare(native.bin, cacheDir),
      await eventsFinding(native.bin, { cacheDir: dir, sources: nativeSources }),
    ];
  } catch (error) {
    const detail = `${(error as Error).message}; npm start installs gcc and libc6-dev`;
    return [compiler, { name, status: 'warn', detail }];
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function compilerFinding(): Promise<Finding> {
  const { status, stdout } = await attempt('cc', ['--version']);
  return status === 0
    ? { name: 'compiler', status: 'ok', detail: stdout.split('\n')[0] ?? 'cc' }
    : {
        name: 'compiler',
        status: 'warn',
        detail: 'not found; npm start installs it, or: apt-get install gcc libc6-dev',
      };
}

/** The lower layer is of the file system that the images lie on: not every one can be idmapped. */
async function tryPrepare(bin: string, cacheDir: string): Promise<Finding> {
  const lower = existsSync(cacheDir) ? cacheDir : '/var/lib/dpkg';
  const { status, stderr } = await inThrowawayMounts(
    `mkdir box; "$1" prepare "$2" "$3" /mnt/box 1048576 8 < /dev/null > holder
     : > box/rootfs/file; [ "$(stat --format=%u box/lower)" = "$2" ]`,
    [bin, String(trialBase), lower],
  );
  if (status === 0) return { name, status: 'ok', detail: `can be mounted over ${lower}` };
  const cause = stderr.trim() || `owners in ${lower} are not mapped`;
  return { name, status: 'fail', detail: [cause, ...(await closedDoors())].join('; ') };
}

/** Settings by which distributions close user namespaces to all but root; runners make them as no one. */
const doors = [
  { setting: 'kernel.unprivileged_userns_clone', open: '1' },
  { setting: 'kernel.apparmor_restrict_unprivileged_userns', open: '0' },
];

async function closedDoors(): Promise<string[]> {
  const advice: string[] = [];
  for (const { setting, open } of doors) {
    const path = `/proc/sys/${setting.replaceAll('.', '/')}`;
    if (existsSync(path) && (await readFile(path, 'utf8')).trim() !== open)
      advice.push(`set it right with: sysctl -w ${setting}=${open}`);
  }
  return advice;
}
