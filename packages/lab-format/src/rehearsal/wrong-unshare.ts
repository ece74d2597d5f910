import type { CheckSpec, ProcessFacts } from '@tatami/protocol';
import type { Chooser } from './random.ts';

/** Long options of unshare(1) and their short forms. */
const options: Record<string, string | undefined> = {
  pid: '-p',
  fork: '-f',
  'mount-proc': undefined,
  mount: '-m',
  uts: '-u',
  ipc: '-i',
  net: '-n',
};
const shell = '/bin/bash';

/**
 * One way not to get what `check.process` wants in namespaces of its own, as lines typed into one terminal.
 * Undefined when the chosen way does not apply, or might lead there after all.
 */
export function wrongUnshare(check: CheckSpec, choose: Chooser): string[] | undefined {
  const wanted = check.process;
  if (!wanted) return undefined;
  return choose.one(slips)(wanted, choose);
}

type Slip = (wanted: ProcessFacts, choose: Chooser) => string[] | undefined;

const slips: Slip[] = [
  otherOptions,
  otherOptions,
  otherOptions,
  otherWork,
  (wanted) => [unshare(rightOptions(wanted)).replace('sudo ', '')],
  (wanted, choose) => {
    const right = rightOptions(wanted);
    const slipped = choose.one(right);
    return [unshare(right.map((name) => (name === slipped ? choose.misspelt(name) : name)))];
  },
  (wanted, choose) => {
    const program = choose.one(['unshare', shell]);
    return [unshare(rightOptions(wanted)).replace(program, choose.misspelt(program))];
  },
  (wanted, choose) => {
    if (wanted.program !== 'shell') return undefined;
    const program = choose.one(['true', 'ls /', 'ps aux', 'sleep 60 &', 'hostname']);
    return [unshare(rightOptions(wanted), program)];
  },
  (wanted, choose) => [
    choose.one(['sudo bash', 'sudo -i', 'sudo su', 'bash', 'sudo unshare /bin/bash']),
    ...choose.some(work(wanted).filter((line) => !line.includes('mount'))).slice(0, 1),
  ],
  (_, choose) => [
    choose.one([
      'docker run --rm nginx true',
      'docker run -d nginx',
      'docker run --rm nginx ps aux',
      'docker run -d --name test nginx && docker exec test ps aux',
    ]),
  ],
  (_, choose) => [
    choose.one([
      'sudo nsenter -t 1 -a /bin/bash',
      'sudo nsenter -t $$ -p /bin/bash',
      'sudo nsenter --target 1 --mount --uts /bin/bash',
    ]),
  ],
];

/** Options missing or superfluous, in long or short form. */
function otherOptions(wanted: ProcessFacts, choose: Chooser): string[] | undefined {
  const names = choose.some(Object.keys(options));
  if (!misses(wanted, names)) return undefined;
  const short = choose.one([true, false]);
  return [unshare(names, shell, short), ...(choose.one([true, false]) ? work(wanted) : [])];
}

/** The right namespaces, and in them nothing, or something else than what is wanted. */
function otherWork(wanted: ProcessFacts, choose: Chooser): string[] | undefined {
  const right = work(wanted);
  if (right.length === 0) return undefined;
  // Builtins alone: a program would be the second process of a new pid namespace.
  const wrong = right.map((line) => otherLine(line, choose));
  return [unshare(rightOptions(wanted)), ...choose.one([wrong, wrong, []])];
}

function otherLine(line: string, choose: Chooser): string {
  if (line.startsWith('hostname')) return `hostname ${choose.misspelt(line.split(' ')[1] ?? '')}`;
  if (line.startsWith('ipcmk'))
    return choose.one(['ipcmk -M 1000', 'ipcmk -M 10240', 'ipcmk -Q', 'ipcmk -S 1', 'ipcs']);
  if (line.startsWith('mount'))
    return choose.one([
      line.replace(/ \S+$/, ' /mnt'),
      line.replace('-t tmpfs', '-t ramfs'),
      `mount --bind /home ${line.split(' ').at(-1)}`,
    ]);
  if (line.startsWith('sleep')) return choose.one(['echo 2', 'jobs', 'echo $$']);
  return line;
}

/** Options that make what is wanted. */
function rightOptions({ differs, ownProc, pidForChildren }: ProcessFacts): string[] {
  if (pidForChildren === 'new') return ['pid'];
  return [
    ...(differs.includes('pid') ? ['pid', 'fork'] : []),
    ...(ownProc ? ['mount-proc'] : differs.includes('mnt') ? ['mount'] : []),
    ...differs.filter((kind) => ['uts', 'ipc', 'net'].includes(kind)),
  ];
}

/** What is to be done inside. */
function work({ mounts, hostname, shmBytes, innerPid }: ProcessFacts): string[] {
  return [
    ...mounts.flatMap(({ target, type }) => [
      `mkdir -p ${target}`,
      `mount -t ${type} none ${target}`,
    ]),
    ...(typeof hostname === 'object' ? [`hostname ${hostname.is}`] : []),
    ...(shmBytes ? [`ipcmk -M ${shmBytes}`] : []),
    ...(innerPid === 2 ? ['sleep 3600 &'] : []),
  ];
}

/** Whether these options cannot give what is wanted, whatever is done inside. */
function misses(wanted: ProcessFacts, names: string[]): boolean {
  const inside = names.includes('pid') && names.includes('fork');
  const proc = names.includes('mount-proc');
  const made = new Set([
    ...names.filter((name) => ['uts', 'ipc', 'net'].includes(name)),
    ...(inside ? ['pid'] : []),
    ...(proc || names.includes('mount') ? ['mnt'] : []),
  ]);
  return (
    wanted.differs.some((kind) => !made.has(kind)) ||
    wanted.same.some((kind) => made.has(kind)) ||
    (wanted.innerPid !== undefined && !inside) ||
    (wanted.pidForChildren === 'new' && !names.includes('pid')) ||
    (wanted.ownProc === true && !proc)
  );
}

function unshare(names: string[], program = shell, short = false): string {
  const words = names.map((name) => (short && options[name]) || `--${name}`);
  return ['sudo unshare', ...words, program].join(' ');
}
