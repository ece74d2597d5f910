import { CheckSpec, type KernelEvent, type KernelView } from '@tatami/protocol';
import { evaluate } from '../src/evaluate.ts';
import { History } from '../src/history.ts';
import { programOf, script } from './events.ts';
import { machineNs, other, paramsOf, shell, view } from './view.ts';

export const inside = {
  ...machineNs,
  pid: 900,
  mnt: 901,
  net: 902,
  uts: 903,
  ipc: 904,
  cgroup: 905,
};
export const conmon = other(1020, {
  program: 'conmon',
  argv: ['/usr/bin/conmon', '-n', 'web'],
  tty: false,
});
export const web = other(1021, {
  parent: 1020,
  pids: [21, 1],
  ns: inside,
  program: null,
  tty: false,
});
export const neighbour = {
  ...machineNs,
  pid: 800,
  mnt: 801,
  net: 802,
  uts: 803,
  ipc: 804,
  cgroup: 805,
};
export const login = shell(1010, { uid: 1000 });

export const target = { container: 'web' };
export const onlyNet = CheckSpec.parse({
  id: 'net',
  target,
  commands: [{ sameAsTarget: ['net'], sameAsMachine: ['mnt'] }],
});
export const listed = CheckSpec.parse({ id: 'lsns', commands: [{ program: 'lsns', exitCode: 0 }] });

export function seen(events: KernelEvent[], change: Partial<KernelView> = {}): KernelView {
  const history = new History(programOf);
  history.add(events);
  return { ...view([login, conmon, web]), history: history.view, ...change };
}
export function verdict(check: CheckSpec, picture: KernelView) {
  const outcome = evaluate(check, picture);
  return outcome.status === 'passed'
    ? outcome.facts.map(({ name, value }) => `${name} ${value}`)
    : [outcome.status, outcome.reason.key.slice('reason.'.length), paramsOf(outcome.reason)];
}

/** `sudo nsenter OPTIONS ip addr` as the kernel tells it. */
export function nsenter(
  options: string,
  kinds: (keyof typeof inside)[],
  into: Partial<typeof inside>,
) {
  const { fork, exec, setns, exit } = script();
  const ns = Object.fromEntries(kinds.map((kind) => [kind, into[kind]]));
  return [
    fork(1031, 1010),
    exec(1031, `nsenter ${options} ip addr`),
    ...(kinds.length > 0 ? [setns(1031, kinds, { ns })] : []),
    exec(1031, 'ip addr', { ns }),
    exit(1031, 0, { ns }),
  ];
}
