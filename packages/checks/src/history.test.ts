import { describe, expect, test } from 'vitest';
import { programOf, script } from '../test/events.ts';
import { History } from './history.ts';

const container = { net: 900, mnt: 901, pid: 902 };

describe('a history makes commands of events', () => {
  test('of a process that executes one program after another, each is a command and knows its origin', () => {
    const { fork, exec, exit, setns } = script();
    const history = new History(programOf);
    history.add([
      fork(1011, 1010),
      exec(1011, 'nsenter -t 50 -n ip addr'),
      setns(1011, ['net'], { ns: { net: container.net } }),
      exec(1011, 'ip addr', { ns: { net: container.net } }),
      exit(1011, 0),
    ]);
    const [nsenter, ip] = history.view.commands;
    expect(nsenter).toMatchObject({
      program: 'nsenter',
      entered: ['net'],
      ledTo: 'exec',
      exit: null,
    });
    expect(ip).toMatchObject({
      program: 'ip',
      argv: ['ip', 'addr'],
      entered: ['net'],
      from: nsenter?.seq,
      exit: { code: 0, signal: null },
    });
    expect(ip?.ns.net).toBe(container.net);
    expect(nsenter?.ns.net).not.toBe(container.net);
  });

  test('what a process entered or made, its children have too; what they do is not its own', () => {
    const { fork, exec, exit, unshare } = script();
    const history = new History(programOf);
    history.add([
      fork(1011, 1010),
      exec(1011, 'unshare --pid --fork bash'),
      unshare(1011, ['pid'], { pidForChildren: container.pid }),
      fork(1012, 1011, { ns: { pid: container.pid } }),
      exec(1012, 'bash', { ns: { pid: container.pid } }),
      exit(1012, 3),
    ]);
    const [outer, inner] = history.view.commands;
    expect(outer).toMatchObject({ made: ['pid'], ledTo: 'child', exit: null });
    expect(inner).toMatchObject({ made: ['pid'], exit: { code: 3, signal: null } });
  });

  test('namespaces that a child was cloned into count as made', () => {
    const { fork, exec } = script();
    const history = new History(programOf);
    history.add([
      fork(1011, 1010),
      exec(1011, 'sandboxer'),
      fork(1012, 1011, { ns: { net: 77, pid: 78 } }),
      exec(1012, 'bash', { ns: { net: 77, pid: 78 } }),
    ]);
    expect(history.view.commands.at(-1)?.made.sort()).toEqual(['net', 'pid']);
  });

  test('a failed call is noted on the command it was made in', () => {
    const { fork, exec, exit, unshare } = script();
    const history = new History(programOf);
    history.add([
      fork(1011, 1010, { uid: 1000 }),
      exec(1011, 'unshare --uts bash', { uid: 1000 }),
      unshare(1011, ['uts'], { uid: 1000 }, 1),
      exit(1011, 1),
    ]);
    expect(history.view.commands).toMatchObject([
      { failed: { call: 'unshare', errno: 1 }, made: [], ledTo: null, exit: { code: 1 } },
    ]);
  });

  test("a shell's child that ends with 127 without executing anything is a command that does not exist", () => {
    const { fork, exec, exit } = script();
    const history = new History(programOf);
    history.add([
      fork(1010, 1009),
      exec(1010, 'bash'),
      fork(1011, 1010),
      exit(1011, 127),
      fork(1012, 1010),
      exit(1012, 1),
    ]);
    expect(history.view.commands.slice(1)).toMatchObject([{ argv: [], exit: { code: 127 } }]);
  });

  test("the runtime's doing is told from the learner's, whatever it starts", () => {
    const { fork, exec } = script();
    const history = new History(programOf);
    history.add([
      fork(1011, 1010),
      exec(1011, 'podman exec web ls'),
      fork(1012, 1011),
      exec(1012, 'conmon --name web'),
      fork(1013, 1012, { ns: container }),
      exec(1013, 'ls', { ns: container }),
      fork(1014, 1010),
      exec(1014, 'ls'),
    ]);
    expect(history.view.commands.map(({ by }) => by)).toEqual([
      'runtime',
      'runtime',
      'runtime',
      'learner',
    ]);
  });

  test('what a login shell starts is the learner’s, even without a terminal; what a set-up starts is not', () => {
    const { fork, exec } = script();
    const history = new History(programOf);
    const daemon = { tty: false };
    history.add([
      ...[exec(1010, 'bash --login'), fork(1011, 1010), exec(1011, 'ip addr', daemon)],
      ...[exec(1020, 'bash -s', daemon), fork(1021, 1020, daemon), exec(1021, 'podman ps', daemon)],
    ]);
    expect(history.view.commands.map(({ by }) => by)).toEqual([
      ...['login', 'learner'],
      ...['machine', 'machine'],
    ]);
  });

  test('a step begins with nothing, and knows still who descends from whom', () => {
    const { fork, exec, setns } = script();
    const history = new History(programOf);
    history.add([fork(1011, 1010), exec(1011, 'nsenter -t 50 -n bash'), setns(1011, ['net'])]);
    history.lose(2);
    history.begin();
    expect(history.view).toEqual({ commands: [], lost: 0 });
    history.add([exec(1011, 'bash', { ns: { net: 9 } })]);
    expect(history.view.commands).toMatchObject([{ entered: ['net'] }]);
    history.lose(1);
    expect(history.view.lost).toBe(1);
  });

  test('a step that begins while nobody looks has missed something', () => {
    const history = new History(programOf);
    history.begin();
    expect(history.view.lost).toBe(0);
    history.interrupt();
    history.begin();
    history.goOn();
    expect(history.view.lost).toBe(1);
    history.begin();
    expect(history.view.lost).toBe(0);
  });

  test('a flood leaves the newest and what moved between namespaces, and costs no more', () => {
    const { fork, exec, exit, setns } = script();
    const history = new History(programOf);
    history.add([fork(1011, 1010), exec(1011, 'nsenter -t 50 -n ip addr'), setns(1011, ['net'])]);
    history.add([exec(1011, 'ip addr', { ns: { net: 9 } }), exit(1011)]);
    for (let n = 0; n < 3_000; n++)
      history.add([fork(5_000 + n, 1010), exec(5_000 + n, `true ${n}`), exit(5_000 + n)]);
    expect(history.view.commands.length).toBeLessThanOrEqual(400);
    expect(history.view.commands.at(-1)?.argv).toEqual(['true', '2999']);
    expect(history.view.commands.map(({ argv }) => argv[0]).slice(0, 3)).toEqual([
      'nsenter',
      'ip',
      'true',
    ]);
  });
});
