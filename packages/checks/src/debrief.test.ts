import { CheckSpec, type CheckVerdict, type KernelEvent } from '@tatami/protocol';
import { describe, expect, test } from 'vitest';
import { programOf, script } from '../test/events.ts';
import { machineNs } from '../test/view.ts';
import { type DebriefScene, pathOf } from './debrief.ts';
import { History } from './history.ts';

const inside = { ...machineNs, net: 900, mnt: 901, pid: 902 };
const shop = { name: 'shop', ns: inside, pids: [555, 556] };
const target = { container: 'shop' };
const checks = [
  CheckSpec.parse({ id: 'look', target, commands: [{ sameAsTarget: ['net'] }] }),
  CheckSpec.parse({ id: 'shell', target, process: { program: 'shell', sameAsTarget: ['net'] } }),
  CheckSpec.parse({ id: 'mended', target, service: { running: true } }),
  CheckSpec.parse({ id: 'cause', target, answer: { cause: 'route', fact: 'route' } }),
];

type Kernel = ReturnType<typeof script>;

/** The path of what these events tell, after a login shell (process 1010). */
function path(events: (kernel: Kernel) => KernelEvent[], scene: Partial<DebriefScene> = {}) {
  const kernel = script();
  const history = new History(programOf);
  history.add([kernel.exec(1010, '-bash', { inode: 1, uid: 1000 })]);
  history.begin(true);
  history.add(events(kernel));
  return pathOf({
    lines: history.lines?.all ?? [],
    ...{ checks, verdicts: [], targets: [shop], machine: machineNs },
    ...scene,
  });
}

let nextPid = 2000;
/** A line without any wrapper: a program and its end. */
const line = ({ fork, exec, exit }: Kernel, text: string, code = 0): KernelEvent[] => {
  const pid = nextPid++;
  return [fork(pid, 1010), exec(pid, text), exit(pid, code)];
};
/** `nsenter` into the net namespace of these, then a program there unless there is none. */
function entering(
  { fork, exec, setns, exit }: Kernel,
  program: string | null,
  { ns = { net: inside.net }, of = 555, code = 0 } = {},
): KernelEvent[] {
  const pid = nextPid++;
  return [
    fork(pid, 1010),
    exec(pid, `nsenter -t ${of} -n ${program ?? 'none'}`),
    setns(pid, ['net'], { ns }),
    ...(program ? [exec(pid, program, { ns })] : []),
    exit(pid, code, { ns }),
  ];
}

const helped = (steps: ReturnType<typeof path>) =>
  steps.map((one) => `${one.helped ? '+' : '-'} ${one.command}`);

describe('a line helped', () => {
  test('when it entered the target, whatever was answered there', () => {
    const steps = path((kernel) => [
      ...entering(kernel, 'ip addr'),
      ...entering(kernel, 'ping 10.0.0.1', { code: 1 }),
      ...entering(kernel, 'none', { code: 127 }),
      ...entering(kernel, null, { code: 127 }),
      ...entering(kernel, 'ip addr', { ns: { net: 800 }, of: 444 }),
    ]);
    expect(steps.map((one) => one.helped)).toEqual([true, true, false, false, false]);
    expect(steps[1]?.exitCode).toBe(1);
  });

  test('when an argument is the PID of the target, or a path below it, and it was not refused', () => {
    const steps = path((kernel) => [
      ...line(kernel, 'cat /proc/555/status'),
      ...line(kernel, 'cat /proc/556/status'),
      ...line(kernel, 'cat /proc/555/stack', 1),
      ...line(kernel, 'cat /proc/5555/status'),
      ...line(kernel, 'ps -p 555'),
      ...line(kernel, 'strace -p 555', 130),
      ...line(kernel, 'lsns --task=555'),
      ...line(kernel, 'nsenter -t555 --net=/proc/1/ns/net ss'),
      ...line(kernel, 'kill -9 555'),
      ...line(kernel, 'kill -3 555'),
      ...line(kernel, 'hostname 4555'),
    ]);
    expect(helped(steps)).toEqual([
      '+ cat /proc/555/status',
      '+ cat /proc/556/status',
      '- cat /proc/555/stack',
      '- cat /proc/5555/status',
      '+ ps -p 555',
      '+ strace -p 555',
      '+ lsns --task=555',
      '+ nsenter -t555 --net=/proc/1/ns/net ss',
      '- kill -9 555',
      '+ kill -3 555',
      '- hostname 4555',
    ]);
  });

  test('when it listed processes or namespaces before the PID was known', () => {
    const steps = path((kernel) => [
      ...line(kernel, 'ps aux'),
      ...line(kernel, 'pgrep -x shop', 1),
      ...line(kernel, 'lsns'),
      ...line(kernel, 'podman ps'),
      ...line(kernel, 'cat /proc/555/status'),
      ...line(kernel, 'ps aux'),
      ...line(kernel, 'podman ps'),
      ...line(kernel, 'podman logs shop'),
      ...line(kernel, 'podman logs other'),
      ...line(kernel, 'podman inspect shop', 125),
    ]);
    expect(helped(steps)).toEqual([
      '+ ps aux',
      '- pgrep -x shop',
      '+ lsns',
      '+ podman ps',
      '+ cat /proc/555/status',
      '- ps aux',
      '- podman ps',
      '+ podman logs shop',
      '- podman logs other',
      '- podman inspect shop',
    ]);
  });

  test('when it looked the PID up for the next one', () => {
    const { fork, exec, exit } = script();
    const together = (at: number, text: string): KernelEvent[] => [
      { ...fork(nextPid, 1010), at },
      { ...exec(nextPid, text, { parent: 1010 }), at },
      { ...exit(nextPid++), at },
    ];
    const steps = path(() => [
      ...together(1_000, 'cat /proc/555/status'),
      ...together(2_000, 'pgrep -x shop'),
      ...together(2_050, 'cat /proc/555/stat'),
      ...together(3_000, 'pgrep -x shop'),
      ...together(9_000, 'cat /proc/555/stat'),
      ...together(9_900, 'pgrep -x other'),
      ...together(9_950, 'cat /proc/444/stat'),
    ]);
    expect(steps.map((one) => one.helped)).toEqual([true, true, true, false, true, false, false]);
  });

  test('not when it only asked for something else, or ended the target', () => {
    const steps = path((kernel) => [
      ...line(kernel, 'ping 8.8.8.8'),
      ...line(kernel, 'podman exec shop sh', 126),
      // The engine hangs, and timeout(1) ends that.
      ...line(kernel, 'podman logs shop', 124),
      ...line(kernel, 'man nsenter'),
    ]);
    expect(steps.every((one) => !one.helped)).toBe(true);
  });
});

describe('a line ticked', () => {
  const passed = (
    checkId: string,
    at: number,
    facts: { name: string; value: string }[],
  ): CheckVerdict => ({
    checkId,
    verdict: {
      status: 'passed',
      evidence: { at: new Date(at).toISOString(), facts, offsets: [] },
    },
  });
  const later = 10_000;

  test('what its evidence names by the command, in whatever wrapping it was typed', () => {
    const steps = path((kernel) => [...entering(kernel, 'ip addr'), ...line(kernel, 'hostname')], {
      verdicts: [passed('look', later, [{ name: 'command', value: 'ip addr' }])],
    });
    expect(steps.map((one) => one.ticked)).toEqual([['look'], []]);
  });

  test('is told with each check that it met', () => {
    const fact = { name: 'command', value: 'ip addr' };
    const [first] = path((kernel) => entering(kernel, 'ip addr'), {
      verdicts: [passed('look', later, [fact]), passed('shell', later, [fact])],
    });
    expect(first?.ticked).toEqual(['look', 'shell']);
  });

  test('by the process that it became', () => {
    const steps = path(
      ({ fork, exec, setns }) => [
        fork(1020, 1010),
        exec(1020, 'nsenter -t 555 -n bash'),
        setns(1020, ['net'], { ns: { net: inside.net } }),
        exec(1020, 'bash', { ns: { net: inside.net } }),
      ],
      { verdicts: [passed('shell', later, [{ name: 'pid-machine', value: '20' }])] },
    );
    expect(steps).toMatchObject([{ ticked: ['shell'], helped: true, exitCode: null }]);
  });

  test('what became of the service, by the last that dealt with it', () => {
    const mended = passed('mended', later, [{ name: 'state', value: 'S' }]);
    const steps = path(
      (kernel) => [
        ...line(kernel, 'hostname'),
        ...line(kernel, 'kill -CONT 555'),
        ...line(kernel, 'curl http://shop'),
      ],
      { verdicts: [mended] },
    );
    expect(steps.map((one) => one.ticked)).toEqual([[], ['mended'], []]);
    expect(steps.map((one) => one.helped)).toEqual([false, true, false]);
    const others = path(
      (kernel) => [...line(kernel, 'hostname'), ...line(kernel, 'podman start')],
      {
        verdicts: [mended],
      },
    );
    expect(others.map((one) => one.ticked)).toEqual([[], ['mended']]);
  });

  test('nothing by an answer, which is typed elsewhere, nor what came after the tick', () => {
    const steps = path((kernel) => [...line(kernel, 'hostname'), ...line(kernel, 'ip addr')], {
      verdicts: [
        passed('cause', later, [{ name: 'answer', value: 'route: 10.0.0.0/8' }]),
        passed('look', 0, [{ name: 'command', value: 'ip addr' }]),
      ],
    });
    expect(steps.map((one) => one.ticked)).toEqual([[], []]);
  });
});

test('a path of the most lines, targets and PIDs there can be costs little', () => {
  const pids = (n: number) => Array.from({ length: 100 }, (_, at) => 1_000 * n + at);
  const targets = Array.from({ length: 10 }, (_, n) => ({ ...shop, pids: pids(n + 1) }));
  const started = Date.now();
  // Each may have fed the next one, and none of them helped.
  const steps = path(
    (kernel) => [
      ...line(kernel, 'lsns -p 1000'),
      ...Array.from({ length: 499 }, () => line(kernel, 'pgrep java')).flat(),
    ],
    { targets },
  );
  expect(Date.now() - started).toBeLessThan(2_000);
  expect(steps.filter((one) => one.helped)).toHaveLength(1);
  expect(steps).toHaveLength(500);
});
