import type { Finding } from './finding.ts';

/** First releases with the fixes of CVE-2025-31133, -52565 and -52881, per series. */
const fixed: Record<string, number> = { '1.2': 8, '1.3': 3 };

/** What doctor says of the runc it found. */
export function runcFinding(version: string | undefined): Finding {
  const name = 'runc';
  const match = version?.match(/^(\d+)\.(\d+)\.(\d+)/);
  if (!match)
    return {
      name,
      status: 'fail',
      detail: 'not found; npm start installs it, or: apt-get install runc',
    };
  const [, major, minor, patch] = match.map(Number) as [number, number, number, number];
  const needed = fixed[`${major}.${minor}`];
  const good = needed === undefined ? major > 1 || minor > 3 : patch >= needed;
  if (good) return { name, status: 'ok', detail: `${version}` };
  return {
    name,
    status: 'warn',
    detail: `${version} is not known to carry the fixes of CVE-2025-31133, -52565 and -52881 (1.2.8, 1.3.3); Tatami masks no paths, makes no console through runc and keeps every sandbox in a user namespace of its own, which these attacks do not cross`,
  };
}
