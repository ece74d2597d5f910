import { detectCgroups, openEventSource } from '@tatami/sandbox';
import type { Finding } from './finding.ts';

const name = 'kernel events';

/** Opens the source that a runner would, watches nothing with it, and closes it again. */
export async function eventsFinding(
  nativeBin: string,
  programs: { cacheDir: string; sources: string },
): Promise<Finding> {
  const cgroups = await detectCgroups('tatami-doctor').catch(() => null);
  if (!cgroups) return { name, status: 'warn', detail: 'not tried: that takes cgroups' };
  const source = await openEventSource({ cgroups, nativeBin, programs });
  await source.close();
  return { name, status: source.kind === 'bpf' ? 'ok' : 'warn', detail: source.detail };
}
