import { setTimeout as delay } from 'node:timers/promises';

/** Polls until `condition` holds. @throws naming `what` after `timeoutMs`. */
export async function until(
  condition: () => Promise<boolean> | boolean,
  options: { what: string; everyMs?: number; timeoutMs?: number; retry?: () => Promise<void> },
): Promise<void> {
  const deadline = performance.now() + (options.timeoutMs ?? 10_000);
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited in vain until ${options.what}`);
    await delay(options.everyMs ?? 10);
    await options.retry?.();
  }
}
