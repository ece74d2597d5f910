import { expect, test } from 'vitest';
import { runcFinding } from './runc-version.ts';

test.each([
  [undefined, 'fail'],
  ['1.1.5+ds1', 'warn'],
  ['1.2.7', 'warn'],
  ['1.2.8', 'ok'],
  ['1.3.2', 'warn'],
  ['1.3.3', 'ok'],
  ['1.4.0', 'ok'],
])('runc %s is %s', (version, status) => {
  expect(runcFinding(version).status).toBe(status);
});
