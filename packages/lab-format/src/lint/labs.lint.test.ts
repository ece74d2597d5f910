import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { lintLabs } from './index.ts';

test("the repository's own labs have no fault", async () => {
  const dir = fileURLToPath(new URL('../../../../labs', import.meta.url));
  const { labs, problems } = await lintLabs(dir);
  expect(labs.length).toBeGreaterThan(0);
  expect(problems.map(({ file, line, reason }) => `${file}:${line}: ${reason}`)).toEqual([]);
});
