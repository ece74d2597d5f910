import { z } from 'zod';
import { tool } from './tool.ts';

const Bom = z.looseObject({
  bomFormat: z.literal('CycloneDX'),
  serialNumber: z.string().optional(),
  metadata: z.looseObject({ timestamp: z.string(), tools: z.array(z.unknown()) }),
  components: z.array(z.unknown()).min(1),
});

/**
 * The bill of materials of what a clone's program runs with, by its lock file. npm draws a number and reads the clock
 * for each: here the time is the commit's, and there is no number.
 */
export async function billOfMaterials(
  clone: string,
  epochS: number,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const args = ['sbom', '--sbom-format=cyclonedx', '--package-lock-only', '--omit=dev'];
  const printed = await tool('npm', args, { cwd: clone, env });
  const { serialNumber: _, metadata, ...bom } = Bom.parse(JSON.parse(printed));
  const timestamp = new Date(epochS * 1000).toISOString();
  const node = { vendor: 'nodejs', name: 'node', version: process.versions.node };
  const about = { ...metadata, timestamp, tools: [...metadata.tools, node] };
  return `${JSON.stringify({ ...bom, metadata: about }, null, 2)}\n`;
}
