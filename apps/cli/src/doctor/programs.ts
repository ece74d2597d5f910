import { attempt, type Finding } from './finding.ts';
import { runcFinding } from './runc-version.ts';

/** Node.js 20.19 runs everything; 22 is the oldest that still gets fixes. */
export function nodeFinding(version: string): Finding {
  const name = 'Node.js';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19))
    return { name, status: 'fail', detail: `${version} is too old; install 22 (at least 20.19)` };
  if (major < 22)
    return { name, status: 'warn', detail: `${version} gets no more fixes; install 22 or later` };
  return { name, status: 'ok', detail: version };
}

/** Programs that sandboxes are made with. */
export async function programFindings(): Promise<Finding[]> {
  const runc = await attempt('runc', ['--version']);
  return [
    nodeFinding(process.versions.node),
    runcFinding(runc.stdout.match(/runc version (\S+)/)?.[1]),
  ];
}
