import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { printSetupLink, setupLink } from './setup-link.ts';

test('the set-up link is there as long as the server keeps its token', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'tatami-setup-link-'));
  const address = 'http://127.0.0.1:8420/';
  try {
    const fresh = { dataDir, address, fresh: true };
    await expect(printSetupLink(fresh)).rejects.toThrow('never started with the data folder');
    await mkdir(join(dataDir, 'server'));
    expect(await setupLink(dataDir, address)).toBeNull();
    await expect(printSetupLink({ ...fresh, fresh: false })).rejects.toThrow('add --new');
    await writeFile(join(dataDir, 'server/setup-link.token'), `${'A'.repeat(43)}\n`);
    expect(await setupLink(dataDir, address)).toBe(
      `http://127.0.0.1:8420/staff/join#${'A'.repeat(43)}`,
    );
  } finally {
    await rm(dataDir, { recursive: true });
  }
});
