import { randomBytes } from 'node:crypto';
import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openRoom } from './room.ts';
import { startServerProcess } from './server-process.ts';

/** A data folder as on a real host, in a place of its own. */
export async function dataFolder() {
  const dir = await mkdtemp(join(tmpdir(), 'tatami-kept-'));
  return { dir, [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }) };
}

/** Settings of a server over a data folder. */
export const settingsOf = (dataDir: string) => ({ TATAMI_DATA_DIR: join(dataDir, 'server') });

/** A server process over a data folder, with a workshop, a learner who has passed a check, and a recording. */
export async function startKeeping(dataDir: string) {
  const server = await startServerProcess(settingsOf(dataDir));
  const room = await openRoom(server);
  const { browser, learnerId } = await room.seat('青木', '2301');
  await room.pass(learnerId, 'first.one', new Date().toISOString());
  const { resumeCode } = await browser.session();
  return {
    ...{ server, room, learnerId, resumeCode, cookie: browser.cookie },
    runDir: dirname(server.socketPath),
    async [Symbol.asyncDispose]() {
      await room[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** Where the recording of a machine's first terminal begins to be kept. */
export function recordingAt(dataDir: string, machine: string) {
  const dir = join(dataDir, 'runner/recordings', machine);
  const path = (type: 'bin' | 'idx') => join(dir, `1.0.${type}`);
  return {
    ...{ dir, bin: path('bin'), idx: path('idx') },
    async begin() {
      await mkdir(dir, { recursive: true, mode: 0o700 });
      await writeFile(path('bin'), '', { mode: 0o600 });
      await writeFile(path('idx'), 'tatami-recording 1 1767323045678 80x24 0\n', { mode: 0o600 });
    },
    /** As the runner does: the bytes, and then what speaks of them. */
    async append(bytes: Buffer) {
      await appendFile(path('bin'), bytes);
      await appendFile(path('idx'), `1 ${bytes.length}\n`);
    },
  };
}

/** Machines that have ended, with so many bytes recorded. */
export async function fillRecordings(dataDir: string, machines: number, bytes: number) {
  for (let n = 0; n < machines; n++) {
    const recording = recordingAt(dataDir, randomBytes(6).toString('hex'));
    await recording.begin();
    await recording.append(randomBytes(bytes));
  }
}
