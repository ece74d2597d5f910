import { capabilities } from './capabilities.ts';
import { rangeSize } from './uid-ranges.ts';

/** What one sandbox may use. */
export interface Limits {
  memoryBytes: number;
  pids: number;
  /** Share of one CPU; 1 is a whole one. */
  cpus: number;
  /** Writable layer, in the sandbox's memory. */
  diskBytes: number;
  /** Namespaces of each kind alive at once. */
  namespaces: number;
}

/** Enough for every step, and 20 seats on a small VM. */
export const defaultLimits: Limits = {
  memoryBytes: 400 * 1024 * 1024,
  pids: 384,
  cpus: 1,
  diskBytes: 256 * 1024 * 1024,
  namespaces: 128,
};

/** Threads PID 1 parks, so that ps works in a child pid namespace (native/init.c). */
export const parkedThreads = 64;
const initPath = '/usr/local/sbin/tatami-init';
const cpuPeriodUs = 100_000;

const mount = (destination: string, type: string, options: string[], source = type) => ({
  destination,
  type,
  source,
  options,
});
const inert = ['nosuid', 'noexec', 'nodev'];

/**
 * The OCI runtime configuration of a sandbox (runtime-spec 1.0.2). /proc is not masked: the kernel
 * then refuses a new proc inside, which `unshare --mount-proc` needs; the user namespace is the
 * line of defence. The second sysfs does the same for `ip netns exec`, which detaches /sys.
 */
export function ociConfig(options: {
  id: string;
  base: number;
  userNamespace: string;
  initSource: string;
  limits: Limits;
  cgroupParent: string;
  /** Whether the kernel takes a bound of swap. */
  boundsSwap: boolean;
  /** runc before 1.2 wants the mapping beside the namespace's path, later ones refuse it. */
  mappingBesidePath: boolean;
}): object {
  const { id, base, limits } = options;
  const mapping = [{ containerID: 0, hostID: base, size: rangeSize }];
  const all = { bounding: capabilities, effective: capabilities, permitted: capabilities };
  return {
    ociVersion: '1.0.2',
    hostname: 'lab-host',
    root: { path: 'rootfs', readonly: false },
    process: {
      terminal: false,
      user: { uid: 0, gid: 0 },
      args: [initPath, String(parkedThreads)],
      env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
      cwd: '/',
      capabilities: all,
      noNewPrivileges: false,
      oomScoreAdj: 500,
    },
    mounts: [
      mount('/proc', 'proc', inert),
      mount('/dev', 'tmpfs', ['nosuid', 'strictatime', 'mode=755', 'size=64k']),
      mount('/dev/pts', 'devpts', [
        'nosuid',
        'noexec',
        'newinstance',
        'ptmxmode=0666',
        'mode=0620',
        'gid=5',
      ]),
      mount('/dev/shm', 'tmpfs', ['nosuid', 'nodev', 'mode=1777', 'size=64m']),
      mount('/dev/mqueue', 'mqueue', inert),
      mount('/sys', 'sysfs', inert),
      mount('/.sys', 'sysfs', inert),
      mount('/sys/fs/cgroup', 'cgroup2', [...inert, 'ro']),
      mount('/run', 'tmpfs', ['nosuid', 'nodev', 'mode=755', 'size=32m']),
      mount(initPath, 'bind', ['bind', 'ro', 'nosuid', 'nodev'], options.initSource),
    ],
    linux: {
      ...(options.mappingBesidePath ? { uidMappings: mapping, gidMappings: mapping } : {}),
      namespaces: [
        { type: 'user', path: options.userNamespace },
        ...['pid', 'network', 'ipc', 'uts', 'mount', 'cgroup'].map((type) => ({ type })),
      ],
      cgroupsPath: `/${options.cgroupParent}/${id}`,
      resources: {
        // Swap is counted with memory here: the same bound for both leaves none.
        memory: {
          limit: limits.memoryBytes,
          ...(options.boundsSwap ? { swap: limits.memoryBytes } : {}),
        },
        pids: { limit: limits.pids },
        cpu: { quota: Math.round(limits.cpus * cpuPeriodUs), period: cpuPeriodUs, shares: 256 },
        devices: [{ allow: false, access: 'rwm' }],
      },
    },
  };
}
