import { requireRoot } from '../prepare/debian.ts';
import { withThrowawayHost } from '../throwaway-host.ts';
import { table } from './table.ts';
import { verify } from './verify.ts';

/** `tatami sandbox verify`. @returns the exit code: 1 when the docs do not explain a difference. */
export async function sandboxVerify({ json }: { json: boolean }): Promise<number> {
  requireRoot();
  const outcomes = await withThrowawayHost(1, (host) => verify(host));
  process.stdout.write(json ? `${JSON.stringify({ outcomes }, null, 2)}\n` : table(outcomes));
  return outcomes.some(({ status }) => status === 'different') ? 1 : 0;
}
