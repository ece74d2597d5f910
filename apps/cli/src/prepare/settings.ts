import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun } from '@tatami/sandbox';
import type { PreparedHost } from './host.ts';
import { nativeSettings } from './native.ts';
import { serviceUser } from './service-user.ts';

/** Where an instance keeps things: progress and recordings; sockets and the state of running machines. */
export interface Folders {
  dataDir: string;
  runDir: string;
}

export const runnerSocket = ({ runDir }: Folders): string => join(runDir, 'runner.sock');

/** The runner's settings that follow from where things lie. */
export const runnerSettings = (folders: Folders, { rootfs, native }: PreparedHost) => ({
  TATAMI_RUNNER_SOCKET: runnerSocket(folders),
  TATAMI_SOCKET_GROUP: serviceUser,
  TATAMI_STATE_DIR: join(folders.runDir, 'runner'),
  TATAMI_DATA_DIR: join(folders.dataDir, 'runner'),
  TATAMI_ROOTFS: rootfs,
  ...nativeSettings(native),
});

/** The same of the server. */
export const serverSettings = (folders: Folders, { native, program }: PreparedHost) => ({
  TATAMI_DATA_DIR: join(folders.dataDir, 'server'),
  TATAMI_RUNNER_SOCKET: runnerSocket(folders),
  TATAMI_HANDOFF: native.handoff,
  TATAMI_LABS_DIR: program.labs,
  TATAMI_WEB_DIR: program.web,
});

export async function makeFolders({ runDir, dataDir }: Folders): Promise<void> {
  // Sandboxes' roots, nobody on the host, and the server pass through the first two.
  for (const [dir, mode] of [
    [runDir, 0o711],
    [dataDir, 0o755],
    [join(dataDir, 'runner'), 0o700],
    [join(dataDir, 'server'), 0o700],
  ] as const) {
    await mkdir(dir, { recursive: true });
    await chmod(dir, mode);
  }
  await mustRun('chown', ['-R', `${serviceUser}:${serviceUser}`, join(dataDir, 'server')]);
}
