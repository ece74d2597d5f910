import { CheckSpec } from '@tatami/protocol';
import { describe, expect, test } from 'vitest';
import { script } from '../test/events.ts';
import { inside, nsenter, seen, target, verdict } from '../test/scene.ts';

const files = CheckSpec.parse({
  id: 'files',
  target,
  commands: [
    {
      program: ['ip', 'lsns'],
      names: ['root'],
      sameAsMachine: ['mnt'],
      or: [{ sameAsTarget: ['mnt'] }],
    },
  ],
});

/** A line typed at a prompt. `lsns` and `ip` are the machine's, any other program is nobody's. */
function typed(line: string, code: number | null = 0) {
  const { fork, exec, exit } = script();
  return [fork(1031, 1010), exec(1031, line), ...(code === null ? [] : [exit(1031, code)])];
}

describe('a command that names what is wanted of the target', () => {
  test('passes, with itself as evidence', () => {
    expect(verdict(files, seen(typed('lsns /proc/21/root/app')))).toEqual([
      'target web',
      'command lsns /proc/21/root/app',
      'ns-mnt mnt:[101]',
    ]);
  });

  test('passes when it was ended by a signal, as what looks for long is', () => {
    const killed = typed('lsns /proc/21/root', null);
    const { exit } = script();
    killed.push({ ...exit(1031), seq: 9, ...{ type: 'exit', code: null, signal: 2 } });
    expect(verdict(files, seen(killed))[0]).toBe('target web');
  });

  test('is not the only way', () => {
    expect(verdict(files, seen(nsenter('-t 21 -m', ['mnt'], inside)))).toEqual([
      'target web',
      'command ip addr',
      'entered mnt',
      'ns-mnt mnt:[901]',
    ]);
  });

  test.each([
    ['while it runs', typed('lsns /proc/21/root', null), 'no-command', {}],
    [
      'when it failed',
      typed('lsns /proc/21/root', 2),
      'exit-code',
      { command: 'lsns /proc/21/root', code: 2, wanted: 0 },
    ],
    [
      'by a program that looks at nothing',
      typed('echo /proc/21/root'),
      'names-without-looking',
      { command: 'echo /proc/21/root' },
    ],
    [
      'but its own manual is what it shows',
      typed('lsns --help /proc/21/root'),
      'names-without-looking',
      { command: 'lsns --help /proc/21/root' },
    ],
    [
      'of another process',
      typed('lsns /proc/20/root'),
      'names-other',
      { command: 'lsns /proc/20/root', pid: '20' },
    ],
    [
      'but of something else',
      typed('lsns /proc/21/status'),
      'names-other-file',
      { command: 'lsns /proc/21/status', wanted: 'root' },
    ],
    [
      'in the other way, entered wrongly',
      nsenter('-t 21 -n', ['net'], inside),
      'entered-other',
      { command: 'ip addr', kinds: 'net', wanted: 'mnt' },
    ],
    ['nowhere', typed('lsns'), 'no-command', {}],
  ])('does not pass %s', (_name, events, key, params) => {
    expect(verdict(files, seen(events))).toEqual(['not-yet', key, params]);
  });

  test('needs a target', () => {
    const { error } = CheckSpec.safeParse({ id: 'x', commands: [{ names: ['root'] }] });
    expect(error?.issues[0]?.message).toMatch('names');
  });
});
