import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readOrigin } from './processes.ts';
import { until } from './until.ts';

/**
 * The host's cgroup hierarchies (cgroups(7)). `unified` is the version 2 tree: the whole of it on a
 * v2 host, the membership-only tree of a hybrid v1 host, null on a pure v1 one.
 */
export interface CgroupHost {
  version: 1 | 2;
  unified: string | null;
  /** Mount points by controller; on version 2 each is the unified one. */
  controllers: Map<string, string>;
  /** Mount points of all hierarchies, those without a controller of ours included: runc joins every one. */
  hierarchies: Set<string>;
  /** Name of the cgroup, in each hierarchy, that holds all sandboxes of this runner and nothing else. */
  parent: string;
}

const needed = ['memory', 'pids', 'cpu'];

/** Reads the host's layout. @throws one sentence when memory, pids or cpu is missing. */
export async function detectCgroups(
  parent: string,
  mountinfo = '/proc/self/mountinfo',
): Promise<CgroupHost> {
  const host: CgroupHost = {
    version: 1,
    unified: null,
    controllers: new Map(),
    hierarchies: new Set(),
    parent,
  };
  for (const line of (await readFile(mountinfo, 'utf8')).split('\n')) {
    const [left, right] = line.split(' - ');
    const target = left?.split(' ')[4];
    const [type, , options] = right?.split(' ') ?? [];
    if (!target) continue;
    if (type === 'cgroup2') host.unified ??= target;
    if (type === 'cgroup')
      for (const name of options?.split(',') ?? []) host.controllers.set(name, target);
    if (type === 'cgroup' || target === host.unified) host.hierarchies.add(target);
  }
  if (host.unified && !needed.some((name) => host.controllers.has(name))) {
    host.version = 2;
    const available = await readFile(join(host.unified, 'cgroup.controllers'), 'utf8');
    for (const name of available.trim().split(' ')) host.controllers.set(name, host.unified);
  }
  const missing = needed.filter((name) => !host.controllers.has(name));
  if (missing.length > 0) throw new Error(lacking(host, missing));
  return host;
}

/** What is missing of cgroups, and how to come by it. */
function lacking({ version, unified, hierarchies }: CgroupHost, missing: string[]): string {
  if (hierarchies.size === 0)
    return 'no cgroup file system is mounted; mount one: mount -t cgroup2 none /sys/fs/cgroup';
  const [first] = missing;
  const names = `cgroup controller${missing.length > 1 ? 's' : ''} ${missing.join(', ')}`;
  const disabled = `take cgroup_disable=${first} from the kernel command line if it is there`;
  return version === 2
    ? `${unified} does not offer the ${names}; ${disabled}, or, in a container, have them delegated to it`
    : `the ${names} cannot be found among the mounts; ${disabled}, or mount it: mount -t cgroup -o ${first} cgroup /sys/fs/cgroup/${first}`;
}

/**
 * Whether the kernel bounds what a cgroup swaps out. On version 1 that takes swap accounting, which
 * `swapaccount=0` turns off; on version 2 a kernel that can swap at all.
 */
export function boundsSwap({ version, controllers }: CgroupHost): boolean {
  if (version === 2) return existsSync('/proc/swaps');
  return existsSync(join(controllers.get('memory') ?? '', 'memory.memsw.limit_in_bytes'));
}

/** One sandbox's cgroups. */
export class SandboxCgroups {
  readonly host: CgroupHost;
  readonly #path: string;

  constructor(host: CgroupHost, id: string) {
    this.host = host;
    this.#path = join(host.parent, id);
  }

  /** Its folders that exist, one per hierarchy. */
  get #dirs(): string[] {
    return [...this.host.hierarchies]
      .map((root) => join(root, this.#path))
      .filter((dir) => existsSync(dir));
  }

  /** Files a process writes "0" to in order to join. */
  get procsFiles(): string[] {
    return this.#dirs.map((dir) => join(dir, 'cgroup.procs'));
  }

  /**
   * The cgroup that the event stream tells this sandbox by, with the kernel's id of it: in the unified
   * tree where there is one (bpf_get_current_cgroup_id), which a learner cannot leave.
   */
  get watched(): { id: number; folder: string } {
    const root = this.host.unified ?? this.host.controllers.get('pids') ?? '';
    const folder = join(root, this.#path);
    return { id: statSync(folder).ino, folder };
  }

  /** Where runc itself must start, so that the sandbox's cgroup namespace is rooted here. */
  async makeUnified(): Promise<string[]> {
    if (!this.host.unified || this.host.version === 2) return [];
    const dir = join(this.host.unified, this.#path);
    await mkdir(dir, { recursive: true });
    return [join(dir, 'cgroup.procs')];
  }

  /** The file that lists every process of the sandbox but zombies, one host id a line. */
  get membersFile(): string | undefined {
    const root = this.host.unified ?? this.host.controllers.get('pids');
    return root && join(root, this.#path, 'cgroup.procs');
  }

  /** Host ids of every process of the sandbox. */
  async pids(): Promise<number[]> {
    if (!this.membersFile) return [];
    const text = await readFile(this.membersFile, 'utf8').catch(absent);
    return text.split('\n').filter(Boolean).map(Number);
  }

  /**
   * Grows whenever a process of the sandbox runs, for however short: its processor time as the kernel writes it;
   * null when it cannot be read.
   */
  get ran(): string | null {
    const { version, controllers } = this.host;
    const [controller, file] = version === 2 ? ['cpu', 'cpu.stat'] : ['cpuacct', 'cpuacct.usage'];
    try {
      const text = readFileSync(join(controllers.get(controller) ?? '', this.#path, file), 'utf8');
      return version === 2 ? (text.match(/^usage_usec (\d+)$/m)?.[1] ?? null) : text;
    } catch {
      return null;
    }
  }

  /** Memory in use less what the kernel can drop at once, in bytes. */
  async memoryBytes(): Promise<number> {
    const dir = join(this.host.controllers.get('memory') ?? '', this.#path);
    const [file, key] =
      this.host.version === 2
        ? ['memory.current', 'inactive_file']
        : ['memory.usage_in_bytes', 'total_inactive_file'];
    const used = Number(await readFile(join(dir, file), 'utf8'));
    const stat = await readFile(join(dir, 'memory.stat'), 'utf8');
    return used - Number(stat.match(new RegExp(`^${key} (\\d+)$`, 'm'))?.[1] ?? 0);
  }

  /** Kills every process, forks under way included, and removes the cgroups. Idempotent. */
  async remove(): Promise<void> {
    await this.#kill();
    await until(async () => (await this.pids()).length === 0, {
      what: `the processes of cgroup ${this.#path} end`,
      everyMs: 3,
      retry: () => this.#kill(),
    });
    for (const dir of this.#dirs) {
      await until(async () => removed(dir), { what: `cgroup ${dir} can be removed`, everyMs: 3 });
    }
  }

  /**
   * Kills what descends from a process of the host, and what is in a session that one of these began;
   * resolves when they are gone. What an ended parent left in a session of its own is nobody's.
   */
  async endDescendants(ancestor: number): Promise<void> {
    const ended = new Set([ancestor]);
    await until(
      async () => {
        const doomed = descendants(await this.pids(), ended);
        // Its group too, at once: a fork bomb is faster than one kill after another.
        for (const pid of doomed) for (const target of [pid, -pid]) kill(target);
        return doomed.length === 0;
      },
      { what: `what process ${ancestor} began in cgroup ${this.#path} ends`, everyMs: 3 },
    );
  }

  /** Kills every process but one; resolves when they are gone. */
  async endAllBut(kept: number): Promise<void> {
    await until(
      async () => {
        const others = (await this.pids()).filter((pid) => pid !== kept);
        for (const pid of others) kill(pid);
        return others.length === 0;
      },
      { what: `the processes of cgroup ${this.#path} end`, everyMs: 3 },
    );
  }

  async #kill(): Promise<void> {
    if (this.host.unified) {
      const file = join(this.host.unified, this.#path, 'cgroup.kill');
      if (existsSync(file)) return writeFile(file, '1').catch(gone);
    }
    for (const pid of await this.pids()) kill(pid);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    gone(error);
  }
}

/** Those of `pids` whose parent or session is in `found`, to which they are added. */
function descendants(pids: number[], found: Set<number>): number[] {
  const rest = new Map(pids.map((pid) => [pid, readOrigin(pid)]));
  const isOurs = (pid: number | undefined) => pid !== undefined && found.has(pid);
  const descended: number[] = [];
  for (let before = -1; before < descended.length; ) {
    before = descended.length;
    for (const [pid, origin] of rest) {
      if (!isOurs(origin?.parent) && !isOurs(origin?.session)) continue;
      rest.delete(pid);
      found.add(pid);
      descended.push(pid);
    }
  }
  return descended;
}

/** Names of all sandboxes that have a cgroup, in any hierarchy. */
export async function listSandboxCgroups(host: CgroupHost): Promise<string[]> {
  const names = new Set<string>();
  for (const root of host.hierarchies) {
    const entries = await readdir(join(root, host.parent), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) if (entry.isDirectory()) names.add(entry.name);
  }
  return [...names];
}

/** Removes the runner's own, now empty cgroups. */
export async function removeCgroupParent(host: CgroupHost): Promise<void> {
  for (const root of host.hierarchies) await removed(join(root, host.parent));
}

async function removed(dir: string): Promise<boolean> {
  try {
    await rmdir(dir);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return true;
    if (code === 'EBUSY') return false;
    throw error;
  }
}

function gone(error: unknown): void {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'ESRCH' && code !== 'ENOENT' && code !== 'ENODEV') throw error;
}

function absent(error: unknown): string {
  gone(error);
  return '';
}
