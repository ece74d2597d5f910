import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { lintLabs } from './index.ts';

/** Every file of every lesson is read, which takes a busy machine some time. */
const timeoutMs = 60_000;

test(
  "the repository's own labs have no fault",
  async () => {
    const dir = fileURLToPath(new URL('../../../../labs', import.meta.url));
    const { labs, problems } = await lintLabs(dir);
    expect(labs.length).toBeGreaterThan(0);
    expect(problems.map(({ file, line, reason }) => `${file}:${line}: ${reason}`)).toEqual([]);
  },
  timeoutMs,
);
