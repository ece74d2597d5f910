import { mustRun, runCommand } from '@tatami/sandbox';
import { UserError } from '../user-error.ts';

/** Debian packages that building and running sandboxes needs. */
export const runtimePackages = [
  'runc',
  'mmdebstrap',
  'debian-archive-keyring',
  'gcc',
  'libc6-dev',
  // For the programs in the kernel that watch sandboxes (docs/decisions/0006).
  'clang',
  'libbpf-dev',
  'util-linux',
  'iproute2',
];

export function requireRoot(): void {
  if (process.getuid?.() !== 0)
    throw new UserError(
      'this must run as root (sandboxes are made of namespaces and mounts); use sudo.',
    );
}

/** Installs those that are missing, naming them. @throws UserError when apt-get cannot. */
export async function installDebianPackages(wanted: string[]): Promise<void> {
  const known = await runCommand('dpkg-query', [
    '--show',
    '--showformat',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: these placeholders are dpkg-query's own.
    '${Package} ${db:Status-Status}\n',
    ...wanted,
  ]);
  const installed = known.stdout
    .split('\n')
    .filter((line) => line.endsWith(' installed'))
    .map((line) => line.split(' ')[0]);
  const missing = wanted.filter((name) => !installed.includes(name));
  if (missing.length === 0) return;
  process.stderr.write(`Installing Debian packages: ${missing.join(' ')}\n`);
  try {
    await mustRun('apt-get', ['update', '-qq'], { timeoutMs: 300_000 });
    await mustRun('apt-get', ['install', '--yes', '--no-install-recommends', '-qq', ...missing], {
      timeoutMs: 600_000,
    });
  } catch (cause) {
    throw new UserError(
      `apt-get could not install ${missing.join(', ')}; is Debian's archive reachable? (${(cause as Error).message})`,
      { cause },
    );
  }
}
