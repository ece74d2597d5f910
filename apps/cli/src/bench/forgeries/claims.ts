import type { Answer, CheckSpec } from '@tatami/protocol';
import type { z } from 'zod';

/** What a forgery wants to be believed, and what a learner does who has really done it. */
export interface Claim {
  /** Its `id` is `claim`; others may stand beside it. */
  checks: z.input<typeof CheckSpec>[];
  /** Runs as root when the step is opened. */
  setup?: string;
  /** Typed into a terminal. */
  honest?: string;
  honestAnswer?: Answer;
}

export const claimId = 'claim';

/** A process that is PID 1, with a network and a host name of its own; `sleep 1000` tells it by its argv. */
const target = { hostname: 'lab-target' };
const makeTarget = `
  setsid unshare --uts --net --pid --fork sh -c 'hostname lab-target; exec sleep 1000' </dev/null >/dev/null 2>&1 &
  until pgrep -fx 'sleep 1000' >/dev/null; do sleep 0.05; done`;
export const targetPid = '$(pgrep -fx "sleep 1000")';

export const claims = {
  'a shell is PID 1 with its own /proc': {
    checks: [
      {
        id: claimId,
        process: { program: 'shell', innerPid: 1, differs: ['pid', 'mnt'], ownProc: true },
      },
    ],
    honest: 'sudo unshare --pid --fork --mount-proc /bin/bash',
  },
  'a process has another host name': {
    checks: [{ id: claimId, process: { differs: ['uts'], hostname: { is: 'container-001' } } }],
    honest: "sudo unshare --uts sh -c 'hostname container-001; exec sleep 30'",
  },
  'a process sees a mount of its own': {
    checks: [
      {
        id: claimId,
        process: { differs: ['mnt'], mounts: [{ target: '/tmp/myroot', type: 'tmpfs' }] },
      },
    ],
    setup: 'mkdir -p /tmp/myroot',
    honest: "sudo unshare --mount sh -c 'mount -t tmpfs none /tmp/myroot; exec sleep 30'",
  },
  'lsns was executed': {
    checks: [{ id: claimId, commands: [{ program: 'lsns' }] }],
    honest: 'lsns',
  },
  'ip was executed in the target': {
    checks: [
      {
        id: claimId,
        target,
        commands: [{ program: 'ip', sameAsTarget: ['net'], sameAsMachine: ['mnt'], exitCode: 0 }],
      },
    ],
    setup: makeTarget,
    honest: `sudo nsenter -t ${targetPid} -n ip addr`,
  },
  'a shell has entered the target': {
    checks: [
      {
        id: claimId,
        target,
        process: { program: 'shell', sameAsTarget: ['net'], entered: true },
      },
    ],
    setup: makeTarget,
    honest: `sudo nsenter -t ${targetPid} -n /bin/bash`,
  },
  'the container runs': {
    checks: [{ id: claimId, target: { container: 'test-nginx' }, service: { running: true } }],
    honest: 'docker run --detach --name test-nginx nginx',
  },
  'the cause is known': {
    checks: [
      { id: claimId, target, answer: { cause: 'frozen', fact: 'state' } },
      { id: 'other', target, answer: { cause: 'lock', fact: 'waits-in' } },
    ],
    setup: `${makeTarget}\nkill -STOP ${targetPid}`,
    honestAnswer: { cause: 'frozen', value: 'T' },
  },
} satisfies Record<string, Claim>;

export type ClaimName = keyof typeof claims;
