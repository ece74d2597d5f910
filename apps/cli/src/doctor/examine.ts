import { capacityFindings, readResources } from './capacity.ts';
import type { Finding } from './finding.ts';
import { kernelFindings } from './kernel.ts';
import { programFindings } from './programs.ts';
import { type Places, sandboxBaseFindings } from './sandbox-base.ts';

/** Tries what `seats` sandboxes need, and leaves the host as it was. Trials need root: without, they are left out. */
export async function examine(places: Places, seats: number): Promise<Finding[]> {
  const root = process.getuid?.() === 0;
  return [
    {
      name: 'root',
      status: root ? 'ok' : 'fail',
      detail: root ? 'yes' : 'run this as root, or little can be tried',
    },
    ...(await programFindings()),
    ...(root ? [...(await kernelFindings()), ...(await sandboxBaseFindings(places))] : []),
    ...capacityFindings(await readResources(places.cacheDir), seats),
  ];
}
