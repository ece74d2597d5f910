import { parseEnv } from 'node:util';
import { expect, test } from 'vitest';
import { environmentFile } from './environment-file.ts';

test('settings are read as they were written, and what readers disagree on is refused', () => {
  const settings = { TATAMI_ROOTFS: '/var/lib/tatami/images/0a1b/root', TATAMI_EVENTS_LOADER: '' };
  expect(parseEnv(environmentFile(settings))).toEqual(settings);
  for (const value of ['a b', '"a"', "it's", '$HOME', 'a#b', 'a\nb', 'a\\b'])
    expect(() => environmentFile({ TATAMI_LABS: value })).toThrow('TATAMI_LABS');
});
