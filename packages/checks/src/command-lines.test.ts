import type { KernelEvent } from '@tatami/protocol';
import { expect, test } from 'vitest';
import { programOf, script } from '../test/events.ts';
import { endOf, lineText } from './command-lines.ts';
import { History } from './history.ts';

/** A step whose lines are kept, on a machine with a learner's login shell (process 1010). */
function begun() {
  const kernel = script();
  const history = new History(programOf);
  history.add([kernel.exec(1010, '-bash', { inode: 1, uid: 1000 })]);
  history.begin(true);
  return { ...kernel, history };
}

const texts = ({ lines }: History) => (lines?.all ?? []).map((line) => lineText(line));
const ends = ({ lines }: History) =>
  (lines?.all ?? []).map(({ typed, more }) => endOf(typed, more)?.code);

test('sudo and what it executes are one line, with the end of what was asked for', () => {
  const { fork, exec, exit, setns, history } = begun();
  const ns = { net: 900 };
  history.add([
    fork(1011, 1010),
    exec(1011, 'sudo nsenter -t 5 -n ip addr'),
    fork(1012, 1011),
    exec(1012, 'nsenter -t 5 -n ip addr'),
    setns(1012, ['net'], { ns }),
    exec(1012, 'ip addr', { ns }),
    exit(1012, 3, { ns }),
    exit(1011, 3),
  ]);
  expect(texts(history)).toEqual(['sudo nsenter -t 5 -n ip addr']);
  expect(ends(history)).toEqual([3]);
  const [line] = history.lines?.all ?? [];
  expect(line?.more.map(({ argv }) => argv[0])).toEqual(['nsenter', 'ip']);
});

test('a program that is executed in place of another ends for it', () => {
  const { fork, exec, exit, history } = begun();
  history.add([fork(1011, 1010), exec(1011, 'docker ps'), exec(1011, 'podman ps')]);
  expect(ends(history)).toEqual([undefined]);
  history.add([exit(1011, 125)]);
  expect(texts(history)).toEqual(['docker ps']);
  expect(ends(history)).toEqual([125]);
});

test("lines are typed into nested shells too, and a script's are not typed", () => {
  const { fork, exec, exit, history } = begun();
  history.add([
    fork(1011, 1010),
    exec(1011, 'sudo bash'),
    fork(1012, 1011),
    exec(1012, 'bash'),
    fork(1013, 1012),
    exec(1013, 'hostname'),
    exit(1013),
    fork(1014, 1012),
    exec(1014, 'bash look.sh'),
    fork(1015, 1014),
    exec(1015, 'lsns'),
    exit(1015),
    exit(1014),
    fork(1016, 1012),
    exec(1016, 'bash -lc lsns'),
    exec(1016, 'lsns'),
    exit(1016),
  ]);
  expect(texts(history)).toEqual(['sudo bash', 'hostname', 'bash look.sh', 'bash -lc lsns']);
});

test('neither daemons, set-ups nor what a container does are lines', () => {
  const { fork, exec, exit, history } = begun();
  history.add([
    // A set-up comes in from outside, without a terminal.
    fork(1030, 1, { tty: false }),
    exec(1030, 'bash -c setup', { tty: false }),
    exec(1030, 'hostname lab-host', { tty: false }),
    exit(1030, 0, { tty: false }),
    fork(1011, 1010),
    exec(1011, 'podman exec -it web bash'),
    fork(1012, 1011, { tty: false }),
    exec(1012, 'conmon -n web', { tty: false }),
    fork(1013, 1012),
    exec(1013, 'bash', { inode: 999 }),
    fork(1014, 1013),
    exec(1014, 'ls', { inode: 999 }),
    exit(1014),
  ]);
  expect(texts(history)).toEqual(['podman exec -it web bash']);
});

test('what a login shell asks before its first prompt was not typed', () => {
  const { fork, exec, exit, history } = begun();
  const line = (pid: number, shell: number, text: string) => [
    ...[fork(pid, shell), exec(pid, text), exit(pid)],
  ];
  history.add([
    ...line(1011, 1010, 'id -u'),
    ...line(1012, 1010, 'id -u'),
    fork(1013, 1010),
    exec(1013, 'bash'),
    ...line(1014, 1013, 'id -u'),
    exit(1013),
    fork(1015, 1010),
    exec(1015, 'bash --login'),
    ...line(1016, 1015, 'id -u'),
  ]);
  expect(texts(history)).toEqual(['id -u', 'bash', 'id -u', 'bash --login']);
});

test('what a line is piped into belongs to it', () => {
  const { fork, exec, exit, history } = begun();
  const shell = { parent: 1010 };
  history.add([
    fork(1011, 1010),
    fork(1012, 1010),
    exec(1011, 'lsns', shell),
    exec(1012, 'grep net', shell),
    exit(1011),
    exit(1012, 1),
    // Typed at once, but one after the other.
    fork(1013, 1010),
    exec(1013, 'lsns', shell),
    exit(1013),
    fork(1014, 1010),
    exec(1014, 'grep State /proc/1/status', shell),
    exit(1014),
  ]);
  expect(texts(history)).toEqual(['lsns | grep net', 'lsns', 'grep State /proc/1/status']);
  expect(ends(history)).toEqual([0, 0, 0]);

  // The kernel may begin with any of them.
  history.begin(true);
  history.add([
    fork(1021, 1010),
    fork(1022, 1010),
    fork(1023, 1010),
    exec(1023, 'sort -u', shell),
    exec(1021, 'docker ps', shell),
    exec(1022, 'awk 1', shell),
    exec(1021, 'podman ps', shell),
    exit(1021, 7),
    exit(1022, 1),
    exit(1023, 1),
  ]);
  expect(texts(history)).toEqual(['docker ps | awk 1 | sort -u']);
  expect(ends(history)).toEqual([7]);
});

test('the last 500 lines are kept, and the others counted', () => {
  const { fork, exec, exit, history } = begun();
  const line = (n: number): KernelEvent[] => [
    fork(2000 + n, 1010),
    exec(2000 + n, `hostname ${n}`),
    exit(2000 + n),
  ];
  for (let n = 0; n < 600; n++) history.add(line(n));
  expect(history.lines?.omitted).toBe(100);
  expect(texts(history)).toHaveLength(500);
  expect(texts(history)[0]).toBe('hostname 100');
  // A script that executes without end takes no more for it.
  history.add([fork(4000, 1010), exec(4000, 'bash loop.sh')]);
  for (let n = 0; n < 100; n++)
    history.add([fork(5000 + n, 4000), exec(5000 + n, 'hostname'), exit(5000 + n)]);
  expect(history.lines?.all.at(-1)?.more).toHaveLength(20);
  for (let pid = 6000; pid < 9000; pid += 30) {
    history.add([fork(pid, 1010), exec(pid, 'bash loop.sh')]);
    for (let n = 1; n < 25; n++)
      history.add([fork(pid + n, pid), exec(pid + n, 'hostname'), exit(pid + n)]);
    history.add([exit(pid)]);
  }
  const kept = (history.lines?.all ?? []).map(({ more }) => 1 + more.length);
  expect(kept.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(1_500);
  expect(kept.length + (history.lines?.omitted ?? 0)).toBe(600 + 1 + 100);
});

test('a step that is not looked back on keeps none, and the next begins anew', () => {
  const { fork, exec, history } = begun();
  history.add([fork(1011, 1010), exec(1011, 'hostname')]);
  expect(texts(history)).toHaveLength(1);
  history.begin(true);
  expect(texts(history)).toEqual([]);
  history.begin();
  expect(history.lines).toBeNull();
});
