import type { Expectation } from '../expectation.ts';
import { ipcsExpectations } from './ipcs.ts';
import { lsnsExpectations } from './lsns.ts';
import { machineExpectations } from './machine.ts';
import { mountExpectations } from './mounts.ts';
import { nsenterExpectations } from './nsenter.ts';
import { unshareExpectations } from './unshare.ts';

/** What util-linux's and LTP's tests ask of these programs and of the system calls below them, in our words. */
export const expectations: Expectation[] = [
  ...unshareExpectations,
  ...mountExpectations,
  ...nsenterExpectations,
  ...lsnsExpectations,
  ...ipcsExpectations,
  ...machineExpectations,
];
