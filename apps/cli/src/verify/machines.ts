import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CommandResult, runCommand, type Sandbox } from '@tatami/sandbox';

/** Somewhere to run a script as root. What it leaves running is ended. */
export interface Machine {
  run(script: string): Promise<CommandResult>;
}

const timeoutMs = 20_000;

export const sandboxMachine = (sandbox: Sandbox): Machine => ({
  run: async (script) => {
    try {
      return await sandbox.exec(script, { timeoutMs });
    } finally {
      await sandbox.endProcesses();
    }
  },
});

/**
 * Makes a machine of the host's own kernel and root, without a user namespace: it differs from a sandbox
 * in nothing else. All of it is gone when the script ends. `$1` is the root file system, `$2` a folder.
 */
const build = `
set -e
mount --make-rprivate /
mount -t tmpfs verify "$2"
mkdir "$2/upper" "$2/work" "$2/root"
mount -t overlay verify -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$2/root"
cd "$2/root"
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -o remount,bind,ro sys/fs/cgroup
mount -t tmpfs none run
mount -t tmpfs none dev
mkdir dev/pts dev/shm dev/mqueue
for name in null zero full random urandom tty; do touch dev/$name; mount --bind /dev/$name dev/$name; done
ln -s /proc/self/fd dev/fd
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
mount -t mqueue mqueue dev/mqueue
hostname lab-host
ip link set lo up
pivot_root . .
umount --lazy .
mount --make-rshared /
cd /root
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 HOME=/root
bash -s
exit $?
`;

/** The host itself, in namespaces that end with each script. */
export const hostMachine = (rootfs: string): Machine => ({
  run: async (script) => {
    const dir = await mkdtemp(join(tmpdir(), 'tatami-verify-'));
    try {
      const kinds = ['--mount', '--uts', '--ipc', '--net', '--cgroup', '--pid'];
      return await runCommand(
        'unshare',
        [...kinds, '--fork', '--kill-child', 'bash', '-c', build, 'verify', rootfs, dir],
        { input: script, timeoutMs },
      );
    } finally {
      await rm(dir, { recursive: true });
    }
  },
});
