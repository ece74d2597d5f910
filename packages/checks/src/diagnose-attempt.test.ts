import { CheckSpec } from '@tatami/protocol';
import { describe, expect, test } from 'vitest';
import { script } from '../test/events.ts';
import { seen, verdict } from '../test/scene.ts';
import { machineNs } from '../test/view.ts';

describe('a process that is wanted and not there: what was done instead', () => {
  const pidOne = CheckSpec.parse({
    id: 'pid1',
    process: {
      program: 'shell',
      innerPid: 1,
      differs: ['pid', 'mnt'],
      same: ['net', 'uts', 'ipc'],
      ownProc: true,
    },
  });
  /** `unshare OPTIONS`, that makes these kinds, with a child when forked. */
  function unshare(line: string, kinds: ('pid' | 'mnt' | 'net')[], forked = true) {
    const { fork, exec, unshare: make, exit } = script();
    const ns = { mnt: kinds.includes('mnt') ? 70 : machineNs.mnt };
    const child = { ns: { ...ns, pid: 71 } };
    return [
      ...[fork(1031, 1010), exec(1031, line), make(1031, kinds, { ns, pidForChildren: 71 })],
      ...(forked
        ? [fork(1032, 1031, child), exec(1032, 'bash', child), exit(1032, 0, child)]
        : [exec(1031, 'bash', { ns })]),
      exit(1031, 0, { ns }),
    ];
  }
  test.each([
    ['unshare --pid --fork --mount-proc bash', ['pid', 'mnt'], true, 'ended'],
    ['unshare --pid --fork --mount bash', ['pid', 'mnt'], true, 'proc-not-own'],
    ['unshare --pid --fork bash', ['pid'], true, 'proc-not-own'],
    ['unshare --pid --mount-proc bash', ['pid', 'mnt'], false, 'pid-not-forked'],
    ['unshare --mount bash', ['mnt'], false, 'no-namespace'],
    [
      'unshare --pid --fork --mount-proc --net bash',
      ['pid', 'mnt', 'net'],
      true,
      'namespace-extra',
    ],
  ] as const)('%s', (line, kinds, forked, key) => {
    expect(verdict(pidOne, seen(unshare(line, [...kinds], forked)))[1]).toBe(key);
  });

  test.each([
    ['unshare --pid --fork bash', 1000, 1, 'unshare-not-root'],
    ['unshare --pid --frok bash', 0, 0, 'command-failed'],
    ['nsenter -t 21 -p bash', 0, 0, 'used-nsenter'],
    ['podman run -it web', 0, 0, 'used-docker'],
  ] as const)('%s as user %i', (line, uid, errno, key) => {
    const { fork, exec, unshare: make, exit } = script();
    const events = [
      ...[fork(1031, 1010, { uid }), exec(1031, line, { uid })],
      ...(errno ? [make(1031, ['pid'], { uid }, errno)] : []),
      exit(1031, 1, { uid }),
    ];
    expect(verdict(pidOne, seen(events))[1]).toBe(key);
  });

  test('sudo that cannot find the program, and a plain shell', () => {
    const { fork, exec, exit } = script();
    const wrong = [fork(1031, 1010), exec(1031, 'sudo unshar --pid'), exit(1031, 1)];
    expect(verdict(pidOne, seen(wrong))).toMatchObject(['not-yet', 'command-failed', { code: 1 }]);
    const plain = [fork(1031, 1010), exec(1031, 'bash')];
    expect(verdict(pidOne, seen(plain))[1]).toBe('plain-shell');
  });
});
