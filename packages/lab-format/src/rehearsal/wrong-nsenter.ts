import { type CheckSpec, type NamespaceKind, programsOf } from '@tatami/protocol';
import type { Chooser } from './random.ts';

const letters: Partial<Record<NamespaceKind, string>> = {
  net: '-n',
  mnt: '-m',
  pid: '-p',
  uts: '-u',
  ipc: '-i',
};
const kinds = Object.keys(letters) as NamespaceKind[];
const long: Record<string, string> = {
  '-n': '--net',
  '-m': '--mount',
  '-p': '--pid',
  '-u': '--uts',
  '-i': '--ipc',
};

/** What a learner looks at in a kind of namespace. */
const looks: Partial<Record<NamespaceKind, string[]>> = {
  net: ['ip addr', 'ip route', 'ss -tan', 'ping -c 1 8.8.8.8'],
  mnt: ['ls /', 'cat /etc/resolv.conf', 'ls /etc'],
  pid: ['ps aux', 'ps -ef'],
  uts: ['hostname'],
};

/** A check that wants something in namespaces that exist already. */
interface Entering {
  /** Lines that make the target and leave its number in PID. */
  before: string[];
  /** The container's name, if the target is one. */
  container: string | undefined;
  /** `docker` answers: a line that waits for it would wait for ever else. */
  engine: boolean;
  inTarget: NamespaceKind[];
  onMachine: NamespaceKind[];
  /** A program that must be the one. */
  program: string | undefined;
  /** The program that is looked with, or the shell that stays inside. */
  look: (choose: Chooser) => string;
}

/**
 * One way not to get what the first command of the check, or its process, wants in the target's namespaces,
 * as lines typed into one terminal. Undefined when the chosen way does not apply, or might lead there.
 */
export function wrongNsenter(check: CheckSpec, choose: Chooser): string[] | undefined {
  const entering = enteringOf(check);
  if (!entering) return undefined;
  const lines = choose.one(slips)(entering, choose);
  return lines && [...entering.before, ...lines];
}

function enteringOf({ target, process, commands }: CheckSpec): Entering | undefined {
  if (!target || 'process' in target) return undefined;
  const [command] = commands;
  const inTarget = process?.sameAsTarget ?? command?.sameAsTarget ?? [];
  const [kind] = inTarget;
  if (!kind) return undefined;
  const [program] = command ? programsOf(command) : [];
  return {
    ...('container' in target
      ? { before: startContainer(target.container), container: target.container }
      : { before: startIsolated(target.hostname), container: undefined }),
    engine: !('container' in target && withoutEngine[target.container]),
    inTarget,
    onMachine: command?.sameAsMachine ?? [],
    program,
    look: process ? () => '/bin/bash' : (choose) => program ?? choose.one(looks[kind] ?? ['ls /']),
  };
}

/** How the number of a container is found in whose steps the engine is out of service. */
const withoutEngine: Record<string, string> = { 'order-service': 'PID=$(pgrep -nx java)' };

/** Containers of other names are made by the step itself. */
const startContainer = (name: string): string[] => [
  ...(name === 'test-nginx' ? [`docker run -d --name ${name} nginx`] : []),
  withoutEngine[name] ?? `PID=$(docker inspect --format '{{.State.Pid}}' ${name})`,
];

const startIsolated = (hostname: string): string[] => [
  `sudo unshare --pid --fork --mount-proc --net --uts /bin/bash -c "hostname ${hostname}; sleep 3600" &`,
  'until pgrep -fx "sleep 3600"; do :; done',
  'PID=$(pgrep -nx sleep)',
];

type Slip = (entering: Entering, choose: Chooser) => string[] | undefined;

const slips: Slip[] = [
  otherKinds,
  otherKinds,
  otherKinds,
  (entering, choose) => [`nsenter -t $PID ${right(entering)} ${entering.look(choose)}`],
  (entering, choose) => [`sudo nsenter ${right(entering)} ${entering.look(choose)}`],
  (entering, choose) => [`sudo nsenter ${right(entering)} ${entering.look(choose)} -t $PID`],
  (entering, choose) => [`sudo nsenter -t $PID ${entering.look(choose)}`],
  (entering, choose) => {
    const target = choose.one(['$$', '1', '$PPID', '99999', '$PDI', '$(pgrep -f sudo | head -1)']);
    return [`sudo nsenter -t ${target} ${right(entering)} ${entering.look(choose)}`];
  },
  (entering, choose) => {
    if (!entering.engine) return undefined;
    const other = `$(docker inspect --format '{{.State.Pid}}' other)`;
    return [
      'docker run -d --name other nginx',
      `sudo nsenter -t ${other} ${right(entering)} ${entering.look(choose)}`,
    ];
  },
  (entering, choose) => {
    const [program = '', ...rest] = entering.look(choose).split(' ');
    const line = [choose.misspelt(program), ...rest].join(' ');
    return [`sudo nsenter -t $PID ${right(entering)} ${line}`];
  },
  (entering, choose) => {
    const glued = choose.some(kinds).map((kind) => letters[kind]?.slice(1));
    if (glued.length < 2) return undefined;
    // Each takes an optional value, so the letters that follow the first are read as a file's name.
    return [`sudo nsenter -t $PID -${glued.join('')} ${entering.look(choose)}`];
  },
  ({ container, look }, choose) => {
    if (!container) return undefined;
    return [`docker exec ${choose.one(['', '-it '])}${container} ${look(choose)}`];
  },
  (entering, choose) => {
    const names = entering.inTarget.map((kind) => long[letters[kind] ?? '']).filter(Boolean);
    return [`sudo unshare ${names.join(' ')} ${entering.look(choose)}`];
  },
  (entering, choose) => [
    ...(choose.one([true, false]) ? [`echo $PID`] : []),
    `${choose.one(['', 'sudo '])}${entering.look(choose)}`,
  ],
  ({ container, ...entering }, choose) => {
    if (!container || !entering.engine) return undefined;
    return [
      `docker rm -f ${container}`,
      `sudo nsenter -t $PID ${right(entering)} ${entering.look(choose)}`,
    ];
  },
  (entering, choose) => {
    if (!entering.program) return undefined;
    return [
      `sudo nsenter -t $PID ${right(entering)} ${choose.one(['uname -n', 'cat /proc/sys/kernel/hostname'])}`,
    ];
  },
];

/** Kinds missing or superfluous, in long or short form. */
function otherKinds(entering: Entering, choose: Chooser): string[] | undefined {
  const chosen = choose.some(kinds);
  const misses =
    entering.inTarget.some((kind) => !chosen.includes(kind)) ||
    entering.onMachine.some((kind) => chosen.includes(kind));
  if (chosen.length === 0 || !misses) return undefined;
  const spell = choose.one([
    (letter: string) => letter,
    (letter: string) => long[letter] ?? letter,
  ]);
  const options = chosen.map((kind) => spell(letters[kind] ?? '')).join(' ');
  return [`sudo nsenter -t $PID ${options} ${entering.look(choose)}`];
}

const right = ({ inTarget }: Pick<Entering, 'inTarget'>): string =>
  inTarget.map((kind) => letters[kind]).join(' ');
