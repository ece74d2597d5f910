import { requireFolder, requireFreePort } from '@tatami/config';
import type { Finding } from '../doctor/finding.ts';
import { kernelFindings } from '../doctor/kernel.ts';
import { UserError } from '../user-error.ts';
import type { StartOptions } from './start.ts';

/** Looks, before anything takes minutes, at what is needed in the end. @throws UserError when it cannot be used. */
export async function requirePlaces({
  host,
  port,
  dataDir,
  runDir,
}: Pick<StartOptions, 'host' | 'port' | 'dataDir' | 'runDir'>): Promise<void> {
  if (port === 0)
    throw new UserError('browsers must know the port; choose one above 0 with --port.');
  try {
    await requireFreePort({ host, port });
    await requireFolder(dataDir, { what: 'the data folder', setting: 'TATAMI_DATA', mode: 0o755 });
    await requireFolder(runDir, { what: 'the run folder', setting: 'TATAMI_RUN', mode: 0o711 });
  } catch (cause) {
    throw new UserError((cause as Error).message, { cause });
  }
}

/** @throws UserError naming each feature that sandboxes need and this kernel lacks. */
export async function requireFitKernel(): Promise<void> {
  const unfit = whyUnfit(await kernelFindings());
  if (unfit) throw new UserError(unfit);
}

/** In one sentence, what of these findings keeps sandboxes off this host; null when nothing does. */
export function whyUnfit(findings: Finding[]): string | null {
  const lacking = findings.filter(({ status }) => status === 'fail');
  if (lacking.length === 0) return null;
  const what = lacking.map(({ name, detail }) => `${name}: ${detail}`).join('; ');
  return `this host cannot carry sandboxes (${what}); npm run tatami -- doctor tells more.`;
}
